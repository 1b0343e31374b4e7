import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProvedRules } from '../../../evidence/firebase-proof.ts';
import { parseRules } from '../language/parse-rules.ts';
import { proveRules } from './prove.ts';

const now = Date.UTC(2026, 10, 1);
const prove = (source: string): ProvedRules =>
  proveRules(parseRules('firestore.rules', source)[0]!, { collections: new Map() }, now, () => false);
const firestore = (body: string): ProvedRules =>
  prove(
    `rules_version = '2'; service cloud.firestore { match /databases/{database}/documents { function signedIn() { return request.auth != null; } ${body} } }`,
  );

const letters = { got: 'G', refused: '.', nothing: '0', undecided: '?', broken: '!' } as const;
const verbs = ['get', 'list', 'create', 'update', 'delete'] as const;
/** One letter for each cell of a person: G got, . refused, ? undecided; a create in the owner's name comes before one in the own. */
const row = (proof: ProvedRules, who: string, name?: string): string =>
  verbs
    .map((verb) =>
      (proof.objects.find((object) => name === undefined || object.name === name)?.cells ?? [])
        .filter((cell) => cell.who === who && cell.verb === verb)
        .map(({ outcome }) => letters[outcome])
        .join(''),
    )
    .join(' ');
const rows = (proof: ProvedRules, name?: string): string[] => ['owner', 'anon', 'newcomer', 'stranger'].map((who) => row(proof, who, name));

