import { defineCheck } from '../../core/check.ts';
import { dnssecFacts } from '../../evidence/dnssec.ts';
import { dnssecSample, signatureSample } from '../../evidence/dnssec-samples.ts';

const hour = 3_600;

export const dnssecExpiring = defineCheck({
  id: 'edge/dnssec-expiring',
  severity: 'high',
  covers: ['CF-dnssec'],
  doc: {
    title: 'The signatures of the domain (DNSSEC) are about to run out',
    why: 'The DNS host should have made new ones by now. Once they run out, the domain is gone for everybody whose resolver checks signatures.',
    fix: 'Ask the DNS host to sign the zone again. Where nobody does so in time, remove the DS records at the registrar until it works.',
    effort: 'hours',
    references: ['https://www.rfc-editor.org/rfc/rfc6781#section-4.4.2'],
  },
  needs: { dnssec: dnssecFacts },
  examples: {
    fails: [
      { name: 'an hour is left of two weeks', given: { dnssec: dnssecSample({ signatures: [signatureSample(-14 * 24 * hour, hour)] }) } },
    ],
    passes: [
      { name: 'a week is left', given: { dnssec: dnssecSample() } },
      {
        name: 'made anew for each answer, for a day',
        given: { dnssec: dnssecSample({ signatures: [signatureSample(-24 * hour, 25 * hour)] }) },
      },
    ],
    unknowns: [
      {
        name: 'signed, but no server showed a signature',
        given: { dnssec: dnssecSample({ signatures: [], keysAsked: 'failed', keys: [] }) },
      },
    ],
  },
  *evaluate({ dnssec: { zone, ds, signatures, askedAt, keysAsked } }) {
    if (ds.length === 0) return;
    const about = { subject: zone, place: { name: zone } };
    const open = signatures.filter(({ expiration }) => expiration >= askedAt);
    // None is there, or all ran out: that is told elsewhere, where somebody could look.
    if (open.length === 0) {
      if (keysAsked === 'failed')
        yield {
          ...about,
          outcome: 'unknown',
          message: `Nobody could tell until when the signatures of ${zone} are good.`,
          toKnow: 'Run it again from a network that lets questions to name servers through (port 53, UDP and TCP).',
        };
      return;
    }
    // Signers of large hosts make signatures for a day or two with each answer: only what is old for its kind is late.
    const late = open.find(
      ({ inception, expiration }) => expiration - askedAt < 12 * hour && (expiration - askedAt) * 10 < expiration - inception,
    );
    const proof = open.map(({ covers, server, expiration }) => ({
      kind: 'step' as const,
      text: `${server} signs ${covers} of ${zone} for another ${Math.round((expiration - askedAt) / hour)} hours`,
    }));
    if (late) {
      const left = Math.round((late.expiration - askedAt) / hour);
      yield { ...about, outcome: 'fail', message: `The signatures of ${zone} run out in ${left} hours, and no new ones are there.`, proof };
    } else yield { ...about, outcome: 'pass', message: `The signatures of ${zone} are good for some time.`, proof };
  },
});
