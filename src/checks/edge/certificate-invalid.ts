import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { type TlsHost, tlsHosts } from '../../evidence/tls.ts';
import { tlsOf, untoldTls } from '../../evidence/tls-samples.ts';

export const certificateInvalid = defineCheck({
  id: 'edge/certificate-invalid',
  severity: 'blocker',
  covers: ['S3-C4', 'MB-4', 'RM-use-https', 'CF-universal-cert'],
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
    passes: [{ name: 'one that browsers trust', given: { tls: tlsOf() } }],
    unknowns: [{ name: 'no answer in time', given: { tls: untoldTls('app.example.com took too long to answer.') } }],
  },
  *evaluate({ tls: { hosts } }) {
    for (const host of hosts) {
      const { name, role, outcome, why, certificate } = host;
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
        const proof = [
          {
            kind: 'step' as const,
            text: `for ${andList(certificate.names.slice(0, 6)) || 'no name'}, by ${certificate.issuer}, from ${certificate.from.slice(0, 10)} to ${certificate.to.slice(0, 10)}`,
          },
        ];
        if (wrong.length > 0)
          yield { ...about, outcome: 'fail', message: `Browsers refuse ${name}: its certificate ${andList(wrong)}.`, proof };
        else yield { ...about, outcome: 'pass', message: `Browsers trust the certificate of ${name}.`, proof };
      }
    }
  },
});

function faultsOf({ certificate, named, trust, stapled }: TlsHost): string[] {
  if (!certificate) return [];
  const { daysLeft, daysValid, names, mustStaple } = certificate;
  return [
    ...(daysLeft <= 0 ? ['has expired'] : []),
    ...(daysLeft > daysValid + 0.2 ? ['is not valid yet'] : []),
    ...(named === false ? [`was made out to ${names.length > 0 ? andList(names.slice(0, 3)) : 'no name'}`] : []),
    ...(trust === 'self-signed' ? ['was signed by itself'] : []),
    ...(trust === 'unknown-authority' ? ['was signed by an authority that they do not know'] : []),
    ...(trust === 'incomplete' ? ['comes without the certificate that signed it'] : []),
    ...(mustStaple && stapled === false ? ['must come with a proof that it was not revoked, and comes without'] : []),
  ];
}
