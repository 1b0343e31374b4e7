import { expect, it } from 'vitest';
import type { TriedFix } from '../evidence/isolation.ts';
import { triedText } from './isolation-leak.ts';

const fix: TriedFix = { statements: ['DROP POLICY wide ON public.notes'], closes: 3, keeps: 4 };
const text = (change: Partial<TriedFix>, ofFunction = false): string =>
  triedText({ ...fix, ...change }, 'all 3 leaks are closed', ofFunction);

it('a correction is told by what it closes, what it keeps, and the SQL', () => {
  expect(text({})).toBe(
    'This was tried on the rebuilt database: all 3 leaks are closed and what those who belong there could do still works (4 tries). As a migration:\nDROP POLICY wide ON public.notes;',
  );
  expect(text({ alongside: true })).toMatch(/^This was tried on the rebuilt database together with the corrections of the tables: /);
  expect(text({}, true)).toContain('Afterwards use once in the app what calls it.');
});

it.each<[string, Partial<TriedFix>, RegExp]>([
  [
    'colleagues',
    { ends: 1, endsFor: ['tenant-admin'] },
    /works \(4 tries\) and 1 try by the same hole ends with it\. It was a try of colleagues or/,
  ],
  [
    'whose rows nothing tells',
    { ends: 2, endsFor: ['owner', 'peer'] },
    /2 tries by the same hole end with it\. They were tries of people who do not run/,
  ],
  ['those outside', { ends: 2, endsFor: ['anon', 'tenant-admin'] }, /of people from outside who could do it without harm/],
  ['administrators too', { ends: 2, endsFor: ['owner', 'admin'] }, /They were tries of people of yours, administrators among them/],
  [
    'all but the server',
    { keeps: 0, ends: 2, endsFor: ['owner'], server: true },
    /are closed and only your server .* tried too\. If a page of your app/,
  ],
  ['all, as far as seen', { keeps: 0, ends: 2, endsFor: ['owner'] }, /are closed and nobody gets in from the browser any more\. If a page/],
])('what it takes is said: from %s', (_, change, says) => {
  expect(text(change)).toMatch(says);
});

it('a function that only the server calls any more is let out again by asking who calls', () => {
  expect(text({ keeps: 0, ends: 1, endsFor: ['owner'], server: true }, true)).toMatch(/let it ask who is calling instead/);
});

it('where the app does what ends is said', () => {
  const usedAt = [
    { file: 'src/a.ts', line: 12 },
    { file: 'src/b.ts', line: 3 },
  ];
  expect(text({ keeps: 0, ends: 1, endsFor: ['owner'], server: true, usedAt })).toContain(
    'This stops in your app: src/a.ts:12 and src/b.ts:3. Move those calls to an Edge Function first.',
  );
  expect(text({ keeps: 0, server: true, usedAt: usedAt.slice(0, 1) })).toContain('src/a.ts:12. Move that call to');
  expect(text({ ends: 1, endsFor: ['peer'], usedAt })).toMatch(
    /give them a policy of their own if they need it\. Your code does this at src\/a\.ts:12 and src\/b\.ts:3: look there who has to get in\./,
  );
});

it('a column that the app does not send is named with the place', () => {
  const unsent = { column: 'handled_by', places: [{ file: 'src/a.ts', line: 12 }] };
  expect(text({ unsent })).toContain(' Your code at src/a.ts:12 does not send handled_by for a new row: send it there, or let a trigger');
});

it('a function that only works for somebody who is signed in is not just called by the server', () => {
  const usedAt = [{ file: 'src/a.ts', line: 12 }];
  expect(text({ keeps: 0, ends: 1, endsFor: ['owner'], usedAt }, true)).toContain('a service key is nobody.');
  expect(text({ keeps: 0, ends: 1, endsFor: ['owner'], usedAt, server: true }, true)).not.toContain('a service key is nobody.');
});

it('where people are invited with a role is named', () => {
  expect(text({ invites: { keys: ['role'], places: [{ file: 'supabase/functions/invite/index.ts', line: 40 }] } })).toContain(
    ' Your code gives role to new accounts at supabase/functions/invite/index.ts:40: there, write it to app_metadata with the service key',
  );
  expect(text({ invites: { keys: ['role', 'org_id'], places: [] } })).toContain(
    ' If you invite people with a role and org_id of their own, write it',
  );
});
