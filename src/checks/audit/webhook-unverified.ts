import { defineCheck } from '../../core/check.ts';
import { accessText, codeDecides, routeProof } from '../../evidence/questions.ts';
import { type Route, sourceRoutes, type WebhookFacts } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const hook = (verification: WebhookFacts['verification'], why: string): Route =>
  sampleRoute({
    id: 'POST /api/webhooks/stripe',
    path: '/api/webhooks/stripe',
    method: 'POST',
    auth: 'none',
    guards: [],
    purposes: ['webhook'],
    data: [sampleAccess({ operation: 'update', auth: 'none' })],
    webhook: { provider: 'stripe', verification, why },
  });

const writesOf = (route: Route): Route['data'] => route.data.filter((access) => access.operation !== 'read' && codeDecides(access));

export const webhookUnverified = defineCheck({
  id: 'audit/webhook-unverified',
  severity: 'blocker',
  covers: ['S1-C5', 'S4-C4', 'RP-4'],
  doc: {
    title: 'A webhook is believed without checking who sent it',
    why: 'Anybody can send the same message as your payment provider: mark an invoice as paid, create an account, start a subscription.',
    fix: 'Verify the provider’s signature over the raw body before anything is read or written, refuse when the header is missing, and refuse to start when the secret is not set.',
    effort: 'hours',
    references: ['https://docs.stripe.com/webhooks#verify-official-libraries', 'https://www.standardwebhooks.com/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'the body is trusted',
        given: { inventory: sampleInventory(hook('missing', 'the body is acted on without a signature check')) },
      },
      {
        name: 'the check is skipped when the header is missing',
        given: { inventory: sampleInventory(hook('skippable', 'skipped when this does not hold: signature')) },
      },
    ],
    passes: [
      {
        name: 'constructEvent before the write',
        given: { inventory: sampleInventory(hook('verified', 'stripe.webhooks.constructEvent')) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const { webhook } = route;
      if (!webhook) continue;
      const writes = writesOf(route);
      const about = { subject: route.id, place: { ...(webhook.place ?? writes[0]?.place ?? route.place), name: route.id } };
      if (webhook.verification === 'verified') {
        yield { ...about, outcome: 'pass', message: `${route.id} checks the sender before it acts.` };
      } else if (webhook.verification === 'unknown') {
        yield {
          ...about,
          outcome: 'unknown',
          message: `${route.id}: could not tell whether the sender’s signature is checked (${webhook.why}).`,
          toKnow: 'Send it an unsigned message on a test system and see that it answers 400 or 401.',
        };
      } else {
        const effects =
          writes.length > 0
            ? accessText(writes)
            : route.effects.length > 0
              ? `causes ${route.effects.map((effect) => effect.kind).join(', ')}`
              : '';
        yield {
          ...about,
          outcome: 'fail',
          ...(writes.length === 0 && { severity: effects === '' ? ('low' as const) : ('high' as const) }),
          message:
            webhook.verification === 'skippable'
              ? `${route.id} checks the sender’s signature only sometimes (${webhook.why})${effects === '' ? '' : ` and then ${effects}`}.`
              : `${route.id} ${effects === '' ? 'takes messages' : effects} for whoever sends it a message: no signature is checked.`,
          proof: routeProof(route, [...writes, ...route.effects]),
        };
      }
    }
  },
});
