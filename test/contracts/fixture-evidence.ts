import { databaseModel } from '../../src/evidence/database.ts';
import { sourceRoutes } from '../../src/evidence/routes.ts';
import { sourceSecrets } from '../../src/evidence/secrets.ts';
import { authMethods, sourceFiles, sourceStack } from '../../src/evidence/source.ts';

const at = (file: string, line: number): { file: string; line: number } => ({ file, line });

const route = (id: string, auth: string, file: string, line: number, more: object = {}): object => ({
  id,
  kind: 'edge-function',
  framework: 'supabase',
  method: id.split(' ')[0],
  path: id.split(' ')[1],
  place: { ...at(file, line), name: id },
  auth,
  guards: [],
  roles: [],
  data: [],
  effects: [],
  csrf: 'not-cookie',
  purposes: [],
  unresolved: [],
  ...more,
});

const table = (name: string, rls: 'on' | 'off' | 'unknown', tenancy?: object, holds: readonly string[] = []): object => ({
  schema: 'public',
  name,
  rls,
  holds,
  ...(tenancy && { tenancy }),
});

const tenant = { kind: 'tenant', column: 'organization_id', why: 'references organizations(id)', tenantTable: 'organizations' };

/** What the collectors would have found of a Lovable portal. Only the fields a deliverable reads: it has to work on partial evidence. */
export const collected: Readonly<Record<string, unknown>> = {
  [sourceStack.id]: {
    builders: [
      { name: 'lovable', version: '1.1.11', evidence: [{ place: at('vite.config.ts', 4), what: 'componentTagger() of lovable-tagger' }] },
    ],
    frameworks: [
      { name: 'Vite', version: '5.4.19', evidence: [{ place: at('package.json', 61), what: 'dependency' }] },
      { name: 'React', version: '18.3.1', evidence: [{ place: at('package.json', 48), what: 'dependency' }] },
    ],
    backends: [
      { name: 'Supabase', version: '2.57.4', evidence: [{ place: at('src/integrations/supabase/client.ts', 2), what: 'createClient()' }] },
    ],
  },
  [sourceFiles.id]: {
    files: 412,
    sources: 261,
    bytes: 2_400_000,
    git: true,
    gaps: [{ what: 'public/vendor.min.js', why: 'larger than 2 MB', place: at('public/vendor.min.js', 1) }],
  },
  [authMethods.id]: [
    { kind: 'password', provider: 'Supabase Auth', places: [at('src/pages/Login.tsx', 31)] },
    {
      kind: 'magic-link',
      provider: 'Supabase Auth',
      places: [at('src/pages/Login.tsx', 58), at('supabase/functions/send-invite/index.ts', 40)],
    },
  ],
  [sourceRoutes.id]: {
    routes: [
      route('POST /functions/v1/send-invite', 'none', 'supabase/functions/send-invite/index.ts', 12, {
        data: [{ name: 'invitations', operation: 'create' }],
        purposes: ['invite'],
      }),
      route('POST /functions/v1/export-clients', 'none', 'supabase/functions/export-clients/index.ts', 9, {
        data: [
          { name: 'clients', operation: 'read' },
          { name: 'invoices', operation: 'read' },
        ],
      }),
      route('POST /functions/v1/set-role', 'role', 'supabase/functions/set-role/index.ts', 20, {
        roles: ['owner'],
        data: [{ name: 'memberships', operation: 'update' }],
        purposes: ['admin'],
      }),
      route('POST /functions/v1/stripe-webhook', 'none', 'supabase/functions/stripe-webhook/index.ts', 7, {
        data: [{ name: 'invoices', operation: 'update' }],
        purposes: ['webhook'],
      }),
      route('POST /functions/v1/summarise', 'identity', 'supabase/functions/summarise/index.ts', 15, {
        unresolved: [
          {
            what: 'a call through a dynamic import',
            why: 'its target is computed',
            place: at('supabase/functions/summarise/index.ts', 22),
          },
        ],
      }),
    ],
    gaps: [],
    middleware: [],
  },
  [databaseModel.id]: {
    exposure: 'supabase',
    tables: [
      table('organizations', 'on', { kind: 'tenant-root', column: 'id', why: 'other tables reference it' }),
      table('memberships', 'on', { kind: 'membership', column: 'organization_id', why: 'joins users to organizations' }),
      table('profiles', 'on', { kind: 'profile', column: 'id', why: 'references auth.users(id)' }, ['contact']),
      table('clients', 'off', tenant, ['contact']),
      table('invoices', 'off', tenant, ['money']),
      table('messages', 'on', tenant, ['message']),
      table('audit_log', 'unknown', undefined, ['contact']),
    ],
    gaps: [],
  },
  [sourceSecrets.id]: {
    secrets: [],
    publicVariables: [],
    scanned: { files: 412, bytes: 2_400_000, commits: 238, blobs: 1904 },
    history: 'scanned',
    outsideScanners: [],
    gaps: [],
  },
};
