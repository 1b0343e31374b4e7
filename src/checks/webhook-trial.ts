import type { Observation } from '../core/finding.ts';
import { noLiveAccess, type LiveAccess } from '../evidence/live-access.ts';
import { routePlace } from '../evidence/live-chart.ts';
import type { WebhookQuestion, WebhookTrial } from '../evidence/live-webhooks.ts';
import { toldTrial } from './told-trial.ts';

/** What came of one question about each webhook; nothing where it does not arise. */
export function* tellWebhooks(live: LiveAccess, question: WebhookQuestion): Generator<Observation> {
  for (const trial of live.webhooks) {
    if (trial.question !== question || trial.outcome === 'none') continue;
    yield toldTrial(trial, {
      subject: `${trial.route} ${question}`,
      place: routePlace(live, trial.route),
      tried: `${trial.route}, tried on the running app: ${trial.text}.`,
      untried: `${trial.route} could not be judged on the running app: ${trial.text}.`,
      toKnow: trial.signed
        ? 'Give an event under access.webhooks whose effect somebody can see who is named under access.people.'
        : 'Name it with its secret under access.webhooks in launch-ready.yaml, and let messages be sent with --allow-writes.',
    });
  }
}

/** A running app with a webhook of which one question was asked. */
export const sampleWebhook = (question: WebhookQuestion, outcome: WebhookTrial['outcome'], text: string): LiveAccess => ({
  ...noLiveAccess,
  origin: 'http://localhost:3000',
  webhooks: [
    {
      route: 'POST /webhooks/payments',
      provider: 'stripe',
      question,
      outcome,
      text,
      steps: ['POST /webhooks/payments without a signature → 200'],
      signed: true,
    },
  ],
});
