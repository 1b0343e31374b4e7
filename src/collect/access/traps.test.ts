import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';

/** What misled testers on apps that run somewhere, and where a test of ours has it: a file, and the words by which it stands there. */
type Held = readonly [trap: string, ...tests: readonly (readonly [file: string, words: string])[]];

const prove = 'prove.test.ts';
const members = 'probes/members.test.ts';
const office = 'probes/office.test.ts';
const pages = 'pages/pages.test.ts';
const shop = 'surface/graphql/shop.test.ts';

/** Right, and looks like a flaw. */
const right: readonly Held[] = [
  [
    "a write to another's address acts on the caller",
    [prove, 'put-acts-on-caller'],
    [members, 'answers-204-and-changes-the-caller'],
    [pages, 'edits-the-callers'],
  ],
  ['200 for a removal that does nothing', [prove, 'delete-does-nothing'], [pages, 'says-done-and-does-nothing']],
  ['the same answer for everybody', [prove, 'same-for-everybody']],
  ['what is shared by all who work together', [prove, 'listed-to-all'], [pages, "route === 'POST /board/{id}' && shared === 'listed'"]],
  ['who runs the app sees all', ['surface/graphql/fixture.ts', "me.role === 'ADMIN'"], [shop, 'administrator: true']],
  ['200 for a page with nothing on it', [pages, "'GET /staff'"], [pages, 'empty-form-for-any-id']],
  [
    'a refusal by redirect, 400, 500, an empty 200 or null',
    [prove, 'denies-by-redirect'],
    [prove, 'denies-by-400'],
    [prove, 'denies-by-500'],
    [prove, 'denies-by-empty-200'],
    [shop, 'refuses-by-null'],
  ],
  ['204 without a body or an address', [prove, 'created-without-body']],
  ['a short-lived token outlives its refresh token', ['sessions/sessions.test.ts', 'one of minutes is meant to live on']],
  ["one's own pages have the same shape with other values", [members, "toContain('PUT /me')"]],
  ['a session that is bound to a header', ['people/keys.test.ts', 'a session that is bound to a header']],
  ['ready before the routes are there', ['app/start.test.ts', 'waits until it works']],
  ['a GET that destroys', [prove, 'app.destroyed()']],
  ['a list of people that is meant for all', [members, "['is as it should be', []]"], [prove, 'lists everything to everybody']],
  ['comments on what visitors are shown', [office, 'GET /products/{id}/comments']],
  ['a role that is echoed and not given', [members, 'echoes-the-role']],
];

/** Wrong, and looks right. */
const wrong: readonly Held[] = [
  ['ids in the body', [office, 'id-in-the-body'], [members, 'profile-by-name'], [pages, 'hidden-id']],
  ['several ids in the body', [office, 'several-at-once']],
  ['a key that is in the body twice', [office, 'checks-the-first-key']],
  ['ids in the query', [office, 'whose-by-query']],
  ['ids that are only told at the door', [office, 'told-at-the-door']],
  ['things that hold nothing but numbers', ['walk/browser.test.ts', "'items'"]],
  ['routes that nothing names', [members, 'unnamed-delete'], [shop, 'order-by-number']],
  ['an answer in a redirect', [prove, 'leak-read-in-redirect']],
  ['404, and it was done', [prove, 'leak-write-behind-404']],
  ['a thing that becomes the attacker’s', [prove, 'leak-theft']],
  ['a thing that is made in the name of another', [members, 'tickets-for-others'], [shop, 'owner-in-input']],
  ['lists of what is everybody’s', [shop, 'orders-of-all'], [office, 'search-lists-all']],
  ['what hangs on something of one’s own', [shop, 'customers-by-link'], ['probes/credentials.test.ts', 'hangs on another']],
  ['what lies below something of another', [office, 'remarks-below-private'], [pages, 'adds-below']],
  ['ids that are encoded', [shop, "'relay'"], ['surface/encoded.test.ts', 'base64']],
  ['deeds that harm nobody', [office, 'archives-others'], [pages, 'closes-by-link']],
  ['a file at an address of its own', [office, 'stored-for-anybody']],
  ['power by a field that no form has', [members, 'role-at-sign-up'], [members, 'role-by-profile'], [pages, 'staff-at-sign-up']],
  ['the environment of the server in an answer', [office, 'environment']],
];

describe.each([
  ['right, and no finding', right],
  ['wrong, and a finding', wrong],
])('%s', (_, held) => {
  it.each(held.map(([trap, ...tests]) => ({ trap, tests })))('$trap', async ({ tests }) => {
    for (const [file, words] of tests) expect(await readFile(new URL(file, import.meta.url), 'utf8'), file).toContain(words);
  });
});