describe('what people reach', () => {
  it.each<[string, string, string[]]>([
    [
      'an owner in a field',
      'match /notes/{id} { allow read, update, delete: if resource.data.uid == request.auth.uid; allow create: if request.resource.data.uid == request.auth.uid; }',
      ['G G G G G', '. . .. . .', '. . .G . .', '. . .G . .'],
    ],
    [
      'an owner in the path',
      'match /users/{id} { allow read, write: if request.auth.uid == id; }',
      ['G G G G G', '. . .. . .', '. . .G . .', '. . .G . .'],
    ],
    [
      'everybody who is signed in',
      'match /notes/{id} { allow read, write: if signedIn(); }',
      ['G G G G G', '. . . . .', 'G G G G G', 'G G G G G'],
    ],
    ['everybody', 'match /notes/{id} { allow read, write; }', ['G G G G G', 'G G G G G', 'G G G G G', 'G G G G G']],
    ['nobody', 'match /notes/{id} { allow read, write: if false; }', ['. . . . .', '. . . . .', '. . . . .', '. . . . .']],
    [
      'a list of members',
      'match /rooms/{id} { allow read: if request.auth.uid in resource.data.members; allow create: if request.auth.uid in request.resource.data.members; }',
      ['G G G . .', '. . .. . .', '. . .G . .', '. . .G . .'],
    ],
    [
      'a mail address',
      'match /orders/{id} { allow read: if resource.data.email == request.auth.token.email; }',
      ['G G . . .', '. . . . .', '. . . . .', '. . . . .'],
    ],
    [
      'only what is sent is asked about',
      'match /notes/{id} { allow read: if resource.data.uid == request.auth.uid; allow create, update: if request.resource.data.uid == request.auth.uid; }',
      ['G G G G .', '. . .. . .', '. . .G G .', '. . .G G .'],
    ],
    [
      'a strict form',
      "match /forms/{id} { allow read: if resource.data.uid == request.auth.uid; allow create: if request.resource.data.keys().hasOnly(['uid', 'title', 'size', 'kind', 'code', 'at']) && request.resource.data.keys().hasAll(['uid', 'title', 'at']) && request.resource.data.uid == request.auth.uid && request.resource.data.title is string && request.resource.data.title.size() in [4, 5] == false && request.resource.data.title.size() > 3 && request.resource.data.title.size() <= 80 && request.resource.data.size is int && request.resource.data.size > 10 && request.resource.data.kind in ['a', 'b'] && request.resource.data.code.matches('[A-Z]{3}-[0-9]+') && request.resource.data.at == request.time; }",
      ['G G G . .', '. . .. . .', '. . .G . .', '. . .G . .'],
    ],
    [
      'a query that has to be short',
      'match /notes/{id} { allow list: if resource.data.uid == request.auth.uid && request.query.limit <= 20; }',
      ['. G . . .', '. . .. . .', '. . .. . .', '. . .. . .'],
    ],
    [
      'a field that must not be touched',
      "match /users/{id} { allow read: if request.auth.uid == id; allow create: if request.auth.uid == id && !('role' in request.resource.data); allow update: if request.auth.uid == id && !request.resource.data.diff(resource.data).affectedKeys().hasAny(['role']); }",
      ['G G G G .', '. . .. . .', '. . .G . .', '. . .G . .'],
    ],
  ])('%s', (_, body, expected) => expect(rows(firestore(body))).toEqual(expected));

  it('tells members of an organization from strangers', () => {
    const proof = firestore(`
      function role(org) { return get(/databases/$(database)/documents/orgs/$(org)/members/$(request.auth.uid)).data.role; }
      match /orgs/{org}/invoices/{id} { allow read: if signedIn() && role(org) in ['viewer', 'admin']; allow write: if signedIn() && role(org) == 'admin'; }`);
    expect(rows(proof)).toEqual(['G G G G G', '. . .. . .', '. . .. . .', '. . .G . .']);
    expect([row(proof, 'peer'), row(proof, 'admin')]).toEqual(['G G   ', 'G G G G G']);
    expect(proof.objects[0]?.belongs).toEqual({ to: 'tenant', path: ['members'], told: 'rules' });
  });

  it('ties a tenant by the profile, and does not take an empty one for a tie', () => {
    const proof = firestore(`
      function mine() { return get(/databases/$(database)/documents/users/$(request.auth.uid)).data.get('clinicId', ''); }
      match /patients/{id} { allow read, update: if signedIn() && mine() == resource.data.clinicId; allow create: if signedIn() && mine() == request.resource.data.clinicId; }`);
    expect(rows(proof)).toEqual(['G G G G .', '. . .. . .', '. . .. . .', '. . .G . .']);
  });

  it('gives nobody power that the rules ask for, but an administrator', () => {
    const proof = firestore(
      "match /reports/{id} { allow read: if request.auth.token.admin == true || request.auth.token.email in ['boss@firm.example']; }",
    );
    expect([row(proof, 'owner'), row(proof, 'admin'), row(proof, 'stranger')]).toEqual(['. . . . .', 'G G   ', '. . . . .']);
  });

  it('knows what is public by its own mark from what is not', () => {
    const marked = firestore('match /notes/{id} { allow read: if resource.data.published == true; }');
    expect([marked.objects[0]?.publishedBy, row(marked, 'anon')]).toEqual(['published == true', 'G G . . .']);
    const tied = firestore(
      'match /notes/{id} { allow read: if resource.data.published == true || resource.data.uid == request.auth.uid; }',
    );
    expect([tied.objects[0]?.publishedBy, row(tied, 'anon')]).toEqual([undefined, '. . .. . .']);
  });

  it('says what an update may change, and that the document was taken over', () => {
    const [object] = firestore(
      "match /posts/{id} { allow read; allow create: if request.resource.data.author == request.auth.uid; allow update: if signedIn() && request.resource.data.diff(resource.data).affectedKeys().hasOnly(['likes']); }",
    ).objects;
    expect(object?.cells.find(({ who, verb }) => who === 'stranger' && verb === 'update')?.columns).toEqual(['likes']);
    const [taken] = firestore(
      'match /notes/{id} { allow read, create: if signedIn(); allow update: if request.resource.data.uid == request.auth.uid; }',
    ).objects;
    expect(taken?.cells.find(({ who, verb }) => who === 'stranger' && verb === 'update')).toMatchObject({
      outcome: 'got',
      variant: 'take',
    });
  });

  it('never calls refused what it could not evaluate, or what not even the owner can do', () => {
    const odd = firestore('match /notes/{id} { allow read: if resource.data.uid == request.auth.uid || ownMagic(id); }');
    expect(rows(odd)[3]).toBe('? ? .. . .');
    const never = firestore(
      "match /notes/{id} { allow get: if get(/databases/$(database)/documents/a/$(get(/databases/$(database)/documents/b/c).data.d.split('-')[7])).data.e.f[3] == 9; }",
    );
    expect(rows(never)[3]).toBe('? . . . .');
  });

  it('is the same each time, and stops when there is no time', () => {
    const source = readFileSync(join(import.meta.dirname, '../../../../test/fixtures/firebase-portal/firestore.rules'), 'utf8');
    expect(prove(source)).toEqual(prove(source));
    const hasty = proveRules(parseRules('f', source)[0]!, { collections: new Map() }, now, () => true);
    expect([hasty.objects, hasty.cutShort]).toEqual([[], expect.stringContaining('not tried')]);
  });
});

