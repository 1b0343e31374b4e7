import { afterEach, describe, expect, it } from 'vitest';
import { openJournal } from '../journal/journal.ts';
import { note, nothingSeen } from '../objects/seen.ts';
import { newAccount } from '../people/account.ts';
import type { Person } from '../people/person.ts';
import { openSender, type Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { type HookApp, type HookQuirk, startHookApp } from './fixture.ts';
import { tryWebhooks } from './trials.ts';

let app: HookApp | undefined;
let sender: Sender | undefined;
afterEach(async () => {
  await sender?.close();
  await app?.stop();
});

/** What is said of the small app: `unsigned holds`, with the words, and what was written down. */
async function tried(quirks: readonly HookQuirk[], given: 'with its secret' | 'without' = 'with its secret', secret?: string) {
  app = await startHookApp(quirks);
  sender = openSender({ origin: app.origin, requests: 500, userAgent: 'test' });
  const owner: Person = {
    name: 'owner',
    tenant: 'Acme',
    administrator: false,
    from: 'config',
    proof: '',
    account: newAccount(),
    session: emptySession(),
    witness: { path: '/me', names: [] },
    expendable: false,
    seen: nothingSeen(),
  };
  for (const path of ['/payments', '/account']) {
    const answer = await sender.send({ method: 'GET', path });
    if (answer.ok) note(owner.seen, path, answer.value);
  }
  const journal = openJournal();
  const left: string[] = [];
  const key = given === 'without' ? undefined : (secret ?? app.secret);
  const endpoint = { path: '/hooks/payments', route: 'POST /hooks/payments', provider: 'stripe' as const };
  const trials = await tryWebhooks(
    { sender, people: [owner], journal, left },
    [{ ...endpoint, ...(key !== undefined && { secret: key }) }],
    true,
  );
  return {
    trials,
    journal,
    left,
    outcomes: Object.fromEntries(trials.map(({ question, outcome }) => [question, outcome])),
    says: Object.fromEntries(trials.map(({ question, text }) => [question, text])),
  };
}

describe('a webhook whose secret is given', () => {
  it.each<[string, readonly HookQuirk[]]>([
    ['refuses what is not signed', []],
    ['answers 200 to everybody and acts on what is signed', ['silent']],
    ['answers 200 to everybody and tells of what it ignored', ['silent', 'tells-of-refused']],
    ['tells its owner of what it refused', ['tells-of-refused']],
    ['says that it knows a message', ['says-duplicate']],
    ['refuses a message it has seen', ['refuses-duplicate']],
  ])('is acquitted where it %s', async (_, quirks) => {
    const { outcomes } = await tried(quirks);
    expect(outcomes).toEqual({ unsigned: 'holds', stale: 'holds', replay: 'holds' });
  });

  it.each<[string, readonly HookQuirk[], string]>([
    ['answers 200 to everybody and shows nothing', ['silent', 'nothing-shown'], 'holds'],
    ['answers 200 to everybody, tells of what it ignored and shows nothing else', ['silent', 'nothing-shown', 'tells-of-refused'], 'holds'],
    ['answers 200 to everybody and to what it does not know', ['silent', 'nothing-shown', 'lenient'], 'holds'],
    ['keeps everything for later', ['queue'], 'unknown'],
    ['keeps everything for later and does something by itself', ['queue', 'restless'], 'unknown'],
    ['has another secret', ['other-secret'], 'unknown'],
    ['takes only three messages', ['few'], 'unknown'],
    ['takes no message of ours but tells them apart', ['strict'], 'holds'],
  ])('is not accused where it %s', async (_, quirks, expected) => {
    const { outcomes } = await tried(quirks);
    expect(outcomes['unsigned']).toBe(expected);
    expect(Object.values(outcomes)).not.toContain('broken');
  });

  it.each<[HookQuirk, readonly HookQuirk[], string, string]>([
    ['flaw-unsigned', [], 'unsigned', 'it acted on a message without a signature: owner /payments: Launch Ready …'],
    ['flaw-unsigned', ['nothing-shown'], 'unsigned', 'it looks at what a message says and never at its signature'],
    ['flaw-unsigned', ['nothing-shown', 'lenient'], 'unsigned', 'it looks at what a message says and never at its signature'],
    ['flaw-if-present', ['nothing-shown'], 'unsigned', 'it takes a message without a signature just like one that is rightly signed'],
    ['flaw-if-present', ['silent'], 'unsigned', 'it acted on a message without a signature'],
    ['flaw-form-only', ['nothing-shown'], 'unsigned', 'it takes a message signed with another secret just like one that is rightly signed'],
    ['flaw-no-tolerance', [], 'stale', 'it takes a message that was signed a day ago like one of just now'],
    ['flaw-no-tolerance', ['silent'], 'stale', 'it takes a message that was signed a day ago like one of just now'],
    ['flaw-rows-twice', [], 'replay', 'the same message counted twice: owner /payments: once 1 with its mark, then 2'],
    ['flaw-counts-twice', [], 'replay', 'the same message counted twice: owner /account: balance went from'],
  ])('shows %s %j as %s', async (flaw, beside, question, text) => {
    const { outcomes, says } = await tried([flaw, ...beside]);
    expect(says[question]).toContain(text);
    expect(Object.entries(outcomes).filter(([, outcome]) => outcome === 'broken')).toEqual([[question, 'broken']]);
  });

  it('is sent nothing where the secret is of no use', async () => {
    app = await startHookApp();
    sender = openSender({ origin: app.origin, requests: 500, userAgent: 'test' });
    const endpoint = { path: '/hooks/payments', route: 'POST /hooks/payments', provider: 'gohighlevel' as const, secret: 'no key' };
    const [trial, ...rest] = await tryWebhooks({ sender, people: [], journal: openJournal(), left: [] }, [endpoint], true);
    expect([trial?.outcome, trial?.text, rest.length, sender.sent()]).toEqual([
      'unknown',
      'the secret that was given is not of the form that gohighlevel has',
      0,
      0,
    ]);
  });

  it('is told of in order, each message written down before it is sent', async () => {
    const { trials, journal, left } = await tried([]);
    expect(left).toEqual(['POST /hooks/payments made what nothing removes: owner /payments: Launch Ready …']);
    expect(journal.changes.length).toBe(trials[0]?.steps.length);
    expect(journal.changes[0]).toEqual({ who: 'stripe', method: 'POST', path: '/hooks/payments' });
  });
});

describe('a webhook whose secret nobody gave', () => {
  it.each<[string, readonly HookQuirk[], string]>([
    ['holds where it says that the signature is wrong', [], 'holds'],
    ['is not judged where it answers 200 to everybody', ['silent', 'nothing-shown'], 'unknown'],
    ['is not judged where it takes everything it understands and shows nothing', ['flaw-unsigned', 'nothing-shown'], 'unknown'],
    ['is broken where an unsigned message was seen to act', ['flaw-unsigned'], 'broken'],
    ['is broken where it refuses wrong signatures and takes missing ones', ['flaw-if-present', 'nothing-shown'], 'broken'],
  ])('%s', async (_, quirks, expected) => {
    const { outcomes } = await tried(quirks, 'without');
    expect(outcomes).toEqual({ unsigned: expected, stale: 'unknown', replay: 'unknown' });
  });
});
