import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { type Played, played } from './fixture.ts';

let sandbox: Sandbox;
let scene: Played;
beforeAll(async () => {
  sandbox = await openSandbox({ kind: 'pglite' });
  scene = await played(
    sandbox,
    `CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
     REVOKE ALL ON notes FROM anon; GRANT SELECT (body) ON notes TO anon;
     CREATE TABLE hidden (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users, body text);
     REVOKE ALL ON hidden FROM anon;`,
  );
});
afterAll(() => sandbox.close());

it('a column that may be read without the key is read', () => {
  expect(scene.did('notes', 'select', 'anon').outcome).toBe('got');
  expect(scene.did('notes', 'select', 'stranger').outcome).toBe('got');
  expect(scene.did('hidden', 'select', 'anon').outcome).toBe('refused');
});
