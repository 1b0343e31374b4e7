import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import {
  accessText,
  cannotFollow,
  codeDecides,
  isOpen,
  isPrivate,
  isSignInFlow,
  leansOnMiddleware,
  mayBeMeant,
  openText,
  openWithoutSetting,
  routeProof,
} from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const write = sampleAccess({ operation: 'update', auth: 'none' });

// A sign-up makes rows for whoever comes; membership in a customer's organisation is no such row.
function* joined(route: Route): Generator<Observation> {
  const access = route.data.find(({ auth, joins }) => joins !== undefined && isOpen(auth));
  if (!access || route.unresolved.length > 0) return;
  yield {
    outcome: 'fail',
    subject: route.id,
    severity: 'high',
    place: { ...access.place, name: route.id },
    message: `${route.id} makes whoever signs up a member of the ${access.joins ?? 'organisation'} that the domain of their e-mail address names, before they prove that the address is theirs.`,
    proof: routeProof(route, [access]),
  };
}

/** A read that makes the row it looked for where there is none yet, out of nothing that the caller sent: the defaults of an empty app. */
const makesDefault = (route: Route, access: DataAccess): boolean =>
  route.method === 'GET' &&
  !route.purposes.some((purpose) => purpose === 'cron' || purpose === 'debug' || purpose === 'admin') &&
  access.operation === 'create' &&
  access.inputs.length === 0 &&
  access.wholeInput === undefined &&
  (access.chosen ?? []).length === 0 &&
  route.data.some(({ operation, name }) => operation === 'read' && name === access.name);

/** A new row of a log that says of the caller what every request says: their address and browser. */
const leavesTrace = ({ kind, operation, name, wholeInput, chosen }: DataAccess): boolean =>
  kind === 'table' &&
  operation === 'create' &&
  wholeInput === undefined &&
  /(?:audit|security|access|activity)_?(?:logs?|events?|trails?|entr(?:y|ies))$/i.test(name) &&
  (chosen ?? []).every((column) => /^(?:\w+_)?(?:ip|ip_?addr(?:ess)?|user_?agent)$|[a-z]Ip$|[a-z]UserAgent$/i.test(column));

export const unauthenticatedWrite = defineCheck({
  id: 'audit/unauthenticated-write',
  severity: 'blocker',
  covers: ['NT-2', 'MB-2', 'S1-C1'],
  doc: {
    title: 'A route changes stored data without asking who is calling',
    why: 'A stranger can change, add or delete your customers’ records, and nothing tells you who it was.',
    fix: 'Check the signed-in user at the top of the handler and answer 401 without one. For a job called by a scheduler, compare a secret from the environment that fails closed when it is not set.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'an update without a check',
        given: {
          inventory: sampleInventory(
            sampleRoute({ id: 'PATCH /api/invoices/:id', method: 'PATCH', auth: 'none', guards: [], data: [write] }),
          ),
        },
      },
      {
        name: 'a scheduled job without a secret',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              id: 'GET /api/cron/remind',
              path: '/api/cron/remind',
              purposes: ['cron'],
              auth: 'none',
              guards: [],
              data: [write],
            }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'a verified session',
        given: { inventory: sampleInventory(sampleRoute({ method: 'PATCH', data: [sampleAccess({ operation: 'update' })] })) },
      },
      {
        name: 'a contact form may be used by anybody',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              id: 'POST /api/contact',
              method: 'POST',
              auth: 'none',
              guards: [],
              data: [sampleAccess({ name: 'leads', operation: 'create', auth: 'none', subject: 'intake' })],
            }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      if (route.kind === 'edge-function' || route.kind === 'server-action' || route.webhook) continue;
      if (isSignInFlow(route)) {
        yield* joined(route);
        continue;
      }
      const writes = route.data.filter((access) => access.operation !== 'read' && codeDecides(access));
      if (writes.length === 0) continue;
      // What strangers hand in (a contact form, a page view) is meant to be written by anybody.
      const open = writes.filter((access) => isOpen(access.auth) && !(access.subject === 'intake' && access.operation === 'create'));
      if (open.length === 0) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `Who may use ${route.id} to write is checked, or it is meant for anybody.`,
        };
        continue;
      }
      if (leansOnMiddleware(route)) continue;
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      const setting = openWithoutSetting(route);
      if (setting === undefined && open.every((access) => makesDefault(route, access))) {
        yield {
          outcome: 'fail',
          subject: route.id,
          severity: 'low',
          place: { ...(open[0]?.place ?? route.place), name: route.id },
          message: `${route.id} ${accessText(open)} for anybody where there is no such row yet. Make it when the app is set up instead: a read should change nothing.`,
          proof: routeProof(route, open),
        };
        continue;
      }
      if (setting === undefined && open.every((access) => mayBeMeant(access)) && !route.purposes.includes('admin')) {
        yield {
          outcome: 'fail',
          subject: route.id,
          severity: route.rateLimit ? 'low' : 'medium',
          place: { ...(open[0]?.place ?? route.place), name: route.id },
          message: `${route.id} ${accessText(open)} for anybody. Is that meant, as for an application form or an order without an account? ${
            route.rateLimit
              ? `Tries are limited (${route.rateLimit.what}); see that nothing but the new row can be changed.`
              : 'Then limit how often one address may do it; nothing limits it now. If not, ask for a login.'
          }`,
          proof: routeProof(route, open),
        };
        continue;
      }
      if (setting === undefined && open.every(leavesTrace)) {
        yield {
          outcome: 'fail',
          subject: route.id,
          severity: 'medium',
          place: { ...(open[0]?.place ?? route.place), name: route.id },
          message: `${route.id} ${accessText(open)} for anybody, with nothing of the caller's choosing in it. Is what it records meant for strangers, as a try to log in is? If not, ask for a login before it is done.`,
          proof: routeProof(route, open),
        };
        continue;
      }
      const grave = open.some((access) => isPrivate(access)) && !route.purposes.includes('cron');
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...(open[0]?.place ?? route.place), name: route.id },
        ...(setting !== undefined ? { severity: 'medium' as const } : !grave && { severity: 'high' as const }),
        message: `${route.id} ${accessText(open)} ${openText(route, open)}`,
        proof: routeProof(route, open),
      };
    }
  },
});
