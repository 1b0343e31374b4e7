import { entropyOf, isPlaceholder, isWordy } from './placeholder.ts';
import type { Meaning } from './rule.ts';
import { isGuessable, judgeSigningSecret, signingHarm, signingRotate } from './rules/signing.ts';

/** A value assigned to a name, as the code or file has it. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** `X || "value"`: counts only while X is not set. */
  readonly fallback: boolean;
  /** Text around it, lower case, to tell what an unspecific name is for. */
  readonly context: string;
  /** True in files of `NAME=value` lines (env, YAML): a UUID under API_KEY is a key there, not an id. */
  readonly lines: boolean;
  /** True in program code, where a guessable signing secret is a fault of its own. */
  readonly code: boolean;
}

interface NameRule extends Omit<Meaning, 'sensitivity' | 'certain'> {
  readonly sensitivity?: Meaning['sensitivity'];
  readonly name: RegExp;
  readonly accepts: (value: string) => boolean;
}

const hex = (length: number) => (value: string) => new RegExp(`^[a-f0-9]{${length}}$`, 'i').test(value);
/** Tokens of this form were judged by their claims already. */
const jwtLike = /^eyJ[\w-]+\.eyJ/;
const uuid = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/i;

/** Generated text: long, mixed, without words. A UUID is more often an id than a key, so it needs a telling name. */
export function isGenerated(value: string): boolean {
  if (value.length < 16 || value.length > 300 || uuid.test(value) || jwtLike.test(value) || /[\s<>(){}[\]$*]/.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value) || isPlaceholder(value) || isPlaceholder(unwrapped(value)) || isWordy(value))
    return false;
  if (
    /^(?:\.{0,2}\/|~\/|https?:|data:|sha\d{3}-|[\w.-]+@[\w.-]+|v?\d+\.\d+)|\.(?:[jt]sx?|json|png|svg|css|html|pem|key)$|::|\/.*\//.test(
      value,
    )
  )
    return false;
  // An address in base64 is an address.
  if (/aHR0c(?:DovL|HM6Ly)/.test(value)) return false;
  return entropyOf(value) >= (/^[a-f0-9]+$/i.test(value) ? 3 : 3.5);
}

// Development servers hand out the same base64 of {"UserID":"defaultUser"} to everybody.
function unwrapped(value: string): string {
  const text = /^[A-Za-z0-9+/]{20,}={0,2}$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : '';
  return /^[\x20-\x7e]+$/.test(text) ? text.replace(/default|localhost/gi, 'example') : value;
}

