import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, rulesWith, unread } from '../../evidence/cloudflare-samples.ts';
import { ifInUse, unreadPart, zonesInUse } from '../edge-setting.ts';

interface Override {
  readonly enabled?: boolean;
  readonly action?: string;
  readonly sensitivity_level?: string;
}

export const cloudflareDdosOff = defineCheck({
  id: 'edge/cloudflare-ddos-off',
  severity: 'high',
  covers: ['CF-ddos-on'],
  doc: {
    title: 'The protection against floods was turned down',
    why: 'Cloudflare stops floods of requests by itself, on every plan. Somebody wrote a rule that keeps it from doing so.',
    fix: 'Open Security, DDoS, and delete the override, so that the defaults hold again.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/ddos-protection/managed-rulesets/http/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'as good as off', given: { zones: [overridden({ sensitivity_level: 'eoff' })] } },
      { name: 'one rule only writes it down', given: { zones: [overridden({ rules: [{ id: '1', action: 'log' }] })] } },
    ],
    passes: [
      { name: 'the defaults', given: { zones: [edgeZoneSample()] } },
      { name: 'a little milder', given: { zones: [overridden({ sensitivity_level: 'medium' })] } },
    ],
    unknowns: [{ name: 'the token may not look', given: { zones: [edgeZoneSample({ rules: { ...rulesWith(), ddos_l7: unread } })] } }],
  },
  *evaluate({ zones }) {
    for (const zone of zonesInUse(zones)) yield* observed(zone);
  },
});

function* observed(zone: EdgeZone): Generator<Observation, void> {
  const { rules, name } = zone;
  const part = rules.ddos_l7;
  if (part.value === undefined) return yield unreadPart('ddos_l7', part);
  const all = part.value.filter(({ enabled = true }) => enabled).flatMap(({ action_parameters: set }) => overridesIn(set?.['overrides']));
  const off = all.filter(
    ({ set: { enabled, action, sensitivity_level: level } }) => enabled === false || action === 'log' || level === 'eoff',
  );
  const worst = off.find(({ isWhole }) => isWhole) ?? off[0];
  const about = { subject: 'ddos_l7', place: { name: `HTTP DDoS protection of ${name}` } };
  if (worst)
    yield ifInUse(zone, {
      ...about,
      outcome: 'fail',
      // One of hundreds of rules may well have been in the way of somebody.
      ...(!worst.isWhole && { severity: 'low' as const }),
      message: worst.isWhole
        ? 'A rule keeps Cloudflare from stopping floods of requests.'
        : 'A rule keeps Cloudflare from stopping some floods of requests.',
      proof: [{ kind: 'step', text: `an override says ${JSON.stringify(worst.set)}` }],
    });
  else yield { ...about, outcome: 'pass', message: 'The protection against floods is on.' };
}

/** The override for all rules, and those for some. */
function overridesIn(value: unknown): { set: Override; isWhole: boolean }[] {
  if (typeof value !== 'object' || value === null) return [];
  const { rules, categories, ...whole } = value as Override & { readonly rules?: unknown; readonly categories?: unknown };
  const some = [rules, categories].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
  return [
    { set: whole, isWhole: true },
    ...some.filter((one) => typeof one === 'object' && one !== null).map((one) => ({ set: one as Override, isWhole: false })),
  ];
}

function overridden(overrides: Record<string, unknown>): EdgeZone {
  return edgeZoneSample({
    rules: rulesWith('ddos_l7', { action: 'execute', expression: 'true', action_parameters: { id: '1', overrides } }),
  });
}