describe('ways to power', () => {
  const told = (proof: ProvedRules) =>
    proof.escalations.map(
      ({ who, what, unlocks }) =>
        `${who} ${what}: ${unlocks.map(({ object, verbs: opened }) => `${object} ${opened.join(' ')}`).join(', ')}`,
    );
  const admin =
    "function isAdmin() { return signedIn() && get(/databases/$(database)/documents/users/$(request.auth.uid)).data.role == 'admin'; }";
  const invoices = 'match /invoices/{id} { allow read: if isAdmin(); allow write: if false; }';

  it('are found where users write the role that rules trust', () => {
    expect(told(firestore(`${admin} ${invoices} match /users/{id} { allow read, write: if request.auth.uid == id; }`))).toEqual([
      'newcomer sets role to "admin" in /users/{id}: /invoices/{id} get list',
    ]);
  });

  it.each([
    "match /users/{id} { allow read: if request.auth.uid == id; allow create: if request.auth.uid == id && request.resource.data.role == 'user'; allow update: if request.auth.uid == id && request.resource.data.role == resource.data.role; }",
    "match /users/{id} { allow read: if request.auth.uid == id; allow create: if request.auth.uid == id && !('role' in request.resource.data); allow update: if request.auth.uid == id && !request.resource.data.diff(resource.data).affectedKeys().hasAny(['role']); }",
    'match /users/{id} { allow read: if request.auth.uid == id; allow write: if isAdmin(); }',
  ])('are not there where the role is kept: %s', (users) => {
    expect(told(firestore(`${admin} ${invoices} ${users}`))).toEqual([]);
  });

  it('are found in two steps: the document is made without the role, then changed', () => {
    expect(
      told(
        firestore(
          `${admin} ${invoices} match /users/{id} { allow create: if request.auth.uid == id && !('role' in request.resource.data); allow update: if request.auth.uid == id; }`,
        ),
      ),
    ).toEqual(['newcomer sets role to "admin" in /users/{id}: /invoices/{id} get list']);
  });

  it('are found where members add themselves', () => {
    const proof = firestore(`
      match /orgs/{org}/files/{id} { allow read: if exists(/databases/$(database)/documents/orgs/$(org)/members/$(request.auth.uid)); }
      match /orgs/{org}/members/{uid} { allow create: if request.auth.uid == uid; }`);
    expect(told(proof)).toEqual(['newcomer adds a document about himself to /orgs/{org}/members/{uid}: /orgs/{org}/files/{id} get list']);
  });
});

describe('rules that want to keep us busy', () => {
  const chain = (of: (index: number) => string): string => Array.from({ length: 19 }, (_, index) => of(index)).join(' ');
  it.each([
    [
      'lists of the same list',
      `${chain((index) => `function f${index}(x) { let a = [x, x, x]; let b = [a, a, a]; return ${index === 18 ? 'b == b' : `f${index + 1}(b)`}; }`)} match /a/{b} { allow read, write: if f0(request.auth.uid); }`,
    ],
    [
      'functions that call the next three times',
      `${chain((index) => `function g${index}() { return ${index === 18 ? 'request.resource.data.x == 1' : `g${index + 1}() || g${index + 1}() || g${index + 1}()`}; }`)} match /a/{b} { allow read, write: if g0(); }`,
    ],
  ])('end undecided: %s', (_, body) => {
    const cells = firestore(body).objects.flatMap(({ cells: all }) => all);
    expect([...new Set(cells.map(({ outcome }) => outcome))]).toEqual(['undecided']);
  });

  it('end unread: a condition of two thousand parts', () => {
    const condition = Array.from({ length: 2000 }, (_, index) => `resource.data.f${index} == 1`).join(' || ');
    expect(() => firestore(`match /a/{b} { allow read: if ${condition}; }`)).toThrow('too long');
  });
});

