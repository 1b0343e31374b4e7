import type { PublicSecretVariable } from '../../../evidence/secrets.ts';
import { readJson, type Tree } from '../tree.ts';

/** Prefixes that make a build tool copy a variable's value into the browser's files, and the packages that do it. */
const prefixes: readonly { readonly prefix: string; readonly packages: readonly string[] }[] = [
  { prefix: 'VITE_', packages: ['vite', 'rolldown-vite', '@quasar/app-vite'] },
  { prefix: 'NEXT_PUBLIC_', packages: ['next'] },
  { prefix: 'EXPO_PUBLIC_', packages: ['expo'] },
  { prefix: 'REACT_APP_', packages: ['react-scripts', '@craco/craco', 'react-app-rewired'] },
  { prefix: 'NUXT_PUBLIC_', packages: ['nuxt', 'nuxt3'] },
  { prefix: 'GATSBY_', packages: ['gatsby'] },
  { prefix: 'VUE_APP_', packages: ['@vue/cli-service'] },
  { prefix: 'PUBLIC_', packages: ['astro', '@sveltejs/kit', '@rsbuild/core'] },
];

const named =
  /(?<![A-Za-z0-9_])(?:VITE|NEXT_PUBLIC|EXPO_PUBLIC|REACT_APP|NUXT_PUBLIC|GATSBY|VUE_APP|PUBLIC)_[A-Z0-9_]{3,60}(?![A-Za-z0-9_])/g;

/** Public by design although the name has KEY or TOKEN in it. */
const open =
  /PUBLIC_?KEY|PUBLISHABLE|PUB_KEY|ANON|SITE_?KEY|CLIENT_ID|APP_ID|_ID$|MEASUREMENT|VAPID|DSN$|MAPBOX|MAPS|MAP_|FIREBASE_API_KEY|FCM_|GOOGLE_API_KEY|RECAPTCHA|TURNSTILE|HCAPTCHA|ALGOLIA_(?:SEARCH|API)|SEARCH_KEY|POSTHOG|MIXPANEL|AMPLITUDE|SEGMENT|WRITE_KEY|TINYMCE|SENTRY_(?:DSN|ENV)|PUSHER_(?:APP_)?KEY|PADDLE_CLIENT|PAYPAL_CLIENT_ID|STRIPE_(?:PK|KEY|PUB)|CLERK_(?:PUB|FRONT)|UNSPLASH_ACCESS|GIPHY|_URL$|_URI$|_HOST$|_ENABLED?$|_NAME$|_PATH$|_EMAIL$|EXPIR|LENGTH|MIN_|MAX_|RESET|REQUIRED|POLICY|HEADER|COOKIE_NAME|STORAGE_KEY|TTL|TIMEOUT/;

const says: readonly (readonly [RegExp, string])[] = [
  [/SERVICE_?(?:ROLE|KEY)|ADMIN_(?:KEY|SECRET|TOKEN|API)|MASTER_KEY/, 'a key with administrator rights'],
  [/(?:PASSWORD|PASSWD|PWD|PASSPHRASE)(?:_\d)?$|_PASS$/, 'a password'],
  [/PRIVATE_?KEY/, 'a private key'],
  [/JWT_SECRET|SESSION_SECRET|AUTH_SECRET|SIGNING_(?:KEY|SECRET)|ENCRYPTION_KEY/, 'the secret that signs logins or encrypts data'],
  [/WEBHOOK\w*SECRET/, 'the secret that proves webhooks are real'],
  [/CLIENT_SECRET/, 'an OAuth client secret'],
  [/SECRET/, 'a secret'],
  [
    /(?:OPENAI|ANTHROPIC|CLAUDE|GEMINI|GENERATIVE|GROQ|MISTRAL|COHERE|DEEPSEEK|PERPLEXITY|OPENROUTER|REPLICATE|HUGGING_?FACE|HF|ELEVEN_?LABS|DEEPGRAM|ASSEMBLY_?AI|STABILITY|TOGETHER|XAI|FIRECRAWL|TAVILY|PINECONE|VAPI_PRIVATE|LOVABLE)\w*(?:KEY|TOKEN)/,
    'the key of an AI service, which others can use on your bill',
  ],
  [
    /(?:RESEND|SENDGRID|MAILGUN|POSTMARK|BREVO|SENDINBLUE|MAILCHIMP|TWILIO|VONAGE|MESSAGEBIRD|SMTP)\w*(?:KEY|TOKEN)/,
    'the key of a service that sends mail or texts in your name',
  ],
  [
    /(?:GITHUB|GITLAB|AWS|AZURE|VERCEL|NETLIFY|CLOUDFLARE|DIGITALOCEAN|AIRTABLE|NOTION|SLACK|TELEGRAM|DISCORD|HUBSPOT|GHL|GOHIGHLEVEL|HIGHLEVEL|SHOPIFY_ADMIN)\w*(?:KEY|TOKEN)/,
    'the key of a service account',
  ],
  [/BEARER|ACCESS_KEY|AUTH_?TOKEN|BOT_TOKEN|API_TOKEN$/, 'an access token'],
];

