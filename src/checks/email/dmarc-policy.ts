import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import { dmarcRecords } from '../../evidence/dmarc.ts';
import { nextStep } from '../../evidence/dmarc-ladder.ts';
import { type DmarcReports, dmarcReports } from '../../evidence/dmarc-reports.ts';
import { sampleDmarc, sampleReports } from '../../evidence/mail-samples.ts';

const noReports: DmarcReports = { reports: 0, reporters: [], published: [], sources: [], gaps: [] };

export const dmarcPolicy = defineCheck({
  id: 'email/dmarc-policy',
  severity: 'medium',
  covers: ['S5-C3', 'DMARC-policy', 'DMARC-reports-read'],
  doc: {
    title: 'Mail that is forged in the name of the domain is let through',
    why: 'With p=none, or with t=y, receivers are asked to deliver what fails: an invoice in your name from anybody reaches your customers.',
    fix: 'Go up step by step, as the reports allow: p=none until every sender of yours passes, then p=quarantine, then p=reject, two weeks each. Take t=y out at the end of each step.',
    effort: 'days',
    references: ['https://www.rfc-editor.org/rfc/rfc9989#section-5.1'],
  },
  needs: { dmarc: dmarcRecords, reports: optional(dmarcReports, noReports) },
  examples: {
    fails: [
      { name: 'only watched', given: { dmarc: [sampleDmarc({}, { p: 'none' })], reports: noReports } },
      {
        name: 'a test flag that was forgotten',
        given: { dmarc: [sampleDmarc({ effective: 'none' }, { p: 'quarantine', test: true })], reports: noReports },
      },
      { name: 'only watched, and the reports are clean', given: { dmarc: [sampleDmarc({}, { p: 'none' })], reports: sampleReports() } },
    ],
    passes: [
      { name: 'quarantine', given: { dmarc: [sampleDmarc({}, { p: 'quarantine' })], reports: noReports } },
      { name: 'reject', given: { dmarc: [sampleDmarc()], reports: noReports } },
    ],
  },
  *evaluate({ dmarc, reports }) {
    for (const facts of dmarc) {
      const { domain, senders, record, at, policy, effective } = facts;
      if (!record || record.ignored || policy === undefined || effective === undefined || senders?.length === 0) continue;
      const about = {
        subject: domain,
        place: { name: domain },
        proof: [{ kind: 'step' as const, text: `_dmarc.${at ?? domain} TXT "${record.text}"` }],
      };
      if (effective === 'none')
        yield {
          ...about,
          outcome: 'fail',
          message: `Mail forged in the name of ${domain} is let through: ${record.test && policy !== 'none' ? `t=y makes its p=${policy} count as none` : 'its policy is none'}.`,
          fix: nextStep(reports, facts) ?? '',
        };
      else if (record.test)
        yield {
          ...about,
          outcome: 'fail',
          severity: 'low',
          message: `The DMARC record of ${at ?? domain} still says t=y, so its p=${policy} counts as ${effective}.`,
          fix: nextStep(reports, facts) ?? '',
        };
      else
        yield {
          ...about,
          outcome: 'pass',
          message: `Mail forged in the name of ${domain} is ${effective === 'reject' ? 'refused' : 'put into spam; p=reject is the next step'}.`,
        };
    }
  },
});
