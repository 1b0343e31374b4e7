import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { forwardedBy } from '../../evidence/mail-forwarded.ts';
import { type HandedOver, mailProof, type ProvenMail } from '../../evidence/mail-proof.ts';
import { sampleMail, sampleProof, sampleSeed } from '../../evidence/mail-samples.ts';

const over = (change: Partial<HandedOver>): ProvenMail =>
  sampleMail({
    handedOver: { ip: '54.240.8.1', tls: 'yes', reverse: { state: 'confirmed', name: 'a8-1.smtp-out.amazonses.com' }, ...change },
  });

export const mailHandedOver = defineCheck({
  id: 'email/mail-handed-over',
  severity: 'medium',
  mendedIn: 'settings',
  covers: ['MAIL-tls', 'MAIL-ptr'],
  doc: {
    title: 'Mail goes out without TLS, or from a server without a name',
    why: 'Gmail asks both of everybody who sends to it: without TLS anybody on the way can read the mail, and mail of a server whose address has no name that leads back to it is refused or put into spam.',
    fix: 'A mail service does both by itself. On a server of your own: have it use TLS wherever it is offered (Postfix: smtp_tls_security_level = may), and have the host of the server set the reverse DNS (PTR) of its address to a name whose A or AAAA record is that address.',
    effort: 'hours',
    references: ['https://support.google.com/a/answer/81126', 'https://www.rfc-editor.org/rfc/rfc8601#section-2.7.3'],
  },
  needs: { proof: mailProof },
  examples: {
    fails: [
      { name: 'no TLS', given: { proof: sampleProof(over({ tls: 'no' })) } },
      { name: 'no name', given: { proof: sampleProof(over({ reverse: { state: 'none' } })) } },
      {
        name: 'a name that leads elsewhere, seen in a seed box alone',
        given: {
          proof: {
            ...sampleProof(over({ ip: '54.240.8.2' })),
            seeds: [sampleSeed({ mails: [over({ reverse: { state: 'not-back', name: 'host-1.example.net' } })] })],
          },
        },
      },
    ],
    passes: [{ name: 'TLS, and a name that leads back', given: { proof: sampleProof() } }],
    unknowns: [
      { name: 'the receiver does not say', given: { proof: sampleProof(over({ tls: 'unclear' })) } },
      { name: 'a name server fails', given: { proof: sampleProof(over({ reverse: { state: 'unclear', why: 'no answer' } })) } },
    ],
  },
  *evaluate({ proof }) {
    const byIp = new Map<string, { readonly mail: ProvenMail; readonly handed: HandedOver }[]>();
    for (const mail of [...proof.mails, ...proof.seeds.flatMap(({ mails }) => mails)]) {
      // Only what SPF passes for is a server of the domain for sure: else it may be one inside the receiver, or of whoever forwarded it.
      if (!mail.handedOver || mail.spf.result !== 'pass' || forwardedBy(mail)) continue;
      byIp.set(mail.handedOver.ip, [...(byIp.get(mail.handedOver.ip) ?? []), { mail, handed: mail.handedOver }]);
    }
    for (const [ip, mails] of byIp) {
      const names = [...new Set(mails.map(({ mail }) => `“${mail.name}”`))].join(', ');
      yield {
        ...tlsOf(
          mails.map(({ handed }) => handed),
          ip,
          names,
        ),
        subject: `tls of ${ip}`,
        place: { name: ip },
      };
      yield { ...nameOf(mails[0]!.handed, names), subject: `name of ${ip}`, place: { name: ip } };
    }
  },
});

type Told = Pick<Observation, 'outcome' | 'message' | 'toKnow' | 'severity'>;

function tlsOf(all: readonly HandedOver[], ip: string, names: string): Told {
  if (all.some(({ tls }) => tls === 'no'))
    return { outcome: 'fail', message: `The server ${ip} handed ${names} to the receiver without TLS.` };
  return all.some(({ tls }) => tls === 'yes')
    ? { outcome: 'pass', message: `The server ${ip} hands mail to the receiver by TLS.` }
    : {
        outcome: 'unknown',
        severity: 'low',
        message: `Whether the server ${ip} handed ${names} over by TLS could not be told: the receiver does not write it.`,
        toKnow: 'Have it sent to a mailbox at Gmail (email.seeds), which writes it on top of each mail.',
      };
}

function nameOf({ ip, reverse: { state, name, why = 'no answer' } }: HandedOver, names: string): Told {
  if (state === 'confirmed') return { outcome: 'pass', message: `The server ${ip} has the name ${name ?? ip}, which leads back to it.` };
  if (state === 'unclear')
    return {
      outcome: 'unknown',
      severity: 'low',
      message: `Whether the server ${ip} has a name that leads back to it could not be told: ${why}.`,
      toKnow: 'Try again later: a name server did not answer.',
    };
  return {
    outcome: 'fail',
    message:
      state === 'none'
        ? `The server ${ip}, which handed ${names} over, has no name in the DNS (PTR).`
        : `The server ${ip}, which handed ${names} over, has the name ${name ?? '?'} in the DNS, and that does not lead back to it.`,
  };
}
