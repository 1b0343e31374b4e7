import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import { domainRecords } from '../../evidence/dns.ts';
import { codeMail } from '../../evidence/mail-hosts.ts';
import { sampleCodeMail, sampleSpf } from '../../evidence/mail-samples.ts';
import { mailDomains } from '../../evidence/mail-domains.ts';
import { spfRecords } from '../../evidence/spf.ts';

/** Domains of mail services that send only to yourself, or as everybody. */
const trials = ['resend.dev', 'sandbox.mgsend.net', 'mailtrap.io', 'ethereal.email'];
const freemail = [
  'gmail.com',
  'outlook.com',
  'hotmail.com',
  'yahoo.com',
  'icloud.com',
  'gmx.de',
  'gmx.net',
  'web.de',
  'proton.me',
  'protonmail.com',
];
const map = { apex: 'example.com', drafted: false, hosts: [] };
const from = (address: string) =>
  sampleCodeMail({ from: [{ address, domain: address.split('@')[1] ?? '', file: 'src/mail.ts', line: 12 }] });

const gone = { domain: 'example.com', exists: 'no', registered: 'example.com', text: 'there is no such name' } as const;

export const senderOutsideMap = defineCheck({
  id: 'email/sender-outside-map',
  severity: 'high',
  mendedIn: 'code',
  covers: ['S5-C5', 'MAIL-not-gmail-from'],
  doc: {
    title: 'The app sends mail from a domain that is not yours to send from',
    why: 'Trial addresses of mail services reach only your own inbox, so that invitations of customers never arrive. Addresses at Gmail and the like fail DMARC when an app sends from them. A domain that nobody set up goes to spam.',
    fix: 'Send from a domain of yours that stands under domains.mail in launch-ready.yaml, and set it up at the mail service.',
    effort: 'minutes',
  },
  needs: {
    code: codeMail,
    spf: spfRecords,
    mapped: optional(mailDomains, []),
    domains: optional(domainRecords, { apex: '', drafted: true, hosts: [] }),
  },
  examples: {
    fails: [
      { name: 'a trial address', given: { code: from('onboarding@resend.dev'), spf: [sampleSpf()], mapped: [], domains: map } },
      { name: 'an address at Gmail', given: { code: from('acme@gmail.com'), spf: [sampleSpf()], mapped: [], domains: map } },
      {
        name: 'a domain that the map does not have',
        given: { code: from('app@acme-mail.net'), spf: [sampleSpf()], mapped: [], domains: map },
      },
    ],
    passes: [
      { name: 'a domain of the map', given: { code: sampleCodeMail(), spf: [sampleSpf()], mapped: [], domains: map } },
      {
        name: 'one that is not in the DNS yet, which is told of by itself',
        given: { code: sampleCodeMail(), spf: [], mapped: [gone], domains: map },
      },
    ],
    unknowns: [
      {
        name: 'nobody wrote the map down',
        given: { code: from('app@acme-mail.net'), spf: [sampleSpf()], mapped: [], domains: { ...map, drafted: true } },
      },
    ],
  },
  *evaluate({ code, spf, mapped, domains: { drafted } }) {
    // Of one that is not in the DNS there is no SPF record; it is in the map all the same.
    const known = [...spf, ...mapped].map(({ domain }) => domain);
    for (const { address, domain, file, line } of code.from) {
      const about = { subject: address, place: { file, line } };
      const isKnown = known.includes(domain);
      if (trials.some((one) => domain === one || domain.endsWith(`.${one}`)))
        yield { ...about, outcome: 'fail', message: `The app sends from ${address}, a trial address that reaches only yourself.` };
      else if (freemail.includes(domain))
        yield { ...about, outcome: 'fail', message: `The app sends from ${address}: ${domain} lets no app send in its name.` };
      else if (isKnown) yield { ...about, outcome: 'pass', message: `The app sends from ${address}, which is in the domain map.` };
      else if (drafted)
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'medium',
          message: `The app sends from ${address}, and nobody wrote down whether ${domain} is meant to send.`,
          toKnow: 'Write it under domains.mail in launch-ready.yaml.',
        };
      else
        yield {
          ...about,
          outcome: 'fail',
          severity: 'medium',
          message: `The app sends from ${address}, and ${domain} is not in the domain map.`,
        };
    }
  },
});
