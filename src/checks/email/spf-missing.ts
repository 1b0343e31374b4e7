import { defineCheck } from '../../core/check.ts';
import { sampleSpf } from '../../evidence/mail-samples.ts';
import { mailSender } from '../../evidence/mail-senders.ts';
import { spfRecords } from '../../evidence/spf.ts';

export const spfMissing = defineCheck({
  id: 'email/spf-missing',
  severity: 'high',
  covers: ['S5-C1', 'SPF-one-record'],
  doc: {
    title: 'The domain has no SPF record',
    why: 'Gmail, Yahoo and Outlook want SPF or DKIM of every sender, and both of those who send a lot. Without a record nobody can tell your mail from a forgery.',
    fix: 'Write one TXT record at the domain: v=spf1, an include for each service that sends for it, and ~all. For a domain that sends nothing: v=spf1 -all.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-3'],
  },
  needs: { spf: spfRecords },
  examples: {
    fails: [{ name: 'no record', given: { spf: [{ domain: 'example.com', records: [] }] } }],
    passes: [
      { name: 'one', given: { spf: [sampleSpf()] } },
      {
        name: 'none, where its mails come back to a name of the service below it',
        given: { spf: [{ domain: 'mail.example.com', senders: ['resend'], records: [] }] },
      },
    ],
    unknowns: [
      { name: 'the name server fails', given: { spf: [{ domain: 'example.com', records: [], fault: '192.0.2.53 answered SERVFAIL' }] } },
    ],
  },
  *evaluate({ spf }) {
    for (const { domain, senders, records, fault } of spf) {
      const about = { subject: domain, place: { name: domain } };
      if (fault !== undefined)
        yield {
          ...about,
          outcome: 'unknown',
          message: `Whether ${domain} has an SPF record could not be asked: ${fault}.`,
          toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
          toldBy: 'email/spf-invalid',
        };
      else if (records.length === 0 && needsNone(senders))
        yield { ...about, outcome: 'pass', message: `${domain} needs no SPF record of its own: its mails come back to other names.` };
      // What a domain needs that sends nothing is judged as a whole.
      else if (records.length === 0 && senders?.length !== 0)
        yield {
          ...about,
          outcome: 'fail',
          ...(senders === undefined && { severity: 'medium' as const }),
          message: `${domain} has no SPF record.`,
        };
      else if (records.length > 0) yield { ...about, outcome: 'pass', message: `${domain} has an SPF record.` };
    }
  },
});

/** SPF is looked for at the name that a mail comes back to. Where each service has one of its own for that, nothing has to stand at the From domain. */
const needsNone = (senders: readonly string[] = []): boolean =>
  senders.length > 0 &&
  senders.every((id) => {
    const spf = mailSender(id)?.spf;
    return spf === 'return-path' || spf === 'own';
  });
