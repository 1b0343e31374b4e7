import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openTree } from '../../source/tree.ts';
import { readCodeMail } from './collector.ts';

function read(files: Readonly<Record<string, string>>, apex?: string) {
  const root = mkdtempSync(join(tmpdir(), 'senders-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return readCodeMail(openTree(root), apex);
}

it.each<readonly [file: string, text: string, sender: string, what: string]>([
  ['package.json', '{"dependencies":{"resend":"4.0.0"}}', 'resend', 'resend'],
  ['package.json', '{"dependencies":{"@sendgrid/mail":"8"}}', 'sendgrid', '@sendgrid/mail'],
  ['.env.example', 'POSTMARK_SERVER_TOKEN=', 'postmark', 'POSTMARK_SERVER_TOKEN'],
  [
    'src/mail.ts',
    "createTransport({ host: 'email-smtp.eu-west-1.amazonaws.com', auth: process.env.SES_SMTP_USER })",
    'ses',
    'SES_SMTP_USER',
  ],
  ['src/mail.ts', "createTransport({ host: 'smtp-relay.brevo.com' })", 'brevo', 'smtp-relay.brevo.com'],
  ['supabase/config.toml', '[auth.email.smtp]\nhost = "smtp.resend.com"\nadmin_email = "hello@acme.io"', 'resend', 'smtp.resend.com'],
  ['app/mail.py', "requests.post('https://api.mailgun.net/v3')", 'mailgun', 'api.mailgun.net'],
  ['src/send.ts', "fetch('https://app.loops.so/api/v1/transactional')", 'loops', 'app.loops.so'],
])('%s: %s', (file, text, sender, what) => {
  expect(read({ [file]: text }).senders).toEqual([{ sender, file, what }]);
});

it('sees no sender in what only looks like one', () => {
  expect(
    read({
      'src/a.ts': "const url = 'https://notsmtp.resend.com.example'; // SESSION_SECRET\nconst s = process.env.SESSION_SES;",
      'test/a.test.ts': "process.env.RESEND_API_KEY = 'x'; from: 'a@acme.io'",
      'package.json': '{"dependencies":{"resend-later":"1"}}',
      'launch-ready.yaml': '#  send: { host: smtp.resend.com, user: resend, from: app@acme.io }',
    }),
  ).toEqual({ senders: [], from: [] });
});

it.each<readonly [text: string, address: string]>([
  ["send({ from: 'Acme <app@mail.acme.io>', to })", 'app@mail.acme.io'],
  ['from: "app@acme.io"', 'app@acme.io'],
  ['FROM_EMAIL=app@acme.io', 'app@acme.io'],
  ["const from = process.env.MAIL_FROM ?? 'Acme <onboarding@resend.dev>';", 'onboarding@resend.dev'],
  ['admin_email = "hello@acme.io"', 'hello@acme.io'],
])('reads whom it sends from: %s', (text, address) => {
  expect(read({ 'src/mail.ts': text }).from).toMatchObject([{ address, file: 'src/mail.ts', line: 1 }]);
});

it('takes nobody else for the sender', () => {
  expect(
    read({ 'src/mail.ts': "// from: 'a@acme.io'\nto: 'b@acme.io'\nimport x from 'pkg'; const mail = 'c@acme.io';\nfrom: 'a@example.com'" })
      .from,
  ).toEqual([]);
});

it('takes an address of the domain map for one, even where it looks like a sample', () => {
  const text = "send({ from: 'Acme <app@mail.acme.example>', reply: 'x' });\nsend({ from: 'you@other.example' });";
  const addresses = (apex: string) => read({ 'src/mail.ts': text }, apex).from.map(({ address }) => address);
  expect(addresses('acme.example')).toEqual(['app@mail.acme.example']);
  expect(addresses('acme.io')).toEqual([]);
});
