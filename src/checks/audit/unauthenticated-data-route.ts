import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import {
  accessText,
  behindLink,
  cannotFollow,
  codeDecides,
  isOpen,
  isPrivate,
  isSignInFlow,
  keepsToItself,
  leansOnMiddleware,
  mayBePublic,
  openText,
  routeProof,
} from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const open = sampleAccess({ auth: 'none' });

/** One hole is told once: a route that strangers can write through is told by the check of writes. */
const writesOpenly = (route: Route): boolean =>
  route.data.some((access) => access.operation !== 'read' && codeDecides(access) && isOpen(access.auth) && access.subject !== 'intake');

const names = (leaks: readonly DataAccess[]): string[] => [...new Set(leaks.map(({ name }) => (name === '*' ? 'a table' : name)))];

export const unauthenticatedDataRoute = defineCheck({
  id: 'audit/unauthenticated-data-route',
  severity: 'blocker',
  covers: ['S1-F', 'NT-2', 'MB-2', 'API2-all-flows-known', 'S1-C1'],
  tripwire: true,
  doc: {
    title: 'A route returns customer data without asking who is calling',
    why: 'Anybody who knows or guesses the address reads your customers’ records, without an account.',
    fix: 'Check the signed-in user at the top of the handler (or in middleware that surely runs before it) and answer 401 without one; then fetch only rows of that user’s organisation.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      { name: 'no check at all', given: { inventory: sampleInventory(sampleRoute({ auth: 'none', guards: [], data: [open] })) } },
      {
        name: 'a cookie merely has to be there',
        given: { inventory: sampleInventory(sampleRoute({ auth: 'presence', data: [sampleAccess({ auth: 'presence' })] })) },
      },
    ],
    passes: [
      { name: 'a verified session', given: { inventory: sampleInventory(sampleRoute()) } },
      {
        name: 'a session before customer data, nothing before the price list',
        given: {
          inventory: sampleInventory(
            sampleRoute(),
            sampleRoute({ id: 'GET /api/plans', auth: 'none', data: [sampleAccess({ name: 'plans', subject: 'public', auth: 'none' })] }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      if (route.kind === 'edge-function' || route.kind === 'server-action' || route.webhook || isSignInFlow(route)) continue;
      const reads = route.data.filter((access) => access.operation === 'read' && codeDecides(access) && isPrivate(access));
      if (reads.length === 0) continue;
      const open = reads.filter((access) => isOpen(access.auth));
      const leaks = open.filter((access) => !keepsToItself(route, access));
      if (open.length === 0) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} asks who is calling before it ${accessText(reads)}.`,
        };
        continue;
      }
      if (leansOnMiddleware(route) || writesOpenly(route)) continue;
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      if (leaks.length === 0) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: reads.some(({ leaves }) => leaves === 'link')
            ? `${route.id} answers anybody, but shows only the row that the link they were sent names.`
            : `${route.id} answers anybody, but tells nothing of what it reads.`,
        };
        continue;
      }
      if (leaks.every(mayBePublic) || behindLink(leaks)) {
        yield {
          outcome: 'fail',
          severity: 'medium',
          subject: route.id,
          place: { ...(leaks[0]?.place ?? route.place), name: route.id },
          message: `${route.id} shows ${andList(names(leaks))} to anybody. Is this meant to be public?${leaks.every(mayBePublic) ? '' : ' Then see that a link can expire, and that nothing but what it is for is shown.'}`,
          proof: routeProof(route, leaks),
        };
        continue;
      }
      const shared = route.purposes.includes('public');
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...(leaks[0]?.place ?? route.place), name: route.id },
        ...(shared
          ? { severity: 'medium' as const }
          : leaks.every((access) => access.subject === 'private') && { severity: 'high' as const }),
        message: `${route.id} ${accessText(leaks)} ${openText(route, leaks)}`,
        proof: routeProof(route, leaks),
      };
    }
  },
});
