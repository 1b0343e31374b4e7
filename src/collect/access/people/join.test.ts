import { randomInt, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import type { Mail, Mailbox } from '../mail/mailbox.ts';
import { openSender } from '../wire/sender.ts';
import { elsewhereDoor } from './elsewhere.ts';
import { type Answering, type Asked, asked, got, type Habits, type Member, sending, triedAs, type WayIn } from './fixture.ts';

type Kind = 'supabase' | 'firebase';

interface ServiceHabits {
  /** How an address is confirmed before anybody is let in. Firebase hands out tokens at once, and the app asks whether the address is confirmed. */
  readonly confirms?: 'link' | 'code' | 'listed';
  readonly closed?: true;
}

interface User extends Member {
  confirmed: boolean;
}

/** Supabase Auth or Firebase Authentication, as they answer to signing up and in with a password. */
async function startService(kind: Kind, { confirms, closed }: ServiceHabits) {
  const users = new Map<string, User>();
  const tokens = new Map<string, User>();
  const codes = new Map<string, string>();
  const mails: { readonly to: string; readonly mail: Mail }[] = [];
  const mail = (to: string, text: string): void =>
    void setTimeout(
      () => mails.push({ to, mail: { id: String(mails.length), subject: 'Confirm', text, html: '', raw: new Uint8Array() } }),
      10,
    );
  const tokenOf = (user: User): string => {
    const claims = Buffer.from(JSON.stringify({ aud: 'demo-notes', sub: user.key })).toString('base64url');
    const token = `eyJhbGciOiJub25lIn0.${claims}.${randomUUID()}`;
    tokens.set(token, user);
    return token;
  };
  const newUser = (email: string, password: string): User => {
    const user = { email, password, tenant: email, key: randomUUID(), confirmed: confirms === undefined };
    users.set(email, user);
    return user;
  };
  const confirm = (code: string): boolean => {
    const user = users.get(codes.get(code) ?? '');
    if (user) user.confirmed = true;
    return user !== undefined;
  };
  type Serving = (one: Asked, send: Answering, found: { readonly user: User | undefined; readonly right: User | undefined }) => void;
  const supabase: Serving = ({ method, path, query, headers, body }, send, { user, right }) => {
    const { email = '', password = '' } = body;
    if (method === 'GET' && path === '/auth/v1/verify')
      return send(confirm(query.get('token') ?? '') ? 303 : 403, '', { location: 'http://app.example/#access_token=x' });
    if (method !== 'POST' || headers['apikey'] !== 'public-key') return send(401, { message: 'No API key found in request' });
    const session = (one: User) => ({ access_token: tokenOf(one), token_type: 'bearer', expires_in: 3600, user: { email: one.email } });
    if (path === '/auth/v1/signup') {
      if (closed) return send(422, { code: 422, error_code: 'signup_disabled', msg: 'Signups not allowed for this instance' });
      if (user) return send(200, { id: randomUUID(), email, identities: [] });
      const made = newUser(email, password);
      if (made.confirmed) return send(200, session(made));
      const code = confirms === 'code' ? String(randomInt(100_000, 999_999)) : randomUUID().replaceAll('-', '');
      codes.set(code, email);
      const link = `http://${String(headers.host)}/auth/v1/verify?token=${code}&type=signup&redirect_to=http://app.example`;
      mail(email, confirms === 'code' ? `Your code is\n${code}` : `Confirm your mail: ${link}`);
      return send(200, { id: made.key, email, confirmation_sent_at: new Date().toISOString(), identities: [{ provider: 'email' }] });
    }
    if (path === '/auth/v1/verify') return send(body['type'] === 'signup' && confirm(body['token'] ?? '') ? 200 : 403, {});
    if (path !== '/auth/v1/token') return send(404, {});
    if (!right) return send(400, { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' });
    if (!right.confirmed) return send(400, { code: 400, error_code: 'email_not_confirmed', msg: 'Email not confirmed' });
    return send(200, session(right));
  };
  const firebase: Serving = ({ path, query, body }, send, { user, right }) => {
    const { email = '', password = '' } = body;
    if (path === '/emulator/v1/projects/demo-notes/oobCodes')
      return send(200, {
        oobCodes: confirms === 'listed' ? [...codes].map(([oobCode, to]) => ({ email: to, oobCode, requestType: 'VERIFY_EMAIL' })) : [],
      });
    const refuse = (message: string): void => send(400, { error: { code: 400, message } });
    const called = path.replace('/identitytoolkit.googleapis.com/v1/accounts:', '');
    if (query.get('key') !== 'public-key' || called === path) return send(404, {});
    if (called === 'signUp') {
      if (closed) return refuse('OPERATION_NOT_ALLOWED');
      if (user) return refuse('EMAIL_EXISTS');
      return send(200, { idToken: tokenOf(newUser(email, password)), email, refreshToken: randomUUID(), expiresIn: '3600' });
    }
    if (called === 'signInWithPassword')
      return right ? send(200, { idToken: tokenOf(right), email, expiresIn: '3600' }) : refuse('INVALID_LOGIN_CREDENTIALS');
    if (called === 'sendOobCode') {
      const whose = body['requestType'] === 'VERIFY_EMAIL' ? tokens.get(body['idToken'] ?? '') : undefined;
      if (!whose) return refuse('INVALID_ID_TOKEN');
      const oobCode = randomUUID().replaceAll('-', '');
      codes.set(oobCode, whose.email);
      if (confirms === 'link')
        mail(whose.email, `https://notes.firebaseapp.com/__/auth/action?mode=verifyEmail&oobCode=${oobCode}&apiKey=public-key`);
      return send(200, { email: whose.email });
    }
    if (called === 'update') return confirm(body['oobCode'] ?? '') ? send(200, { emailVerified: true }) : refuse('INVALID_OOB_CODE');
    return send(404, {});
  };
  const server = createServer((request, response) => {
    void asked(request).then((one) => {
      const user = users.get(one.body['email'] ?? '');
      const right = user?.password === one.body['password'] ? user : undefined;
      (kind === 'supabase' ? supabase : firebase)(one, sending(response), { user, right });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const way: WayIn = {
    who({ headers }) {
      const user = tokens.get((headers.authorization ?? '').replace('Bearer ', ''));
      return user?.confirmed ? user : undefined;
    },
  };
  const mailbox: Mailbox = {
    pollMs: 5,
    patienceMs: 500,
    mails: (to) => Promise.resolve(mails.flatMap((one) => (one.to === to ? [one.mail] : []))),
    newAddress: () => `lr-${randomUUID().slice(0, 8)}@example.com`,
    close: () => Promise.resolve(),
  };
  return { way, mailbox, url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) };
}

/** A run in which nobody is named. */
async function tried(
  kind: Kind,
  service: ServiceHabits,
  { mails = true, ...habits }: Habits & { mails?: boolean } = {},
): Promise<LiveAccess> {
  const { way, mailbox, url } = await startService(kind, service);
  const provider = openSender({ origin: url.origin, requests: 1_000, userAgent: 'test' });
  onTestFinished(() => provider.close());
  const elsewhere = elsewhereDoor({ kind, url, key: 'public-key' }, provider);
  return triedAs([], way, habits, { elsewhere, ...(mails && { mailbox }) });
}

describe.each<[string, Kind, ServiceHabits]>([
  ['Supabase', 'supabase', {}],
  ['Supabase, which mails a link first', 'supabase', { confirms: 'link' }],
  ['Supabase, which mails a code first', 'supabase', { confirms: 'code' }],
  ['Firebase', 'firebase', {}],
  ['Firebase, whose mail confirms the address', 'firebase', { confirms: 'link' }],
  ['the emulator of Firebase, which mails nothing', 'firebase', { confirms: 'listed' }],
])('somebody new at %s', (_, kind, service) => {
  it('is signed up and in, and what others get of the app is found', async () => {
    for (const leaks of [false, true]) {
      const live = await tried(kind, service, { leaks });
      expect(live.people.map(({ from, proof }) => `${from}: ${proof.split(';')[0]}`)).toEqual(
        Array(2).fill(`signed-up: ${kind === 'supabase' ? 'Supabase Auth' : 'Firebase Authentication'}`),
      );
      expect(got(live)).toEqual(leaks ? ['stranger read GET /notes/{id}'] : []);
      expect(live.leftovers.filter((one) => one.startsWith('the account ')).length).toBeGreaterThanOrEqual(2);
    }
  }, 60_000);
});

it.each<[string, Kind, ServiceHabits, boolean]>([
  ['signing up is closed at Supabase', 'supabase', { closed: true }, true],
  ['signing up is closed at Firebase', 'firebase', { closed: true }, true],
  ['a mail would be needed that nobody can read', 'supabase', { confirms: 'link' }, false],
])('nobody is signed up where %s', async (_, kind, service, mails) => {
  await expect(tried(kind, service, { mails })).rejects.toThrow(/Nobody could be signed up/);
});
