import { describe, expect, it } from 'vitest';
import { askedOf, type Habits } from './fixture.ts';

const password = 'right-password-1';

type Flow = 'invitation' | 'password reset' | 'sign-in by mail';

/** `reset-twice broken`, of each question that arose and did not hold. */
const otherwise = async (habits: Habits): Promise<string[]> => {
  const { trials } = await askedOf(habits);
  // Its links are good for an hour, which nobody waits for; that has tests of its own.
  const asked = trials.filter(({ question }) => question !== 'link-expiry');
  return asked.filter(({ outcome }) => outcome !== 'holds' && outcome !== 'none').map(({ question, outcome }) => `${question} ${outcome}`);
};

describe.concurrent('an app that does it right', () => {
  it.each<[string, Habits]>([
    ['with pages', {}],
    ['whose pages scripts draw, so that each address answers 200', { spa: true }],
    ['that answers 200 to whatever it does not know', { agreeable: true }],
    ['whose mails take a second', { mailMs: 1000 }],
    ['that stops sending mails, and says nothing of it', { silent: true }],
    ['that locks an account after wrong passwords, in the same words', { locks: true }],
    ['whose page of the reset link loads from itself', { loads: '/app.js' }],
    ['with long numbers of hexadecimal digits', { token: () => crypto.randomUUID().replaceAll('-', '') }],
    ['with UUIDs', { token: () => crypto.randomUUID() }],
  ])(
    '%s',
    async (_, habits) => {
      expect(await otherwise(habits)).toEqual([]);
    },
    30_000,
  );

  it('that mails codes', async () => {
    // A code leads nowhere and has no page; how long it may be is not for us to say.
    const { trials, outcome } = await askedOf({ codes: true });
    expect(trials.filter(({ outcome: one }) => one === 'broken')).toEqual([]);
    expect([outcome('reset-twice'), outcome('magic-twice'), outcome('old-session')]).toEqual(['holds', 'holds', 'holds holds']);
  }, 30_000);

  it('gets its password back, and nothing of it is told', async () => {
    const { trials, password: after, left } = await askedOf({});
    expect(after).toBe(password);
    expect(left.filter((one) => one.includes('password'))).toEqual([]);
    expect(JSON.stringify(trials)).not.toContain(password);
    expect(JSON.stringify(trials)).not.toMatch(/\/(?:reset|magic|invite)\/(?!\{token\}|enter)\w/);
    expect(trials.find(({ question }) => question === 'reset-twice')?.steps).toContain('the mail says: within an hour');
  });
});

describe.concurrent('an app that does it wrong', () => {
  it.each<[string, Habits, string[]]>([
    ['a reset link works again', { reusable: 'reset' }, ['reset-twice broken']],
    ['the same, with pages that scripts draw', { spa: true, reusable: 'reset' }, ['reset-twice broken']],
    ['a sign-in link works again', { reusable: 'magic' }, ['magic-twice broken']],
    ['the same, with pages that scripts draw', { spa: true, reusable: 'magic' }, ['magic-twice broken']],
    ['an invitation works again', { reusable: 'invite' }, ['invite-twice broken']],
    ['the Host header says where links lead', { trusts: 'host' }, ['link-host broken', 'link-host broken']],
    ['the X-Forwarded-Host header does', { trusts: 'x-forwarded-host' }, ['link-host broken', 'link-host broken']],
    ['sessions survive a new password', { survives: true }, ['old-session broken', 'old-session broken']],
    ['nothing is limited', { unlimited: true }, ['login-throttle broken', 'reset-throttle broken']],
    ['anybody sets a password', { setsUnproven: true }, ['password-unproven broken']],
    ['anybody signs in', { entersUnproven: true }, ['login-unproven broken']],
    ['the answer holds the token that is mailed', { handsOut: true }, ['login-unproven broken', 'password-unproven broken']],
    ['the page of the reset link loads from elsewhere', { loads: 'https://stats.example/x.js' }, ['reset-page broken']],
    ['tokens are the time', { token: () => String(Date.now()) }, ['token broken', 'token broken', 'token broken']],
  ])(
    '%s',
    async (_, habits, expected) => {
      expect((await otherwise(habits)).toSorted()).toEqual(expected);
    },
    30_000,
  );

  it('mails a code that works again', async () => {
    expect(await otherwise({ codes: true, reusable: 'magic' })).toContain('magic-twice broken');
    expect(await otherwise({ codes: true, reusable: 'reset' })).toContain('reset-twice broken');
  }, 30_000);

  const expiries = ({ trials }: Awaited<ReturnType<typeof askedOf>>): string[] =>
    trials.filter(({ question }) => question === 'link-expiry').map(({ flow, outcome }) => `${flow} ${outcome}`);

  const brokenIn = ({ trials }: Awaited<ReturnType<typeof askedOf>>): string[] =>
    trials.filter(({ outcome }) => outcome === 'broken').map(({ flow, question }) => `${flow} ${question}`);

  it('takes late links whose pages no longer show a form', async () => {
    for (const [kept, flow] of [
      ['but reset', 'password reset'],
      ['but invite', 'invitation'],
    ] as const)
      expect(brokenIn(await askedOf({ hides: true, lasts: { seconds: 1, kept } }))).toEqual([`${flow} link-expiry`]);
  }, 60_000);

  it.each<[string, Habits, Flow[]]>([
    ['links', {}, ['invitation', 'password reset', 'sign-in by mail']],
    ['links to pages that scripts draw', { spa: true }, ['invitation', 'password reset', 'sign-in by mail']],
    ['codes', { codes: true }, ['password reset', 'sign-in by mail']],
  ])(
    'mails %s that do not end when they should',
    async (_, habits, flows) => {
      const ended = await askedOf({ ...habits, lasts: { seconds: 1, kept: true } });
      expect(expiries(ended)).toEqual(flows.map((flow) => `${flow} holds`));
      expect(brokenIn(ended)).toEqual([]);
      expect(ended.password).toBe(password);
      expect(ended.left.filter((one) => one.includes('password'))).toEqual([]);
      await Promise.all(
        flows.map(async (flow) => {
          const kept = ({ invitation: 'but invite', 'password reset': 'but reset', 'sign-in by mail': 'but magic' } as const)[flow];
          const endless = await askedOf({ ...habits, lasts: { seconds: 1, kept } });
          expect(brokenIn(endless)).toEqual([`${flow} link-expiry`]);
          expect(endless.password).toBe(password);
          expect(endless.left.filter((one) => one.includes('password'))).toEqual([]);
        }),
      );
    },
    90_000,
  );

  it('names those who were invited to see whether a link ends', async () => {
    const accounts = async (kept: true | 'but invite'): Promise<[number, number]> => {
      const { left } = await askedOf({ lasts: { seconds: 1, kept } });
      const invited = left.filter((one) => one.startsWith('the invitation of'));
      return [new Set(invited).size, left.filter((one) => one.endsWith('which was invited')).length];
    };
    // One who accepts twice, one who is removed, and for the time an old and a new one, of whom only the new one gets in.
    expect(await accounts(true)).toEqual([4, 3]);
    expect(await accounts('but invite')).toEqual([3, 3]);
  }, 60_000);

  it('has the password it had, even where anybody sets it and a link works twice', async () => {
    expect((await askedOf({ setsUnproven: true, reusable: 'reset', survives: true })).password).toBe(password);
  }, 30_000);
});

