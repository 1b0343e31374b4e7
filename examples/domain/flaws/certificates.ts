import { apex } from '../draft.ts';
import type { DomainFlaw } from './flaw.ts';

const www = `www.${apex}`;

/** What the hosts show when a connection begins. */
export const certificateFlaws: readonly DomainFlaw[] = [
  {
    id: 'certificate-expired',
    title: 'The certificate of www ran out two days ago.',
    checks: ['edge/certificate-invalid'],
    change: ({ web }) => void (web.leaves[www] = { from: -92, to: -2 }),
  },
  {
    id: 'certificate-of-another-name',
    title: 'The server of the API shows the certificate of the app.',
    checks: ['edge/certificate-invalid'],
    change: ({ web }) => void (web.leaves[`api.${apex}`] = { names: [`app.${apex}`] }),
  },
  {
    id: 'certificate-not-renewed',
    title: 'The certificate of the app runs out in five days, and was to be renewed weeks ago.',
    checks: ['edge/certificate-expiring'],
    change: ({ web }) => void (web.leaves[`app.${apex}`] = { from: -85, to: 5 }),
  },
  {
    id: 'certificate-rsa-1024',
    title: 'The key of www is short enough to be broken.',
    checks: ['edge/certificate-weak'],
    change: ({ web }) => void (web.leaves[www] = { key: 'RSA-1024' }),
  },
  {
    id: 'tls-1.0-offered',
    title: 'www still speaks TLS 1.0.',
    checks: ['edge/tls-old-version'],
    change: ({ web }) => void (web.tls[www] = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  },
];
