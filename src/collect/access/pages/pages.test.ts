import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { cleanUp } from '../journal/clean-up.ts';
import { openJournal } from '../journal/journal.ts';
import { readJournal } from '../journal/read.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { type PagesApp, type PagesFlaw, pagesPeople, type PagesTrap, startPagesApp } from './fixture.ts';

async function tried(
  quirks: readonly (PagesFlaw | PagesTrap)[],
  part = 'routes',
): Promise<{ readonly live: LiveAccess; readonly app: PagesApp }> {
  const app = await startPagesApp(quirks);
  const sender = openSender({ origin: app.origin, requests: 5_000, userAgent: 'test' });
  try {
    return { live: await proveLive({ sender, routes: [], people: pagesPeople, writes: true, parts: [part] }), app };
  } finally {
    await sender.close();
    await app.stop();
  }
}

const outsiders = ({ cells }: LiveAccess) => cells.filter(({ relation }) => relation === 'stranger' || relation === 'visitor');
const got = (live: LiveAccess): string[] =>
  [
    ...new Set(
      outsiders(live).flatMap(({ outcome, shared, relation, verb, route }) =>
        outcome === 'got' && !shared ? [`${relation} ${verb} ${route}`] : [],
      ),
    ),
  ].toSorted();

describe('an app of pages and forms', () => {
  it.each<[string, readonly PagesTrap[]]>([
    ['asks whose it is (trap: 200 for a page with nothing on it; trap: a board that is one for all)', []],
    ['lets an edit act on what is the caller’s (trap: a write to another that acts on the caller)', ['edits-the-callers']],
    ['shows an empty form for any id (trap: 200 for a page with nothing on it)', ['empty-form-for-any-id']],
    ['says that it did what it did not (trap: 200 and nothing is done)', ['says-done-and-does-nothing']],
    ['tells people what others wanted to call them', ['tells-of-attempts']],
  ])('is not accused where it %s', async (_, traps) => {
    const { live, app } = await tried(traps);
    expect(got(live)).toEqual([]);
    const refused = new Set(outsiders(live).flatMap(({ outcome, route }) => (outcome === 'refused' ? [route] : [])));
    for (const route of [
      'GET /projects/{id}',
      'POST /projects/{id}/edit',
      'GET /projects/{id}/delete',
      'GET /projects/{id}/toggle',
      'POST /projects/{id}/tasks',
      'POST /tasks/update',
      'POST /tasks/delete/{id}',
      'POST /profile/{id}',
      'GET /staff',
      'POST /staff',
    ])
      expect([...refused], route).toContain(route);
    // A board for all is asked about, and what was there before is as it was.
    expect(outsiders(live).some(({ route, shared }) => route === 'POST /board/{id}' && shared === 'listed')).toBe(true);
    expect(app.before()).toBe(
      'It was there before false The one and only ann 2020-01-01,The one and only bob 2020-01-01,The one and only root 2020-01-01',
    );
    expect([app.things(), live.leftovers.filter((line) => !line.startsWith('the account '))]).toEqual([1, []]);
  });

  it.each<[PagesTrap, string]>([
    ['signs-its-owner-out', 'POST /projects/{id}/edit'],
    ['busy-for-its-owner', 'GET /projects/{id}/toggle'],
  ])('is not said to refuse what its owner could not look at afterwards: %s', async (trap, route) => {
    const { live } = await tried([trap]);
    const told = live.cells.flatMap(({ route: at, relation, outcome, why }) =>
      at === route && relation === 'stranger' ? [`${outcome}: ${why}`] : [],
    );
    expect([...new Set(told)]).toEqual(['unknown: its owner cannot look at it, so nobody can tell what came of it']);
  });

  it.each<[PagesTrap, string, readonly string[]]>([
    ['staff-form-does-nothing', 'POST /staff', []],
    ['staff-page-is-busy', 'GET /staff', ['unknown: no answer came that tells, or the administrator does not get it either']],
    ['staff-page-signs-out', 'POST /staff', ['unknown: bob had lost the session']],
  ])('is not said to refuse what was never put to it: %s', async (trap, route, expected) => {
    const { live } = await tried([trap]);
    const told = live.cells.flatMap(({ route: at, who, outcome, why }) => (at === route && who === 'bob' ? [`${outcome}: ${why}`] : []));
    expect([...new Set(told)]).toEqual(expected);
  });

  it('is not accused of a profile that was shown once, and not again', async () => {
    const { live } = await tried(['shows-a-profile-once']);
    expect(got(live)).toEqual([]);
    const told = live.cells.flatMap(({ route, outcome, why }) => (route === 'GET /profile/{id}' && why ? [`${outcome}: ${why}`] : []));
    expect(told).toEqual(['unknown: it came once, and not again with a new session']);
  });

  it.each<[string, PagesFlaw, readonly string[]]>([
    ['shows', 'shows', ['stranger read GET /projects/{id}', 'visitor read GET /projects/{id}']],
    [
      'edits',
      'edits',
      [
        'stranger read GET /projects/{id}/edit',
        'stranger update POST /projects/{id}/edit',
        'visitor read GET /projects/{id}/edit',
        'visitor update POST /projects/{id}/edit',
      ],
    ],
    ['deletes by link', 'deletes-by-link', ['stranger delete GET /projects/{id}/delete', 'visitor delete GET /projects/{id}/delete']],
    ['closes by link', 'closes-by-link', ['stranger update GET /projects/{id}/toggle']],
    ['adds below', 'adds-below', ['stranger create POST /projects/{id}/tasks']],
    ['hidden id (trap: whose it is stands in the body)', 'hidden-id', ['stranger update POST /tasks/update']],
    ['deletes by form', 'deletes-by-form', ['stranger delete POST /tasks/delete/{id}']],
    ['profile', 'profile', ['stranger read GET /profile/{id}', 'stranger update POST /profile/{id}']],
    ['staff page', 'staff-page', ['stranger list GET /staff']],
    ['staff form', 'staff-form', ['stranger update POST /staff']],
  ])('shows %s, and nothing else', async (_, flaw, expected) => {
    const { live, app } = await tried([flaw]);
    expect(got(live)).toEqual(expected);
    expect(app.before()).toContain('It was there before false');
    expect(app.things()).toBe(1);
  });

  it.each<[string, PagesFlaw[], string[]]>([
    ['gives power to nobody by fields that its sign-up form does not have', [], []],
    ['gives power by fields that its sign-up form does not have', ['staff-at-sign-up'], ['POST /register']],
  ])('%s', async (_, flaws, expected) => {
    const { live } = await tried([...flaws, 'refuses-by-403'], 'power');
    expect(live.escalations.map(({ route }) => route)).toEqual(expected);
    if (expected.length === 0) expect(live.withstood).toContain('POST /register');
  });

  it('is cleared by the journal of a run that broke off', async () => {
    const app = await startPagesApp();
    const lines = [JSON.stringify({ is: 'run', origin: app.origin, pid: 1, at: '2026-11-30T08:00:00.000Z' })];
    const short = openSender({ origin: app.origin, requests: 700, userAgent: 'test' });
    const journal = openJournal((line) => lines.push(line));
    await proveLive({ sender: short, routes: [], people: pagesPeople, writes: true, parts: ['routes'], journal });
    await short.close();
    expect(app.things()).toBeGreaterThan(3);
    const sender = openSender({ origin: app.origin, requests: 1_000, userAgent: 'test' });
    const { left, stays } = await cleanUp(sender, readJournal(lines.join('\n'))!, pagesPeople);
    await sender.close();
    expect([app.things(), left, stays.filter((line) => !line.startsWith('the account '))]).toEqual([1, [], []]);
    await app.stop();
  });
});