/** The public prefix of a variable's name, if it has one. */
export const publicPrefixOf = (variable: string): string | undefined => prefixes.find(({ prefix }) => variable.startsWith(prefix))?.prefix;

/** What a public variable's name says it holds, when that must not be public. */
export function saysSecret(variable: string): string | undefined {
  const prefix = publicPrefixOf(variable);
  if (prefix === undefined) return undefined;
  const name = variable.slice(prefix.length);
  if (/^(?:DATABASE|DB|POSTGRES(?:QL)?|MONGO(?:DB)?|MYSQL|REDIS)_(?:URL|URI|DSN)$/.test(name))
    return 'the address of a database with its password';
  // SECRET wins over every harmless word but PUBLIC: VITE_STRIPE_KEY_SECRET is no publishable key.
  if (open.test(name) && !/SECRET|SERVICE_?ROLE|PASSWORD(?!_(?:MIN|MAX|RESET|LENGTH|POLICY|REQUIRED))|PRIVATE_?KEY/.test(name))
    return undefined;
  if (/PASSWORD_(?:MIN|MAX|RESET|LENGTH|POLICY|REQUIRED)|SECRETS?_(?:ENABLED|URL|NAME)|NO_SECRET|(?:_ID|_URL|_ENABLED)$/.test(name))
    return undefined;
  return says.find(([pattern]) => pattern.test(name))?.[1];
}

/** Public variables named in a text whose names speak of secrets, with the offset of each. */
export function* publicNames(text: string): Generator<{ variable: string; start: number }> {
  named.lastIndex = 0;
  for (let match = named.exec(text); match; match = named.exec(text))
    if (saysSecret(match[0]) !== undefined) yield { variable: match[0], start: match.index };
}

/** Prefixes that some package.json of the repo gives meaning to; all of them when there is no package.json to ask. */
export function livePrefixes(tree: Tree): ReadonlySet<string> {
  const manifests = tree.files.filter((file) => file.path === 'package.json' || file.path.endsWith('/package.json'));
  const packages = new Set(manifests.flatMap((file) => dependenciesOf(readJson(tree, file.path))));
  const live = prefixes.filter((item) => packages.size === 0 || item.packages.some((name) => packages.has(name)));
  return new Set(live.map(({ prefix }) => prefix));
}

function dependenciesOf(manifest: unknown): string[] {
  if (typeof manifest !== 'object' || manifest === null) return [];
  const groups = ['dependencies', 'devDependencies', 'peerDependencies'].map((key) => (manifest as Record<string, unknown>)[key]);
  return groups.flatMap((group) => (typeof group === 'object' && group !== null ? Object.keys(group) : []));
}

/** One mention of a public variable. */
export interface Mention {
  readonly variable: string;
  readonly file: string;
  readonly line: number;
  /** Program code reads it; otherwise it is declared in an env file, a document or a workflow. */
  readonly code: boolean;
  readonly client: boolean;
}

/** Joins the mentions of each variable, those in the browser's code first. */
export function publicVariables(mentions: readonly Mention[]): PublicSecretVariable[] {
  const groups = new Map<string, Mention[]>();
  for (const mention of mentions) groups.set(mention.variable, [...(groups.get(mention.variable) ?? []), mention]);
  return [...groups].map(([variable, items]) => {
    const sorted = items.toSorted((a, b) => Number(b.client) - Number(a.client) || Number(b.code) - Number(a.code));
    const places = sorted.slice(0, 20).map(({ file, line }) => ({ file, line, name: variable }));
    const usedBy = items.some((item) => item.client) ? 'client' : items.some((item) => item.code) ? 'other-code' : 'declared';
    return { variable, place: places[0] ?? { name: variable }, places, says: saysSecret(variable) ?? 'a secret', usedBy } as const;
  });
}