/** A password somebody made up: mixed kinds of characters, no word alone, no sample. */
function isPassword(value: string): boolean {
  if (value.length < 8 || value.length > 100 || /[<>{}()[\]]|\$\{|^\$|^[./#]|:\/\/|^[a-z]+(?:[-_][a-z0-9]+)+$/.test(value)) return false;
  if (/^(?:pass(?:word|wd)?|admin|test|user|demo|welcome|senha|qwerty|secret|letmein)[\W_]?\d{0,6}[\W_]?$/i.test(value)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
  return kinds >= 3 && !isPlaceholder(value) && entropyOf(value) >= 2.5 && !(isWordy(value) && !/\d/.test(value));
}

const generic = {
  harm: 'Whoever has it can act as your app at the service it belongs to.',
  rotate: 'Replace it at the service it belongs to, then delete the old one there.',
};
const passwordRotate = 'Change the password where it is used, and read the new one from an environment variable of the server.';

const nameRules: readonly NameRule[] = [
  {
    name: /TWILIO.*(?:AUTH)?_?TOKEN|TWILIO.*SECRET/,
    accepts: (value) => hex(32)(value) || isGenerated(value),
    kind: 'twilio-auth-token',
    label: 'Twilio auth token',
    power: 'total',
    harm: 'Whoever has it can send texts and calls on your bill and read every message.',
    rotate: 'Twilio console, Account, API keys and tokens: promote a secondary token and delete this one.',
  },
  {
    name: /SECRET_ACCESS_KEY|AWS\w{0,20}SECRET/,
    accepts: (value) => /^[A-Za-z0-9/+]{40}$/.test(value) && entropyOf(value) >= 4 && !isPlaceholder(value),
    kind: 'aws-secret-key',
    label: 'AWS secret access key',
    power: 'total',
    harm: 'Whoever has it and the key id can use your Amazon account with the rights of that user.',
    rotate: 'AWS console, IAM, Users, Security credentials: create a new key, switch over, then deactivate and delete this one.',
  },
  {
    name: /POSTMARK|HEROKU.*KEY|HUBSPOT.*KEY/,
    accepts: (value) => uuid.test(value) && !isPlaceholder(value),
    kind: 'service-key',
    label: 'key of a mail or hosting service',
    power: 'service',
    ...generic,
  },
  {
    name: /CLOUDFLARE|CF_API/,
    accepts: isGenerated,
    kind: 'cloudflare-token',
    label: 'Cloudflare API token',
    power: 'total',
    harm: 'Whoever has it can change your domain and everything Cloudflare serves for it.',
    rotate: 'dash.cloudflare.com, My Profile, API Tokens: roll it.',
  },
  {
    name: /VERCEL.*TOKEN|NETLIFY.*TOKEN|RAILWAY.*TOKEN|RENDER.*KEY|FLY_.*TOKEN|EXPO_TOKEN|HEROKU/,
    accepts: isGenerated,
    kind: 'hosting-token',
    label: 'access token of your host',
    power: 'total',
    harm: 'Whoever has it can change or delete what runs there and read its settings.',
    rotate: 'In the account settings of the host, under access tokens: delete it and make a new one.',
  },
  {
    name: /AUTH0.*SECRET|OKTA.*(?:TOKEN|SECRET)|CLERK.*SECRET|WORKOS.*KEY|STYTCH.*SECRET|KINDE.*SECRET|FIREBASE.*(?:SECRET|SERVER_KEY|ADMIN)/,
    accepts: isGenerated,
    kind: 'login-provider-secret',
    label: 'secret of your login provider',
    power: 'total',
    harm: 'Whoever has it can manage your users and sign in as them.',
    rotate: 'In the dashboard of the login provider: rotate the secret of the application.',
  },
  {
    name: /(?:JWT|SESSION|COOKIE|NEXTAUTH|BETTER_AUTH|^AUTH|NUXT_AUTH|TOKEN|REFRESH|ACCESS|CSRF|IRON|PASSPORT|APP|SIGNING|HMAC|ENCRYPTION|CRYPTO|PAYLOAD)_?(?:JWT_|TOKEN_|SESSION_|COOKIE_)?(?:SECRET|SALT|PEPPER|SIGNING_KEY|ENCRYPTION_KEY|PRIVATE_KEY)(?:_KEY)?(?:_\d)?$|^(?:SECRET_KEY_BASE|APP_KEY|ENCRYPTION_KEY|SIGNING_KEY|JWT_KEY|SUPABASE_JWT_SECRET)$/,
    accepts: (value) => /\d/.test(value) && !isGuessable(value),
    kind: 'signing-secret',
    label: 'secret for signing logins',
    power: 'total',
    harm: signingHarm,
    rotate: signingRotate,
  },
  {
    name: /(?:DB|DATABASE|POSTGRES(?:QL)?|PG|MYSQL|MONGO(?:DB)?|REDIS|SUPABASE(?:_DB)?|SQL|RDS)_?(?:USER_|ROOT_|ADMIN_)?(?:PASSWORD|PASS|PWD)$|^PGPASSWORD$/,
    accepts: (value) => isPassword(value) || isGenerated(value),
    kind: 'database-password',
    label: 'database password',
    power: 'total',
    harm: 'Whoever has it and the address can read, change and delete everything in that database.',
    rotate: 'Change the database password where it is hosted (Supabase: Project Settings, Database, Reset password).',
  },
  {
    name: /(?:SMTP|MAIL|EMAIL|GMAIL|NODEMAILER|IMAP)\w{0,20}(?:PASSWORD|PASS|PWD)$/,
    accepts: (value) => isPassword(value) || isGenerated(value) || /^[a-z]{4}(?: ?[a-z]{4}){3}$/.test(value),
    kind: 'mail-password',
    label: 'mailbox password',
    power: 'service',
    harm: 'Whoever has it can send mail in your name and may read the mailbox.',
    rotate: 'Change the password (for Gmail: remove the app password) at the mail provider.',
  },
  {
    name: /ALGOLIA(?!.*(?:ADMIN|WRITE))/,
    accepts: hex(32),
    kind: 'algolia-key',
    sensitivity: 'low',
    label: 'Algolia key',
    power: 'limited',
    harm: 'If it is a search key, it is meant to be public; an admin key would let anyone change your index.',
    rotate: 'Algolia dashboard, API keys: make sure it is the search-only key.',
  },
  {
    name: /WEBHOOK\w{0,20}(?:SECRET|TOKEN|KEY)$/,
    accepts: isGenerated,
    kind: 'webhook-secret',
    label: 'webhook signing secret',
    power: 'service',
    harm: 'Whoever has it can send your app false events.',
    rotate: 'At the service that sends the webhook: roll the signing secret.',
  },
  {
    name: /CLIENT_SECRET$|CONSUMER_SECRET$|OAUTH\w{0,20}SECRET$/,
    accepts: isGenerated,
    kind: 'oauth-client-secret',
    label: 'OAuth client secret',
    power: 'service',
    harm: 'Whoever has it can pose as your app at that login provider.',
    rotate: 'At the provider that issued it: add a new client secret, switch over, then delete this one.',
  },
  {
    name: /(?:PASSWORD|PASSWD|PASSPHRASE|PWD)$|_PASS$/,
    accepts: isPassword,
    kind: 'password',
    label: 'password',
    power: 'service',
    harm: 'Whoever reads it can sign in with it.',
    rotate: passwordRotate,
  },
  {
    name: /(?:SERVICE_ROLE|SERVICE_KEY|ADMIN_KEY|MASTER_KEY|ADMIN_API_KEY|ADMIN_SECRET)/,
    accepts: isGenerated,
    kind: 'admin-key',
    label: 'administrator key',
    power: 'total',
    ...generic,
  },
  {
    name: /(?:SECRET|SECRET_KEY|TOKEN|API_?KEY|ACCESS_KEY|PRIVATE_KEY|AUTH_KEY|ACCOUNT_KEY|CREDENTIALS?|BEARER|APIKEY)(?:_\d)?$/,
    accepts: isGenerated,
    kind: 'generic-secret',
    label: 'key or token',
    power: 'service',
    ...generic,
  },
];

const harmless =
  /PUBLIC|PUBLISHABLE|ANON_?KEY|SITE_?KEY|MEASUREMENT|ANALYTICS|GTM|PIXEL|POSTHOG|AMPLITUDE_API_KEY|MIXPANEL_TOKEN|SENTRY_DSN|MAPBOX|MAPS|ALGOLIA_SEARCH|VAPID_PUBLIC|RECAPTCHA_SITE|CSRF_TOKEN$|STORAGE_KEY|CACHE_KEY|QUERY_KEY|TOKEN_KEY$|_KEY_NAME|COOKIE_NAME|WEBSITE_TOKEN|CHECKOUT_TOKEN|CART_TOKEN|PAGE_TOKEN|CONTINUATION|NEXT_TOKEN|SYNC_TOKEN|TOKEN_TYPE|DESIGN_TOKEN|COLOR|KNOWN_|PARTIAL|XOR|OBFUSCAT|(?:^|_)(?:DEV|LOCAL)_|HASH|DIGEST|CHECKSUM|INTEGRITY|FINGERPRINT|TEST|MOCK|FAKE|DUMMY|EXAMPLE|SAMPLE|DEMO|INVALID|EXPIRED|WRONG|LABEL|PLACEHOLDER|MESSAGE|ERROR|TITLE|HEADER_?NAME|FIELD|COLUMN|_ID$|_URL$|_URI$/;

/** `supabaseServiceKey`, `x-api-key`, `config.JWT_SECRET` in one form: `SUPABASE_SERVICE_KEY`, `X_API_KEY`, `JWT_SECRET`. A build tool's prefix goes. */
export const normaliseName = (name: string): string =>
  (name.split('.').pop() ?? name)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
    .replace(/^(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|VUE_APP)_/, '');

/** What a named value is, told by its name and look; `undefined` when it is nothing or a placeholder. */
export function judgeNamed({ name, value, fallback, context, lines, code }: Assignment): Meaning | undefined {
  const known = normaliseName(name);
  if (harmless.test(known)) return undefined;
  const signs =
    /^SECRET(?:_KEY)?$/.test(known) &&
    /session\s*\(|express-session|cookie-?session|betterauth|nextauth|jwt|fastify-cookie|django|flask|@fastify\/(?:jwt|session)/.test(
      context,
    );
  const rule = signs ? nameRules.find((item) => item.kind === 'signing-secret') : nameRules.find((item) => item.name.test(known));
  if (!rule) return undefined;
  const { name: _name, accepts, ...meaning } = rule;
  const keyOfLine =
    lines && rule.kind === 'generic-secret' && uuid.test(value) && /(?:API_?KEY|SECRET|AUTH_TOKEN|ACCESS_TOKEN)$/.test(known);
  if (accepts(value) || (keyOfLine && !isPlaceholder(value))) return { sensitivity: 'secret', ...meaning };
  const guessable =
    code &&
    rule.kind === 'signing-secret' &&
    /^[\w!@#%^&*+=./-]{4,80}$/.test(value) &&
    !/^(?:process|import|env|undefined|null|true|false|string)\b|^[A-Z][A-Z0-9]*_[A-Z0-9_]+$/.test(value);
  return guessable && /SECRET|SIGNING|^JWT_KEY/.test(known)
    ? { sensitivity: 'secret', ...meaning, ...judgeSigningSecret(value, fallback, name) }
    : undefined;
}
