import { describe, expect, it } from 'vitest';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { cookieFlags, fixation } from './cookie.ts';
import { enumeration } from './enumeration.ts';
import { asked, type Habits } from './fixture.ts';
import { forgedToken } from './forged.ts';
import { idle } from './idle.ts';
import { lifetime } from './lifetime.ts';
import { afterLogout } from './logout.ts';
import { bringsSession, refreshAfterLogout } from './refresh.ts';
import { singleSignOn } from './single-sign-on.ts';
import type { Ground } from './trial.ts';

const token = (verifies: NonNullable<Habits['token']>['verifies'], secret?: string): Habits => ({
  token: { verifies, seconds: 3600, ...(secret !== undefined && { secret }) },
});

describe('tokens that nobody signed', () => {
  it.each<[string, Habits, string, RegExp]>([
    ['are refused by an app that verifies', token('always'), 'holds', /every token that the app had not issued was refused/],
    ['get through where nothing is verified', token('never'), 'broken', /whose signature was taken away/],
    ['get through where alg none is believed', token('unless-alg-none'), 'broken', /alg none/],
    ['get through where a missing signature is not looked at', token('while-signed'), 'broken', /taken away/],
    ['can be written by everybody where the secret is well known', token('always', 'secret'), 'broken', /well-known secret “secret”/],
    ['are made up where the app gives out none', {}, 'holds', /every token that the app had not issued/],
  ])('%s', async (_, habits, outcome, text) => {
    const trial = await asked(habits, forgedToken);
    expect(trial.outcome).toBe(outcome);
    expect(trial.text).toMatch(text);
  });
});

describe('signing out', () => {
  it('ends the session', async () => {
    expect(await asked({}, afterLogout)).toMatchObject({ outcome: 'holds' });
  });

  it('does not, where only the cookie is taken away', async () => {
    expect(await asked({ survivesLogout: true }, afterLogout)).toMatchObject({ outcome: 'broken' });
  });

  it('is a question where a page was only shown', async () => {
    expect(await asked({ asksFirst: 'only' }, afterLogout)).toMatchObject({
      outcome: 'unknown',
      text: 'GET /logout showed a page, and the app still knew the session',
    });
    expect(await asked({ asksFirst: 'button' }, afterLogout)).toMatchObject({ outcome: 'holds' });
  });

  it('does not end a token; one of minutes is meant to live on (trap: a short-lived token outlives its refresh token)', async () => {
    const long = await asked({ token: { verifies: 'always', seconds: 86_400 } }, afterLogout);
    expect(long).toMatchObject({ outcome: 'broken' });
    expect(long.mild).toBeUndefined();
    expect(await asked({ token: { verifies: 'always', seconds: 300 } }, afterLogout)).toMatchObject({ outcome: 'broken', mild: true });
  });
});

describe('the cookie that signs people in', () => {
  it('is new at each sign-in and closed to scripts', async () => {
    expect(await asked({}, fixation)).toMatchObject({ outcome: 'holds' });
    expect(await asked({}, cookieFlags)).toMatchObject({ outcome: 'holds', text: 'scripts cannot read sid' });
  });

  it('keeps what was planted', async () => {
    expect(await asked({ keepsPlantedId: true }, fixation)).toMatchObject({ outcome: 'broken' });
  });

  it('is readable', async () => {
    expect(await asked({ readable: true }, cookieFlags)).toMatchObject({ outcome: 'broken' });
  });

  it('is no question where a token signs people in', async () => {
    expect(await asked(token('always'), cookieFlags)).toMatchObject({ outcome: 'none' });
    expect(await asked(token('always'), fixation)).toMatchObject({ outcome: 'none' });
  });
});

describe('how long a session lasts', () => {
  it.each<[string, Habits, string, string]>([
    ['with the browser', {}, 'holds', 'the cookie sid ends with the browser; more than 90 days would be told'],
    ['a day', { maxAge: 86_400 }, 'holds', 'the cookie sid lasts 24 hours; more than 90 days would be told'],
    ['a year', { maxAge: 365 * 86_400 }, 'broken', 'the cookie sid lasts 365 days'],
    [
      'an hour, by its token',
      { token: { verifies: 'always', seconds: 3600 } },
      'holds',
      'the token lasts 1 hour; more than 90 days would be told',
    ],
    ['for ever, by its token', { token: { verifies: 'always' } }, 'broken', 'the token has no end'],
  ])('%s', async (_, habits, outcome, text) => {
    expect(await asked(habits, lifetime)).toMatchObject({ outcome, text });
  });
});

