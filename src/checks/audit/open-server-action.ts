import { defineCheck } from '../../core/check.ts';
import {
  accessText,
  cannotFollow,
  codeDecides,
  isOpen,
  isPrivate,
  isSignInFlow,
  keepsToItself,
  openText,
  routeProof,
} from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const action = { id: 'action app/actions/invoices.ts deleteInvoice', kind: 'server-action', method: 'CALL', framework: 'Next.js' } as const;

export const openServerAction = defineCheck({
  id: 'audit/open-server-action',
  severity: 'blocker',
  covers: ['S1-C1', 'NT-2', 'MB-2'],
  doc: {
    title: 'A server action can be called by anybody',
    why: 'Every server action is a public address of its own: a stranger can call it without ever opening the page that uses it, whatever that page checks.',
    fix: 'Start the action with the same check of the signed-in user as an API route, and work only on rows of that user’s organisation.',
    effort: 'hours',
    references: ['https://nextjs.org/docs/app/guides/data-security'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'deletes by id without a check',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...action, auth: 'none', guards: [], data: [sampleAccess({ operation: 'delete', auth: 'none' })] }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'asks for the password of a page and tells nothing of it',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...action, auth: 'none', guards: [], data: [sampleAccess({ auth: 'none', leaves: 'nothing' })] }),
          ),
        },
      },
      {
        name: 'starts with requireUser()',
        given: { inventory: sampleInventory(sampleRoute({ ...action, data: [sampleAccess({ operation: 'delete', scope: 'tenant' })] })) },
      },
      {
        name: 'row-level security decides',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...action, auth: 'none', data: [sampleAccess({ operation: 'delete', auth: 'none', client: 'user' })] }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      if (route.kind !== 'server-action' || isSignInFlow(route)) continue;
      const relevant = route.data.filter((access) =>
        access.operation === 'read' ? isPrivate(access) : !(access.subject === 'intake' && access.operation === 'create'),
      );
      if (relevant.length === 0) continue;
      const open = relevant.filter((access) => codeDecides(access) && isOpen(access.auth) && !keepsToItself(route, access));
      if (open.length === 0) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} asks who is calling, tells nothing of what it reads, or row-level security decides.`,
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
        place: { ...(open[0]?.place ?? route.place), name: route.id },
        ...(!open.some(isPrivate) && { severity: 'high' as const }),
        message: `A server action is a public address: ${route.id} ${accessText(open)} ${openText(route, open)}`,
        proof: routeProof(route, open),
      };
    }
  },
});
