import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { type OfficeFlaw, officePeople, type OfficeTrap, startOffice } from './office-fixture.ts';

async function tried(flaws: readonly (OfficeFlaw | OfficeTrap)[]): Promise<LiveAccess> {
  const app = await startOffice(flaws);
  const sender = openSender({ origin: app.origin, requests: 6_000, userAgent: 'test' });
  try {
    return await proveLive({ sender, routes: [], people: officePeople, writes: true, parts: ['routes'] });
  } finally {
    await sender.close();
    await app.stop();
  }
}

const outsiders = ({ cells }: LiveAccess) => cells.filter(({ relation }) => relation === 'stranger' || relation === 'visitor');
const found = (live: LiveAccess): string[] =>
  [
    ...new Set(outsiders(live).flatMap(({ outcome, shared, verb, route }) => (outcome === 'got' && !shared ? [`${verb} ${route}`] : []))),
  ].toSorted();

/** Each flaw, and what shows it. */
const flaws: Readonly<Record<OfficeFlaw, string>> = {
  'checks-the-first-key': 'create POST /items',
  'id-in-the-body': 'update PATCH /reviews',
  'several-at-once': 'update PATCH /labels',
  'archives-others': 'update POST /letters/{id}/archive',
  'told-at-the-door': 'read GET /cart/{id}',
  'remarks-below-private': 'read GET /letters/{id}/remarks',
  'search-lists-all': 'list SEARCH /letters',
  environment: 'list GET /status',
  'whose-by-query': 'list GET /export',
  'stored-for-anybody': 'read GET /stored/{id}',
};

describe('an office of drawers', () => {
  it('is not accused where it is right, and everything was tried', async () => {
    const live = await tried([]);
    expect(found(live)).toEqual([]);
    const refused = new Set(outsiders(live).flatMap(({ outcome, verb, route }) => (outcome === 'refused' ? [`${verb} ${route}`] : [])));
    for (const one of Object.values(flaws).filter((line) => !line.startsWith('list '))) expect([...refused]).toContain(one);
    // Comments on what visitors are shown may be everybody's.
    const comments = outsiders(live).filter(({ route, outcome }) => route === 'GET /products/{id}/comments' && outcome === 'got');
    expect(new Set(comments.map(({ relation, shared }) => `${relation} ${shared}`))).toEqual(
      new Set(['visitor public', 'stranger public']),
    );
    // A link that nobody can guess may be one to pass on.
    const links = outsiders(live).flatMap(({ route, outcome, relation, shared }) =>
      route === 'GET /f/{id}' ? [`${relation} ${outcome} ${shared}`] : [],
    );
    expect(new Set(links)).toEqual(new Set(['visitor got link', 'stranger got link']));
    expect(live.leftovers).toEqual([]);
  });

  it('is not accused of a file that was handed out once, and not again', async () => {
    const live = await tried(['stored-once']);
    expect(found(live)).toEqual([]);
    const told = outsiders(live).flatMap(({ route, outcome, why }) => (route === 'GET /stored/{id}' && why ? [`${outcome}: ${why}`] : []));
    expect(told).toEqual(['unknown: it came once, and not again with new sessions']);
  });

  it('shows each flaw, and nothing else (trap: whose it is stands in the body; trap: a key that is in the body twice)', async () => {
    expect(found(await tried(Object.keys(flaws) as OfficeFlaw[]))).toEqual(Object.values(flaws).toSorted());
  });
});
