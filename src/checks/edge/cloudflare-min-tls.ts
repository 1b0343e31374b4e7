import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, known, settingsWith, unread } from '../../evidence/cloudflare-samples.ts';
import { proxiedNames } from '../../evidence/edge-records.ts';
import { ifInUse, type Judged, settingObservations, shownValue, unreadPart, zonesInUse } from '../edge-setting.ts';

export const cloudflareMinTls = defineCheck({
  id: 'edge/cloudflare-min-tls',
  severity: 'medium',
  covers: ['CF-min-tls', 'S3-C2'],
  doc: {
    title: 'Connections with TLS 1.0 or 1.1 are still taken',
    why: 'These versions were given up in 2021 (RFC 8996) because they can be broken. Companies that buy software look for this first.',
    fix: 'Set Minimum TLS Version to 1.2 under SSL/TLS, Edge Certificates. No browser since 2014 needs less.',
    effort: 'minutes',
    references: [
      'https://www.rfc-editor.org/rfc/rfc8996',
      'https://developers.cloudflare.com/ssl/edge-certificates/additional-options/minimum-tls/',
    ],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'as it is on a new zone', given: { zones: [edgeZoneSample({ settings: settingsWith({ min_tls_version: '1.0' }) })] } },
      {
        name: '1.2, but 1.0 for the app',
        given: { zones: [edgeZoneSample({ hostTls: known([{ hostname: 'app.example.com', value: '1.0' }]) })] },
      },
    ],
    passes: [
      { name: '1.2', given: { zones: [edgeZoneSample()] } },
      {
        name: '1.0, but 1.2 for the only host',
        given: {
          zones: [
            edgeZoneSample({
              settings: settingsWith({ min_tls_version: '1.0' }),
              hostTls: known([{ hostname: 'app.example.com', value: '1.2' }]),
            }),
          ],
        },
      },
    ],
    unknowns: [
      { name: 'the token may not look at single hosts', given: { zones: [edgeZoneSample({ hostTls: unread })] } },
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ settings: { ...settingsWith(), min_tls_version: unread } })] } },
    ],
  },
  *evaluate({ zones }) {
    yield* settingObservations(zones, 'min_tls_version', judged, { hosts: namesWithoutOwn });
    for (const zone of zonesInUse(zones)) yield* ofHosts(zone);
  },
});

/** Hosts whose version has been set by itself are told by themselves. */
const namesWithoutOwn = (zone: EdgeZone): ReadonlySet<string> => {
  const own = new Set((zone.hostTls.value ?? []).map(({ hostname }) => hostname));
  return new Set((proxiedNames(zone) ?? []).filter((name) => !own.has(name)));
};

function* ofHosts(zone: EdgeZone): Generator<Observation, void> {
  const { hostTls, name } = zone;
  if (hostTls.value === undefined) return yield unreadPart(`the TLS versions of single hosts of ${name}`, hostTls);
  const names = proxiedNames(zone);
  for (const { hostname, value } of hostTls.value) {
    if (names?.includes(hostname) === false) continue;
    yield ifInUse(zone, {
      ...judged(value),
      message: `For ${hostname}: ${judged(value).message}`,
      subject: `min_tls_version ${hostname}`,
      place: { name: `min_tls_version for ${hostname}` },
      proof: [{ kind: 'step', text: `min_tls_version of ${hostname} is ${JSON.stringify(value)}` }],
    });
  }
}

function judged(value: unknown): Judged {
  if (value === '1.2' || value === '1.3') return { outcome: 'pass', message: `The edge takes TLS ${value} and newer.` };
  if (value === '1.0' || value === '1.1') return { outcome: 'fail', message: `The edge still takes TLS ${value}.` };
  return {
    outcome: 'unknown',
    message: `min_tls_version is ${shownValue(value)}, which is not known here.`,
    toKnow: 'Look at the setting by hand.',
  };
}
