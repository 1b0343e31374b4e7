import { describe, expect, it } from 'vitest';
import type { GivenKey, GivenPerson } from '../../../core/target.ts';
import { readHar } from '../traffic/har.ts';
import { anna, type Asked, bert, got, type Habits, type Member, triedAs, type WayIn } from './fixture.ts';

const members = [anna, bert];
const byKey = (key: (asked: Asked) => unknown): WayIn => ({ who: (asked) => members.find((one) => one.key === key(asked)) });
const person = (member: Member, proof: Partial<GivenPerson>): GivenPerson => ({
  name: member.email.split('@')[0]!,
  tenant: member.tenant,
  email: member.email,
  ...proof,
});
const keyed = (key: Omit<GivenKey, 'value'>): GivenPerson[] => members.map((one) => person(one, { key: { ...key, value: one.key } }));
const named: GivenPerson[] = members.map((one) => person(one, { password: one.password }));

/** Passwords, and a cookie for who has the right one. */
const byPassword: WayIn = {
  who: ({ cookies }) => members.find(({ key }) => key === cookies['sid']),
  answer({ method, path, body }, send) {
    if (path !== '/login') return false;
    const who = members.find(({ email, password }) => email === body['email'] && password === body['password']);
    if (method === 'GET')
      send(200, '<form method="post" action="/login"><input name="email"><input type="password" name="password"></form>');
    else if (who) send(303, '', { location: '/me', 'set-cookie': `sid=${who.key}; Path=/; HttpOnly; SameSite=Lax` });
    else send(401, 'wrong');
    return true;
  },
};

describe('who has a key needs no sign-in', () => {
  it.each<[string, GivenPerson[], WayIn]>([
    ['in a header', keyed({ in: 'header', name: 'x-api-key' }), byKey(({ headers }) => headers['x-api-key'])],
    [
      'with a word in front of it',
      keyed({ in: 'header', name: 'authorization', scheme: 'Api-Key' }),
      byKey(({ headers }) => /^Api-Key (.+)$/.exec(headers.authorization ?? '')?.[1]),
    ],
    ['in the query', keyed({ in: 'query', name: 'api_key' }), byKey(({ query }) => query.get('api_key'))],
    [
      'by name and password with each request',
      named.map((one) => ({ ...one, basic: true })),
      {
        who: ({ headers }) => {
          const pair = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
          return members.find(({ email, password }) => pair === `${email}:${password}`);
        },
      },
    ],
  ])('%s', async (_, people, way) => {
    const clean = await triedAs(people, way);
    expect(clean.people.map(({ proof }) => proof)).toEqual([
      expect.stringContaining('GET /me names the account'),
      expect.stringContaining('GET /me names the account'),
    ]);
    expect(JSON.stringify(clean)).not.toMatch(/key-of-|right-password/);
    expect(got(clean)).toEqual([]);
    expect(
      clean.cells.some(({ route, relation, outcome }) => route === 'GET /notes/{id}' && relation === 'stranger' && outcome === 'refused'),
    ).toBe(true);
    expect([clean.notes, clean.leftovers, clean.sessions]).toEqual([0, [], []]);
    expect(got(await triedAs(people, way, { leaks: true }))).toEqual(['stranger read GET /notes/{id}']);
  });
});

describe('a session that is bound to a header', () => {
  const name = 'x-tenant';
  const people = named.map((one) => ({ ...one, headers: [[name, one.tenant!] as const] }));
  const app = (is: 'checked' | 'believed'): Habits => ({ tenantHeader: { name, is } });

  it('is nobody without it, and is tried with the header of the other (trap: a session that is bound to a header)', async () => {
    const live = await triedAs(people, byPassword, app('checked'));
    expect(got(live)).toEqual([]);
    expect(live.cells.some(({ sending, outcome }) => sending === 'x-tenant: acme' && outcome === 'refused')).toBe(true);
    expect(live.sessions.find(({ question }) => question === 'cookie')).toMatchObject({
      outcome: 'holds',
      text: 'scripts cannot read sid',
    });
    await expect(triedAs(named, byPassword, app('checked'))).rejects.toThrow(/anna could not be signed in/);
  });

  it('opens every tenant where the header is believed', async () => {
    expect(got(await triedAs(people, byPassword, app('believed'))).toSorted()).toEqual([
      'stranger delete DELETE /notes/{id} with x-tenant: acme',
      'stranger delete DELETE /notes/{id} with x-tenant: globex',
      'stranger list GET /notes with x-tenant: acme',
      'stranger list GET /notes with x-tenant: globex',
      'stranger read GET /notes/{id} with x-tenant: acme',
      'stranger read GET /notes/{id} with x-tenant: globex',
      'stranger update PUT /notes/{id} with x-tenant: acme',
      'stranger update PUT /notes/{id} with x-tenant: globex',
    ]);
  });

  it('is learnt from what a browser recorded', async () => {
    const recording = (tenant: string) =>
      JSON.stringify({
        log: {
          entries: [tenant, tenant, 'other'].map((value) => ({
            request: {
              method: 'GET',
              url: 'http://app/me',
              headers: [
                { name: 'X-Tenant', value },
                { name: 'X-Client-Info', value: 'web' },
              ],
            },
            response: { status: 200, content: { mimeType: 'application/json', text: '{}' } },
          })),
        },
      });
    const recordings = named.map(({ name: who, tenant }) => ({ who, exchanges: readHar(recording(tenant!), 'http://app') }));
    const live = await triedAs(named, byPassword, app('checked'), { recordings });
    expect(live.people).toHaveLength(2);
    expect(got(live)).toEqual([]);
  });
});
