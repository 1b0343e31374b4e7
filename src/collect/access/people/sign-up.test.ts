import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../journal/journal.ts';
import type { Mail, Mailbox } from '../mail/mailbox.ts';
import { openSender } from '../wire/sender.ts';
import { findDoors } from './doors.ts';
import { signUp } from './sign-up.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const page = (body: string): string => `<!doctype html>${body}`;
const signUpForm = '<form method="post" action="/register"><input type="email" name="email"><input type="password" name="password"></form>';
const signInForm = '<form method="post" action="/login"><input type="email" name="email"><input type="password" name="password"></form>';

/** An app that lets people in once they have confirmed their address: by a link, by a link and a button, or by a code on the next page. */
async function start(confirms: 'link' | 'button' | 'code', changes = true) {
  const users = new Map<string, { password: string; confirmed: boolean }>();
  const keys = new Map<string, string>();
  const mails = new Map<string, Mail[]>();
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const { email = '', password = '', code = '' } = Object.fromEntries(new URLSearchParams(text)) as Record<string, string>;
      const confirm = (key: string): void => {
        const user = users.get(keys.get(key) ?? '');
        if (user) user.confirmed = true;
      };
      const route = `${request.method} ${request.url}`;
      response.setHeader('content-type', 'text/html');
      if (route === 'GET /register') return response.end(page(signUpForm));
      if (route === 'GET /login') return response.end(page(signInForm));
      if (route === 'POST /register') {
        users.set(email, { password, confirmed: false });
        const key = confirms === 'code' ? '482913' : randomBytes(16).toString('hex');
        keys.set(key, email);
        const said = confirms === 'code' ? `Your code is\n${key}` : `Confirm: https://app.example/verify/${key}`;
        setTimeout(() => mails.set(email, [{ id: '1', subject: 'Welcome', text: said, html: '', raw: new Uint8Array() }]), 20);
        return response.end(
          page(confirms === 'code' ? '<form method="post" action="/confirm"><input name="code"></form>' : 'Check your mail'),
        );
      }
      const key = /^(?:GET|POST) \/verify\/(\w+)$/.exec(route)?.[1];
      if (key !== undefined) {
        if (confirms === 'link' || request.method === 'POST') confirm(key);
        return response.end(page(`<form method="post" action="/verify/${key}"><button>Confirm</button></form>`));
      }
      if (route === 'POST /confirm') return response.end(page(String(confirm(code))));
      if (route === 'POST /login' && users.get(email)?.password === password && users.get(email)?.confirmed === true) {
        response.setHeader('set-cookie', `sid=${encodeURIComponent(email)}; Path=/`);
        return response.end(page('in'));
      }
      const who = /sid=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
      if (route === 'GET /me' && who !== undefined) return response.end(page(decodeURIComponent(who)));
      return response.writeHead(401).end(page('no'));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = openSender({
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 400,
    userAgent: 'test',
    changes,
  });
  closing.push(
    () => sender.close(),
    () => new Promise((resolve) => server.close(resolve)),
  );
  const mailbox: Mailbox = {
    pollMs: 5,
    patienceMs: 1000,
    mails: (to) => Promise.resolve(mails.get(to) ?? []),
    newAddress: () => `lr-${randomBytes(4).toString('hex')}@example.com`,
    close: () => Promise.resolve(),
  };
  const doors = await findDoors(sender, [], [], true, openJournal());
  return { accounts: () => users.size, signing: { sender, doors, operations: [], journal: openJournal() }, mailbox };
}

describe('a sign-up that has to be confirmed by mail', () => {
  it.each(['link', 'button', 'code'] as const)('is confirmed by the %s', async (confirms) => {
    const { signing, mailbox } = await start(confirms);
    const one = await signUp({ ...signing, mailbox });
    expect(one?.account).toMatchObject({ email: expect.stringMatching(/^lr-\w+@example\.com$/) as string, made: true });
    expect(one?.proof).toContain('GET /me');
  });

  it('is not sent where nothing may be changed, and is written down before it is sent elsewhere', async () => {
    const kept = await start('link', false);
    expect([await signUp({ ...kept.signing, mailbox: kept.mailbox }), kept.accounts()]).toEqual([undefined, 0]);
    const told: string[] = [];
    const { signing, accounts } = await start('link');
    await signUp({ ...signing, journal: openJournal((line) => told.push(line)) });
    expect([accounts(), told.map((line) => (JSON.parse(line) as { is: string; path?: string }).path ?? 'an account')]).toEqual([
      1,
      ['an account', '/register'],
    ]);
  });

  it('lets nobody in where the mail cannot be read', async () => {
    const { signing } = await start('link');
    expect(await signUp(signing)).toBeUndefined();
  });
});
