import { afterEach, describe, expect, it } from 'vitest';
import { type Quirk, type SmallApp, startSmallApp } from '../fixture.ts';
import { newAccount } from '../people/account.ts';
import type { Door } from '../people/doors.ts';
import { pass } from '../people/pass.ts';
import { openSender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { cleanUp, type CleanedUp } from './clean-up.ts';
import { readJournal } from './read.ts';

const account = newAccount();
const door = (path: string): Door => ({
  kind: 'api',
  operation: { id: `POST ${path}`, method: 'POST', path, parameters: [], sources: ['openapi'] },
});
const at = '2026-11-30T08:00:00.000Z';
const line = (entry: object): string => JSON.stringify({ at, ...entry });

let app: SmallApp | undefined;
afterEach(() => app?.stop());

/** Makes a note with each of these titles, and cleans up by a journal with these lines in it. */
async function cleaned(
  titles: readonly string[],
  lines: readonly string[],
  person: object = { account },
  quirks: readonly Quirk[] = [],
): Promise<CleanedUp> {
  app = await startSmallApp(quirks);
  const sender = openSender({ origin: app.origin, requests: 100, userAgent: 'test' });
  try {
    const session = emptySession();
    await pass(sender, door('/register'), account, emptySession());
    await pass(sender, door('/login'), account, session);
    for (const title of titles)
      await sender.send({ method: 'POST', path: '/notes', body: { type: 'json', value: { title, text: '' } } }, session);
    const broken = readJournal(
      [
        line({ is: 'run', origin: app.origin, pid: 1 }),
        line({ is: 'person', name: 'owner', door: door('/login'), witness: { path: '/me', names: [account.email] }, ...person }),
        ...lines,
      ].join('\n'),
    );
    return await cleanUp(sender, broken!, []);
  } finally {
    await sender.close();
  }
}

const begun = line({ is: 'change', who: 'owner', method: 'POST', path: '/notes', mark: 'mark1', removal: '/notes/{id}' });

describe('cleaning up', () => {
  it('finds by its mark what was sent and never heard of again, and leaves alone what has another', async () => {
    const { done, left } = await cleaned(['a mark1 b', "somebody's own"], [begun]);
    expect([done.length, left, app?.notes()]).toEqual([1, [], 1]);
  });

  it('looks for nothing that was removed already, and reads over a line that was cut off', async () => {
    const { done, left } = await cleaned(['mark1'], [begun, line({ is: 'removed', mark: 'mark1' }), '{"at":"2026-11-30","is":"ma']);
    expect([done, left, app?.notes()]).toEqual([[], [], 1]);
  });

  it('looks for nothing that the app refused to make', async () => {
    const refused = line({ is: 'refused', mark: 'mark1' });
    const notes = line({ is: 'change', who: 'owner', method: 'POST', path: '/balance/none', mark: 'mark1' });
    expect(await cleaned([], [notes, refused])).toEqual({ done: [], setBack: [], left: [], stays: [] });
    expect((await cleaned([], [notes])).stays).toEqual([expect.stringContaining('something, made by owner at /balance/none')]);
  });

  it('is told where nobody can sign in any more', async () => {
    const { done, left } = await cleaned(['mark1'], [begun], { account: { email: account.email } });
    expect(done).toEqual([]);
    expect(left[0]).toContain('owner is no longer named under access.people');
  });

  it('is told, and nothing is called gone, where a sign-in is answered like a right one and lets nobody in', async () => {
    const made = line({ is: 'made', who: 'owner', mark: 'mark1', path: '/notes', onPages: { shown: ['/notes'] } });
    const wrong = { account: { ...account, password: 'wrong' } };
    const { done, left } = await cleaned(['mark1'], [begun, made], wrong, ['refuses-sign-in-by-200']);
    expect([done, left]).toEqual([[], [expect.stringContaining('signing in was tried, and GET /me does not show owner')]]);
  });

  it.each([
    ['gone', ['another'], [['something, made by owner at /notes with mark1 in it'], []]],
    ['there', ['mark1'], [[], ['something, made by owner at /notes with mark1 in it: it is still there']]],
  ])('looks at the pages that showed it whether it is %s', async (_, titles, expected) => {
    const onPages = { shown: ['/notes'], removal: { link: '/notes/none' } };
    const made = line({ is: 'made', who: 'owner', mark: 'mark1', path: '/notes', onPages });
    const { done, left } = await cleaned(titles, [begun, made]);
    expect([done, left]).toEqual(expected);
  });

  it('does not call gone what no page tells of', async () => {
    const made = line({ is: 'made', who: 'owner', mark: 'mark1', path: '/notes', onPages: { shown: [] } });
    expect((await cleaned(['mark1'], [begun, made])).left).toEqual([
      'something, made by owner at /notes with mark1 in it: we could not see whether it is gone',
    ]);
  });

  it('tells whose password may still be the one of a trial', async () => {
    const lines = [line({ is: 'password', who: 'ada' }), line({ is: 'password', who: 'bert' }), line({ is: 'password-back', who: 'bert' })];
    expect((await cleaned([], lines)).stays).toEqual([expect.stringMatching(/^the password of ada, which may have got “Lr1!”/)]);
  });

  it('sets back what was changed, once', async () => {
    const change = { who: 'owner', method: 'POST', path: '/notes', body: { type: 'json', value: { title: 'as it was' } } };
    const lines = [
      line({ is: 'restoring', nr: 1, ...change }),
      line({ is: 'restoring', nr: 2, ...change }),
      line({ is: 'restored', nr: 2 }),
    ];
    const { setBack } = await cleaned([], lines);
    expect([setBack, app?.notes()]).toEqual([['POST /notes as owner'], 1]);
  });

  it('says of what the app has no way to remove that it stays', async () => {
    const { stays, left } = await cleaned(
      ['mark1'],
      [
        line({ is: 'account', email: 'x@example.com' }),
        line({ is: 'change', who: 'x@example.com', method: 'POST', path: '/register' }),
        line({ is: 'change', who: 'owner', method: 'POST', path: '/notes', mark: 'mark1' }),
      ],
    );
    expect([stays, left]).toEqual([
      [
        'the account x@example.com, which was signed up by POST /register',
        'something, made by owner at /notes with mark1 in it: the app has no way to remove it',
      ],
      [],
    ]);
  });
});

describe('a journal', () => {
  it.each(['', 'not JSON', '{"is":"change"}', '[]'])('is none of ours where it begins with %j', (text) => {
    expect(readJournal(text)).toBeUndefined();
  });
});
