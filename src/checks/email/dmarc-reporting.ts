import { defineCheck } from '../../core/check.ts';
import { dmarcRecords } from '../../evidence/dmarc.ts';
import { sampleDmarc } from '../../evidence/mail-samples.ts';

const outside = (agreed: 'yes' | 'no' | 'unclear') => ({
  uri: 'mailto:a@reports.example.net',
  host: 'reports.example.net',
  own: false,
  name: 'example.com._report._dmarc.reports.example.net',
  agreed,
});

export const dmarcReporting = defineCheck({
  id: 'email/dmarc-reporting',
  severity: 'medium',
  covers: ['S5-C3', 'DMARC-rua'],
  doc: {
    title: 'Reports about mail in your name do not reach you',
    why: 'Without reports nobody can tell whether a sender of yours fails, so the policy can never be made stricter without a risk. Receivers send nothing to an address elsewhere that has not agreed.',
    fix: 'Write rua=mailto:dmarc@your-domain into the DMARC record, with a mailbox that somebody reads. A service that takes reports must say so in its own DNS: ask it to.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9990#section-4'],
  },
  needs: { dmarc: dmarcRecords },
  examples: {
    fails: [
      { name: 'no address', given: { dmarc: [sampleDmarc({}, { rua: [] })] } },
      { name: 'an address elsewhere that has not agreed', given: { dmarc: [sampleDmarc({ destinations: [outside('no')] })] } },
    ],
    passes: [
      { name: 'an address of the domain', given: { dmarc: [sampleDmarc()] } },
      { name: 'one elsewhere that has agreed', given: { dmarc: [sampleDmarc({ destinations: [outside('yes')] })] } },
    ],
    unknowns: [{ name: 'nobody could ask', given: { dmarc: [sampleDmarc({ destinations: [outside('unclear')] })] } }],
  },
  *evaluate({ dmarc }) {
    for (const { domain, senders, at, record, destinations } of dmarc) {
      if (!record || record.ignored || senders?.length === 0) continue;
      const about = {
        subject: domain,
        place: { name: domain },
        proof: [{ kind: 'step' as const, text: `_dmarc.${at ?? domain} TXT "${record.text}"` }],
      };
      const refused = destinations.filter(({ agreed }) => agreed === 'no');
      const unclear = destinations.filter(({ agreed }) => agreed === 'unclear');
      if (record.rua.length === 0)
        yield { ...about, outcome: 'fail', message: `The DMARC record of ${at ?? domain} names nobody to send reports to (rua).` };
      else if (refused.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `${refused.map(({ host }) => host).join(' and ')} has not agreed to take reports about ${at ?? domain}, so receivers send none there.`,
          fix: `Have this record written: ${refused.map(({ name }) => `${name ?? ''} TXT "v=DMARC1"`).join('; ')}.`,
        };
      else if (unclear.length > 0)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether ${unclear.map(({ host }) => host).join(' and ')} takes reports about ${at ?? domain} could not be asked.`,
          toKnow: 'Try again later.',
        };
      else
        yield {
          ...about,
          outcome: 'pass',
          message: `Reports about ${domain} go to ${destinations.map(({ uri }) => uri.replace(/^mailto:/, '')).join(' and ')}.`,
        };
    }
  },
});
