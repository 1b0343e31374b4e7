import type { Secret, SecretScan } from '../evidence/secrets.ts';

/** A made-up secret for the examples of checks and for tests: a service_role key in server code, unless told otherwise. */
export const sampleSecret = (more: Partial<Secret> = {}): Secret => ({
  kind: 'supabase-service-role',
  label: 'Supabase service_role key',
  sensitivity: 'secret',
  power: 'total',
  harm: 'Whoever has it can read, change and delete every row of every table: row-level security does not stop it.',
  rotate: 'Supabase dashboard, Project Settings, API Keys: create a new secret key, then disable the old one.',
  toldBy: 'form',
  location: 'source',
  places: [{ file: 'server/admin.ts', line: 4 }],
  preview: 'eyJh',
  hash: '0f1e2d3c4b5a6978',
  ...more,
});

/** Evidence of a search that found these secrets. */
export const sampleScan = (secrets: readonly Secret[] = [], more: Partial<SecretScan> = {}): SecretScan => ({
  secrets,
  publicVariables: [],
  scanned: {
    files: 240,
    bytes: 1_800_000,
    commits: 0,
    blobs: 0,
    where: [
      { location: 'source', files: 236 },
      { location: 'env-file', files: 1 },
      { location: 'chat', files: 3 },
    ],
  },
  history: 'not-asked',
  outsideScanners: [],
  gaps: [],
  ...more,
});

/** A key that is public by design. */
export const sampleAnonKey = (more: Partial<Secret> = {}): Secret =>
  sampleSecret({
    kind: 'supabase-anon',
    label: 'Supabase anon key',
    sensitivity: 'public',
    power: 'limited',
    hash: 'a0a1a2a3a4a5a6a7',
    ...more,
  });

/** The same with a history of 57 commits that was searched whole. */
export const sampleHistory = (secrets: readonly Secret[] = [], more: Partial<SecretScan> = {}): SecretScan =>
  sampleScan(secrets, {
    history: 'scanned',
    scanned: {
      files: 240,
      bytes: 1_800_000,
      commits: 57,
      blobs: 900,
      where: [
        { location: 'source', files: 240 },
        { location: 'history', files: 1100 },
      ],
    },
    ...more,
  });
