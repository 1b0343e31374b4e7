import type { Certificate, TlsHost, TlsHosts } from './tls.ts';

const versions: TlsHost['versions'] = [
  { version: 'TLSv1', offered: 'no' },
  { version: 'TLSv1.1', offered: 'no' },
  { version: 'TLSv1.2', offered: 'yes' },
  { version: 'TLSv1.3', offered: 'yes' },
];

const certificate: Certificate = {
  names: ['app.example.com'],
  issuer: "Let's Encrypt",
  from: '2026-10-01T00:00:00.000Z',
  to: '2026-12-30T00:00:00.000Z',
  daysLeft: 60,
  daysValid: 90,
  key: { kind: 'EC', bits: 256 },
  signature: 'ECDSA SHA-384',
  selfSigned: false,
  mustStaple: false,
};

/** A host whose TLS is right, but for what is changed. */
export const tlsOf = (change: Partial<TlsHost> = {}, of: Partial<Certificate> = {}): TlsHosts => ({
  apex: 'example.com',
  drafted: false,
  hosts: [
    {
      name: 'app.example.com',
      role: 'app',
      outcome: 'seen',
      versions,
      certificate: { ...certificate, ...of },
      named: true,
      trust: 'trusted',
      stapled: false,
      ...change,
    },
  ],
});

/** A host that nobody could look at. */
export const untoldTls = (why: string): TlsHosts => ({
  apex: 'example.com',
  drafted: false,
  hosts: [{ name: 'app.example.com', role: 'app', outcome: 'failed', why, versions: [] }],
});
