import { describe, expect, it } from 'vitest';
import { readRealtimeRules } from './realtime.ts';

const read = (source: string) => readRealtimeRules('database.rules.json', source, '2026-06-01');
const kindOf = (rule: unknown) => read(JSON.stringify({ rules: { notes: { $id: { '.read': rule } } } })).map(({ kind }) => kind);

describe('Realtime Database rules', () => {
  it.each([
    [true, 'open'],
    [false, 'never'],
    ['true', 'open'],
    ['auth != null', 'any-user'],
    ['auth.uid !== null', 'any-user'],
    ['auth.uid === $id', 'owner'],
    ["root.child('admins').child(auth.uid).exists()", 'role'],
    ["root.child('users').child(auth.uid).child('role').val() === 'admin'", 'role'],
    ['data.child("owner").val() === auth.uid', 'owner'],
    ['!data.exists()', 'resource'],
    ['now < 1900000000000', 'until-date'],
    ['now < 1740787200000', 'never'],
    ['newData.isString() && newData.val().matches(/^[a-z]{2}$/)', 'resource'],
    ['this is no rule', 'other'],
  ])('%j: %s', (rule, kind) => {
    expect(kindOf(rule)).toEqual([kind]);
  });

  it('says path, operation, line and where roles come from', () => {
    const rules = read(
      `{
  // the rules
  "rules": {
    ".read": "auth != null",
    "users": {
      "$uid": {
        ".read": "auth.uid === $uid",
        ".write": "root.child('users').child(auth.uid).child('role').val() === 'admin'"
      }
    }
  }
}`,
    );
    expect(rules).toMatchObject([
      { match: '/', operations: ['read'], kind: 'any-user', place: { file: 'database.rules.json', line: 4 } },
      { match: '/users/{uid}', operations: ['read'], kind: 'owner', place: { line: 7 } },
      { match: '/users/{uid}', operations: ['write'], kind: 'role', place: { line: 8 }, trusts: [{ collection: 'users', field: 'role' }] },
    ]);
  });

  it('refuses what is no JSON, and finds nothing in other JSON', () => {
    expect(() => read('{ "rules": ')).toThrow(Error);
    expect(read('{ "rules": [1], "more": true }')).toEqual([]);
    expect(read('{}')).toEqual([]);
  });
});
