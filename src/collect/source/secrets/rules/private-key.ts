import { createPrivateKey } from 'node:crypto';
import { type Around, type Meaning, type Rule, token } from '../rule.ts';

/** The PEM text of a match with its line breaks restored: files escape them, shells quote them, YAML indents them. */
function pemOf(value: string): { head: string; body: string } | undefined {
  const match = /^-----BEGIN ([A-Z ]{0,20})PRIVATE KEY(?: BLOCK)?-----([\s\S]*?)-----END/.exec(value.replace(/\\+[rn]/g, '\n'));
  if (!match) return undefined;
  return { head: match[1]?.trim() ?? '', body: (match[2] ?? '').replace(/["'`]\s*\+\s*["'`]|["'`,]/g, '') };
}

// A key that does not parse is a sample; OpenSSH and PGP have forms that Node cannot read, so only their beginning is checked.
function judgePrivateKey(value: string, { text, start }: Around): Partial<Meaning> | undefined {
  const pem = pemOf(value);
  if (!pem) return undefined;
  const body = pem.body.replace(/^\s*(?:[\w-]+:.*\n)*/, '').replace(/\s+/g, '');
  if (pem.head === 'ENCRYPTED' || /Proc-Type: 4,ENCRYPTED/.test(value))
    return { sensitivity: 'low', power: 'limited', meaning: 'protected by a password' };
  if (pem.head === 'OPENSSH') return body.startsWith('b3BlbnNzaC1rZXktdjE') && body.length > 200 ? { meaning: 'SSH key' } : undefined;
  if (pem.head !== 'PGP' && !parses(pem.head, body)) return undefined;
  const account = text.slice(Math.max(0, start - 1500), start + value.length + 1500);
  if (!/"type"\s*:\s*"service_account"|gserviceaccount\.com|FIREBASE|firebase_admin|GOOGLE_/.test(account)) return {};
  const project = /"project_id"\s*:\s*"([\w-]{4,40})"|@([\w-]{4,40})\.iam\.gserviceaccount/.exec(account);
  return {
    kind: 'google-service-account',
    label: 'Google service account key (Firebase Admin)',
    power: 'total',
    harm: 'Whoever has it can read and change everything that account may: for Firebase Admin the whole database, all files and all users.',
    rotate: 'Google Cloud console, IAM, Service Accounts, Keys: add a new key, switch over, then delete this one.',
    ...(project && { meaning: `project ${project[1] ?? project[2]}` }),
  };
}

function parses(head: string, body: string): boolean {
  try {
    const name = head === '' ? '' : `${head} `;
    createPrivateKey(`-----BEGIN ${name}PRIVATE KEY-----\n${body.replace(/.{64}/g, '$&\n')}\n-----END ${name}PRIVATE KEY-----\n`);
    return true;
  } catch {
    return false;
  }
}

export const privateKeyRules: readonly Rule[] = [
  token(
    ['-----BEGIN'],
    /-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\"'`,:.()-]{64,9000}?-----END [A-Z ]{0,20}PRIVATE KEY(?: BLOCK)?-----/,
    {
      kind: 'private-key',
      label: 'private key',
      inside: true,
      entropy: 0,
      harm: 'Whoever has it can pose as the server or account it belongs to.',
      rotate: 'Make a new key pair, replace the public half wherever it is registered, and delete this one.',
      judge: judgePrivateKey,
    },
  ),
];
