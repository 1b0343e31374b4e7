import { describe, expect, it } from 'vitest';
import type { FirebaseRule } from '../../evidence/firebase.ts';
import { firebaseRulesOpen } from './firebase-rules-open.ts';

const rule = (change: Partial<FirebaseRule>): FirebaseRule => ({
  product: 'firestore',
  place: { file: 'firestore.rules', line: 6 },
  match: '/invoices/{id}',
  operations: ['read'],
  condition: 'request.auth != null',
  kind: 'any-user',
  trusts: [],
  limitsFields: false,
  ...change,
});
const judge = (...rules: FirebaseRule[]) => [...firebaseRulesOpen.evaluate({ firebase: { rules, gaps: [] } })];
const everything = '/{document=**}';

describe('audit/firebase-rules-open', () => {
  it.each<[string, Partial<FirebaseRule>, string | undefined]>([
    ['accounts read invoices', {}, 'high'],
    ['strangers read invoices', { kind: 'open' }, 'blocker'],
    ['strangers read invoices until a day', { kind: 'until-date', until: '2030-01-01' }, 'blocker'],
    ['rows that meet a condition are read', { kind: 'resource' }, 'medium'],
    ['whoever sends the right data changes them', { kind: 'resource', operations: ['update'] }, 'high'],
    ['strangers read products', { kind: 'open', match: '/products/{id}' }, undefined],
    ['strangers change products', { kind: 'open', match: '/products/{id}', operations: ['write'] }, 'high'],
    ['accounts change products', { match: '/products/{id}', operations: ['delete'] }, 'medium'],
    ['strangers send a contact form', { kind: 'open', match: '/contactMessages/{id}', operations: ['create'] }, undefined],
    ['strangers add orders', { kind: 'open', match: '/orders/{id}', operations: ['create'] }, 'medium'],
    ['accounts add orders', { match: '/orders/{id}', operations: ['create'] }, 'low'],
    ['everything is open', { kind: 'open', match: everything }, 'blocker'],
    ['every file can be read', { kind: 'open', match: '/{all=**}', product: 'storage' }, 'high'],
    ['some files can be read', { kind: 'open', match: '/invoices/{file}', product: 'storage' }, 'medium'],
    ['owners only', { kind: 'owner' }, undefined],
    ['roles only', { kind: 'role' }, undefined],
    ['nobody', { kind: 'never' }, undefined],
  ])('weighs: %s', (_, change, severity) => {
    expect(judge(rule(change))).toMatchObject([severity === undefined ? { outcome: 'pass' } : { outcome: 'fail', severity }]);
  });

  it('says who can do what', () => {
    const [found] = judge(rule({ operations: ['read', 'write'] }));
    expect(found).toMatchObject({ subject: 'firestore firestore.rules /invoices/{id}', place: { line: 6, name: '/invoices/{id}' } });
    expect(found?.message).toBe(
      'Everybody who signs up can read and change and delete /invoices/{id} in Firestore: the rule asks only whether somebody is signed in.',
    );
    expect(found?.proof).toMatchObject([{ kind: 'code', text: 'allow read, write: if request.auth != null' }]);
    expect(judge(rule({ kind: 'until-date', until: '2030-01-01', match: everything }))[0]?.message).toContain(
      'can read everything in Firestore until 2030-01-01',
    );
  });

  it('judges rules of one path together', () => {
    expect(
      judge(rule({ kind: 'owner' }), rule({ kind: 'open', operations: ['update'], place: { file: 'firestore.rules', line: 9 } })),
    ).toMatchObject([{ outcome: 'fail', severity: 'blocker', place: { line: 9 } }]);
  });

  it('asks where a condition was not understood', () => {
    expect(judge(rule({ kind: 'other', condition: 'odd()' }))).toMatchObject([
      { outcome: 'unknown', severity: 'medium', message: expect.stringContaining('odd()'), toKnow: expect.any(String) },
    ]);
  });

  it('says which file could not be read', () => {
    const gaps = [{ what: 'Firebase rules', why: 'a } too many', place: { file: 'firestore.rules', line: 30 } }];
    expect([...firebaseRulesOpen.evaluate({ firebase: { rules: [], gaps } })]).toMatchObject([
      { outcome: 'unknown', subject: 'firebase firestore.rules', place: { line: 30 } },
    ]);
  });

  it('sees that users write what other rules trust', () => {
    const own = rule({ match: '/users/{uid}', kind: 'owner', operations: ['write'] });
    const admin = rule({ match: '/admin/{id}', kind: 'role', trusts: [{ collection: 'users', field: 'role' }] });
    const faults = (...rules: FirebaseRule[]) => judge(...rules).filter(({ outcome }) => outcome === 'fail');
    expect(faults(own, admin)).toMatchObject([
      {
        severity: 'blocker',
        subject: 'firestore firestore.rules /users/{uid} self',
        message: expect.stringContaining('take role from it'),
      },
    ]);
    expect(faults({ ...own, limitsFields: true }, admin)).toEqual([]);
    expect(faults({ ...own, operations: ['read'] }, admin)).toEqual([]);
    expect(faults({ ...own, kind: 'role' }, admin)).toEqual([]);
    expect(faults(own, { ...admin, trusts: [] })).toEqual([]);
    expect(faults(own, { ...admin, product: 'database' })).toEqual([]);
  });
});
