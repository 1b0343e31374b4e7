import { defineCheck } from '../../core/check.ts';
import { dmarcRecords } from '../../evidence/dmarc.ts';
import { sampleDmarc, sampleDmarcRecord, sampleNoDmarc } from '../../evidence/mail-samples.ts';

export const dmarcMissing = defineCheck({
  id: 'email/dmarc-missing',
  severity: 'high',
  covers: ['S5-C3', 'DMARC-found', 'DMARC-single', 'CF-dmarc-insight'],
  doc: {
    title: 'The domain has no DMARC policy that counts',
    why: 'Gmail and Yahoo want one of whoever sends in bulk, and without it nobody tells you who sends in the name of your domain. Two records, or one that receivers ignore, count as none.',
    fix: 'Write one TXT record at _dmarc below the domain: v=DMARC1; p=none; rua=mailto:dmarc@your-domain. Read the reports, then make it quarantine and reject.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9989'],
  },
  needs: { dmarc: dmarcRecords },
  examples: {
    fails: [
      { name: 'none anywhere above', given: { dmarc: [sampleNoDmarc()] } },
      {
        name: 'two records',
        given: { dmarc: [sampleNoDmarc({ steps: [{ domain: 'example.com', texts: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'] }] })] },
      },
      {
        name: 'one that receivers ignore',
        given: {
          dmarc: [
            sampleNoDmarc({
              at: 'example.com',
              record: sampleDmarcRecord({ text: 'v=DMARC1', rua: [], ignored: true, problems: ['it has no p='] }),
            }),
          ],
        },
      },
    ],
    passes: [{ name: 'one', given: { dmarc: [sampleDmarc()] } }],
    unknowns: [{ name: 'the name server fails', given: { dmarc: [sampleNoDmarc({ fault: '192.0.2.53 answered SERVFAIL' })] } }],
  },
  *evaluate({ dmarc }) {
    for (const { domain, senders, steps, at, record, policy, fault } of dmarc) {
      const about = {
        subject: domain,
        place: { name: domain },
        proof: steps.map(({ domain: name, texts, fault: failed }) => ({
          kind: 'step' as const,
          text: `_dmarc.${name} TXT ${failed ?? (texts.length > 0 ? texts.map((text) => `"${text}"`).join(' and ') : 'none')}`,
        })),
      };
      const several = steps.find(({ texts }) => texts.length > 1);
      if (fault !== undefined)
        yield {
          ...about,
          outcome: 'unknown',
          message: `The DMARC policy of ${domain} could not be asked for: ${fault}.`,
          toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
        };
      else if (record?.ignored)
        yield {
          ...about,
          outcome: 'fail',
          message: `The DMARC record of ${at ?? domain} counts for nothing: ${record.problems.join('; ')}.`,
        };
      else if (!record && senders?.length === 0) continue;
      else if (!record)
        yield {
          ...about,
          outcome: 'fail',
          message: several
            ? `_dmarc.${several.domain} has ${several.texts.length} DMARC records, so none of them counts.`
            : `${domain} has no DMARC policy.`,
        };
      else if (record.problems.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          severity: 'medium',
          message: `The DMARC record of ${at ?? domain} has mistakes in it, which receivers leave out: ${record.problems.join('; ')}.`,
        };
      else
        yield {
          ...about,
          outcome: 'pass',
          message: `${domain} has a DMARC policy: ${policy ?? 'none'}${at === domain ? '' : ` (of ${at ?? ''})`}.`,
        };
    }
  },
});
