import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TlsOptions } from 'node:tls';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  Extension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509';

const { subtle } = webcrypto;

/** What somebody signs with, and what says so. */
export interface Signer {
  readonly name: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly certificate: X509Certificate;
}

type KeyKind = 'P-256' | 'P-384' | 'RSA-1024' | 'RSA-2048' | 'RSA-2048-SHA-1';

function algorithmOf(kind: KeyKind): webcrypto.RsaHashedKeyGenParams | webcrypto.EcKeyGenParams {
  if (kind === 'P-256' || kind === 'P-384') return { name: 'ECDSA', namedCurve: kind };
  return {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: kind === 'RSA-1024' ? 1024 : 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: kind.endsWith('SHA-1') ? 'SHA-1' : 'SHA-256',
  };
}

const keysOf = (kind: KeyKind): Promise<webcrypto.CryptoKeyPair> =>
  subtle.generateKey(algorithmOf(kind), true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
const day = (offset: number): Date => new Date(Date.now() + offset * 86_400_000);
const signing = (kind: KeyKind) =>
  kind.startsWith('P-')
    ? { name: 'ECDSA', hash: 'SHA-256' }
    : { name: 'RSASSA-PKCS1-v1_5', hash: kind.endsWith('SHA-1') ? 'SHA-1' : 'SHA-256' };
let serial = 0;

/** An authority: a root of its own, or below another one. */
export async function makeAuthority(name: string, above?: Signer, kind: KeyKind = 'P-256'): Promise<Signer & { readonly kind: KeyKind }> {
  const keys = await keysOf(kind);
  const shared = {
    serialNumber: `0${(serial += 1)}`,
    notBefore: day(-2),
    notAfter: day(365),
    signingAlgorithm: signing(kind),
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  };
  const certificate = above
    ? await X509CertificateGenerator.create({
        ...shared,
        subject: `CN=${name}`,
        issuer: above.certificate.subject,
        publicKey: keys.publicKey,
        signingKey: above.keys.privateKey,
      })
    : await X509CertificateGenerator.createSelfSigned({ ...shared, name: `CN=${name}, O=Test Trust`, keys });
  return { name, keys, certificate, kind };
}

export interface Leaf {
  readonly names: readonly string[];
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
  readonly key?: KeyKind;
  readonly mustStaple?: true;
}

/** A certificate of a host with its key, PEM. `signer` absent: it signs itself. */
export async function makeLeaf(
  { names, from = -1, to = 60, key = 'P-256', mustStaple }: Leaf,
  signer?: Signer & { readonly kind: KeyKind },
): Promise<{ readonly key: string; readonly cert: string }> {
  const keys = await keysOf(key);
  const shared = {
    serialNumber: `0${(serial += 1)}`,
    notBefore: day(from),
    notAfter: day(to),
    signingAlgorithm: signing(signer?.kind ?? key),
    extensions: [
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns' as const, value }))),
      ...(signer ? [await AuthorityKeyIdentifierExtension.create(signer.keys.publicKey)] : []),
      // SEQUENCE { INTEGER 5 }
      ...(mustStaple ? [new Extension('1.3.6.1.5.5.7.1.24', false, new Uint8Array([0x30, 3, 2, 1, 5]))] : []),
    ],
  };
  const certificate = signer
    ? await X509CertificateGenerator.create({
        ...shared,
        subject: `CN=${names[0]}`,
        issuer: signer.certificate.subject,
        publicKey: keys.publicKey,
        signingKey: signer.keys.privateKey,
      })
    : await X509CertificateGenerator.createSelfSigned({ ...shared, name: `CN=${names[0]}`, keys });
  const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${(pkcs8.match(/.{1,64}/g) ?? []).join('\n')}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString('pem'),
  };
}

/** A server that begins connections by TLS and says nothing. `staple`: what it says of the revocation. Port 0: any that is free. */
export async function startTls(
  options: TlsOptions,
  staple?: Buffer,
  { address, port }: { readonly address: string; readonly port: number } = { address: '127.0.0.1', port: 0 },
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const server = createServer({ ciphers: 'DEFAULT@SECLEVEL=0', ...options });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('tlsClientError', () => undefined);
  if (staple)
    server.on('OCSPRequest', (_: Buffer, __: Buffer, done: (error: Error | null, response: Buffer) => void) => done(null, staple));
  await new Promise<void>((done) => server.listen(port, address, done));
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  };
}
