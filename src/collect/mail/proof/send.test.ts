import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, it } from 'vitest';
import { sendTestMail } from './send.ts';

async function sent(options: SMTPServerOptions, user?: string, from = 'app@acme.io') {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _, done) => void stream.on('end', () => done()).resume(),
    ...options,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  server.on('error', () => undefined);
  try {
    const { port } = server.server.address() as AddressInfo;
    return await sendTestMail(
      { host: '127.0.0.1', port, tls: false, from, ...(user !== undefined && { user, password: 'wrong-password' }) },
      { to: 'a@box.test' },
    );
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
const no = (text: string, responseCode: number): Error => Object.assign(new Error(text), { responseCode });

it('says nothing where the server takes it', async () => expect(await sent({})).toBeUndefined());

it.each<readonly [name: string, options: SMTPServerOptions, refused: boolean, why: RegExp]>([
  ['a sender that is refused', { onMailFrom: (_, __, done) => done(no('sender not verified', 550)) }, true, /550 sender not verified/],
  ['a receiver that is refused', { onRcptTo: (_, __, done) => done(no('no such user', 550)) }, true, /no such user/],
  [
    'a text that is refused',
    { onData: (stream, _, done) => void stream.on('end', () => done(no('looks like spam', 554))).resume() },
    true,
    /looks like spam/,
  ],
  ['a server that wants us to wait', { onRcptTo: (_, __, done) => done(no('greylisted', 451)) }, false, /greylisted/],
])('tells %s', async (_, options, refused, why) => {
  expect(await sent(options)).toEqual({ refused, why: expect.stringMatching(why) as string });
});

it('does not take a wrong password for a mail that is refused, and does not tell it', async () => {
  const unsent = await sent({ onAuth: (_, __, done) => done(no('bad credentials', 535)) }, 'app');
  expect(unsent).toMatchObject({ refused: false });
  expect(unsent?.why).not.toContain('wrong-password');
});

it.each([
  ['app@acme.io', 'app@acme.io'],
  ['Harbourline <hello@example.com>', 'Harbourline <hello@example.com>'],
  ['Acme, Inc. <hello@example.com>', '"Acme, Inc." <hello@example.com>'],
  ['"Acme, \\"Inc\\"" <hello@example.com>', '"Acme, \\"Inc\\"" <hello@example.com>'],
  [' <hello@example.com> ', 'hello@example.com'],
])('is from %s as the app has it', async (from, header) => {
  let raw = '';
  const envelopes: unknown[] = [];
  await sent(
    {
      onData(stream, session, done) {
        envelopes.push(session.envelope.mailFrom && session.envelope.mailFrom.address);
        stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
        stream.on('end', () => done());
      },
    },
    undefined,
    from,
  );
  expect(/^From: (.*)\r$/m.exec(raw)?.[1]).toBe(header);
  expect(envelopes).toEqual([/[^<\s]+@[^>\s]+/.exec(from)?.[0]]);
});
