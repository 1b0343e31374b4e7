import { describe, expect, it } from 'vitest';
import type { LiveAccess, LiveCell } from '../../evidence/live-access.ts';
import { type Quirk, type SmallApp, startSmallApp } from './fixture.ts';
import { readingOf } from './objects/things.ts';
import type { Person } from './people/person.ts';
import { openJournal } from './journal/journal.ts';
import { readJournal } from './journal/read.ts';
import { proveLive } from './prove.ts';
import { openSender } from './wire/sender.ts';

async function tried(
  quirks: readonly Quirk[],
  lines: string[] = [],
  allow: readonly string[] = [],
): Promise<{ readonly live: LiveAccess; readonly app: SmallApp }> {
  const app = await startSmallApp(quirks);
  const sender = openSender({ origin: app.origin, requests: 2_000, userAgent: 'test' });
  try {
    return {
      live: await proveLive({ sender, routes: [], people: [], writes: true, allow, journal: openJournal((line) => lines.push(line)) }),
      app,
    };
  } finally {
    await sender.close();
    await app.stop();
  }
}

const got = ({ cells }: LiveAccess): string[] => [
  ...new Set(
    cells.flatMap(({ outcome, relation, route, shared }) =>
      outcome === 'got' && relation !== 'own' ? [`${relation} ${route}${shared ? ` (${shared})` : ''}`] : [],
    ),
  ),
];
const refused = ({ cells }: LiveAccess, route: string): LiveCell[] =>
  cells.filter((cell) => cell.route === route && cell.relation === 'stranger' && cell.outcome === 'refused');

