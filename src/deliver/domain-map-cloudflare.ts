import type { Block } from '../core/deliverable.ts';
import { type EdgeSetting, type EdgeZone, rulePhases } from '../evidence/cloudflare.ts';
import { hstsOf } from '../evidence/edge-baseline.ts';
import { modesOf } from '../evidence/edge-effective.ts';
import { namesWithServer } from '../evidence/edge-records.ts';

const names: Readonly<Partial<Record<EdgeSetting, string>>> = {
  ssl: 'SSL mode',
  min_tls_version: 'Minimum TLS',
  always_use_https: 'Always https',
  security_header: 'HSTS',
  development_mode: 'Development mode',
};

/** How the edge in front of the hosts is set up, a table for each zone. */
export const cloudflareTable = (zones: readonly EdgeZone[] = []): Block[] =>
  zones.flatMap((zone): Block[] => [
    { kind: 'heading', level: 2, text: `${zone.name} at Cloudflare` },
    {
      kind: 'table',
      columns: ['What', 'As it is'],
      rows: [
        [
          'Zone',
          `${zone.status}${zone.paused ? ', paused' : ''}, plan ${zone.plan}, name servers ${zone.nameServers.join(', ') || 'not known'}`,
        ],
        ['Through the proxy', through(zone)],
        ...Object.entries(names).map(([id, name]) => [
          name,
          `${settingText(zone, id as EdgeSetting)}${id === 'ssl' ? otherModes(zone) : ''}`,
        ]),
        ['Rules', rulesText(zone)],
        ['DNSSEC', zone.dnssec.value?.status ?? 'not known'],
      ],
    },
  ]);

function through({ records }: EdgeZone): string {
  if (!records.value) return 'not known';
  return [...new Set(records.value.filter(({ proxied }) => proxied).map(({ name }) => name))].join(', ') || 'nothing';
}

function settingText({ settings }: EdgeZone, id: EdgeSetting): string {
  const value = settings[id].value?.value;
  if (value === undefined) return 'not known';
  if (id !== 'security_header') return String(value);
  const { enabled, max_age: age = 0 } = hstsOf(value);
  return enabled ? `${age} seconds` : 'off';
}

/** Modes that rules set for single hosts: `, flexible for api.example.com by a rule`. */
function otherModes(zone: EdgeZone): string {
  const base = zone.settings.ssl.value?.value;
  const found = [...namesWithServer(zone.records.value ?? [])].flatMap((host) =>
    modesOf(zone, host).flatMap(({ by, value }) =>
      by === undefined || value === base ? [] : [`, ${String(value)} for ${host} by a rule`],
    ),
  );
  return [...new Set(found)].slice(0, 10).join('');
}

function rulesText({ rules }: EdgeZone): string {
  const counts = rulePhases.flatMap((phase) => {
    const count = rules[phase].value?.length;
    return count === 0 ? [] : [`${phase.replace(/^http_(?:request_)?/, '').replaceAll('_', ' ')} ${count ?? 'not known'}`];
  });
  return counts.join(', ') || 'none';
}
