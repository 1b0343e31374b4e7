import { judgeJwt } from '../jwt.ts';
import { type Rule, token } from '../rule.ts';

export const supabaseRules: readonly Rule[] = [
  token(['eyJ'], /eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{20,800}/, {
    kind: 'json-web-token',
    label: 'long-lived access token (JWT)',
    harm: 'Whoever has it can act as the account it was issued for.',
    rotate: 'Replace it at the service that issued it; if your own app signed it, change the signing secret.',
    judge: judgeJwt,
  }),
  token(['sb_secret_'], /sb_secret_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}/, {
    kind: 'supabase-secret-key',
    label: 'Supabase secret key',
    power: 'total',
    harm: 'Whoever has it can read, change and delete every row of every table and every file: row-level security does not stop it.',
    rotate: 'Supabase dashboard, Project Settings, API Keys: create a new secret key, put it on the server, then delete this one.',
  }),
  token(['sb_publishable_'], /sb_publishable_[A-Za-z0-9_-]{22}_[A-Za-z0-9_-]{8}/, {
    kind: 'supabase-publishable',
    label: 'Supabase publishable key',
    sensitivity: 'public',
    power: 'limited',
    harm: 'It is meant to be public; row-level security decides what it can reach.',
    rotate: 'No need to replace it.',
  }),
  token(['sbp_'], /sbp_(?:oauth_|v\d_)?[a-f0-9]{40}/, {
    kind: 'supabase-access-token',
    label: 'Supabase account access token',
    power: 'total',
    harm: 'Whoever has it can manage every project of your Supabase account: read keys, change the database, delete projects.',
    rotate: 'supabase.com/dashboard/account/tokens: revoke it and make a new one.',
  }),
];
