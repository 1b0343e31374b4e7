import { createHmac, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { WebhookProvider } from '../../../core/given-webhook.ts';

/** One message as it is to be signed. */
export interface Unsigned {
  readonly body: Buffer;
  /** Address as the provider calls it. */
  readonly url: string;
  /** Unix time in seconds that the message claims to be sent at. */
  readonly at: number;
  /** Id of the message. */
  readonly id: string;
}

/** How a provider signs what it sends. */
export interface Scheme {
  /** Header that holds the signature, lower case. */
  readonly header: string;
  /** Whether the time of sending is signed along. Without it, nobody can tell an old message from a new one. */
  readonly dated: boolean;
  readonly contentType: string;
  /** The headers of a rightly signed message. Throws where `secret` is not of the provider's form. */
  sign(message: Unsigned, secret: string): Readonly<Record<string, string>>;
  /** A secret of the right form that nobody knows. */
  otherSecret(): string;
}

const json = 'application/json';
const hmac = (secret: string | Buffer, encoding: 'hex' | 'base64', ...parts: readonly (string | Buffer)[]): string => {
  const digest = createHmac('sha256', secret);
  for (const part of parts) digest.update(part);
  return digest.digest(encoding);
};
const randomText = (): string => randomBytes(24).toString('hex');

/** `t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`. */
const timed = (header: string): Scheme => ({
  header,
  dated: true,
  contentType: json,
  sign: ({ body, at }, secret) => ({ [header]: `t=${at},v1=${hmac(secret, 'hex', `${at}.`, body)}` }),
  otherSecret: randomText,
});

/** HMAC-SHA256 over the body and nothing else. */
const plain = (header: string, encoding: 'hex' | 'base64', prefix = ''): Scheme => ({
  header,
  dated: false,
  contentType: json,
  sign: ({ body }, secret) => ({ [header]: `${prefix}${hmac(secret, encoding, body)}` }),
  otherSecret: randomText,
});

/** https://www.standardwebhooks.com (Svix, Clerk, Resend and others): HMAC-SHA256 over `<id>.<seconds>.<body>` with the decoded secret. */
const svix: Scheme = {
  header: 'svix-signature',
  dated: true,
  contentType: json,
  sign({ body, at, id }, secret) {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signature = `v1,${hmac(key, 'base64', `${id}.${at}.`, body)}`;
    const parts = { id, timestamp: String(at), signature };
    // Svix's own names and those of the standard: libraries look for either.
    return Object.fromEntries(
      ['svix', 'webhook'].flatMap((prefix) => Object.entries(parts).map(([name, value]) => [`${prefix}-${name}`, value])),
    );
  },
  otherSecret: () => `whsec_${randomBytes(24).toString('base64')}`,
};

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: `v0=<hex>`, HMAC-SHA256 over `v0:<seconds>:<body>`. */
const slack: Scheme = {
  header: 'x-slack-signature',
  dated: true,
  contentType: json,
  sign: ({ body, at }, secret) => ({
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': `v0=${hmac(secret, 'hex', `v0:${at}:`, body)}`,
  }),
  otherSecret: randomText,
};

/** https://www.twilio.com/docs/usage/webhooks/webhooks-security: base64 HMAC-SHA1 over the address and the sorted form fields. */
const twilio: Scheme = {
  header: 'x-twilio-signature',
  dated: false,
  contentType: 'application/x-www-form-urlencoded',
  sign({ body, url }, secret) {
    const fields = [...new URLSearchParams(body.toString('utf8'))].toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
    const text = `${url}${fields.map(([name, value]) => `${name}${value}`).join('')}`;
    return { 'x-twilio-signature': createHmac('sha1', secret).update(text).digest('base64') };
  },
  otherSecret: randomText,
};

/**
 * https://marketplace.gohighlevel.com/docs/webhook/WebhookIntegrationGuide: base64 Ed25519 (RFC 8032) over the body. HighLevel keeps the private key;
 * whoever wants rightly signed messages gives the private half of a key pair, as PEM or base64 of PKCS #8, that the app on this machine trusts.
 */
const gohighlevel: Scheme = {
  header: 'x-ghl-signature',
  dated: false,
  contentType: json,
  sign({ body }, secret) {
    const key = secret.includes('BEGIN')
      ? createPrivateKey(secret.replaceAll(String.raw`\n`, '\n'))
      : createPrivateKey({ key: Buffer.from(secret, 'base64'), format: 'der', type: 'pkcs8' });
    return { 'x-ghl-signature': sign(null, body, key).toString('base64') };
  },
  otherSecret: () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
};

/** How each provider signs. */
const schemes: Readonly<Record<WebhookProvider, Scheme>> = {
  // https://docs.stripe.com/webhooks#verify-manually
  stripe: timed('stripe-signature'),
  // https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  github: plain('x-hub-signature-256', 'hex', 'sha256='),
  svix,
  slack,
  // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
  shopify: plain('x-shopify-hmac-sha256', 'base64'),
  twilio,
  gohighlevel,
  // https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures
  calendly: timed('calendly-webhook-signature'),
  generic: plain('x-signature', 'hex'),
  'generic-timed': timed('x-signature'),
};

/** How messages to a webhook are signed; `header` where a generic one has another name. */
export function schemeOf(provider: WebhookProvider, header?: string): Scheme {
  if (header === undefined) return schemes[provider];
  const name = header.toLowerCase();
  if (provider === 'generic-timed') return timed(name);
  return provider === 'generic' ? plain(name, 'hex') : schemes[provider];
}

/** The scheme of a provider the code names; the generic one where we do not know how it signs. */
export const providerNamed = (name: string): WebhookProvider => (Object.hasOwn(schemes, name) ? (name as WebhookProvider) : 'generic');
