import 'reflect-metadata';
import { createPrivateKey, webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';

let made: Promise<SecureContext> | undefined;

/** What a proxy on this machine shows its own browser in place of every host. Made once, and kept in memory only. */
export const ownCertificate = (): Promise<SecureContext> => (made ??= make());

async function make(): Promise<SecureContext> {
  const keys = (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const day = 86_400_000;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=launch-ready',
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + 7 * day),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
  });
  const key = createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
  return createSecureContext({ key: key.export({ type: 'pkcs8', format: 'pem' }), cert: certificate.toString('pem') });
}
