import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleWebhook, tellWebhooks } from '../webhook-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const webhookTakesStale = defineCheck({
  id: 'access/webhook-takes-stale',
  severity: 'medium',
  covers: ['S4-C4', 'RP-4'],
  doc: {
    title: 'The running app takes a webhook message that was signed long ago',
    why: 'Whoever gets hold of one message, out of a log or a backup, can send it again months later, and it counts as new.',
    fix: 'Compare the time in the signature with the clock and refuse what is more than five minutes away. The provider’s own library does it when it is given a tolerance.',
    effort: 'hours',
    references: ['https://docs.stripe.com/webhooks#replay-attacks', 'https://www.standardwebhooks.com/'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleWebhook('stale', outcome, text), {
    broken: 'it takes a message that was signed a day ago like one of just now',
    holds: 'it refuses a message that was signed ten minutes ago',
    unknown: 'it could not be told whether a message was taken',
  }),
  evaluate: ({ live }) => tellWebhooks(live, 'stale'),
});
