import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { edgeZones, type EdgeZone } from '../../evidence/cloudflare.ts';
import { edgeZoneSample, known, unread } from '../../evidence/cloudflare-samples.ts';
import { unreadPart } from '../edge-setting.ts';

export const cloudflareDnssec = defineCheck({
  id: 'edge/cloudflare-dnssec',
  severity: 'low',
  covers: ['CF-dnssec'],
  doc: {
    title: 'Answers about the domain are not signed',
    why: 'Whoever can get between a customer and the DNS can send them to another server. DNSSEC lets resolvers notice.',
    fix: 'Enable DNSSEC under DNS, Settings, and enter the DS record that Cloudflare shows at your registrar. Do it after a move of name servers is over, never in the middle of one.',
    effort: 'minutes',
    references: ['https://developers.cloudflare.com/dns/dnssec/'],
  },
  needs: { zones: edgeZones },
  examples: {
    fails: [
      { name: 'switched off', given: { zones: [edgeZoneSample({ dnssec: known({ status: 'disabled' }) })] } },
      { name: 'the registrar lacks the DS record', given: { zones: [edgeZoneSample({ dnssec: known({ status: 'pending' }) })] } },
    ],
    passes: [{ name: 'active', given: { zones: [edgeZoneSample()] } }],
    unknowns: [
      { name: 'the token may not look', given: { zones: [edgeZoneSample({ dnssec: unread })] } },
      { name: 'being switched off', given: { zones: [edgeZoneSample({ dnssec: known({ status: 'pending-disabled' }) })] } },
    ],
  },
  *evaluate({ zones }) {
    for (const zone of zones) yield* observed(zone);
  },
});

function* observed({ dnssec, name, status: zoneStatus, isPartial }: EdgeZone): Generator<Observation, void> {
  // Another DNS host would sign it; and in the middle of a move signing makes the domain disappear.
  if (isPartial || zoneStatus !== 'active') return;
  if (dnssec.value === undefined) return yield unreadPart('dnssec', dnssec);
  const { status } = dnssec.value;
  const about = {
    subject: 'dnssec',
    place: { name: `DNSSEC of ${name}` },
    proof: [{ kind: 'step' as const, text: `Cloudflare says: ${status}` }],
  };
  if (status === 'active') yield { ...about, outcome: 'pass', message: 'DNSSEC is active.' };
  else if (status === 'pending') yield { ...about, outcome: 'fail', message: 'DNSSEC waits for the DS record at the registrar.' };
  else if (status === 'disabled' || status === 'error') yield { ...about, outcome: 'fail', message: 'DNSSEC is off.' };
  else
    yield {
      ...about,
      outcome: 'unknown',
      message: `DNSSEC is ${status}, which may be on its way.`,
      toKnow: 'Look under DNS, Settings, in a day.',
    };
}