describe.concurrent('what cannot be told', () => {
  it('is whether a link ends that is good for an hour', async () => {
    const { trials } = await askedOf({});
    for (const [flow, setting] of [
      ['sign-in by mail', 'linkSeconds'],
      ['password reset', 'resetSeconds'],
      ['invitation', 'inviteSeconds'],
    ])
      expect(trials.find((one) => one.question === 'link-expiry' && one.flow === flow)).toMatchObject({
        outcome: 'unknown',
        text: 'the link is said to be good within an hour, and that is not waited for',
        toKnow: expect.stringContaining(`access.mail.${setting}`) as string,
      });
  }, 30_000);

  it('is a question where an invitation is a link for a whole team', async () => {
    const { trials } = await askedOf({ teamLink: true });
    expect(trials.find(({ question }) => question === 'invite-twice')).toMatchObject({
      outcome: 'unknown',
      toKnow: expect.stringContaining('team') as string,
    });
  });

  it('is named where no mailbox is, where nothing may be written, and where no account was made for it', async () => {
    const mailbox = await askedOf({}, { mailbox: false });
    expect(mailbox.outcome('reset-twice')).toBe('unknown');
    expect(mailbox.outcome('login-throttle')).toBe('holds');
    expect(mailbox.password).toBe(password);
    const writes = await askedOf({}, { writes: false });
    expect(new Set(writes.trials.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
    const expendable = await askedOf({}, { expendable: false, mailbox: false });
    expect(new Set(expendable.trials.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
  });

  it('is not asked where it does not arise', async () => {
    const asked = await askedOf({ passwordless: true }, { writes: false });
    expect(asked.trials.map(({ question }) => question).toSorted()).toEqual([
      'link-expiry',
      'link-host',
      'login-unproven',
      'magic-twice',
      'token',
    ]);
  });

  it('is what an app that breaks meanwhile was not seen to do', async () => {
    const survives = await askedOf({ survives: true, breaksAfter: 'reset' });
    expect(survives.outcome('old-session')).toMatch(/^unknown/);
    const again = await askedOf({ reusable: 'magic', breaksAfter: 'magic' });
    expect(again.outcome('magic-twice')).toBe('unknown');
    const locked = await askedOf({ unlimited: true, breaksAfter: 'guesses' });
    expect(locked.outcome('login-throttle')).toBe('unknown');
  }, 60_000);

  it('is what hangs on a mail that never comes', async () => {
    const { outcome, password: after } = await askedOf({ mailMs: 0 });
    expect([outcome('reset-twice'), outcome('magic-twice'), outcome('link-host')]).toEqual(['unknown', 'unknown', 'unknown unknown']);
    expect(after).toBe(password);
  }, 90_000);
});

it('somebody without a password is signed in by the link or the code of a mail, and that is tried', async () => {
  for (const codes of [undefined, true] as const) {
    const { outcome } = await askedOf({ passwordless: true, reusable: 'magic', ...(codes && { codes }) });
    expect(outcome('magic-twice')).toBe('broken');
    expect(outcome('login-throttle')).toBe('');
  }
}, 30_000);
