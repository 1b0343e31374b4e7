import { defineCheck } from '../../core/check.ts';
import { type DmarcPolicy, dmarcPolicies, dmarcRecords } from '../../evidence/dmarc.ts';
import { sampleDmarc } from '../../evidence/mail-samples.ts';

export const dmarcSubdomains = defineCheck({
  id: 'email/dmarc-subdomains',
  severity: 'medium',
  covers: ['S5-C3', 'DMARC-sp-np'],
  doc: {
    title: 'Subdomains are guarded less than the domain itself',
    why: 'A policy for the domain that lets its subdomains go guards nothing: billing.your-domain looks as right to a customer, and need not even exist.',
    fix: 'Take sp= and np= out, so that p= counts for all, or make them as strict as p=. np=reject can be written at once: nobody sends from names that do not exist.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9989#section-4.7'],
  },
  needs: { dmarc: dmarcRecords },
  examples: {
    fails: [
      { name: 'sp=none beside p=reject', given: { dmarc: [sampleDmarc({}, { sp: 'none' })] } },
      { name: 'np=none beside p=reject', given: { dmarc: [sampleDmarc({}, { np: 'none' })] } },
    ],
    passes: [
      { name: 'p counts for all', given: { dmarc: [sampleDmarc()] } },
      { name: 'stricter below', given: { dmarc: [sampleDmarc({}, { p: 'none', sp: 'reject', np: 'reject' })] } },
    ],
  },
  *evaluate({ dmarc }) {
    for (const { domain, at, organisational, record } of dmarc) {
      // sp and np count only where the organisational domain says them.
      if (!record || record.ignored || record.p === undefined || at !== organisational || at !== domain) continue;
      const { p, sp = p, np = sp } = record;
      const about = {
        subject: domain,
        place: { name: domain },
        proof: [{ kind: 'step' as const, text: `_dmarc.${at} TXT "${record.text}"` }],
      };
      const weaker = [
        ...(isWeaker(sp, p) ? [`names below it have ${sp}`] : []),
        ...(isWeaker(np, p) ? [`names that do not exist have ${np}`] : []),
      ];
      if (weaker.length > 0) yield { ...about, outcome: 'fail', message: `${domain} has the policy ${p}, but ${weaker.join(' and ')}.` };
      else yield { ...about, outcome: 'pass', message: `What is below ${domain} is guarded as much as ${domain} itself.` };
    }
  },
});

const isWeaker = (one: DmarcPolicy, other: DmarcPolicy): boolean => dmarcPolicies.indexOf(one) < dmarcPolicies.indexOf(other);
