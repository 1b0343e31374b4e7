import type { GivenWebhook, WebhookProvider } from '../../../core/given-webhook.ts';
import type { Route } from '../../../evidence/routes.ts';
import type { Operation } from '../surface/operation.ts';
import { providerNamed } from './schemes.ts';

/** A webhook that is tried. */
export interface Endpoint extends Omit<GivenWebhook, 'secret'> {
  /** `POST /webhooks/payments`. */
  readonly route: string;
  readonly secret?: string;
}

/** Where others send messages to; where one manages the webhooks of one's account is something else, and has a list that can be read. */
const byPath = /\/(?:webhooks?|hooks?|ipn)(?:\/|$|-)|-(?:webhook|hook)(?:\/|$)/i;

const named: readonly [RegExp, WebhookProvider][] = [
  [/stripe/i, 'stripe'],
  [/github/i, 'github'],
  [/clerk|svix|resend/i, 'svix'],
  [/slack/i, 'slack'],
  [/shopify/i, 'shopify'],
  [/twilio/i, 'twilio'],
  [/ghl|highlevel/i, 'gohighlevel'],
  [/calendly/i, 'calendly'],
];

/** The webhooks of an app: those given in the config, those the code has, and those whose address says so. Of these, the first is best known. */
export function endpointsOf(given: readonly GivenWebhook[], routes: readonly Route[], operations: readonly Operation[]): Endpoint[] {
  const found: Endpoint[] = given.map((one) => ({ ...one, route: `POST ${one.path}` }));
  const add = (path: string, provider: WebhookProvider): void => {
    // What stands for a parameter is not known.
    if (/[:{*]/.test(path) || found.some((one) => plainPath(one.path) === plainPath(path))) return;
    found.push({ path, provider, route: `POST ${path}` });
  };
  for (const { webhook, method, path, kind } of routes)
    if (webhook && kind === 'http' && (method === 'POST' || method === 'ALL')) add(path, providerNamed(webhook.provider));
  const readable = new Set(operations.filter(({ method }) => method === 'GET').map(({ path }) => plainPath(path)));
  const told = new Set(routes.filter(({ addressOnly }) => !addressOnly).map(({ path }) => plainPath(path)));
  for (const { method, path, body } of operations) {
    if (method !== 'POST' || !byPath.test(path) || body?.type === 'form' || body?.type === 'multipart') continue;
    // The code was read, and it knows better.
    if (readable.has(plainPath(path)) || told.has(plainPath(path))) continue;
    add(path, named.find(([pattern]) => pattern.test(path))?.[1] ?? 'generic');
  }
  return found;
}

const plainPath = (path: string): string => path.split('?')[0]?.replace(/(.)\/$/, '$1') ?? path;
