import { defineCheck } from '../../core/check.ts';
import { dmarcRecords } from '../../evidence/dmarc.ts';
import { sampleDmarc } from '../../evidence/mail-samples.ts';

export const dmarcObsolete = defineCheck({
  id: 'email/dmarc-obsolete',
  severity: 'low',
  covers: ['S5-C3', 'DMARC-obsolete'],
  doc: {
    title: 'The DMARC record uses tags that no longer count',
    why: 'RFC 9989 (May 2026) took pct, rf, ri and sizes behind addresses out. Who relies on pct=10 to go slowly has the whole policy in force at receivers that follow it.',
    fix: 'Take these tags out. To go slowly use t=y: the policy then counts one step weaker.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9989#appendix-C'],
  },
  needs: { dmarc: dmarcRecords },
  examples: {
    fails: [
      { name: 'pct=100, as many pages still tell to write', given: { dmarc: [sampleDmarc({}, { obsolete: ['pct=100'] })] } },
      { name: 'pct=50', given: { dmarc: [sampleDmarc({}, { obsolete: ['pct=50'] })] } },
    ],
    passes: [{ name: 'none', given: { dmarc: [sampleDmarc()] } }],
  },
  *evaluate({ dmarc }) {
    const told = new Set<string>();
    for (const { domain, at = domain, record } of dmarc) {
      if (!record || told.has(at)) continue;
      told.add(at);
      const about = { subject: at, place: { name: at }, proof: [{ kind: 'step' as const, text: `_dmarc.${at} TXT "${record.text}"` }] };
      const slow = record.obsolete.some((one) => /^pct=(?!100$)/.test(one)) && record.p !== 'none';
      if (record.obsolete.length > 0 && record.obsolete.every((one) => one === 'pct=100'))
        yield {
          ...about,
          outcome: 'fail',
          message: `The DMARC record of ${at} says pct=100, which RFC 9989 took out: it changes nothing, and can go with the next edit.`,
        };
      else if (record.obsolete.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          ...(slow && { severity: 'medium' as const }),
          message: `The DMARC record of ${at} uses ${record.obsolete.join(', ')}, which RFC 9989 took out${slow ? ': receivers that follow it apply the policy to all mail' : ''}.`,
        };
      else yield { ...about, outcome: 'pass', message: `The DMARC record of ${at} uses no tag that was taken out.` };
    }
  },
});