describe.concurrent('a session of seconds', () => {
  it.each<[string, Habits, string, string]>([
    ['by its token', { token: { verifies: 'always', seconds: 3 } }, 'holds', 'the token lasts 3 seconds, and opens nothing afterwards'],
    ['by its cookie', { maxAge: 2 }, 'holds', 'the cookie sid lasts 2 seconds, and opens nothing afterwards'],
    [
      'of a token that nobody looks at',
      { token: { verifies: 'always', seconds: 3 }, ends: false },
      'unknown',
      'the token still opens the account a second after it has ended, which a leeway for clocks of a few minutes may explain',
    ],
    [
      'of a cookie that only the browser forgets',
      { maxAge: 2, ends: false },
      'broken',
      'the cookie sid still opens the account a second after it has ended',
    ],
  ])(
    '%s',
    async (_, habits, outcome, text) => {
      const trial = await asked(habits, lifetime);
      expect([trial.outcome, trial.text.replace(/lasts [23] second/, `lasts ${/\d/.exec(text)?.[0]} second`)]).toEqual([outcome, text]);
    },
    30_000,
  );
});

describe.concurrent('a session that nobody uses', () => {
  it.each<[string, Habits, string, string]>([
    [
      'ends when its cookie says so, and not while it is used',
      { maxAge: 2, renews: 'ends' },
      'holds',
      'a session that nobody uses for 2 seconds ends, and one that is used does not',
    ],
    [
      'is only forgotten by the browser',
      { maxAge: 2, renews: 'never ends' },
      'broken',
      'a session that nobody used for more than 2 seconds still opens the account',
    ],
    [
      'is not left alone where signing in again brings the one that is used',
      { maxAge: 2, renews: 'ends', oneForAll: true },
      'unknown',
      'signing in again brings the same session, so that none can be left alone while another is used',
    ],
    ['is no question where nothing is renewed', { maxAge: 2 }, 'none', 'nothing in the session says that it ends when nobody uses it'],
    [
      'is not waited for where that takes days',
      { maxAge: 7 * 86_400, renews: 'ends' },
      'none',
      'the cookie sid is set anew by each answer, for 7 days, which is longer than we wait',
    ],
  ])(
    '%s',
    async (_, habits, outcome, text) => {
      expect(await asked(habits, idle)).toMatchObject({ outcome, text });
    },
    30_000,
  );

  it.each<[string, Habits]>([
    ['__Host-sid', { cookieName: '__Host-sid' }],
    ['__Secure-sid', { cookieName: '__Secure-sid' }],
    ['sid, for a path alone', { cookiePath: '/me' }],
  ])(
    'is seen to be forgotten by the browser alone where its cookie is called %s (trap: a copy that is none)',
    async (_, habits) => {
      expect(await asked({ ...habits, maxAge: 2, renews: 'never ends' }, idle)).toMatchObject({ outcome: 'broken' });
      expect(await asked({ ...habits, maxAge: 2, renews: 'ends' }, idle)).toMatchObject({ outcome: 'holds' });
      expect(await asked({ ...habits, maxAge: 2, ends: false }, lifetime)).toMatchObject({ outcome: 'broken' });
      if (habits.cookiePath === undefined)
        expect(await asked({ ...habits, keepsPlantedId: true }, fixation)).toMatchObject({ outcome: 'broken' });
    },
    30_000,
  );

  it('ends after what the config says', async () => {
    const trial = (habits: Habits) => asked(habits, (ground) => idle({ ...ground, idleSeconds: 2 }));
    expect(await trial({})).toMatchObject({ outcome: 'broken' });
    // Both end: that is their age, and says nothing of use.
    expect(await trial({ maxAge: 2 })).toMatchObject({
      outcome: 'unknown',
      text: expect.stringContaining('used all the time ended as well') as string,
    });
  }, 30_000);

  it('is not waited for any more when the run is called off', async () => {
    const off = new AbortController();
    setTimeout(() => off.abort(new Error('called off')), 300);
    const begun = Date.now();
    await expect(asked({ maxAge: 100, renews: 'ends' }, idle, off.signal)).rejects.toThrow('called off');
    expect(Date.now() - begun).toBeLessThan(5_000);
  });
});

