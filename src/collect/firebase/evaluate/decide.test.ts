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

describe('patterns', () => {
  const rules = (version: string, body: string, service = 'cloud.firestore', root = '/databases/{db}/documents') =>
    parseRules('r', `${version} service ${service} { match ${root} { ${body} } }`)[0]!;
  const two = "rules_version = '2';";
  const get = (version: string, pattern: string, path: string, condition = 'true') =>
    decide(rules(version, `match ${pattern} { allow get: if ${condition}; }`), at('get', path, NULL, { before: map({}) })).outcome;

  it.each([
    ['', '/users/{id}', 'users/ann', 'allowed'],
    ['', '/users/{id}', 'users/ann/notes/1', 'refused'],
    ['', '/users/{id}/{rest=**}', 'users/ann', 'refused'],
    [two, '/users/{id}/{rest=**}', 'users/ann', 'allowed'],
    ['', '/users/{id}/{rest=**}', 'users/ann/notes/1', 'allowed'],
    [two, '/{path=**}/notes/{id}', 'users/ann/notes/1', 'allowed'],
    [two, '/{path=**}/notes/{id}', 'notes/1', 'allowed'],
    ['', '/{path=**}/notes/{id}', 'notes/1', 'refused'],
    [two, '/{all=**}', 'a/b/c/d', 'allowed'],
    [two, '/config/public', 'config/public', 'allowed'],
    [two, '/config/public', 'config/private', 'refused'],
  ])('%s match %s on %s: %s', (version, pattern, path, expected) => expect(get(version, pattern, path)).toBe(expected));

  it('bind what they stand for', () => {
    expect(get(two, '/users/{id}/{rest=**}', 'users/ann/notes/1', 'id == "ann" && rest[0] == "notes"')).toBe('allowed');
  });

  it.each([
    ['read', 'get', 'allowed'],
    ['read', 'list', 'allowed'],
    ['get', 'list', 'refused'],
    ['write', 'create', 'allowed'],
    ['write', 'delete', 'allowed'],
    ['update', 'create', 'refused'],
  ] as const)('allow %s lets %s through: %s', (verb, method, expected) => {
    const scene = at(method, 'a/b', NULL, { ...(method === 'list' && { path: ['a', openEnd], query: {} }), sent: map({}) });
    expect(decide(rules(two, `match /a/{id} { allow ${verb}; }`), scene).outcome).toBe(expected);
  });

  it('have no list for a document that is written out, nor in the first version of Storage', () => {
    const scene = at('list', 'config', NULL, { path: ['config', openEnd], query: {} });
    expect(decide(rules(two, 'match /config/public { allow read; }'), scene).outcome).toBe('refused');
    const files = at('list', 'x', NULL, { product: 'storage', path: ['x', openEnd], query: {} });
    const outcomes = ['', two].map(
      (version) => decide(rules(version, 'match /{all=**} { allow read; }', 'firebase.storage', '/b/{bucket}/o'), files).outcome,
    );
    expect(outcomes).toEqual(['refused', 'allowed']);
  });

  it('end, however many ways there are', () => {
    const deep = Array.from({ length: 30 }, (_, index) => `match /{a${index}=**} {`).join(' ');
    const ruleset = rules(two, `${deep} allow read: if false; ${'}'.repeat(30)}`);
    expect(decide(ruleset, at('get', 'a/b/c/d/e/f', NULL)).outcome).toBe('unsure');
  });

  it.each([
    'service cloud.firestore { match /a { allow read: if ',
    'service x.y { }',
    'service cloud.firestore { allow peek: if true; }',
    'match',
    '{',
    `${'('.repeat(300)}`,
  ])('are not read: %s', (source) => expect(() => parseRules('r', source)).toThrow());

  it('know the document of a list that a query names', () => {
    const scene = (path: Scene['path']) => at('list', 'users', user('ann'), { path, query: { limit: 10 } });
    const ruleset = rules(two, 'match /users/{id} { allow list: if request.auth.uid == id || request.query.limit > 50; }');
    expect([decide(ruleset, scene(['users', openEnd])).outcome, decide(ruleset, scene(['users', 'ann'])).outcome]).toEqual([
      'refused',
      'allowed',
    ]);
  });
});
