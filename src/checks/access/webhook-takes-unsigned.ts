import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleWebhook, tellWebhooks } from '../webhook-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const webhookTakesUnsigned = defineCheck({
  id: 'access/webhook-takes-unsigned',
  severity: 'blocker',
  covers: ['S1-C5', 'S4-C4', 'RP-4'],
  doc: {
    title: 'The running app believes a webhook message that nobody signed',
    why: 'Anybody can send the same message as your payment provider and mark an invoice as paid, create an account or start a subscription.',
    fix: 'Verify the provider’s signature over the raw body before anything is read or written. Refuse a message whose signature is missing or wrong, and refuse to start when the secret is not set.',
    effort: 'hours',
    references: ['https://docs.stripe.com/webhooks#verify-official-libraries', 'https://www.standardwebhooks.com/'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleWebhook('unsigned', outcome, text), {
    broken: 'it takes a message without a signature just like one that is rightly signed',
    holds: 'it takes a message that is rightly signed and refuses all others',
    unknown: 'it answers every message with success; whether it acts on them could not be seen',
  }),
  evaluate: ({ live }) => tellWebhooks(live, 'unsigned'),
});
