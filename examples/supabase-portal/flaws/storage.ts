import type { Flaw } from '../../flaws.ts';

const STORAGE = 'supabase/migrations/20260910100903_c85b1f7e-64d0-4e29-8a93-25f9d3b0e71a.sql';

/** File storage that is open to people without an account. */
export const storageFlaws: Flaw[] = [
  {
    id: 'storage-bucket-public',
    title: 'The bucket with the clients\' files is public: whoever has a link reads it, for ever',
    stages: ['audit', 'access'],
    checks: ['audit/storage-open', 'access/stranger-reads', 'access/matrix-drift'],
    edits: [
      {
        file: STORAGE,
        find: `VALUES ('client-files', 'client-files', false);`,
        replace: `VALUES ('client-files', 'client-files', true);`,
      },
    ],
  },
  {
    id: 'storage-anon-write',
    title: 'A policy called "Service role can upload exports" has no TO clause: anybody may upload',
    stages: ['audit', 'access'],
    checks: ['audit/storage-open', 'access/stranger-writes', 'access/matrix-drift'],
    edits: [
      {
        file: STORAGE,
        find: `  ON storage.objects FOR INSERT
  TO service_role
  WITH CHECK (bucket_id = 'exports');`,
        replace: `  ON storage.objects FOR INSERT
  WITH CHECK (bucket_id = 'exports');`,
      },
    ],
  },
];
