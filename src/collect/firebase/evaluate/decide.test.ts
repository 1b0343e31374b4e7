import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRules } from '../language/parse-rules.ts';
import { decide } from './decide.ts';
import { openEnd, type Scene, type Store } from './scene.ts';
import { map, NULL, text, TRUE, type Value } from './value.ts';

const root = join(import.meta.dirname, '../../../../test/fixtures/firebase-portal');
const user = (uid: string, claims: Readonly<Record<string, Value>> = {}): Value =>
  map({ uid: text(uid), token: map({ email: text(`${uid}@mail.example`), email_verified: TRUE, ...claims }) });
const at = (method: Scene['method'], path: string, auth: Value, more: Partial<Scene> = {}): Scene => ({
  product: 'firestore',
  method,
  path: path.split('/'),
  auth,
  time: 1_800_000_000_000_000_000n,
  store: new Map(),
  ...more,
});

describe('the rules of the Firebase portal', () => {
  const [rules] = parseRules('firestore.rules', readFileSync(join(root, 'firestore.rules'), 'utf8'));
  const store: Store = new Map([
    ['organizations/north/members/ann', map({ role: text('client') })],
    ['organizations/north/members/olaf', map({ role: text('owner') })],
    ['organizations/south/members/ben', map({ role: text('owner') })],
  ]);
  const invoice = map({ clientId: text('ann'), number: text('17') });
  const path = 'organizations/north/invoices/17';
  const said = (scene: Scene): string => decide(rules!, { ...scene, store }).outcome;

  it.each([
    ['its client reads it', at('get', path, user('ann'), { before: invoice }), 'allowed'],
    ['its client does not change it', at('update', path, user('ann'), { before: invoice, sent: invoice }), 'refused'],
    ['staff changes it', at('update', path, user('olaf'), { before: invoice, sent: invoice }), 'allowed'],
    ['staff deletes it', at('delete', path, user('olaf'), { before: invoice }), 'allowed'],
    ['a stranger does not read it', at('get', path, user('ben'), { before: invoice }), 'refused'],
    ['a visitor does not read it', at('get', path, NULL, { before: invoice }), 'refused'],
    ['the price list is for all', at('get', 'plans/basic', NULL, { before: map({}) }), 'allowed'],
    ['a client opens a case', at('create', 'organizations/north/cases/1', user('ann'), { sent: invoice }), 'allowed'],
    ['nobody opens it for another', at('create', 'organizations/north/cases/1', user('olaf'), { sent: invoice }), 'refused'],
    ['a user writes his profile', at('create', 'users/ben', user('ben'), { sent: map({ displayName: text('Ben') }) }), 'allowed'],
    ['but no field of his own making', at('create', 'users/ben', user('ben'), { sent: map({ role: text('x') }) }), 'refused'],
  ])('%s', (_, scene, expected) => expect(said(scene)).toBe(expected));

  it('refuses a query that could bring what is not for the caller', () => {
    const list = (known: Readonly<Record<string, Value>>) =>
      said(
        at('list', 'organizations/north/invoices', user('ann'), {
          path: ['organizations', 'north', 'invoices', openEnd],
          before: { ...map(known), open: openEnd },
          query: {},
        }),
      );
    expect([list({}), list({ clientId: text('ben') }), list({ clientId: text('ann') })]).toEqual(['refused', 'refused', 'allowed']);
  });
});
