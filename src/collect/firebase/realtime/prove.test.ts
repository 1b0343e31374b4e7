import { describe, expect, it } from 'vitest';
import type { ProvedRules } from '../../../evidence/firebase-proof.ts';
import { parseExpression } from '../language/parse-expression.ts';
import { RulesError } from '../language/syntax.ts';
import { map, NULL, shown, text, TRUE, type Value } from '../evaluate/value.ts';
import { decideRealtime, type RealtimeScene } from './decide.ts';
import { valueIn, type View } from './evaluate.ts';
import { parseRealtime } from './parse.ts';
import { proveRealtime } from './prove.ts';

const auth: Value = map({ uid: text('ann'), token: map({ email: text('ann@mail.example'), admin: TRUE }) });
const number = (value: number): Value => ({ is: 'float', value });
const stored = map({ users: map({ ann: map({ role: text('admin'), age: number(30), on: TRUE }) }), note: text('Hello') });
const view: View = {
  stored,
  next: map({ users: map({ ann: map({ role: text('user') }) }) }),
  auth,
  now: 1_700_000_000_000,
  names: new Map([['$uid', 'ann']]),
  here: ['users', 'ann'],
  query: map({ limitToFirst: number(5) }),
};
const said = (source: string): string => {
  const found = valueIn(parseExpression(source, 'realtime'), view, { left: 10_000 });
  return found.is === 'error' ? 'fails' : found.is === 'any' ? 'unknown' : found.is === 'snapshot' ? 'snapshot' : shown(found);
};

describe('the language of the Realtime Database', () => {
  it.each([
    ['auth.uid === $uid && auth.token.admin === true', 'true'],
    ['auth.token.gone === null', 'true'],
    ["data.child('role').val() === 'admin'", 'true'],
    ["newData.child('role').val() !== data.child('role').val()", 'true'],
    ["root.child('users/ann/role').val()", '"admin"'],
    ["root.child('users').child(auth.uid).child('age').val() >= 18", 'true'],
    ["data.parent().child('ann').exists() && !data.child('gone').exists()", 'true'],
    ["data.hasChild('role') && data.hasChildren(['role', 'age']) && data.hasChildren()", 'true'],
    ["data.hasChildren(['role', 'gone'])", 'false'],
    ["data.child('role').isString() && data.child('age').isNumber() && data.child('on').isBoolean()", 'true'],
    ["root.child('note').val().length", '5'],
    [
      "root.child('note').val().contains('ell') && root.child('note').val().beginsWith('He') && root.child('note').val().endsWith('lo')",
      'true',
    ],
    ["root.child('note').val().toLowerCase() + root.child('note').val().toUpperCase()", '"helloHELLO"'],
    ["root.child('note').val().replace('l', 'L')", '"HeLLo"'],
    ["root.child('note').val().matches(/^h.l/i)", 'true'],
    ["root.child('note').val().matches(/^h/)", 'false'],
    ['data.getPriority() === null', 'true'],
    ['now > 1600000000000', 'true'],
    ['query.limitToFirst <= 10 && query.orderByChild === null', 'true'],
    ['1 + 2 * 3 - 4 / 2 + 7 % 4', '8'],
    ["'a' + 1", '"a1"'],
    ["auth['uid']", '"ann"'],
    ['true ? 1 : 2', '1'],
    ['-(1) < 0', 'true'],
    ["data.child('role').val() < 3", 'fails'],
    ["data.child('role').val() && true", 'fails'],
    ['data.role', 'fails'],
    ["root.child('note').val().length.x", 'fails'],
    ['data === null', 'fails'],
    ['whoever === 1', 'unknown'],
    ['data.fly()', 'unknown'],
    ['false && whoever', 'false'],
    ['whoever && false', 'false'],
  ])('%s is %s', (source, expected) => expect(said(source)).toBe(expected));

  it('reads JSON with comments, commas too many, nested names and rules that are true or false', () => {
    const root = parseRealtime(
      '{ /* a */ "rules": { // b\n "a/b": { ".read": true, }, "$x": { ".write": "auth != null\n", ".indexOn": ["c",] } } }',
    );
    expect(root.children.get('a')?.children.get('b')?.read?.text).toBe('true');
    expect(root.any).toMatchObject({ name: '$x', node: { write: { text: 'auth != null' } } });
  });

  it.each(['{', '{ "rules": [] }', '{}', '{ "rules": { ".read": tru } }', `{ "rules": ${'{"a":'.repeat(80)}`, '{ "rules": {} } x'])(
    'does not read %s',
    (source) => expect(() => parseRealtime(source)).toThrow(RulesError),
  );
});

