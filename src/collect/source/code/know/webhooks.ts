import { flagged } from '../interpret/state.ts';
import { api, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { raise } from './identity.ts';

/** Calls that verify a webhook's signature and throw when it is wrong. */
const verifiers: Record<string, readonly string[]> = {
  stripe: ['constructEvent', 'constructEventAsync', 'parseThinEvent', 'parseEventNotification', 'parseEventNotificationAsync'],
  svix: ['verify'],
  standardwebhooks: ['verify'],
  '@clerk/nextjs': ['verifyWebhook'],
  '@clerk/backend': ['verifyWebhook'],
  resend: ['verify'],
  '@octokit/webhooks': ['verifyAndReceive'],
  '@slack/bolt': [],
  '@lemonsqueezy/lemonsqueezy.js': [],
  '@polar-sh/sdk': ['validateEvent'],
  '@paddle/paddle-node-sdk': ['unmarshal'],
  square: ['verifySignature'],
  '@upstash/qstash': ['verify'],
  inngest: [],
  '@lovable.dev/webhooks-js': ['verifyWebhookRequest'],
};

/** Calls that answer true or false. */
const booleans: Record<string, readonly string[]> = {
  '@octokit/webhooks': ['verify'],
  '@octokit/webhooks-methods': ['verify'],
  twilio: ['validateRequest', 'validateRequestWithBody', 'validateExpressRequest'],
  razorpay: ['validateWebhookSignature'],
  square: ['isValidWebhookEventSignature', 'verifySignature'],
  '@shopify/shopify-api': ['validate'],
  '@upstash/qstash': ['verify'],
  '@sendgrid/eventwebhook': ['verifySignature'],
};

/** The signature check that a library has under this name, wherever in it. */
export function verifierOf(packageName: string, name: string): Value | undefined {
  if (verifiers[packageName]?.includes(name)) return native(throws);
  return booleans[packageName]?.includes(name) ? native(answers) : undefined;
}

/** Signature checks of webhook libraries. */
export function webhookPackage(packageName: string, name: string): Value | undefined {
  if (/^verifySignature(?:AppRouter|Edge)?$|^withWebhook/.test(name)) return signedHandler;
  if (!(packageName in verifiers) && !(packageName in booleans)) return undefined;
  if (verifiers[packageName]?.includes(name)) return native(throws);
  if (booleans[packageName]?.includes(name)) return native(answers);
  if (packageName === '@clerk/nextjs' || packageName === '@clerk/backend') return undefined;
  return library(packageName);
}

// Any member chain of the library (`stripe.webhooks.constructEvent`, `new Webhook(secret).verify`) leads to its verifier.
const library = (packageName: string): Value =>
  api(packageName, {
    call: () => library(packageName),
    member: (name) =>
      verifiers[packageName]?.includes(name)
        ? native(throws)
        : booleans[packageName]?.includes(name)
          ? native(answers)
          : name === 'then' || name === 'catch' || name === 'finally'
            ? undefined
            : library(packageName),
  });

/** `verifySignatureAppRouter(handler)`: the handler runs only for signed messages. */
const signedHandler: Value = native((outer) =>
  native((call) => {
    raise(call, flagged('signature', outer.module.snippet(outer.node, 60), outer.module.placeOf(outer.node)));
    return call.machine.call(outer.args[0] ?? unknown, call.args, unknown, call.node, call.module);
  }),
);

function throws(call: NativeCall): Value {
  raise(call, flagged('signature', call.module.snippet(call.node, 90), call.module.placeOf(call.node)));
  return { input: { source: 'body' } };
}

const answers = (call: NativeCall): Value => ({
  whenTrue: flagged('signature', call.module.snippet(call.node, 90), call.module.placeOf(call.node)),
});
