import { defineCheck } from '../../core/check.ts';
import { dnssecFacts } from '../../evidence/dnssec.ts';
import { dnssecSample } from '../../evidence/dnssec-samples.ts';

export const dnssecUnlinked = defineCheck({
  id: 'edge/dnssec-unlinked',
  severity: 'low',
  covers: ['CF-dnssec'],
  doc: {
    title: 'The domain is signed (DNSSEC), but the registrar does not know it',
    why: 'Without the DS record at the registrar nobody checks the signatures: answers can still be forged, and you may believe that they cannot.',
    fix: 'Copy the DS record that the DNS host shows to the registrar; or switch DNSSEC off at the DNS host.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc4035#section-2.4'],
  },
  needs: { dnssec: dnssecFacts },
  examples: {
    fails: [{ name: 'keys without a DS record', given: { dnssec: dnssecSample({ ds: [] }) } }],
    passes: [{ name: 'keys with a DS record', given: { dnssec: dnssecSample() } }],
    unknowns: [{ name: 'nobody could ask for DS records', given: { dnssec: dnssecSample({ ds: [], dsAsked: 'failed' }) } }],
  },
  *evaluate({ dnssec: { zone, ds, dsAsked, keys } }) {
    if (keys.length === 0) return;
    const about = { subject: zone, place: { name: zone } };
    if (ds.length > 0) yield { ...about, outcome: 'pass', message: `${zone} is signed, and the registrar knows it.` };
    else if (dsAsked === 'told')
      yield { ...about, outcome: 'fail', message: `${zone} has keys (DNSSEC), but no DS record at the registrar.` };
    else
      yield {
        ...about,
        outcome: 'unknown',
        message: `Nobody could tell whether the registrar knows that ${zone} is signed.`,
        toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
      };
  },
});
