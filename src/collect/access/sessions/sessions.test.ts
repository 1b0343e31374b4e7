import { describe, expect, it } from 'vitest';
import { cookieFlags, fixation } from './cookie.ts';
import { enumeration } from './enumeration.ts';
import { asked, type Habits } from './fixture.ts';
import { forgedToken } from './forged.ts';
import { lifetime } from './lifetime.ts';
import { afterLogout } from './logout.ts';
import { refreshAfterLogout } from './refresh.ts';

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

  it('does not end a token; one of minutes is meant to live on', async () => {
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

describe('a session of seconds', () => {
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

describe('a refresh token', () => {
  it.each<[string, Habits, string]>([
    ['ends when its owner signs out', { refresh: 'ended' }, 'holds'],
    ['outlives it', { refresh: 'kept' }, 'broken'],
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
