import { defineCheck } from '../../core/check.ts';
import { accessText, cannotFollow, codeDecides, isOpen, isPrivate, routeProof } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const debug = { id: 'GET /api/debug/users', path: '/api/debug/users', purposes: ['debug'] } as const;

export const debugEndpoint = defineCheck({
  id: 'audit/debug-endpoint',
  severity: 'high',
  covers: ['S4-C2', 'MB-3', 'S1-C1'],
  doc: {
    title: 'A debug or test route is reachable in production',
    why: 'Routes made while building show users, settings or error details to anybody, and nobody remembers that they are there.',
    fix: 'Delete the route, or answer 404 unless the app runs in development.',
    effort: 'minutes',
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'shows users',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...debug, auth: 'none', guards: [], data: [sampleAccess({ name: 'users', auth: 'none', subject: 'owner' })] }),
          ),
        },
      },
      {
        name: 'shows the environment',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              ...debug,
              auth: 'none',
              guards: [],
              data: [],
              effects: [sampleEffect({ kind: 'secret-response', what: 'process.env', fromInput: [] })],
            }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'only for administrators',
        given: {
          inventory: sampleInventory(sampleRoute({ ...debug, auth: 'role', roles: ['admin'], data: [sampleAccess({ auth: 'role' })] })),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const shown = route.effects.filter((effect) => effect.kind === 'secret-response' && isOpen(effect.auth));
      if (!route.purposes.includes('debug') && shown.length === 0) continue;
      const reach = route.data.filter(
        (access) => codeDecides(access) && isOpen(access.auth) && (isPrivate(access) || access.operation !== 'read'),
      );
      const about = { subject: route.id, place: { ...(shown[0]?.place ?? route.place), name: route.id } };
      if (shown.length === 0 && reach.length === 0) {
        if (route.data.length + route.effects.length > 0)
          yield { ...about, outcome: 'pass', message: `${route.id} gives nothing away to strangers.` };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      yield {
        ...about,
        outcome: 'fail',
        message:
          shown.length > 0
            ? `${route.id} shows settings of the server (${shown.map((effect) => effect.what).join(', ')}) to anybody.`
            : `${route.id} is a debug route that ${accessText(reach)} for anybody.`,
        proof: routeProof(route, [...shown, ...reach]),
      };
    }
  },
});
