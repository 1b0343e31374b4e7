import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import type { Certificate } from '../../evidence/tls.ts';
import { looksOf, tlsHosts } from '../../evidence/tls.ts';
import { tlsOf } from '../../evidence/tls-samples.ts';

export const certificateWeak = defineCheck({
  id: 'edge/certificate-weak',
  severity: 'high',
  covers: ['S3-C4', 'RM-use-https'],
  doc: {
    title: 'A certificate is made with a key or a signature that can be forged',
    why: 'Short keys and the old hashes MD5 and SHA-1 can be broken: somebody else can then pose as your host. Most browsers refuse them.',
    fix: 'Make a new certificate with a new key: ECDSA P-256, or RSA with 2048 bits. Every host and certbot do so unless told otherwise.',
    effort: 'minutes',
    references: ['https://cabforum.org/working-groups/server/baseline-requirements/'],
  },
  needs: { tls: tlsHosts },
  examples: {
    fails: [
      { name: 'RSA with 1024 bits', given: { tls: tlsOf({}, { key: { kind: 'RSA', bits: 1024 } }) } },
      { name: 'signed with SHA-1', given: { tls: tlsOf({}, { signature: 'RSA SHA-1' }) } },
    ],
    passes: [
      { name: 'P-256', given: { tls: tlsOf() } },
      { name: 'RSA with 2048 bits', given: { tls: tlsOf({}, { key: { kind: 'RSA', bits: 2048 } }) } },
    ],
  },
  *evaluate({ tls: { hosts } }) {
    for (const { name, subject, at, certificate } of hosts.flatMap((host) => looksOf(host).map((look) => ({ ...look, name: host.name })))) {
      if (!certificate) continue;
      const about = { subject, place: { name } };
      const weak = weaknesses(certificate);
      const text = `${certificate.key.kind} ${certificate.key.bits} bits, signed by ${certificate.signature}`;
      if (weak.length > 0)
        yield {
          ...about,
          outcome: 'fail',
          message: `The certificate of ${name}${at} can be forged: ${andList(weak)}.`,
          proof: [{ kind: 'step', text }],
        };
      else yield { ...about, outcome: 'pass', message: `Key and signature of the certificate of ${name}${at} are strong: ${text}.` };
    }
  },
});

const weaknesses = ({ key: { kind, bits }, signature }: Certificate): string[] => [
  ...(kind === 'RSA' && bits < 2048 ? [`its RSA key has only ${bits} bits`] : []),
  ...(kind === 'EC' && bits < 256 ? ['its curve is too short'] : []),
  ...(/\b(?:MD5|SHA-?1)\b/i.test(signature) ? [`it is signed with ${signature}`] : []),
];