/** Answers that say nothing of whose a session is. */
describe.concurrent('an app that answers something else', () => {
  const me = 'GET /me';
  it.each<[string, Habits, (ground: Ground) => Promise<SessionTrial>]>([
    [
      'to a copy after signing out',
      { survivesLogout: true, instead: (asks, { outs }) => (asks === me && outs > 0 ? 429 : undefined) },
      afterLogout,
    ],
    [
      'once it is signed out',
      { survivesLogout: true, instead: (asks, { outs }) => (asks === me && outs > 0 ? 503 : undefined) },
      afterLogout,
    ],
    [
      'to a planted cookie',
      { keepsPlantedId: true, instead: (asks, _, who) => (asks === me && who.includes('planted') ? 502 : undefined) },
      fixation,
    ],
    ['to each cookie by itself', { readable: true, instead: busyAfter(me, 2) }, cookieFlags],
    ['to tokens that nobody signed', { ...token('never'), instead: busyAfter(me, 2) }, forgedToken],
    [
      'to refresh tokens after signing out',
      {
        token: { verifies: 'always', seconds: 300 },
        refresh: 'kept',
        instead: (asks, { outs }) => (asks.includes('refresh') && outs > 0 ? 500 : undefined),
      },
      refreshAfterLogout,
    ],
    [
      'to passwords',
      { tellsAccounts: true, instead: (asks, { ins }) => (asks === 'POST /login' && ins > 0 ? 429 : undefined) },
      enumeration,
    ],
    [
      'to whoever signs in once more',
      {
        token: { verifies: 'always', seconds: 300 },
        refresh: 'kept',
        instead: (asks, { ins }) => (asks === 'POST /login' && ins > 0 ? 429 : undefined),
      },
      refreshAfterLogout,
    ],
  ])('%s is not praised', async (_, habits, question) => {
    expect(await asked(habits, question)).toMatchObject({ outcome: 'unknown' });
  });

  it('breaks on tokens that it cannot read, and on nothing else: they are refused', async () => {
    const own = new Set<string>();
    const instead: Habits['instead'] = (asks, { ins }, who) => {
      if (asks !== me || !who.includes('Bearer')) return undefined;
      if (own.size === 0 && ins > 0) own.add(who);
      return own.has(who) ? undefined : 500;
    };
    expect(await asked({ ...token('always'), instead }, forgedToken)).toMatchObject({ outcome: 'holds' });
  });
});

it('a nonce alone is a question where nothing could be tried about it', async () => {
  const at = 'https://id.example/auth?response_type=code&scope=openid&state=1&nonce=2';
  const trial = (address: string) => {
    const sso = {
      begin: () => Promise.resolve(new URL(address)),
      atProvider: () => Promise.resolve(undefined),
      leadsTo: () => Promise.resolve(undefined),
    };
    const door = { kind: 'elsewhere', name: 'id', enter: () => Promise.resolve(undefined), sso } as const;
    return asked({}, async (ground) => {
      const trials = await singleSignOn({ ...ground, way: { ...ground.way, door } });
      return trials.find(({ question }) => question === 'sso-bound')?.outcome;
    });
  };
  expect(await trial(at)).toBe('unknown');
  expect(await trial(`${at}&code_challenge=3&code_challenge_method=S256`)).toBe('holds');
});

/** Too many requests from the n-th of a kind on. */
function busyAfter(kind: string, most: number): NonNullable<Habits['instead']> {
  let sent = 0;
  return (asks) => (asks === kind && (sent += 1) > most ? 429 : undefined);
}

describe('a refresh token', () => {
  it.each<[string, Habits, string]>([
    ['ends when its owner signs out', { refresh: 'ended' }, 'holds'],
    ['outlives it', { refresh: 'kept' }, 'broken'],
    ['in a cookie ends', { refresh: 'ended', refreshCookie: true }, 'holds'],
    ['in a cookie that is only taken out of the browser outlives it', { refresh: 'kept', refreshCookie: true }, 'broken'],
    ['ends by the button of a page', { refresh: 'ended', asksFirst: 'button' }, 'holds'],
    ['is not accused where a page was only shown', { refresh: 'ended', asksFirst: 'only' }, 'unknown'],
    ['is no question where there is none', {}, 'none'],
  ])('%s', async (_, habits, outcome) => {
    expect(await asked({ token: { verifies: 'always', seconds: 300 }, ...habits }, refreshAfterLogout)).toMatchObject({ outcome });
  });
});

describe('a wrong password', () => {
  it('says nothing of whether there is an account', async () => {
    expect(await asked({}, enumeration)).toMatchObject({ outcome: 'holds' });
  });

  it('says it', async () => {
    expect(await asked({ tellsAccounts: true }, enumeration)).toMatchObject({ outcome: 'broken' });
  });
});

it('a refresh token is sent only where it brings a session, when nothing may be changed', () => {
  const brings = (path: string): boolean => bringsSession({ path });
  for (const path of [
    '/api/auth/refresh',
    '/auth/refresh-token',
    '/api/v1/token/refresh/',
    '/sessions/refresh',
    '/trpc/auth.refresh',
    '/oauth/renew-token',
  ])
    expect([path, brings(path)]).toEqual([path, true]);
  for (const path of [
    '/refresh',
    '/api/reports/refresh',
    '/api/accounts/refresh',
    '/auth/refresh-all',
    '/api/cache/refresh-tokens-table',
    '/users/refresh',
  ])
    expect([path, brings(path)]).toEqual([path, false]);
  const schema = { type: 'object', properties: { refreshToken: { type: 'string' } } };
  expect(bringsSession({ path: '/api/refresh', body: { type: 'json', schema } })).toBe(true);
});
