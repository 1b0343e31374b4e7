import type { Place } from '../../../../core/finding.ts';
import type { WebhookFacts } from '../../../../evidence/routes.ts';
import type { Log } from '../interpret/log.ts';
import { rank, type State } from '../interpret/state.ts';

/** Headers in which providers send a signature. */
const signatureHeaders: Readonly<Record<string, string>> = {
  'stripe-signature': 'stripe',
  'x-hub-signature-256': 'github',
  'x-hub-signature': 'github',
  'svix-signature': 'svix',
  'webhook-signature': 'svix',
  'x-slack-signature': 'slack',
  'x-shopify-hmac-sha256': 'shopify',
  'x-twilio-signature': 'twilio',
  'x-ghl-signature': 'gohighlevel',
  'x-wh-signature': 'gohighlevel',
  'calendly-webhook-signature': 'calendly',
  'x-razorpay-signature': 'razorpay',
  'paddle-signature': 'paddle',
  'x-signature': 'generic',
  'x-webhook-signature': 'generic',
  'x-signature-256': 'generic',
};

const named: readonly [RegExp, string][] = [
  [/stripe/i, 'stripe'],
  [/github/i, 'github'],
  [/clerk|svix|resend/i, 'svix'],
  [/slack/i, 'slack'],
  [/shopify/i, 'shopify'],
  [/twilio|whatsapp|sms/i, 'twilio'],
  [/ghl|gohighlevel|highlevel|leadconnector/i, 'gohighlevel'],
  [/calendly/i, 'calendly'],
];

/** Judges a webhook: is the sender's signature checked on every path before the first write? `undefined` for other routes. */
export function webhookOf(
  spec: { readonly path: string; readonly id?: string; readonly method: string; readonly place: Place; readonly kind: string },
  log: Log,
  exit: State | undefined,
): WebhookFacts | undefined {
  if (spec.kind === 'page' || spec.kind === 'server-action' || ['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(spec.method)) return undefined;
  const header = [...log.headers.keys()].find((name) => name in signatureHeaders);
  const byPath = /webhook|(?:^|[/.\-_])hooks?(?:[/.\-_]|$)|\/ipn\b/i.test(spec.path);
  const signed = [...log.before.map(({ state }) => state), ...(exit ? [exit] : [])];
  const checked = signed.some((state) => state.flags.has('signature') || state.maybeFlags.has('signature'));
  if (!header && !byPath) return undefined;
  const provider =
    (header && signatureHeaders[header]) ??
    named.find(([pattern]) => pattern.test(`${spec.path} ${spec.id ?? ''} ${spec.place.file ?? ''}`))?.[1] ??
    'generic';
  // Managing one's webhooks while signed in is not receiving one.
  const managed =
    !header &&
    !checked &&
    signed.length > 0 &&
    signed.every((state) => rank(state.auth) >= rank('unverified-session') && !state.flags.has('proof'));
  if (managed) return undefined;
  return { provider, ...judge(log, exit) };
}

function judge(log: Log, exit: State | undefined): Omit<WebhookFacts, 'provider'> {
  const writes = log.before.filter((step) => step.write);
  const steps = writes.length > 0 ? writes : exit ? [{ state: exit, place: undefined, write: false }] : [];
  const open = steps.find(({ state }) => !isProved(state));
  if (!open) {
    const guard = steps.map(({ state }) => state.flags.get('signature') ?? state.flags.get('proof')).find(Boolean);
    if (steps.length === 0) return { verification: log.gaps.size > 0 ? 'unknown' : 'verified', why: 'nothing is written' };
    return {
      verification: 'verified',
      why: guard?.what ?? 'the sender is identified before anything is written',
      ...(guard && { place: guard.place }),
    };
  }
  const skipped = open.state.maybeFlags.get('signature') ?? open.state.maybeFlags.get('proof');
  if (skipped)
    return {
      verification: 'skippable',
      why: skipped.skippedWhen ? `skipped when this does not hold: ${skipped.skippedWhen}` : 'not on every path',
      place: skipped.place,
    };
  if (log.gaps.size > 0)
    return {
      verification: 'unknown',
      why: `could not follow ${[...log.gaps.keys()].join(', ')}`,
      ...(open.place && { place: open.place }),
    };
  return {
    verification: 'missing',
    why: writes.length > 0 ? 'the body is acted on without a signature check' : 'no signature check was seen',
    ...(open.place && { place: open.place }),
  };
}

const isProved = (state: State): boolean =>
  state.flags.has('signature') || state.flags.has('proof') || rank(state.auth) >= rank('identity');
