import { defineCheck } from '../../core/check.ts';
import { mailSender, mailSenders } from '../../evidence/mail-senders.ts';
import { mailHosts } from '../../evidence/mail-hosts.ts';
import { sampleMailHosts, sampleSpf } from '../../evidence/mail-samples.ts';
import { spfRecords } from '../../evidence/spf.ts';

export const spfSenderMissing = defineCheck({
  id: 'email/spf-sender-missing',
  severity: 'high',
  covers: ['S5-C1', 'SPF-senders-covered'],
  doc: {
    title: 'A service that sends for the domain does not stand in SPF',
    why: 'Receivers take its mail for forged: invitations and resets go to spam or bounce.',
    fix: 'Add the include of the service in front of the last term of the record, in the one record that is there. Where the service has its mails come back to a name of its own, write the record that it asks for at that name.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc7208#section-5.2'],
  },
  needs: { spf: spfRecords, hosts: mailHosts },
  examples: {
    fails: [
      {
        name: 'Mailgun sends, and only Google stands in it',
        given: {
          spf: [
            sampleSpf({
              senders: ['google', 'mailgun'],
              additions: [
                {
                  sender: 'mailgun',
                  include: 'mailgun.org',
                  record: 'v=spf1 include:_spf.google.com include:mailgun.org ~all',
                  lookups: 4,
                  voids: 0,
                },
              ],
            }),
          ],
          hosts: [sampleMailHosts()],
        },
      },
    ],
    passes: [
      { name: 'it stands in it', given: { spf: [sampleSpf({ senders: ['google'] })], hosts: [sampleMailHosts()] } },
      {
        name: 'its addresses stand in it',
        given: { spf: [sampleSpf({ senders: ['microsoft'], covered: ['microsoft'] })], hosts: [sampleMailHosts()] },
      },
      {
        name: 'it is set up on a subdomain',
        given: {
          spf: [sampleSpf({ senders: ['mailgun'] })],
          hosts: [sampleMailHosts({ returnPaths: [{ sender: 'mailgun', name: 'mg.example.com', state: 'fits' }] })],
        },
      },
      {
        name: 'it stands at the name that its mails come back to',
        given: {
          spf: [sampleSpf({ senders: ['resend'] })],
          hosts: [sampleMailHosts({ returnPaths: [{ sender: 'resend', name: 'send.example.com', state: 'fits' }] })],
        },
      },
    ],
    unknowns: [
      { name: 'a service that is not known', given: { spf: [sampleSpf({ senders: ['gogle'] })], hosts: [sampleMailHosts()] } },
      {
        name: 'a part of the record that could not be read',
        given: {
          spf: [sampleSpf({ senders: ['mailgun'], unclear: ['include:a.example.net: 192.0.2.53 answered SERVFAIL'] })],
          hosts: [sampleMailHosts()],
        },
      },
      {
        name: 'nothing is at the usual name',
        given: {
          spf: [sampleSpf({ senders: ['resend'] })],
          hosts: [sampleMailHosts({ returnPaths: [{ sender: 'resend', name: 'send.example.com', state: 'none' }] })],
        },
      },
    ],
  },
  *evaluate({ spf, hosts }) {
    for (const { domain, senders = [], tree, includes = [], covered = [], unclear = [], additions = [] } of spf) {
      for (const id of senders) {
        const service = mailSender(id);
        const about = { subject: `${domain} ${id}`, place: { name: domain } };
        if (!service)
          yield {
            ...about,
            outcome: 'unknown',
            severity: 'low',
            message: `“${id}” sends for ${domain}, and what that service needs is not known here.`,
            toKnow: `Services that are known: ${mailSenders.map((one) => one.id).join(', ')}. Of another one its own page says what to write, and a mail that arrived whether it was right.`,
          };
        if (!service || service.spf === 'own') continue;
        const path = hosts.find((one) => one.domain === domain)?.returnPaths.find(({ sender }) => sender === id);
        if (service.spf === 'domain') {
          if (!tree) continue;
          const added = additions.find(({ sender }) => sender === id);
          if (includes.includes(id)) yield { ...about, outcome: 'pass', message: `${service.name} stands in the SPF record of ${domain}.` };
          else if (covered.includes(id))
            yield { ...about, outcome: 'pass', message: `Servers of ${service.name} pass by the SPF record of ${domain}.` };
          else if (path?.state === 'fits')
            yield {
              ...about,
              outcome: 'pass',
              message: `${service.name} stands in the SPF record of ${path.name}, which its mails come back to.`,
            };
          else if (unclear.length > 0)
            yield {
              ...about,
              outcome: 'unknown',
              message: `Whether ${service.name} stands in the SPF record of ${domain} could not be told: ${unclear.join('; ')}.`,
              toKnow: 'Try again later, or give a mailbox (access.mail): a mail that arrived tells.',
            };
          else
            yield {
              ...about,
              outcome: 'fail',
              message: `${service.name} sends for ${domain} and does not stand in its SPF record.`,
              ...(added && {
                fix: `Write this instead of the record that is there: ${added.record} (it then takes ${added.lookups} of 10 questions to the DNS).`,
              }),
            };
          continue;
        }
        if (!path) continue;
        if (path.state === 'fits')
          yield {
            ...about,
            outcome: 'pass',
            message: `${service.name} stands in the SPF record of ${path.name}, which its mails come back to.`,
          };
        else
          yield {
            ...about,
            outcome: 'unknown',
            severity: 'medium',
            message: `Mails of ${service.name} usually come back to ${path.name}, and nothing there names it.`,
            toKnow: `Give a mailbox (access.mail) and a way to send (email.send): a mail that arrived tells where it comes back to.`,
          };
      }
    }
  },
});
