import { defineCheck } from '../../core/check.ts';
import { isOpen, routeProof, unresolvedText } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const importer = { id: 'POST /api/logo', method: 'POST', path: '/api/logo', data: [] } as const;
const fetchUrl = sampleEffect({ kind: 'fetch', what: 'fetch(url)', fromInput: ['url'], auth: 'identity' });

export const serverSideRequestForgery = defineCheck({
  id: 'audit/server-side-request-forgery',
  severity: 'high',
  covers: ['S1-C5', 'MB-2'],
  doc: {
    title: 'The server fetches any address a caller names',
    why: 'A caller can make your server read addresses only it can reach: the cloud’s credentials service, databases and admin pages of your network.',
    fix: 'Allow only the hosts you need by exact name, and refuse addresses that resolve to private ranges, also after redirects.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa7-server-side-request-forgery/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [{ name: 'fetch(req.body.url)', given: { inventory: sampleInventory(sampleRoute({ ...importer, effects: [fetchUrl] })) } }],
    passes: [
      {
        name: 'the host is on a list',
        given: { inventory: sampleInventory(sampleRoute({ ...importer, effects: [{ ...fetchUrl, restricted: true }] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const fetches = route.effects.filter((effect) => effect.kind === 'fetch' && effect.fromInput.includes('url'));
      if (fetches.length === 0) continue;
      const free = fetches.filter((effect) => effect.restricted !== true && !(effect.auth === 'role' && route.purposes.includes('admin')));
      const [first] = free;
      if (!first) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} restricts the addresses it fetches.`,
        };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield {
          outcome: 'unknown',
          subject: route.id,
          place: { ...first.place, name: route.id },
          message: `${route.id}: could not tell which addresses it fetches, because ${unresolvedText(route)} could not be followed.`,
          toKnow: 'Ask it on a test system to fetch http://127.0.0.1/ and see that it refuses.',
        };
        continue;
      }
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...first.place, name: route.id },
        ...(!isOpen(first.auth) && { severity: 'medium' as const }),
        message: `${route.id} fetches any address ${isOpen(first.auth) ? 'anybody' : 'a signed-in user'} names, also addresses inside your network.`,
        proof: routeProof(route, free),
      };
    }
  },
});
