import { defineCheck } from '../../core/check.ts';
import { cannotFollow, isOpen, routeProof } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const ask = { id: 'POST /api/assistant', method: 'POST', path: '/api/assistant', data: [] } as const;

export const openPaidService = defineCheck({
  id: 'audit/open-paid-service',
  severity: 'medium',
  covers: ['FC-9', 'NT-2'],
  doc: {
    title: 'Anybody can run up your bill for a paid service',
    why: 'The route calls a service you pay per use (AI, text messages) for whoever asks. One script overnight can cost more than a month of customers brings in.',
    fix: 'Ask for a signed-in user and limit the calls per user and day.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa4-unrestricted-resource-consumption/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'an AI call without a check',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              ...ask,
              auth: 'none',
              guards: [],
              effects: [sampleEffect({ kind: 'paid-service', what: 'openai create', fromInput: ['prompt'] })],
            }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'for signed-in users',
        given: { inventory: sampleInventory(sampleRoute({ ...ask, effects: [sampleEffect({ kind: 'paid-service', auth: 'identity' })] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const calls = route.effects.filter((effect) => effect.kind === 'paid-service');
      if (calls.length === 0) continue;
      const open = calls.filter((call) => isOpen(call.auth));
      const [first] = open;
      if (!first || route.rateLimit || route.webhook?.verification === 'verified') {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} uses the paid service for known callers or within a limit.`,
        };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...first.place, name: route.id },
        message: `${route.id} calls a service you pay for (${first.what}) for ${first.auth === 'none' ? 'anybody' : 'anybody who has the public key'}, without a limit.`,
        proof: routeProof(route, open),
      };
    }
  },
});
