import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { dmarcRecords } from '../../evidence/dmarc.ts';
import { sampleDmarc } from '../../evidence/mail-samples.ts';

const ruf = 'mailto:a@reports.example.net';
const outside = (agreed: 'yes' | 'no' | 'unclear') =>
  sampleDmarc(
    {
      failureDestinations: [
        { uri: ruf, host: 'reports.example.net', own: false, name: 'example.com._report._dmarc.reports.example.net', agreed },
      ],
    },
    { ruf: [ruf] },
  );

/** What a failure report is, for whoever asks for them. */
const what = 'Few receivers send them, and they hold parts of real mails: who wrote to whom, the subject, sometimes the text.';

export const dmarcFailureReports = defineCheck({
  id: 'email/dmarc-failure-reports',
  severity: 'low',
  covers: ['S5-C3'],
  doc: {
    title: 'Reports about single mails that fail do not reach you',
    why: `ruf= asks for a report about each mail that fails DMARC. ${what} Receivers send none to an address elsewhere that has not agreed to take them; the daily reports (rua) are what the policy needs.`,
    fix: 'Take ruf= out of the DMARC record, or have the service that it names agree in its own DNS. Whoever reads these reports handles personal data of your customers.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc9991', 'https://www.rfc-editor.org/rfc/rfc9990#section-4'],
  },
  needs: { dmarc: dmarcRecords },
  examples: {
    fails: [{ name: 'an address elsewhere that has not agreed', given: { dmarc: [outside('no')] } }],
    passes: [
      { name: 'nobody is asked for them', given: { dmarc: [sampleDmarc()] } },
      { name: 'an address elsewhere that has agreed', given: { dmarc: [outside('yes')] } },
    ],
    unknowns: [{ name: 'nobody could ask', given: { dmarc: [outside('unclear')] } }],
  },
  *evaluate({ dmarc }) {
    for (const { domain, senders, at = domain, record, failureDestinations = [] } of dmarc) {
      // Facts saved by earlier versions do not say whether those elsewhere have agreed.
      if (!record || record.ignored || senders?.length === 0 || (record.ruf.length > 0 && failureDestinations.length === 0)) continue;
      const about = {
        subject: domain,
        place: { name: domain },
        proof: [{ kind: 'step' as const, text: `_dmarc.${at} TXT "${record.text}"` }],
      };
      const refused = failureDestinations.filter(({ agreed }) => agreed === 'no');
      const unclear = failureDestinations.filter(({ agreed }) => agreed === 'unclear');
      const hosts = (some: typeof failureDestinations): string => andList([...new Set(some.map(({ host }) => host))]);
      if (refused.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `${hosts(refused)} has not agreed to take reports about single mails of ${at} (ruf), so receivers send none there. ${what}`,
          fix: `Take ruf= out of the record; or have this record written: ${refused.map(({ name }) => `${name ?? ''} TXT "v=DMARC1"`).join('; ')}.`,
        };
      else if (unclear.length > 0)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether ${hosts(unclear)} takes reports about single mails of ${at} (ruf) could not be asked.`,
          toKnow: 'Try again later.',
        };
      else
        yield {
          ...about,
          outcome: 'pass',
          message:
            record.ruf.length === 0
              ? `${domain} asks for no reports about single mails (ruf), as most do.`
              : `Reports about single mails of ${domain} (ruf) may go to ${hosts(failureDestinations)}. ${what}`,
        };
    }
  },
});