describe('a running app, as two strangers who signed up by themselves', () => {
  it.each<[string, readonly Quirk[]]>([
    ['answers 404', []],
    ['lets a write act on the caller (trap: a write to another that acts on the caller)', ['put-acts-on-caller']],
    ['says 200 and deletes nothing (trap: 200 and nothing is done)', ['delete-does-nothing']],
    ['denies by a redirect (trap: a refusal by redirect, 400, 500 or an empty 200)', ['denies-by-redirect']],
    ['repeats in its refusal the address that was asked for', ['slugs']],
    ['denies by 400 (trap: a refusal by redirect, 400, 500 or an empty 200)', ['denies-by-400']],
    ['denies by 500 (trap: a refusal by redirect, 400, 500 or an empty 200)', ['denies-by-500']],
    ['denies by an empty answer (trap: a refusal by redirect, 400, 500 or an empty 200)', ['denies-by-empty-200']],
    ['says nothing of what it made (trap: 204 without body or address)', ['created-without-body']],
    ['answers everybody alike (trap: the same answer for everybody)', ['same-for-everybody']],
    ['signs its links anew whenever they are shown', ['links-are-signed']],
    ['notes that its owner has seen it', ['seen-is-noted']],
  ])('is not accused where it %s', async (_, quirks) => {
    const { live, app } = await tried(quirks);
    expect(got(live)).toEqual([]);
    for (const route of ['GET /notes/{id}', 'PUT /notes/{id}', 'DELETE /notes/{id}'])
      expect(refused(live, route).length, route).toBeGreaterThan(0);
    expect(app.destroyed()).toBe(0);
    expect(app.notes()).toBe(0);
    expect(live.leftovers.filter((line) => !line.startsWith('the account '))).toEqual([]);
    expect(live.leftovers.length).toBeGreaterThan(2);
  });

  it.each<[string, Quirk, string]>([
    ['what others may read', 'leak-read', 'stranger GET /notes/{id}'],
    ['what is in a redirect (trap: data in a redirect)', 'leak-read-in-redirect', 'stranger GET /notes/{id}'],
    ['what visitors may read', 'leak-read-to-visitors', 'visitor GET /notes/{id}'],
    ['what was written and answered 404 (trap: 404, and it was done)', 'leak-write-behind-404', 'stranger PUT /notes/{id}'],
    ['what others may remove', 'leak-delete', 'stranger DELETE /notes/{id}'],
    ['what others may take (trap: a thing that becomes the attacker’s)', 'leak-theft', 'stranger PUT /notes/{id}'],
  ])('shows %s, and nothing else', async (_, quirk, expected) => {
    const { live } = await tried([quirk]);
    expect(got(live)).toEqual([expected]);
  });

  it.each<[string, readonly Quirk[], readonly string[], readonly string[], readonly string[]]>([
    ['is never sent by itself', ['sends', 'leak-send'], [], [], []],
    ['is refused to others where the app is right', ['sends'], ['POST /notes/:note/send'], [], ['stranger', 'visitor']],
    ['shows where others can do it', ['sends', 'leak-send'], ['POST /notes/{id}/send'], ['stranger', 'visitor'], []],
    ['is told as unknown to the app where it is none of it', [], ['POST /notes/{id}/send', 'GET /me'], [], []],
  ])('what is dangerous by its address %s', async (_, quirks, allow, gotBy, refusedBy) => {
    const { live, app } = await tried(quirks, [], allow);
    expect(got(live).toSorted()).toEqual(gotBy.map((who) => `${who} POST /notes/{id}/send`));
    const cells = live.cells.filter(({ route, outcome }) => route === 'POST /notes/{id}/send' && outcome === 'refused');
    expect([...new Set(cells.map(({ relation }) => relation))].toSorted()).toEqual(refusedBy);
    expect(live.cells.filter(({ route }) => route.includes('/send') && route !== 'POST /notes/{id}/send')).toEqual([]);
    const route = live.routes.find(({ id }) => id === 'POST /notes/{id}/send');
    if (allow.length === 0) expect(route?.why).toContain("--allow 'POST /notes/{id}/send' lets it be sent");
    else expect(route?.tried).toBe(quirks.length > 0 ? true : undefined);
    expect(app.sendings() > 0).toBe(allow.length > 0 && quirks.length > 0);
    expect(live.allowedInVain).toEqual(quirks.length > 0 ? undefined : ['POST /notes/{id}/send']);
  });

  it.each<[string, Quirk[], string, string[]]>([
    ['removes everybody', ['resets'], 'got', ['an account that could sign in before cannot any more, and a new one can']],
    ['shuts everybody out for a while', ['reset-shuts-out'], 'unknown', []],
    ['hands out a password', ['reset-tells'], 'got', ['a password in the answer, under “password”']],
    ['is refused', ['refuses-reset'], 'refused', []],
    ['answers and does nothing that can be seen', [], 'unknown', []],
  ])('what is done to the whole app is tried last where it was allowed: %s', async (_, quirks, outcome, shows) => {
    const { live, app } = await tried(quirks, [], ['GET /reset']);
    const cell = live.cells.find(({ route, relation }) => route === 'GET /reset' && relation === 'visitor');
    expect([cell?.outcome, cell?.shows]).toEqual([outcome, shows]);
    expect(app.destroyed()).toBe(outcome === 'got' ? 1 : 2);
    expect(live.cells.some(({ route, outcome: came }) => route === 'GET /notes/{id}' && came === 'refused')).toBe(true);
  });

  it('accuses nobody where the owner is only slowed down after a write, and says that it could not be told', async () => {
    const { live } = await tried(['slows-down-after-writes']);
    expect(got(live)).toEqual([]);
    const writes = live.cells.filter(({ verb, relation }) => (verb === 'update' || verb === 'delete') && relation === 'stranger');
    expect(new Set(writes.map(({ outcome }) => outcome))).toEqual(new Set(['unknown']));
  });

  it('withstood nothing where others are only slowed down', async () => {
    const { live } = await tried(['slows-down-writes-of-others']);
    expect(got(live)).toEqual([]);
    const writes = live.cells.filter(({ verb, relation }) => (verb === 'update' || verb === 'delete') && relation === 'stranger');
    expect(new Set(writes.map(({ outcome, why }) => `${outcome}: ${why}`))).toEqual(
      new Set(['unknown: the app did not say whether it does it: it answers 429']),
    );
  });

  it('has nothing left to look for of what it refused to make', async () => {
    const lines: string[] = [];
    const { app } = await tried(['takes-no-notes'], lines);
    const run = JSON.stringify({ is: 'run', origin: app.origin, pid: 1, at: '' });
    expect(lines.some((line) => line.includes('"mark"'))).toBe(true);
    expect(readJournal([run, ...lines].join('\n'))?.things).toEqual([]);
  });

  it('is tried only in the part that is asked about', async () => {
    const app = await startSmallApp(['leak-read']);
    const sender = openSender({ origin: app.origin, requests: 500, userAgent: 'test' });
    const live = await proveLive({ sender, routes: [], people: [], writes: true, parts: ['sessions'] });
    await sender.close();
    await app.stop();
    expect([live.cells, live.escalations, live.webhooks]).toEqual([[], [], []]);
    expect(live.sessions.length).toBeGreaterThan(0);
  });

  it('is not accused of what came once and not again', async () => {
    const { live } = await tried(['leaks-once']);
    expect(got(live)).toEqual([]);
    const once = live.cells.filter(({ why }) => why?.startsWith('it worked once'));
    expect(once.map(({ route, outcome }) => `${outcome} ${route}`)).toEqual(['unknown GET /notes/{id}']);
  });

  it('is asked whether it is meant where it lists everything to everybody (trap: what all who work together share)', async () => {
    const { live } = await tried(['listed-to-all']);
    expect(got(live).toSorted()).toEqual(['stranger GET /notes (listed)', 'stranger GET /notes/{id} (listed)']);
  });

  it('is never asked for what destroys, not even to find out whose a session is (trap: a GET that destroys)', async () => {
    const app = await startSmallApp(['refuses-sign-in-by-200']);
    const sender = openSender({ origin: app.origin, requests: 500, userAgent: 'test' });
    const nobody = ['a', 'b'].map((name) => ({ name, email: `${name}@example.com`, password: 'not-the-one' }));
    await expect(proveLive({ sender, routes: [], people: nobody, writes: true })).rejects.toThrow('could not be signed in');
    for (const path of ['/reset', '/?action=delete&id=1', '/?open=1&csrf_token=0a1b'])
      expect(await sender.send({ method: 'GET', path }), path).toMatchObject({ ok: false, fault: { kind: 'blocked' } });
    // A recording may hold what somebody clicked: that he was shown it makes it nothing to be read by others.
    const clicked = readingOf({ route: 'GET /', path: '/?action=delete&id=1', ids: ['1'], owner: {} as Person });
    expect(await sender.send(clicked)).toMatchObject({ ok: false, fault: { kind: 'blocked' } });
    expect(app.destroyed()).toBe(0);
    await sender.close();
    await app.stop();
  });

  it('is told what was not tried, and each change is written down before it is sent', async () => {
    const lines: string[] = [];
    const { live } = await tried([], lines);
    expect(live.routes.find(({ id }) => id === 'GET /reset')).toMatchObject({
      tried: false,
      why: expect.stringContaining('reset') as string,
    });
    expect(live.people.map(({ name, from, proof }) => [name, from, proof])).toEqual([
      ['owner', 'signed-up', 'POST /login; GET /me names the account'],
      ['stranger', 'signed-up', 'POST /login; GET /me names the account'],
    ]);
    const entries = lines.map((line) => JSON.parse(line) as { is: string; who?: string; mark?: string });
    const accounts = entries.filter(({ is, who }) => is === 'account' || who?.includes('@'));
    expect(accounts.slice(0, 4).map(({ is }) => is)).toEqual(['account', 'change', 'account', 'change']);
    const made = entries.flatMap(({ is, mark }, nth) => (is === 'made' ? [{ mark, nth }] : []));
    expect(made.length).toBe(live.made);
    for (const { mark, nth } of made)
      expect(
        entries.findIndex((one) => one.is === 'change' && one.mark === mark),
        mark,
      ).toBeLessThan(nth);
    expect(entries.filter(({ is }) => is === 'removed').length).toBe(live.made);
  });
});
