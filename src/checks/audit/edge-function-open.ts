import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import {
  accessText,
  cannotFollow,
  codeDecides,
  isOpen,
  isPrivate,
  isSignInFlow,
  keepsToItself,
  mayBePublic,
  openText,
  openWithoutSetting,
  routeProof,
} from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const fn = {
  id: 'POST /functions/v1/export-report',
  kind: 'edge-function',
  method: 'POST',
  framework: 'Supabase Edge Functions',
  path: '/functions/v1/export-report',
} as const;

export const edgeFunctionOpen = defineCheck({
  id: 'audit/edge-function-open',
  severity: 'blocker',
  covers: ['S1-C1', 'NT-2', 'MB-2'],
  doc: {
    title: 'An edge function uses the service key for anybody who calls it',
    why: 'The service key passes every row-level rule. A function that uses it without checking the caller opens all customers’ data; the public anon key, which every visitor has, is enough to get past verify_jwt.',
    fix: 'Read the caller with `supabase.auth.getUser(token)` at the top, answer 401 without one, and check the role or organisation before the service key is used. For functions that only the server or a schedule calls, compare a secret that fails closed.',
    effort: 'hours',
    references: ['https://supabase.com/docs/guides/functions/auth'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'verify_jwt = false and no check of its own',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...fn, auth: 'none', guards: [], data: [sampleAccess({ client: 'service', auth: 'none' })] }),
          ),
        },
      },
      {
        name: 'verify_jwt alone: the anon key passes it',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...fn, auth: 'presence', data: [sampleAccess({ client: 'service', auth: 'presence', operation: 'delete' })] }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'the caller is read and refused',
        given: { inventory: sampleInventory(sampleRoute({ ...fn, data: [sampleAccess({ client: 'service', scope: 'tenant' })] })) },
      },
      {
        name: 'works with the caller’s own rights',
        given: {
          inventory: sampleInventory(sampleRoute({ ...fn, auth: 'presence', data: [sampleAccess({ client: 'user', auth: 'presence' })] })),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      if (route.kind !== 'edge-function' || route.webhook || isSignInFlow(route)) continue;
      const relevant = route.data.filter((access) =>
        access.operation === 'read' ? isPrivate(access) : !(access.subject === 'intake' && access.operation === 'create'),
      );
      if (relevant.length === 0) continue;
      const open = relevant.filter((access) => codeDecides(access) && isOpen(access.auth));
      if (open.length === 0) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} checks the caller, or row-level security decides.`,
        };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      // What is read and not told may still be acted on with the service key: alone it excuses nothing.
      if (open.some(mayBePublic) && open.every((access) => mayBePublic(access) || keepsToItself(route, access))) {
        yield {
          outcome: 'fail',
          severity: 'medium',
          subject: route.id,
          place: { ...(open[0]?.place ?? route.place), name: route.id },
          message: `${route.id} shows ${andList([...new Set(open.filter(mayBePublic).map(({ name }) => name))])} to anybody, with the service key. Is this meant to be public?`,
          proof: routeProof(route, open),
        };
        continue;
      }
      const setting = openWithoutSetting(route);
      const anonymous = open.some((access) => access.auth === 'none');
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...(open[0]?.place ?? route.place), name: route.id },
        ...(setting !== undefined
          ? { severity: 'medium' as const }
          : (!anonymous || !open.some(isPrivate)) && { severity: 'high' as const }),
        message:
          setting !== undefined
            ? `${route.id} ${accessText(open)} with the service key ${openText(route, open)}`
            : anonymous
              ? `${route.id} ${accessText(open)} with the service key for anybody: verify_jwt is off and the function asks nothing itself.`
              : `${route.id} ${accessText(open)} with the service key for anybody who has the public anon key, and every visitor has it.`,
        proof: routeProof(route, open),
      };
    }
  },
});
