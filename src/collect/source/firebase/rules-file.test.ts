import { describe, expect, it } from 'vitest';
import { readRulesFile, RulesError } from './rules-file.ts';

const today = '2026-06-01';
const firestore = (body: string): string =>
  `rules_version = '2';\nservice cloud.firestore {\n  match /databases/{database}/documents {\n${body}\n  }\n}\n`;
const read = (body: string) => readRulesFile('firestore.rules', firestore(body), today);
const kindOf = (condition: string, functions = '') =>
  read(`${functions}\nmatch /invoices/{id} { allow read: if ${condition}; }`).map(({ kind, until }) => (until ? `${kind} ${until}` : kind));

describe('Firestore and Storage rules', () => {
  it.each([
    ['true', 'open'],
    ['false', 'never'],
    ['request.auth != null', 'any-user'],
    ['request.auth.uid != null', 'any-user'],
    ['request.auth == null', 'open'],
    ['!(request.auth == null)', 'any-user'],
    ['!true', 'never'],
    ['request.auth.token.email_verified == true', 'any-user'],
    ['request.auth.uid == resource.data.ownerId', 'owner'],
    ['request.auth != null && request.auth.uid == resource.data.ownerId', 'owner'],
    ['request.auth != null || request.auth.uid == resource.data.ownerId', 'any-user'],
    ["request.auth.uid == 'mW3x'", 'role'],
    ["request.auth.uid in ['mW3x', 'k2']", 'role'],
    ['request.auth.uid in resource.data.members', 'owner'],
    ['request.auth.token.admin == true', 'role'],
    ['request.auth.token.org == resource.data.org', 'owner'],
    ["get(/databases/$(database)/documents/users/$(request.auth.uid)).data.role == 'admin'", 'role'],
    ['get(/databases/$(database)/documents/users/$(request.auth.uid)).data.org == resource.data.org', 'owner'],
    ['exists(/databases/$(database)/documents/admins/$(request.auth.uid))', 'role'],
    ['resource.data.published == true', 'resource'],
    ['!resource.data.hidden', 'resource'],
    ["request.resource.data.keys().hasAll(['name'])", 'resource'],
    ['request.auth != null && resource.data.published', 'any-user'],
    ['resource.data.published ? true : request.auth.uid == id', 'resource'],
    ['request.time < timestamp.date(2030, 3, 9)', 'until-date 2030-03-09'],
    ['request.time < timestamp.date(2026, 6, 1)', 'never'],
    ['request.auth != null || request.time < timestamp.date(2024, 1, 1)', 'any-user'],
    ['timestamp.date(2030, 3, 9) > request.time', 'until-date 2030-03-09'],
    ['somethingUnknown(id)', 'other'],
  ])('%s: %s', (condition, kind) => {
    expect(kindOf(condition)).toEqual([kind]);
  });

  it('follows functions with parameters, let and functions further down', () => {
    expect(kindOf('signedIn()', 'function signedIn() { return request.auth != null; }')).toEqual(['any-user']);
    expect(kindOf('owns(resource.data.userId)', 'function owns(uid) { return request.auth.uid == uid; }')).toEqual(['owner']);
    expect(
      kindOf(
        "hasRole('admin')",
        `function me() { return get(/databases/$(database)/documents/users/$(request.auth.uid)).data; }
         function hasRole(role) { let mine = me().role; return mine == role; }`,
      ),
    ).toEqual(['role']);
    expect(
      read('match /a/{id} { allow read: if later(); match /b/{b} { allow read: if later(); } }\nfunction later() { return true; }').map(
        ({ kind }) => kind,
      ),
    ).toEqual(['open', 'open']);
  });

  it('does not lose itself in functions that call themselves', () => {
    const many = Array.from({ length: 12 }, () => 'again()').join(' && ');
    expect(kindOf('again()', `function again() { return ${many}; }`)).toEqual(['other']);
  });

  it('knows an allow without condition, lists of operations, nesting and places', () => {
    const rules = read(
      'match /orgs/{org} {\n  allow get, list;\n  allow write: if false\n  match /notes/{note=**} { allow create: if true; }\n}',
    );
    expect(rules).toMatchObject([
      { match: '/orgs/{org}', operations: ['get', 'list'], kind: 'open', place: { file: 'firestore.rules', line: 5 } },
      { match: '/orgs/{org}', operations: ['write'], kind: 'never', condition: 'false', place: { line: 6 } },
      { match: '/orgs/{org}/notes/{note=**}', operations: ['create'], kind: 'open', place: { line: 7 } },
    ]);
  });

  it('is not confused by comments and by what stands in quotes', () => {
    const rules = read(
      `// allow read: if true;
       match /codes/{id} { /* { */
         allow read: if resource.data.code.matches('^[0-9]{5};$') && request.auth.uid == id; // }
         allow write: if request.resource.data.url == 'https://example.com/"}';
       }`,
    );
    expect(rules.map(({ kind, condition }) => [kind, condition])).toEqual([
      ['owner', "resource.data.code.matches('^[0-9]{5};$') && request.auth.uid == id"],
      ['resource', `request.resource.data.url == 'https://example.com/"}'`],
    ]);
  });

  it('says where roles are taken from, and which writes are limited to fields', () => {
    const role = "get(/databases/$(database)/documents/users/$(request.auth.uid)).data.role == 'admin'";
    const [admin, self] = read(
      `match /admin/{id} { allow read: if ${role}; }
       match /users/{uid} { allow update: if request.auth.uid == uid && !request.resource.data.diff(resource.data).affectedKeys().hasAny(['role']); }`,
    );
    expect(admin).toMatchObject({ trusts: [{ collection: 'users', field: 'role' }], limitsFields: false });
    expect(self).toMatchObject({ kind: 'owner', trusts: [], limitsFields: true });
  });

  it('reads Storage rules', () => {
    const source = `service firebase.storage { match /b/{bucket}/o { match /invoices/{file} { allow read, write: if request.auth != null; } match /{all=**} { allow read; } } }`;
    expect(readRulesFile('storage.rules', source, today)).toMatchObject([
      { product: 'storage', match: '/invoices/{file}', kind: 'any-user' },
      { product: 'storage', match: '/{all=**}', kind: 'open' },
    ]);
  });

  it.each([
    ['match /a/{id} { allow read: if (; }', 4],
    ['} } }', 4],
    ['match /a/{id} { allow read if true; }', 4],
    ['match /a/{id} { permit read; }', 4],
    ['function f() { return &&; }', 4],
    ['match /a/{id} {\n allow read: if a b; }', 5],
  ])('says where %j stops making sense', (body, line) => {
    expect(() => read(body)).toThrow(RulesError);
    try {
      read(body);
    } catch (error) {
      expect((error as RulesError).line).toBe(line);
    }
  });

  it('reads a long file quickly, whatever it is made of', () => {
    const started = performance.now();
    for (const filler of [' '.repeat(200_000), 'allow '.repeat(30_000), '{'.repeat(50_000), "'".repeat(100_001)])
      expect(() => read(`match /a/{id} { allow read ${filler} if`)).toThrow(RulesError);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
