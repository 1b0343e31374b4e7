import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import type { GivenPerson } from '../../../core/target.ts';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { anna, type Asked, bert, got, type Member, triedAs, type WayIn } from './fixture.ts';
import { authenticatorOf, secretIn } from './totp.ts';

/** Where the small app asks for the code. */
type Style = 'page' | 'page after a redirect' | 'api' | 'api that names nothing' | 'the same request' | 'the same form';

interface Second {
  readonly style: Style;
  /** A code works as often as it is sent. */
  readonly reuses?: boolean;
  /** What the password brings is let in. */
  readonly skips?: boolean;
  /** Looking at the so-many-th code that was right takes most of the time that a code holds. */
  readonly slowAt?: number;
  /** A code is refused after so many that were taken, in the same words as a wrong one. */
  readonly most?: number;
  /** A password is refused after so many that were right, in the same words as a wrong one. */
  readonly mostPasswords?: number;
}

const members = [anna, bert];

/** People with authenticator apps of their own: a code is sent once, so no test may wait for another one's. Codes of three seconds, so that nobody waits for half a minute. */
function enrolled() {
  const secrets = new Map(members.map(({ email }) => [email, new TOTP({ period: 3, label: 'notes' })]));
  const people: GivenPerson[] = members.map(({ email, password, tenant }) => ({
    name: tenant,
    tenant,
    email,
    password,
    totp: secrets.get(email)!.toString(),
  }));
  return { people, app: (second: Second): WayIn => twoSteps(second, secrets) };
}

function twoSteps(
  { style, reuses = false, skips = false, slowAt, most = Infinity, mostPasswords = Infinity }: Second,
  secrets: ReadonlyMap<string, TOTP>,
): WayIn {
  let taken = 0;
  let passwords = 0;
  const waiting = new Map<string, Member>();
  const sessions = new Map<string, Member>();
  const last = new Map<string, number>();
  const isRight = (who: Member, code: string): boolean => {
    const authenticator = secrets.get(who.email)!;
    const delta = authenticator.validate({ token: code, window: 1 });
    if (delta === null) return false;
    const counter = authenticator.counter() + delta;
    if (!reuses && counter <= (last.get(who.email) ?? 0)) return false;
    if (who.email === anna.email && (taken += 1) > most) return false;
    last.set(who.email, counter);
    return true;
  };
  const isApi = /api|request/.test(style);
  const once = style === 'the same request' || style === 'the same form';
  const form = (fields: string): string =>
    `<form method="post" action="/login${/name="code"/.test(fields) ? '/code' : ''}">${fields}</form>`;
  const password = `<input name="email"><input type="password" name="password">`;
  const codePage = `<h1>Two-factor authentication</h1>${form('<input name="code" inputmode="numeric"><input type="checkbox" name="trust">')}`;

  function passwordSent({ body }: Asked, send: (status: number, value?: unknown, headers?: Record<string, string>) => void): void {
    const who = members.find((one) => one.email === body['email'] && one.password === body['password']);
    if (!who || (who === anna && (passwords += 1) > mostPasswords)) return send(401, { error: 'wrong' });
    const id = randomUUID();
    if (once) {
      const code = body['otp'];
      if (code === undefined || code === '') return send(401, { error: 'TOTP code required' });
      if (!isRight(who, code)) return send(401, { error: 'wrong TOTP code' });
      sessions.set(id, who);
      return style === 'the same form'
        ? send(303, '', { location: '/', 'set-cookie': `sid=${id}; Path=/; HttpOnly` })
        : send(200, { token: id });
    }
    waiting.set(id, who);
    if (skips) sessions.set(id, who);
    const cookie = { 'set-cookie': `sid=${id}; Path=/; HttpOnly` };
    if (isApi) return send(style === 'api' ? 200 : 401, { status: 'mfa_required', data: { ticket: id } });
    return style === 'page' ? send(200, codePage, cookie) : send(302, '', { ...cookie, location: '/login/code' });
  }

  function codeSent(asked: Asked, send: (status: number, value?: unknown, headers?: Record<string, string>) => void): void {
    const before = asked.cookies['sid'] ?? asked.body['ticket'] ?? '';
    const who = waiting.get(before);
    if (!who || !isRight(who, asked.body['code'] ?? asked.body['totpToken'] ?? '')) return send(isApi ? 403 : 200, isApi ? {} : codePage);
    waiting.delete(before);
    const id = randomUUID();
    sessions.set(id, who);
    return isApi ? send(200, { auth: { token: id } }) : send(303, '', { location: '/', 'set-cookie': `sid=${id}; Path=/; HttpOnly` });
  }

  return {
    who: ({ cookies, headers }) => sessions.get(cookies['sid'] ?? headers.authorization?.replace('Bearer ', '') ?? ''),
    ...(style === 'api' && {
      described: {
        '/login': { post: body('email', 'password') },
        '/second/factor/verify': { post: body('ticket', 'totpToken') },
      },
    }),
    async answer(asked, send) {
      const { method, path, cookies } = asked;
      if (slowAt === taken + 1 && path === '/login/code' && method === 'POST' && waiting.get(cookies['sid'] ?? '') === anna)
        await wait(2_200);
      if (path === '/login' && method === 'POST') passwordSent(asked, send);
      else if (path === '/login' && style === 'the same form') send(200, form(`${password}<input name="otp">`));
      else if (path === '/login' && !isApi) send(200, form(password));
      else if (path === '/login/code' && method === 'GET' && !isApi) send(200, codePage);
      else if (path === (isApi ? (style === 'api' ? '/second/factor/verify' : '/login/2fa') : '/login/code') && method === 'POST')
        codeSent(asked, send);
      else return false;
      return true;
    },
  };
}

