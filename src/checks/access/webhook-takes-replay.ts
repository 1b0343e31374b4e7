import { defineCheck } from '../../core/check.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { sampleWebhook, tellWebhooks } from '../webhook-trial.ts';
import { triedExamples } from '../told-trial.ts';

export const webhookTakesReplay = defineCheck({
  id: 'access/webhook-takes-replay',
  severity: 'medium',
  covers: ['S4-C4', 'RP-4'],
  doc: {
    title: 'The same webhook message counts each time it arrives',
    why: 'Providers deliver a message again whenever they are not sure that it arrived, so a payment is booked twice without anybody meaning harm.',
    fix: 'Keep the id of each message in a table where it is unique, in the same transaction as what the message does, and answer 200 without doing anything when it is there already.',
    effort: 'hours',
    references: ['https://docs.stripe.com/webhooks#handle-duplicate-events'],
  },
  needs: { live: liveAccess },
  examples: triedExamples((outcome, text) => sampleWebhook('replay', outcome, text), {
    broken: 'the same message counted twice: owner /api/credits: balance went from 0 to 7000 and on to 14000',
    holds: 'the same message was taken a second time and changed nothing more',
    unknown: 'the same message was taken a second time; what it does is not seen by anybody we can sign in as',
  }),
  evaluate: ({ live }) => tellWebhooks(live, 'replay'),
});
