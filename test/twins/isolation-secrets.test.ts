import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../../src/collect/database/sandbox/sandbox.ts';
import { forge, samples } from '../../src/collect/source/secrets/fixtures/synthetic.ts';
import { proveFolder } from '../../bench/database/prove.ts';

const key = samples.find(({ kind }) => kind === 'supabase-service-role')!.make(forge(7));
const folder = mkdtempSync(join(tmpdir(), 'launch-ready-secrets-'));
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

it('keeps keys that stand in SQL out of evidence and findings, also where a text is cut in the middle of one', async () => {
  mkdirSync(join(folder, 'supabase/migrations'), { recursive: true });
  // The job fails, so that its statement is kept; the default comes back in what a stranger reads; the policy is quoted.
  writeFileSync(
    join(folder, 'supabase/migrations/20260901000000_start.sql'),
    `CREATE TABLE public.hooks (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES auth.users(id), token text NOT NULL DEFAULT '${key}', note text);
ALTER TABLE public.hooks ENABLE ROW LEVEL SECURITY;
CREATE POLICY "with the key" ON public.hooks FOR SELECT TO authenticated USING (user_id = auth.uid() OR token <> '${key}' OR true);
SELECT cron.schedule('daily', '0 8 * * *', $job$SELECT net.http_post(url := 'https://qzvtkxwplmhyrbnscjde.supabase.co/functions/v1/x', headers := '{"Authorization": "Bearer ${key}"}'::jsonb)$job$) FROM public.not_there;
SELECT '${key}'::integer;
`,
  );
  const { proof, findings, failed } = await proveFolder(folder, sandbox);
  expect(failed).toContain('access/stranger-reads');
  expect(proof.databases[0]?.rebuild.failures).toHaveLength(2);
  const said = JSON.stringify([proof, findings]);
  expect(said).toContain('hidden)');
  // Head and payload of the key begin alike in all of them; what follows is the secret's own.
  for (const part of [key, ...key.split('.').slice(1), key.slice(0, 24)]) expect(said.includes(part)).toBe(false);
});
