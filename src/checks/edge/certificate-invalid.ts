import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { andList } from '../../core/wording.ts';
import { type Certificate, looksOf, type TlsAddress, type TlsLook, tlsHosts } from '../../evidence/tls.ts';
import { tlsOf, untoldTls } from '../../evidence/tls-samples.ts';

const day = 86_400_000;

export const certificateInvalid = defineCheck({
  id: 'edge/certificate-invalid',
  severity: 'blocker',
  covers: ['S3-C4', 'MB-4', 'RM-use-https', 'CF-universal-cert', 'ASVS-12.2.2'],
  doc: {
    title: 'Browsers refuse the certificate of a host',
    why: 'Visitors see a red warning instead of the app, and most of them leave. Apps and services that call it stop at once.',
    fix: 'Let your host issue a certificate for exactly this name (a click at Vercel, Netlify, Lovable, Cloudflare), wait until it says that it is active, and install the whole chain where you run the server yourself (fullchain.pem, not cert.pem).',
    effort: 'minutes',
    references: ['https://letsencrypt.org/docs/', 'https://www.rfc-editor.org/rfc/rfc7633'],
  },
  needs: { tls: tlsHosts },
  examples: {
    fails: [
      { name: 'it has expired', given: { tls: tlsOf({}, { daysLeft: -2 }) } },
      { name: 'it was made out to another name', given: { tls: tlsOf({ named: false }, { names: ['*.vercel.app'] }) } },
      { name: 'it was signed by itself', given: { tls: tlsOf({ trust: 'self-signed' }, { selfSigned: true }) } },
      { name: 'the chain is not whole', given: { tls: tlsOf({ trust: 'incomplete' }) } },
      { name: 'an old server at one of its addresses', given: { tls: tlsOf({ others: [beside({ named: false })] }) } },
      { name: 'no server at one of its addresses', given: { tls: tlsOf({ others: [beside({ outcome: 'none', why: 'It refused.' })] }) } },
      { name: 'it must come with a proof, and does not', given: { tls: tlsOf({}, { mustStaple: true }) } },
      {
        name: 'there is no TLS',
        given: {
          tls: {
            ...untoldTls('app.example.com refused the connection.'),
            hosts: [
              {
                name: 'app.example.com',
                role: 'app',
                outcome: 'none',
                why: 'app.example.com refused the connection: nothing is listening there.',
                versions: [],
              },
            ],
          },
        },
      },
    ],
    passes: [
      { name: 'one that browsers trust', given: { tls: tlsOf() } },
      { name: 'at each address', given: { tls: tlsOf({ others: [beside()] }) } },
    ],
    unknowns: [
      {
        name: 'by IPv6, where this machine has none',
        given: { tls: tlsOf({ others: [beside({ address: '2001:db8::7', outcome: 'failed', why: 'It cannot be reached from here.' })] }) },
      },
      { name: 'no answer in time', given: { tls: untoldTls('app.example.com took too long to answer.') } },
    ],
  },
  *evaluate({ tls: { hosts } }) {
    for (const host of hosts) {
      const { name, role, outcome, why, certificate } = host;
      for (const other of looksOf(host).slice(1)) if (outcome === 'seen') yield* judgedBeside(name, other);
      // A host that is no website need not have https.
      if (role === 'other' && outcome === 'none') continue;
      const about = { subject: name, place: { name, url: `https://${name}/` } };
      if (outcome === 'none')
        yield {
          ...about,
          outcome: 'fail',
          message: `${name} has no https: ${why ?? 'nothing answers by TLS.'}`,
          proof: [{ kind: 'step', text: why ?? 'nothing answers by TLS' }],
        };
      // That there is no such name, another check says.
      else if (outcome === 'failed' || (outcome === 'seen' && !certificate))
        yield {
          ...about,
          outcome: 'unknown',
          message: `The certificate of ${name} could not be seen: ${why ?? 'no answer came.'}`,
          toKnow: 'Run it again where the host answers.',
        };
      else if (certificate) {
        const wrong = faultsOf(host);
        const proof = [shown(certificate)];
        if (wrong.length > 0)
          yield { ...about, outcome: 'fail', message: `Browsers refuse ${name}: its certificate ${andList(wrong)}.`, proof };
        else yield { ...about, outcome: 'pass', message: `Browsers trust the certificate of ${name}.`, proof };
      }
    }
  },
});

const shown = ({ names, issuer, from, to }: Certificate) => ({
  kind: 'step' as const,
  text: `for ${andList(names.slice(0, 6)) || 'no name'}, by ${issuer}, from ${from.slice(0, 10)} to ${to.slice(0, 10)}`,
});

/** A further address of a host that is right at its first one: only what is wrong there is told. */
function* judgedBeside(name: string, look: ReturnType<typeof looksOf>[number]): Iterable<Observation> {
  const { subject, at, outcome, why, certificate } = look;
  const about = { subject, place: { name, url: `https://${name}/` } };
  const wrong = faultsOf(look);
  if (outcome === 'seen' && certificate && wrong.length > 0)
    yield {
      ...about,
      outcome: 'fail',
      message: `Browsers refuse ${name}${at}: its certificate ${andList(wrong)}.`,
      proof: [shown(certificate)],
    };
  else if (outcome === 'none')
    yield {
      ...about,
      outcome: 'fail',
      // Most browsers take another address then, after a while.
      severity: 'medium',
      message: `${name} has no https${at}: a part of its visitors has to wait, or does not get in.`,
      fix: 'Remove the A or AAAA record of the server that is not there any more, or set up https at it.',
      proof: [{ kind: 'step', text: why ?? 'nothing answers by TLS' }],
    };
  else if (outcome === 'failed')
    yield {
      ...about,
      outcome: 'unknown',
      severity: subject.includes(':') ? 'low' : 'medium',
      message: `The certificate of ${name} could not be seen${at}: ${why ?? 'no answer came.'}`,
      toKnow: subject.includes(':')
        ? 'Run it again from a machine with IPv6.'
        : 'Look whether the server at that address is meant to be there.',
    };
}

function faultsOf({ certificate, named, trust, stapled }: TlsLook): string[] {
  if (!certificate) return [];
  const { daysLeft, from, to, names, mustStaple } = certificate;
  const seenAt = Date.parse(to) - daysLeft * day;
  return [
    ...(daysLeft <= 0 ? ['has expired'] : []),
    // `daysLeft` is rounded, and clocks differ by minutes.
    ...(seenAt < Date.parse(from) - day / 10 ? ['is not valid yet'] : []),
    ...(named === false ? [`was made out to ${names.length > 0 ? andList(names.slice(0, 3)) : 'no name'}`] : []),
    ...(trust === 'self-signed' ? ['was signed by itself'] : []),
    ...(trust === 'unknown-authority' ? ['was signed by an authority that they do not know'] : []),
    ...(trust === 'incomplete' ? ['comes without the certificate that signed it'] : []),
    ...(mustStaple && stapled === false ? ['must come with a proof that it was not revoked, and comes without'] : []),
  ];
}

function beside(change: Partial<TlsAddress> = {}): TlsAddress {
  const [host] = tlsOf().hosts;
  return {
    address: '192.0.2.9',
    outcome: 'seen',
    versions: [],
    named: true,
    trust: 'trusted',
    ...(host?.certificate && { certificate: host.certificate }),
    ...change,
  };
}
