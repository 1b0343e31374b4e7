import type { Observation } from '../../src/core/finding.ts';
import type { FixtureCheck } from './fixture.ts';

const migration = 'supabase/migrations/20260907091412_4f1d7c1e.sql';

const open = (table: string, line: number): Observation => ({
  outcome: 'fail',
  subject: `table ${table}`,
  message: `Anyone on the internet can read and change every row of \`${table}\`: row level security is off.`,
  place: { file: migration, line, name: table },
  proof: [
    {
      kind: 'code',
      place: { file: migration, line },
      text: `CREATE TABLE public.${table} (\n  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),\n  organization_id uuid NOT NULL REFERENCES organizations(id)\n);`,
    },
  ],
});

const anybody = (table: string, line: number): Observation => ({
  outcome: 'fail',
  subject: `policy on ${table}`,
  message: `Every signed-in user reads every row of \`${table}\`, those of other customers included.`,
  place: { file: `supabase/migrations/2026090${line % 9}.sql`, line, name: table },
  proof: [
    {
      kind: 'code',
      place: { file: `supabase/migrations/2026090${line % 9}.sql`, line },
      text: `CREATE POLICY "read" ON public.${table}\n  FOR SELECT TO authenticated USING (true);`,
    },
  ],
});

const fn = (name: string): Observation => ({
  outcome: 'fail',
  subject: `function ${name}`,
  message: `POST /functions/v1/${name} sends mail or reads data for whoever calls it: verify_jwt is off and it does not ask who is calling.`,
  place: { file: `supabase/functions/${name}/index.ts`, line: 12, name: `POST /functions/v1/${name}` },
  proof: [
    { kind: 'code', place: { file: 'supabase/config.toml', line: 14 }, text: `[functions.${name}]\nverify_jwt = false` },
    {
      kind: 'step',
      place: { file: `supabase/functions/${name}/index.ts`, line: 18 },
      text: 'createClient(url, SERVICE_ROLE_KEY) reads with rights over every row.',
    },
  ],
});

const simple = (outcome: Observation['outcome'], subject: string, message: string, more: Partial<Observation> = {}): Observation => ({
  outcome,
  subject,
  message,
  ...more,
});