/** Whoever signs up has to set up his authenticator app before anything else. */
function joining(): WayIn {
  const users = new Map<string, { readonly member: Member; readonly totp: TOTP; confirmed: boolean }>();
  const sessions = new Map<string, { readonly email: string; complete: boolean }>();
  const form = (action: string, fields: string): string => `<form method="post" action="${action}">${fields}</form>`;
  const both = '<input name="email"><input type="password" name="password">';
  const code = form('/code', '<input name="code">');
  return {
    who: ({ cookies }) => {
      const session = sessions.get(cookies['sid'] ?? '');
      return session?.complete ? users.get(session.email)?.member : undefined;
    },
    answer({ method, path, body: sent, cookies }, send) {
      const session = sessions.get(cookies['sid'] ?? '');
      const user = users.get(session?.email ?? '');
      const begin = (email: string): void => {
        const id = randomUUID();
        sessions.set(id, { email, complete: false });
        send(303, '', { location: '/code', 'set-cookie': `sid=${id}; Path=/; HttpOnly` });
      };
      const email = sent['email'] ?? '';
      const password = sent['password'] ?? '';
      if (method === 'GET' && (path === '/login' || path === '/register')) send(200, form(path, both));
      else if (path === '/register') {
        const member = { email, password, tenant: email, key: '' };
        users.set(email, { member, totp: new TOTP({ period: 3, label: email }), confirmed: false });
        begin(email);
      } else if (path === '/login') {
        if (users.get(email)?.member.password === password) begin(email);
        else send(401, 'wrong');
      } else if (path !== '/code') return false;
      else if (!session || !user) send(303, '', { location: '/login' });
      else if (method === 'POST' && user.totp.validate({ token: sent['code'] ?? '' }) !== null) {
        user.confirmed = true;
        session.complete = true;
        send(303, '', { location: '/' });
      } else {
        const setUp = `<a href="${user.totp.toString().replaceAll('&', '&amp;')}">Scan it with your authenticator app</a>`;
        send(200, `<h1>Two-factor authentication</h1>${user.confirmed ? '' : setUp}${code}`);
      }
      return true;
    },
  };
}

const body = (...names: string[]) => ({
  requestBody: {
    content: {
      'application/json': { schema: { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) } },
    },
  },
});

const outcome = ({ sessions }: LiveAccess, question: string): string | undefined =>
  sessions.find((one) => one.question === question)?.outcome;

