import { describe, expect, it } from 'vitest';
import { cleanUp, type CleanedUp } from '../../access/journal/clean-up.ts';
import { openJournal } from '../../access/journal/journal.ts';
import { readJournal } from '../../access/journal/read.ts';
import type { Mail, Mailbox } from '../../access/mail/mailbox.ts';
import { openSender } from '../../access/wire/sender.ts';
import type { GivenAppMail, GivenPerson } from '../../../core/target.ts';
import { type AppMails, askForMails } from './app-mails.ts';
import type { Patience } from './patience.ts';
import { type Quirk, startApp } from './fixture.ts';

interface Asked extends AppMails {
  /** The journal when a POST came. */
  readonly written: ReadonlyMap<string, string>;
  /** What is cleaned up by the journal. */
  readonly cleaned: CleanedUp;
}

async function asked(
  quirks: readonly Quirk[] = [],
  {
    given = [],
    people = [],
    reaches = () => true,
    patience = { usual: 600, until: Infinity },
  }: {
    readonly given?: readonly GivenAppMail[];
    readonly people?: readonly GivenPerson[];
    readonly reaches?: (address: string) => boolean;
    readonly patience?: Patience;
  } = {},
): Promise<Asked> {
  const box: { readonly to: string; readonly mail: Mail }[] = [];
  const lines: string[] = [];
  const written = new Map<string, string>();
  const { origin, stop } = await startApp(
    quirks,
    (to, subject) => box.push({ to, mail: { id: String(box.length), subject, text: subject, html: '', raw: Buffer.from('') } }),
    (path) => written.set(path, lines.join('\n')),
  );
  let nth = 0;
  const mailbox: Mailbox = {
    pollMs: 20,
    patienceMs: 200,
    mails: (to) => Promise.resolve(box.filter((one) => one.to === to).map(({ mail }) => mail)),
    newAddress: () => `lr-${(nth += 1)}@box.test`,
    close: () => Promise.resolve(),
  };
  const sender = openSender({ origin, requests: 500, userAgent: 'test', changes: true });
  const journal = openJournal((line) => lines.push(line));
  try {
    const came = await askForMails({ sender, mailbox, journal, people, given, reaches, isOurs: () => true, patience });
    const broken = readJournal([JSON.stringify({ at: '', is: 'run', origin, pid: 1 }), ...lines].join('\n'));
    return { ...came, written, cleaned: await cleanUp(sender, broken!, []) };
  } finally {
    stop();
    await sender.close();
  }
}

const ada: GivenPerson = { name: 'ada', email: 'ada@acme.io', password: 'x', expendable: true };
const invite: GivenAppMail = { name: 'invite', request: 'POST /invites', body: '{"to":"{address}"}' };

describe('what the app is made to mail', () => {
  it('is written down before it is sent, so that a run that is killed leaves what cleanup can read', async () => {
    const { mails, leftovers, written, cleaned } = await asked([], { given: [invite] });
    expect(mails.map(({ name, mail }) => [name, mail?.subject])).toEqual([
      ['sign-up', 'Welcome'],
      ['password reset', 'Reset'],
      ['invite', 'Invite'],
    ]);
    expect(written.get('/register')).toMatch(/"is":"account","email":"lr-\d+@box\.test"/);
    expect(written.get('/invites')).toMatch(
      /"is":"change","who":"lr-\d+@box\.test","method":"POST","path":"\/invites","mark":"lr-\d+@box\.test"/,
    );
    expect(leftovers).toEqual([
      expect.stringMatching(/^the account lr-\d+@box\.test/),
      expect.stringMatching(/^what POST \/invites made for lr-\d+@box\.test$/),
    ]);
    expect(cleaned.left).toEqual([]);
    expect(cleaned.stays).toContainEqual(
      expect.stringMatching(/made by lr-\d+@box\.test at \/invites .*: the app has no way to remove it$/),
    );
  });

  it('is not missed where signing in asks for the password on a page of its own', async () => {
    const { mails, notes } = await asked(['two-step', 'sign-up-closed'], { people: [ada] });
    expect(mails.map(({ name }) => name)).toEqual(['password reset']);
    expect(notes).toContainEqual(expect.stringMatching(/sign-in link asks for a password next/));
  });

  it('is waited for once more where others came', async () => {
    const { mails } = await asked(['late-reset']);
    expect(mails.map(({ name, mail }) => [name, mail !== undefined])).toEqual([
      ['sign-up', true],
      ['password reset', true],
    ]);
    expect(mails[1]?.seconds).toBeGreaterThan(0.6);
  });

  it('is missed where it should have come, and only where mails to that address come here', async () => {
    expect((await asked(['silent-reset'])).mails[1]).toMatchObject({ name: 'password reset', seconds: expect.any(Number) as number });
    const elsewhere = await asked(['silent-reset', 'sign-up-closed'], {
      people: [ada],
      given: [invite],
      reaches: (to) => to !== ada.email,
    });
    expect(elsewhere.mails.map(({ name }) => name)).toEqual(['invite']);
    expect(elsewhere.notes).toContainEqual(
      expect.stringMatching(/password reset was asked for ada@acme\.io, and none came: nobody can tell/),
    );
  });

  const many = Array.from({ length: 6 }, (_, nth) => ({ ...invite, name: `invite ${nth + 1}` }));

  it('is no longer asked for once three in a row did not come, and what came before counts', async () => {
    const { mails, leftovers } = await asked(['silent-invites'], { given: many, patience: { usual: 150, until: Infinity } });
    expect(mails.filter(({ mail }) => mail).map(({ name }) => name)).toEqual(['sign-up', 'password reset']);
    expect(mails.filter(({ unseen }) => unseen !== undefined)).toEqual(
      ['invite 4', 'invite 5', 'invite 6'].map((name) => ({
        name,
        unseen: 'it was not asked for, since 3 mails in a row did not come',
      })),
    );
    expect(mails.filter(({ name, mail, unseen }) => name.startsWith('invite') && !mail && unseen === undefined)).toHaveLength(3);
    expect(leftovers.filter((one) => one.includes('/invites'))).toHaveLength(3);
  });

  it('is not told as lost where the time for all of them was up first', async () => {
    const began = Date.now();
    const { mails } = await asked(['silent-invites', 'sign-up-closed'], { given: many, patience: { usual: 60_000, until: began + 800 } });
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(mails.map(({ name, unseen }) => [name, unseen])).toEqual(
      expect.arrayContaining(many.map(({ name }) => [name, 'the time for all mails was up first'])) as unknown,
    );
  });
});