/** Each condition of the clean portal is taken away in turn: only what the rule speaks about may change. */
describe('the clean Firebase portal', () => {
  const source = readFileSync(join(import.meta.dirname, '../../../../test/fixtures/firebase-portal/firestore.rules'), 'utf8');
  const outsiders = (proof: ProvedRules): Map<string, string> =>
    new Map(
      proof.objects.flatMap(({ name, cells }) =>
        cells
          .filter(({ who, variant }) => ['anon', 'newcomer', 'stranger'].includes(who) && variant !== 'own')
          .map(({ who, verb, outcome }) => [`${name} ${verb} ${who}`, outcome] as const),
      ),
    );
  const clean = outsiders(prove(source));
  const weakened = (find: string, replace: string): string[] => {
    expect(source.split(find).length).toBe(2);
    const after = outsiders(prove(source.replace(find, replace)));
    expect([...after.keys()].filter((key) => !clean.has(key))).toEqual([]);
    return [...after]
      .filter(([key, outcome]) => clean.get(key) !== outcome)
      .map(([key, outcome]) => `${key.replace('/organizations/{orgId}', '…')}: ${outcome}`);
  };
  const all = (name: string, list: readonly string[], who: readonly string[]): string[] =>
    list.flatMap((verb) => who.map((person) => `${name} ${verb} ${person}: got`));

  it('lets outsiders at nothing but the price list', () => {
    expect([...clean].filter(([, outcome]) => outcome !== 'refused').map(([key]) => key)).toEqual(
      ['get', 'list'].flatMap((verb) => ['anon', 'newcomer', 'stranger'].map((who) => `/plans/{planId} ${verb} ${who}`)),
    );
  });

  it.each<[string, string, string, string[]]>([
    [
      'profiles: the owner',
      'allow read: if signedIn() && request.auth.uid == userId;',
      'allow read: if signedIn();',
      all('/users/{userId}', ['get', 'list'], ['newcomer', 'stranger']),
    ],
    [
      'profiles: everything',
      'allow read: if signedIn() && request.auth.uid == userId;',
      'allow read;',
      all('/users/{userId}', ['get', 'list'], ['anon', 'newcomer', 'stranger']),
    ],
    ['profiles: the fields only', "        && request.resource.data.keys().hasOnly(['displayName', 'photoUrl']);", ';', []],
    [
      'profiles: who writes',
      '        && request.auth.uid == userId\n',
      '',
      all('/users/{userId}', ['create', 'update'], ['newcomer', 'stranger']),
    ],
    [
      'organizations: members',
      'allow read: if isMember(orgId);',
      'allow read: if signedIn();',
      all('…', ['get', 'list'], ['newcomer', 'stranger']),
    ],
    [
      'organizations: owners',
      "allow update: if hasRole(orgId, ['owner'])",
      'allow update: if signedIn()',
      all('…', ['update'], ['newcomer', 'stranger']),
    ],
    [
      'members: who writes',
      "allow create, update, delete: if hasRole(orgId, ['owner']);",
      'allow create, update, delete: if signedIn();',
      all('…/members/{memberId}', ['create', 'update', 'delete'], ['newcomer', 'stranger']),
    ],
    [
      'members: who reads',
      "allow read: if (signedIn() && request.auth.uid == memberId) || hasRole(orgId, ['owner', 'staff']);",
      "allow read: if signedIn() || hasRole(orgId, ['owner', 'staff']);",
      all('…/members/{memberId}', ['get', 'list'], ['newcomer', 'stranger']),
    ],
    [
      'cases: the client',
      'allow create: if isMember(orgId) && request.resource.data.clientId == request.auth.uid;',
      'allow create: if isMember(orgId);',
      [],
    ],
    [
      'cases: the membership',
      'allow create: if isMember(orgId) && request.resource.data.clientId == request.auth.uid;',
      'allow create: if request.resource.data.clientId != null;',
      all('…/cases/{caseId}', ['create'], ['anon', 'newcomer', 'stranger']),
    ],
    [
      'the price list: who writes',
      'allow write: if false;',
      'allow write: if signedIn();',
      all('/plans/{planId}', ['create', 'update', 'delete'], ['newcomer', 'stranger']),
    ],
  ])('%s', (_, find, replace, expected) => expect(weakened(find, replace).toSorted()).toEqual(expected.toSorted()));

  it('opens everything that asks for a member where anybody counts as one', () => {
    const open = weakened('return signedIn() && exists(memberPath(orgId));', 'return signedIn();');
    expect(open.toSorted()).toEqual(all('…', ['get', 'list'], ['newcomer', 'stranger']).toSorted());
  });

  it('opens everything that asks for a role where every role counts', () => {
    const open = weakened('return isMember(orgId) && get(memberPath(orgId)).data.role in roles;', 'return signedIn();');
    const places = ['…/members/{memberId}', '…/invoices/{invoiceId}', '…/cases/{caseId}'];
    expect(open.toSorted()).toEqual(
      [
        ...all('…', ['update'], ['newcomer', 'stranger']),
        ...places.flatMap((name) => all(name, ['get', 'list', 'update', 'delete'], ['newcomer', 'stranger'])),
        ...places.slice(0, 2).flatMap((name) => all(name, ['create'], ['newcomer', 'stranger'])),
      ].toSorted(),
    );
  });
});