/** Checks as a broken client portal would answer them: all outcomes, severities and kinds of proof, findings of one cause. */
export const portalChecks: readonly FixtureCheck[] = [
  {
    name: 'rls-off',
    severity: 'blocker',
    effort: 'hours',
    covers: ['S1-F', 'MT-rls-enabled'],
    tripwire: true,
    title: 'A table with customer data has row level security switched off',
    why: 'The key that reads the table is in every visitor’s browser. One copied request shows all customers’ records.',
    fix: 'Switch row level security on for the table and add policies that tie each row to the signed-in user’s organization. Do both in one migration.',
    sees: [
      open('invoices', 41),
      open('clients', 22),
      simple('pass', 'table organizations', 'Row level security is on for `organizations`.'),
      simple('pass', 'table profiles', 'Row level security is on for `profiles`.'),
    ],
  },
  {
    name: 'rls-always-true',
    severity: 'blocker',
    effort: 'hours',
    covers: ['S1-F', 'MT-rls-not-true'],
    title: 'A policy lets every signed-in user read other customers’ rows',
    why: 'Your first two customers would see each other’s records on day one.',
    fix: 'Replace USING (true) with a condition on the organization of the signed-in user.',
    sees: Array.from({ length: 14 }, (_, index) => anybody(`records_${String.fromCharCode(97 + index)}`, 10 + index * 3)),
  },
  {
    name: 'function-without-auth',
    severity: 'blocker',
    effort: 'hours',
    covers: ['NT-2', 'S1-F'],
    title: 'An edge function works for anyone who calls it',
    why: 'Strangers can send mail in your name and download your customers’ data with one request.',
    fix: 'Ask Supabase Auth who is calling before anything else, and answer 401 when nobody is signed in.',
    sees: [
      fn('send-invite'),
      fn('export-clients'),
      simple('pass', 'function set-role', 'POST /functions/v1/set-role checks who is calling.'),
    ],
  },
  {
    name: 'secret-in-client',
    severity: 'blocker',
    effort: 'minutes',
    covers: ['NT-1', 'SEC-client-prefix'],
    title: 'A secret key is in code that every visitor downloads',
    why: 'Whoever opens the developer tools has full rights over your database and can read, change and delete everything.',
    fix: 'Create a new service key in Supabase and delete this one, then move every use of it into an edge function.',
    sees: [
      simple('fail', 'service key', 'The Supabase service key stands in src/lib/admin.ts, which the browser loads.', {
        place: { file: 'src/lib/admin.ts', line: 5 },
        proof: [
          {
            kind: 'code',
            place: { file: 'src/lib/admin.ts', line: 5 },
            text: "const key = import.meta.env.VITE_SERVICE_KEY; // starts with 'sb_s'",
          },
          { kind: 'step', text: 'src/main.tsx loads src/App.tsx, which loads src/pages/Admin.tsx, which loads src/lib/admin.ts.' },
        ],
      }),
    ],
  },
  {
    name: 'webhook-unverified',
    severity: 'blocker',
    effort: 'hours',
    covers: ['S1-C5', 'WH-signature'],
    title: 'A webhook believes whoever calls it',
    why: 'Anyone can mark an invoice as paid by sending one request.',
    fix: 'Verify the signature over the raw body with the provider’s library and the secret, and answer 400 when it does not match or the secret is not set.',
    sees: [
      simple('fail', 'stripe', 'POST /functions/v1/stripe-webhook marks invoices as paid without verifying that Stripe sent the event.', {
        place: { file: 'supabase/functions/stripe-webhook/index.ts', line: 7, name: 'POST /functions/v1/stripe-webhook' },
        proof: [
          {
            kind: 'http',
            request: 'POST /functions/v1/stripe-webhook\n{"type":"invoice.paid","data":{"object":{"id":"in_1"}}}',
            response: '200\n{"received":true}',
          },
        ],
      }),
    ],
  },
  {
    name: 'signup-role',
    severity: 'blocker',
    effort: 'minutes',
    covers: ['API3-mass-assignment'],
    title: 'New users choose their own role',
    why: 'Anybody can sign up as an administrator.',
    fix: 'Set the role in the database function itself and ignore what the sign-up form sends.',
    sees: [
      simple('fail', 'handle_new_user', 'handle_new_user() stores the role that the new user sends along.', {
        place: { file: migration, line: 96, name: 'handle_new_user()' },
      }),
    ],
  },
  {
    name: 'login-rate-limit',
    severity: 'high',
    effort: 'hours',
    covers: ['AUTHN-throttle-per-account'],
    title: 'The login can be tried without limit',
    why: 'Passwords can be guessed by a script overnight.',
    fix: 'Limit attempts by account and by address.',
    sees: [simple('fail', 'login', 'POST /login can be tried without limit.', { place: { file: 'src/pages/Login.tsx', line: 31 } })],
  },
  {
    name: 'source-maps',
    severity: 'medium',
    effort: 'minutes',
    covers: ['SEC-sourcemaps'],
    title: 'The build publishes its source maps',
    why: 'Strangers read your code as you wrote it.',
    fix: 'Set build.sourcemap to false in vite.config.ts.',
    sees: [
      simple('fail', 'vite', 'vite.config.ts switches source maps on for production.', { place: { file: 'vite.config.ts', line: 19 } }),
    ],
  },
  {
    name: 'function-search-path',
    severity: 'low',
    effort: 'minutes',
    covers: ['MT-definer-functions'],
    title: 'A definer function has no fixed search path',
    why: 'Little by itself.',
    fix: 'Add SET search_path = public.',
    sees: [simple('fail', 'f', 'is_member() has no fixed search path.', { place: { file: migration, line: 120, name: 'is_member()' } })],
  },
  {
    name: 'object-ownership',
    severity: 'blocker',
    effort: 'hours',
    covers: ['S2-F'],
    title: 'A record is returned without asking whose it is',
    why: 'Guessing an id opens somebody else’s record.',
    fix: 'Compare the owner.',
    sees: [
      simple('unknown', 'summarise', 'Could not follow who may call POST /functions/v1/summarise.', {
        place: { file: 'supabase/functions/summarise/index.ts', line: 15 },
        toKnow: 'A plain import instead of a computed one.',
      }),
      simple('pass', 'set-role', 'POST /functions/v1/set-role compares the organization.'),
    ],
  },
  ...(['live-policies', 'live-grants', 'live-buckets'] as const).map((name): FixtureCheck => ({
    name,
    severity: 'high',
    effort: 'hours',
    covers: ['MT-rls-enabled'],
    looksAt: 'denied',
    title: `The live database: ${name.slice(5)}`,
    why: 'w',
    fix: 'f',
    sees: [],
  })),
  {
    name: 'of-ours',
    severity: 'medium',
    effort: 'hours',
    covers: [],
    title: 'A check with a bug of ours',
    why: 'w',
    fix: 'f',
    sees: 'bug',
  },
  {
    name: 'firebase-open',
    severity: 'blocker',
    effort: 'hours',
    covers: ['S1-F'],
    title: 'Firebase rules are open',
    why: 'w',
    fix: 'f',
    sees: [],
  },
  ...(['exposed-files', 'live-secrets', 'security-headers'] as const).map((name): FixtureCheck => ({
    name,
    severity: 'high',
    effort: 'minutes',
    covers: [],
    looksAt: 'url',
    title: {
      'exposed-files': 'A file that should not be public can be downloaded',
      'live-secrets': 'The app’s scripts contain a secret',
      'security-headers': 'Browser protections are off',
    }[name],
    why: 'w',
    fix: 'f',
    sees: [],
  })),
];