describe.concurrent('somebody who needs a code of his authenticator app', () => {
  it.each<Style>(['page', 'page after a redirect', 'api', 'api that names nothing', 'the same request', 'the same form'])(
    'is signed in: %s',
    async (style) => {
      const parts = style === 'page' ? ['routes', 'sessions'] : ['sessions'];
      const { people, app } = enrolled();
      const clean = await triedAs(people, app({ style }), {}, { parts });
      expect(clean.people).toHaveLength(2);
      expect(got(clean)).toEqual([]);
      expect([outcome(clean, 'second-step'), outcome(clean, 'code-twice')]).toEqual(['holds', 'holds']);
      const flawed = await triedAs(people, app({ style, reuses: true, skips: true }), {}, { parts });
      // What is in one request cannot be left out; and a ticket that nobody takes for a session is none.
      const skipped = style.startsWith('page') ? 'broken' : 'holds';
      expect([outcome(flawed, 'second-step'), outcome(flawed, 'code-twice')]).toEqual([skipped, 'broken']);
    },
    120_000,
  );

  it('is not said to use a code twice where the clock went on in between', async () => {
    const { people, app } = enrolled();
    const slow = await triedAs(people, app({ style: 'page', slowAt: 3 }), {}, { parts: ['sessions'] });
    expect(outcome(slow, 'code-twice')).toBe('holds');
  }, 120_000);

  it('is not said to be refused a code for its age where he is refused each', async () => {
    // One to sign in with, one for the questions about sessions, and the one that is sent twice.
    const { people, app } = enrolled();
    const shut = await triedAs(people, app({ style: 'the same form', most: 3 }), {}, { parts: ['sessions'], idleSeconds: 300 });
    expect(outcome(shut, 'code-twice')).toBe('unknown');
    // Longer than is waited for, which the config alone can say.
    expect(outcome(shut, 'idle')).toBe('unknown');
  }, 120_000);

  it('is not praised where nothing shows that a code is asked for', async () => {
    const { people, app } = enrolled();
    const shut = await triedAs(people, app({ style: 'page', mostPasswords: 2 }), {}, { parts: ['sessions'] });
    expect(outcome(shut, 'second-step')).toBe('unknown');
  }, 120_000);

  it('is given one where the app asks who has just signed up to set it up', async () => {
    const live = await triedAs([], joining());
    expect(live.people.map(({ from }) => from)).toEqual(['signed-up', 'signed-up']);
    expect(live.people[0]?.proof).toContain('GET /me names the account');
    expect(got(live)).toEqual([]);
    expect(outcome(live, 'second-step')).toBe('holds');
  }, 120_000);

  it.each([
    ['is on', { user: { email: anna.email, emailVerified: true, twoFactorEnabled: true } }],
    ['is off', { ok: true, mfaRequired: false, user: { email: anna.email, needsHelp: true, totp: null } }],
    ['was passed', { mfaVerified: true, emailVerified: true }],
  ])('is sent no code where the answer lets him in and only tells that his second factor %s', async (_, told) => {
    const sessions = new Map<string, Member>();
    let codes = 0;
    const way: WayIn = {
      who: ({ cookies }) => sessions.get(cookies['sid'] ?? ''),
      described: { '/login': { post: body('email', 'password') } },
      answer({ method, path, body: sent }, send) {
        if (method === 'POST' && (sent['code'] ?? sent['totp']) !== undefined) codes += 1;
        if (path !== '/login' || method !== 'POST') return false;
        const who = members.find(({ email, password }) => email === sent['email'] && password === sent['password']);
        const id = randomUUID();
        if (who) sessions.set(id, who);
        send(who ? 200 : 401, who ? told : { error: 'wrong' }, { 'set-cookie': `sid=${id}; Path=/; HttpOnly` });
        return true;
      },
    };
    const live = await triedAs(enrolled().people, way, {}, { parts: ['power'] });
    expect([live.people.length, codes]).toEqual([2, 0]);
  });

  it('is not signed in without his secret', async () => {
    const { people, app } = enrolled();
    const bare = people.map(({ name, tenant, email, password }) => ({ name, tenant: tenant!, email, password: password! }));
    await expect(triedAs(bare, app({ style: 'page' }))).rejects.toThrow(/could not be signed in/);
  });
});

it.each([
  ['JBSW Y3DP EHPK 3PXP', 30],
  ['jbswy3dpehpk3pxp', 30],
  ['otpauth://totp/Acme:anna?secret=JBSWY3DPEHPK3PXP&period=60&digits=8', 60],
])('reads the secret %s', (secret, period) => {
  const authenticator = authenticatorOf(secret);
  expect([authenticator.period, authenticator.secret.base32]).toEqual([period, 'JBSWY3DPEHPK3PXP']);
});

it('is the one of RFC 6238, appendix B', () => {
  const rfc = authenticatorOf('otpauth://totp/rfc?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8');
  expect([59, 1_111_111_109, 20_000_000_000].map((seconds) => rfc.generate({ timestamp: seconds * 1_000 }))).toEqual([
    '94287082',
    '07081804',
    '65353130',
  ]);
});

it.each([
  [
    '<a href="otpauth://totp/Acme:anna?secret=JBSWY3DPEHPK3PXP&amp;issuer=Acme">',
    'otpauth://totp/Acme:anna?secret=JBSWY3DPEHPK3PXP&issuer=Acme',
  ],
  ['<p>Type this: <code>JBSW Y3DP EHPK 3PXP</code></p>', 'JBSW Y3DP EHPK 3PXP'],
  ['<p>SIGN IN WITH YOUR AUTHENTICATOR APPLICATION</p>', undefined],
])('finds the secret in %s', (page, secret) => {
  expect(secretIn(page)).toBe(secret);
});
