import { describe, expect, it } from 'vitest';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { boss, type MembersFlaw, type MembersTrap, startMembersApp } from './fixture.ts';

async function tried(quirks: readonly (MembersFlaw | MembersTrap)[]): Promise<LiveAccess & { readonly oldTeams: readonly string[] }> {
  const app = await startMembersApp(quirks);
  const sender = openSender({ origin: app.origin, requests: 3_000, userAgent: 'test' });
  try {
    const live = await proveLive({ sender, routes: [], people: [boss], writes: true });
    return { ...live, oldTeams: app.oldTeams() };
  } finally {
    await sender.close();
    await app.stop();
  }
}

/** What outsiders got, and how somebody gained power. */
const found = ({ cells, escalations }: LiveAccess): string[] => [
  ...new Set([
    ...cells.flatMap(({ outcome, relation, verb, route, shared }) =>
      outcome === 'got' && (relation === 'stranger' || relation === 'visitor') && !shared ? [`${verb} ${route}`] : [],
    ),
    ...escalations.map(({ route, field, value }) => `${field}=${value} ${route}`),
  ]),
];

describe('an app of members', () => {
  it.each<[string, readonly MembersTrap[]]>([
    ['is as it should be (trap: a list of people that is meant for all; trap: own pages of the same shape)', []],
    [
      "takes a change of another's account and makes it to the caller (trap: the tester changes his own password)",
      ['answers-204-and-changes-the-caller'],
    ],
    ['echoes the role it was sent and gives none', ['echoes-the-role']],
    ['puts all who sign up into one team, which any of them may rename', ['one-team-for-all']],
    ['puts whoever signs up into the team of a region, which any in it may rename and remove', ['team-by-region']],
    ['takes only what it says itself is missing', ['says-what-is-missing']],
  ])('is not accused where it %s', async (_, traps) => {
    const live = await tried(traps);
    expect(found(live)).toEqual([]);
    expect(live.withstood).toContain('PUT /me');
    const refused = (id: string): boolean => live.cells.some(({ route, outcome }) => route === id && outcome === 'refused');
    expect(refused('GET /tickets/{id}')).toBe(true);
    const hasOwnTeam = !traps.includes('one-team-for-all') && !traps.includes('team-by-region');
    expect(refused('PATCH /teams/{id}')).toBe(hasOwnTeam);
    expect(refused('DELETE /teams/{id}')).toBe(hasOwnTeam);
  });

  it('has the teams it had before, though everybody may change and remove them (trap: new accounts are told of different ones by chance)', async () => {
    const { oldTeams, cells } = await tried(['team-by-region', 'team-of-others', 'team-removed-by-others']);
    expect(oldTeams).toEqual(['house', 'team-north', 'team-south', 'team-east']);
    expect(cells.filter(({ route }) => /^(?:PATCH|DELETE) /.test(route) && route.includes('/teams/'))).toEqual([]);
  });

  it.each<[string, MembersFlaw, string]>([
    ['password of others', 'password-of-others', 'update PUT /users/{username}/password'],
    ['email of others', 'email-of-others', 'update PUT /users/{username}/email'],
    ['deletes others', 'deletes-others', 'delete DELETE /users/{username}'],
    ['profile by name (trap: whose it is stands in the body)', 'profile-by-name', 'update PUT /me'],
    ['role by profile', 'role-by-profile', 'role=admin PUT /me'],
    ['role for anybody', 'role-for-anybody', 'role=admin PUT /users/role'],
    ['role at sign up', 'role-at-sign-up', 'role=admin POST /register'],
    ['hashes to all', 'hashes-to-all', 'list GET /users'],
    ['tickets for others', 'tickets-for-others', 'create POST /tickets'],
    ['unnamed delete (trap: a route that OpenAPI does not name)', 'unnamed-delete', 'delete DELETE /tickets/{id}'],
    ['team of others', 'team-of-others', 'update PATCH /teams/{id}'],
    ['team open to visitors', 'team-open-to-visitors', 'update PATCH /teams/{id}'],
    ['team removed by others', 'team-removed-by-others', 'delete DELETE /teams/{id}'],
    ['notices removed by anybody', 'notices-removed-by-anybody', 'delete DELETE /notices/{id}'],
    ['notices changed by visitors', 'notices-changed-by-visitors', 'update PUT /notices/{id}'],
  ])('shows %s, and nothing else', async (_, flaw, expected) => {
    expect(found(await tried([flaw]))).toEqual([expected]);
  });
});