describe('what a rule lets through', () => {
  const root = parseRealtime(
    `{ "rules": { "a": { ".read": "auth != null", "$id": { ".read": false, ".write": "auth.uid === $id", ".validate": "newData.hasChildren(['t'])", "t": { ".validate": "newData.isString()" } } } } }`,
  );
  const at = (method: RealtimeScene['method'], path: string, next: Value, who: Value = auth): string =>
    decideRealtime(root, { method, path: path.split('/'), auth: who, now: 0, stored: map({}), next, query: map({}) }).outcome;
  const written = (value: Value): Value => map({ a: map({ ann: value }) });

  it.each<[string, string, string]>([
    ['a read is let through by what stands above', at('get', 'a/bob', NULL), 'allowed'],
    ['and by nothing for a visitor', at('get', 'a/bob', NULL, NULL), 'refused'],
    ['a write of what is right', at('create', 'a/ann', written(map({ t: text('x') }))), 'allowed'],
    ['a write that is not valid', at('create', 'a/ann', written(map({ u: text('x') }))), 'refused'],
    ['a write that is not valid below', at('create', 'a/ann', written(map({ t: TRUE }))), 'refused'],
    ['a write below that leaves what is above right', at('update', 'a/ann/t', written(map({ t: text('y') }))), 'allowed'],
    ['a delete is not validated', at('delete', 'a/ann', map({})), 'allowed'],
    ['a write of another', at('create', 'a/bob', map({ a: map({ bob: map({ t: text('x') }) }) })), 'refused'],
    ['a place without rules', at('get', 'b', NULL), 'refused'],
  ])('%s', (_, outcome, expected) => expect(outcome).toBe(expected));
});

describe('what people reach in the Realtime Database', () => {
  const prove = (rules: string): ProvedRules =>
    proveRealtime(
      'database.rules.json',
      parseRealtime(`{ "rules": ${rules} }`),
      () => 1,
      Date.UTC(2026, 10, 1),
      () => false,
    );
  const letters = { got: 'G', refused: '.', nothing: '0', undecided: '?', broken: '!' } as const;
  const rows = (proof: ProvedRules, name: string): string[] =>
    ['owner', 'anon', 'newcomer', 'stranger'].map((who) =>
      ['get', 'create', 'update', 'delete']
        .map(
          (verb) =>
            letters[
              proof.objects.find((object) => object.name === name)?.cells.find((cell) => cell.who === who && cell.verb === verb)?.outcome ??
                'broken'
            ],
        )
        .join(' '),
    );

  it.each<[string, string, string, string[]]>([
    [
      'an owner in the path',
      '/users/{uid}',
      `{ "users": { "$uid": { ".read": "auth.uid === $uid", ".write": "auth.uid === $uid" } } }`,
      ['G G G G', '. . . .', '. . . .', '. . . .'],
    ],
    [
      'everybody who is signed in',
      '/notes',
      `{ "notes": { ".read": "auth != null", ".write": "auth != null" } }`,
      ['G G G G', '. . . .', 'G G G G', 'G G G G'],
    ],
    [
      'everybody until a day',
      '/',
      `{ ".read": "now < 4000000000000", ".write": "now < 1000" }`,
      ['G . . .', 'G . . .', 'G . . .', 'G . . .'],
    ],
    [
      'an owner in a field',
      '/notes/{id}',
      `{ "notes": { "$id": { ".read": "data.child('uid').val() === auth.uid", ".write": "auth != null && (!data.exists() || data.child('uid').val() === auth.uid) && (!newData.exists() || newData.child('uid').val() === auth.uid)", ".validate": "newData.hasChildren(['uid', 'title']) && newData.child('title').val().length < 10" } } }`,
      ['G G G G', '. . . .', '. . . .', '. . . .'],
    ],
    [
      'only what is sent is asked about',
      '/notes/{id}',
      `{ "notes": { "$id": { ".read": "data.child('uid').val() === auth.uid", ".write": "newData.child('uid').val() === auth.uid" } } }`,
      ['G G G .', '. . . ?', '. . G .', '. . G .'],
    ],
    [
      'members of a group',
      '/groups/{id}/chat',
      `{ "groups": { "$id": { "chat": { ".read": "root.child('members').child($id).child(auth.uid).exists()" } } } }`,
      ['G . . .', '. . . .', '. . . .', '. . . .'],
    ],
    ['a rule that cannot be read', '/odd', `{ "odd": { ".read": "auth ===" } }`, ['? . . .', '? . . .', '? . . .', '? . . .']],
  ])('%s', (_, name, rules, expected) => expect(rows(prove(rules), name)).toEqual(expected));

  it('follows what users write about themselves', () => {
    const proof = prove(
      `{ "reports": { ".read": "root.child('users').child(auth.uid).child('role').val() === 'admin'" }, "users": { "$uid": { ".write": "auth.uid === $uid" } } }`,
    );
    expect(proof.escalations).toMatchObject([
      { who: 'newcomer', what: 'sets role to "admin" in /users/{uid}', unlocks: [{ object: '/reports', verbs: ['get'] }] },
    ]);
    const kept = prove(
      `{ "reports": { ".read": "root.child('users').child(auth.uid).child('role').val() === 'admin'" }, "users": { "$uid": { ".write": "auth.uid === $uid", "role": { ".validate": "newData.val() === data.val()" } } } }`,
    );
    expect(kept.escalations).toEqual([]);
  });
});
