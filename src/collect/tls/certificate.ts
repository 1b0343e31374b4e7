import 'reflect-metadata';
import { X509Certificate as NodeCertificate } from 'node:crypto';
import { X509Certificate } from '@peculiar/x509';
import type { Certificate } from '../../evidence/tls.ts';

/** id-pe-tlsfeature (RFC 7633); its value holds 5, status_request, where a proof must come along. */
const tlsFeature = '1.3.6.1.5.5.7.1.24';

const curveBits: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp224r1: 224,
  secp192r1: 192,
  prime192v1: 192,
};

/** Reads a certificate, in DER. `now`: when it was seen. Throws where it is none. */
export function readCertificate(der: Buffer, now: Date): Certificate {
  const read = new X509Certificate(der);
  const node = new NodeCertificate(der);
  const days = (until: Date, since: Date): number => (until.getTime() - since.getTime()) / 86_400_000;
  const feature = read.getExtension(tlsFeature);
  return {
    names: namesIn(node),
    issuer: nameOf(read),
    from: read.notBefore.toISOString(),
    to: read.notAfter.toISOString(),
    daysLeft: Math.round(days(read.notAfter, now) * 10) / 10,
    daysValid: Math.round(days(read.notAfter, read.notBefore)),
    key: keyOf(node),
    signature: signatureOf(read),
    selfSigned: node.checkIssued(node),
    mustStaple: feature !== null && [...new Uint8Array(feature.value)].at(-1) === 5,
  };
}

const namesIn = ({ subjectAltName = '' }: NodeCertificate): string[] =>
  subjectAltName
    .split(', ')
    .flatMap((one) => /^(?:DNS|IP Address):(.+)$/.exec(one)?.[1] ?? [])
    .slice(0, 200);

function nameOf({ issuerName }: X509Certificate): string {
  const field = (name: string): string | undefined => issuerName.getField(name)[0];
  return field('O') ?? field('CN') ?? issuerName.toString();
}

function keyOf({ publicKey }: NodeCertificate): Certificate['key'] {
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === 'ec') return { kind: 'EC', bits: curveBits[namedCurve ?? ''] ?? 0 };
  if (modulusLength !== undefined && /^rsa/.test(publicKey.asymmetricKeyType ?? '')) return { kind: 'RSA', bits: modulusLength };
  return { kind: 'other', bits: modulusLength ?? 256 };
}

function signatureOf({ signatureAlgorithm }: X509Certificate): string {
  const { name, hash } = signatureAlgorithm as { readonly name?: string; readonly hash?: { readonly name?: string } };
  return [name?.replace(/^RSASSA-PKCS1-v1_5$/, 'RSA') ?? 'unknown', ...(hash?.name === undefined ? [] : [hash.name])].join(' ');
}
