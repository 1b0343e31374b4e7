import { defineCheck } from '../../core/check.ts';
import { type MailDomain, mailDomains } from '../../evidence/mail-domains.ts';

export const domainNotFound = defineCheck({
  id: 'email/domain-not-found',
  severity: 'blocker',
  covers: ['S5-C1'],
  doc: {
    title: 'The domain that mail is sent from does not exist',
    why: 'Receivers refuse mail from a domain that is not in the DNS, and answers to it go nowhere. Where nobody has registered it, anybody may, and then gets the mail of your customers.',
    fix: 'Register it, or mend the spelling where another name is meant; if it is yours, see at the registrar that it is paid for and has its name servers.',
    effort: 'minutes',
    references: ['https://www.rfc-editor.org/rfc/rfc8020', 'https://www.rfc-editor.org/rfc/rfc5321#section-2.3.5'],
  },
  needs: { domains: mailDomains },
  examples: {
    fails: [
      { name: 'there is no such name', given: { domains: [sample('no', { registered: 'example.com' })] } },
      {
        name: 'nor the domain above it',
        given: { domains: [sample('no', { domain: 'mail.example.com', registered: 'example.com' })] },
      },
    ],
    passes: [{ name: 'it is there', given: { domains: [sample('yes')] } }],
    unknowns: [{ name: 'the name server fails', given: { domains: [sample('unclear')] } }],
  },
  *evaluate({ domains }) {
    for (const { domain, exists, registered = domain, text } of domains) {
      const about = { subject: domain, place: { name: domain }, proof: [{ kind: 'step' as const, text }] };
      if (exists === 'no')
        yield {
          ...about,
          outcome: 'fail',
          message:
            registered === domain
              ? `There is no domain ${domain} in the DNS: no mail can come from it or go to it. Its mail records were not looked at.`
              : `${domain} cannot be used for mail: there is no domain ${registered} in the DNS. Its mail records were not looked at.`,
        };
      else if (exists === 'unclear')
        yield {
          ...about,
          outcome: 'unknown',
          message: `Nobody could tell whether ${domain} is in the DNS.`,
          toKnow: 'Try again later, or name another DNS server under domains.resolvers.',
          toldBy: 'email/spf-invalid',
        };
      else yield { ...about, outcome: 'pass', message: `${registered} is in the DNS.` };
    }
  },
});

function sample(exists: MailDomain['exists'], more: Partial<MailDomain> = {}): MailDomain {
  return { domain: 'example.com', exists, text: 'asked for example.com', ...more };
}
