import { entropyOf, isPlaceholder, isWordy } from '../placeholder.ts';
import { type Around, type Meaning, near, type Rule, token } from '../rule.ts';

// The id alone opens nothing; its secret is 40 characters of base64 and nearly always stands within a few lines.
function judgeAwsKey(value: string, { text, start, end }: Around): Partial<Meaning> | undefined {
  if (/EXAMPLE/.test(value)) return undefined;
  const context = text.slice(Math.max(0, start - 400), end + 400);
  const secrets = context.match(/(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g) ?? [];
  const real = secrets.find(
    (item) =>
      /[A-Z]/.test(item) &&
      /[a-z]/.test(item) &&
      /\d/.test(item) &&
      !isPlaceholder(item) &&
      !isWordy(item) &&
      entropyOf(item) >= 4 &&
      !/^[a-f0-9]+$/i.test(item),
  );
  if (real === undefined)
    return { kind: 'aws-key-id', label: 'AWS access key id (its secret was not seen)', sensitivity: 'low', power: 'limited' };
  return value.startsWith('ASIA')
    ? { sensitivity: 'low', power: 'limited', label: 'temporary AWS key', traces: [real] }
    : { traces: [real] };
}

const cloudHarm = 'Whoever has it can change or delete what runs there and read its settings, other secrets included.';

export const cloudRules: readonly Rule[] = [
  token(['AKIA', 'ASIA'], /A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9])/, {
    kind: 'aws-access-key',
    label: 'AWS access key with its secret',
    power: 'total',
    harm: 'Whoever has it can use your Amazon account with the rights of that user: files, databases, servers on your bill.',
    rotate: 'AWS console, IAM, Users, Security credentials: create a new key, switch over, then deactivate and delete this one.',
    judge: judgeAwsKey,
  }),
  token(['GOCSPX-'], /GOCSPX-[A-Za-z0-9_-]{28}/, {
    kind: 'google-oauth-secret',
    label: 'Google OAuth client secret',
    harm: 'Whoever has it can pose as your app when people sign in with Google.',
    rotate: 'Google Cloud console, Credentials, your OAuth client: add a secret, switch over, then delete this one.',
  }),
  token(['AccountKey='], /AccountKey=[A-Za-z0-9+/]{86}==/, {
    kind: 'azure-storage-key',
    label: 'Azure storage account key',
    power: 'total',
    harm: 'Whoever has it can read, change and delete every file of that storage account.',
    rotate: 'Azure portal, storage account, Access keys: rotate the key.',
    // The storage emulator's key is the same on every computer.
    judge: (_value, around) => (near(around).includes('devstoreaccount') ? undefined : {}),
  }),
  token(['dop_v1_', 'doo_v1_', 'dor_v1_'], /do[opr]_v1_[a-f0-9]{64}/, {
    kind: 'digitalocean-token',
    label: 'DigitalOcean access token',
    power: 'total',
    harm: cloudHarm,
    rotate: 'DigitalOcean, API, Tokens: regenerate or delete it.',
  }),
  token(['cfk_', 'cfut_', 'cfat_'], /cf(?:k|ut|at)_[A-Za-z0-9]{44,60}/, {
    kind: 'cloudflare-token',
    label: 'Cloudflare API token',
    power: 'total',
    harm: 'Whoever has it can change your domain and everything Cloudflare serves for it.',
    rotate: 'dash.cloudflare.com, My Profile, API Tokens: roll it.',
  }),
  token(
    ['nfp_', 'rnd_', 'vcp_', 'HRKU-'],
    /(?:nfp_[A-Za-z0-9]{36}|rnd_[A-Za-z0-9]{28,40}|vcp_[A-Za-z0-9]{50,70}|HRKU-[A-Za-z0-9_-]{58,64})(?![A-Za-z0-9])/,
    {
      kind: 'hosting-token',
      label: 'access token of your host (Netlify, Render, Vercel or Heroku)',
      power: 'total',
      harm: cloudHarm,
      rotate: 'In the account settings of the host, under access tokens: delete it and make a new one.',
    },
  ),
  token(['vercel_blob_rw_'], /vercel_blob_rw_[A-Za-z0-9]{10,30}_[A-Za-z0-9]{20,40}/, {
    kind: 'vercel-blob-token',
    label: 'Vercel Blob read-write token',
    power: 'total',
    harm: 'Whoever has it can read, replace and delete every uploaded file.',
    rotate: 'Vercel dashboard, Storage, your blob store, Settings: rotate the token.',
  }),
  token(['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_', 'napi_'], /(?:pscale_(?:tkn|pw|oauth)_[\w=.-]{32,64}|napi_[a-z0-9]{60,70})/, {
    kind: 'database-provider-token',
    label: 'access token of your database host (PlanetScale or Neon)',
    power: 'total',
    harm: 'Whoever has it can read, change and delete the databases of that account.',
    rotate: 'In the account settings of the database host: revoke it and make a new one.',
  }),
  token(
    ['dp.pt.', 'dp.st.', 'dp.ct.', 'hvs.', 'pul-', 'tskey-', 'dapi', 'FlyV1'],
    /(?:dp\.(?:pt|st|ct)\.[\w.-]{40,80}|hvs\.[\w-]{90,120}|pul-[a-f0-9]{40}|tskey-(?:auth|api|client)-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,40}|dapi[a-f0-9]{32}(?:-\d)?|FlyV1 fm[12][ar]?_[A-Za-z0-9+/=]{100,2000})(?![A-Za-z0-9])/,
    {
      kind: 'infrastructure-token',
      label: 'access token of a cloud service (Doppler, Vault, Pulumi, Tailscale, Databricks or Fly.io)',
      power: 'total',
      harm: cloudHarm,
      rotate: 'In the account settings of that service: revoke it and make a new one.',
    },
  ),
  token(
    ['signkey-prod-', 'tr_prod_', 'apify_api_', 'phx_'],
    /(?:signkey-prod-[a-f0-9]{64}|tr_prod_[A-Za-z0-9]{20,40}|apify_api_[A-Za-z0-9]{36}|phx_[A-Za-z0-9]{40,60})(?![A-Za-z0-9])/,
    {
      kind: 'job-service-key',
      label: 'secret key of a service (Inngest, Trigger.dev, Apify or PostHog)',
      harm: 'Whoever has it can run jobs or read data in that account.',
      rotate: 'In the dashboard of that service, under API keys: make a new key and delete this one.',
    },
  ),
];
