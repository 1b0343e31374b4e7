import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { lookSample, unseenZone, zoneSample } from '../../evidence/zone-samples.ts';
import { type SoaValues, type ZoneFacts, zoneFacts } from '../../evidence/zone.ts';

const day = 86_400;

export const soaValues = defineCheck({
  id: 'edge/soa-values',
  severity: 'low',
  covers: ['S3-C1'],
  doc: {
    title: 'The times in the SOA record of the domain do harm',
    why: 'They say how long other servers keep what they know. A long one lets "there is no such host" stand for days after the host was added; a short one lets the domain vanish when the first server is away for a while.',
    fix: 'Set them at the DNS host, or leave them to it: refresh some hours, retry less than that, expire two weeks, minimum (negative TTL) 5 to 60 minutes.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc1912#section-2.2', 'https://www.rfc-editor.org/rfc/rfc2308#section-5'],
  },
  needs: { zone: zoneFacts },
  examples: {
    fails: [
      { name: 'a missing name is remembered for a week', given: { zone: sample({ minimum: 7 * day }) } },
      { name: 'it expires before it is looked for again', given: { zone: sample({ expire: 3_600 }) } },
    ],
    passes: [{ name: 'usual times', given: { zone: sample({}) } }],
    unknowns: [{ name: 'nobody could look', given: { zone: unseenZone } }],
  },
  *evaluate({ zone: { zone, delegation, servers } }) {
    if (delegation.is === 'missing' || delegation.is === 'no-cut') return;
    const about = { subject: zone, place: { name: zone } };
    const soa = servers.flatMap(({ looks }) => looks).find((look) => look.said === 'answers' && look.soa !== undefined)?.soa;
    if (soa === undefined) {
      yield {
        ...about,
        outcome: 'unknown',
        message: `The SOA record of ${zone} could not be asked for: ${delegation.is === 'unknown' ? (delegation.why ?? 'no answer came') : 'no name server of it answers'}.`,
        toKnow: 'Mend the name servers first, or run it from a network that lets questions to name servers through.',
      };
      return;
    }
    const faults = faultsOf(soa);
    const proof = [
      {
        kind: 'step' as const,
        text: `${zone} SOA ${soa.mname} ${soa.rname} ${soa.serial} ${soa.refresh} ${soa.retry} ${soa.expire} ${soa.minimum}`,
      },
    ];
    if (faults.length > 0) yield { ...about, outcome: 'fail', message: `In the SOA record of ${zone}, ${andList(faults)}.`, proof };
    else yield { ...about, outcome: 'pass', message: `The SOA record of ${zone} has usual times.`, proof };
  },
});

function faultsOf({ refresh, retry, expire, minimum }: SoaValues): string[] {
  return [
    minimum > day ? `a missing name is remembered for ${Math.round(minimum / 3_600)} hours` : '',
    expire <= refresh + retry ? 'the zone expires before a second server had a chance to ask for it again' : '',
    retry > refresh ? 'a failed look is repeated later than the usual one' : '',
  ].filter(Boolean);
}

function sample(soa: Partial<SoaValues>): ZoneFacts {
  return zoneSample({ servers: [{ name: 'ns1.example.net', own: ['192.0.2.53'], found: 'found', looks: [lookSample({ soa })] }] });
}
