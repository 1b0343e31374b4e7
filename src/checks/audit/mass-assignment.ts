import { defineCheck } from '../../core/check.ts';
import { andList } from '../../core/wording.ts';
import { chosenPower, codeDecides, isOpen, isSignInFlow, makesAccount, routeProof, verb } from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const patch = { id: 'PATCH /api/invoices/:id', method: 'PATCH' } as const;

/** A sign-up where the new account gets the role or organisation that its owner sends. */
const choosesPower = (route: Route, access: DataAccess): boolean =>
  isOpen(access.auth) && isSignInFlow(route) && codeDecides(access) && makesAccount(access) && chosenPower(access).length > 0;

export const massAssignment = defineCheck({
  id: 'audit/mass-assignment',
  severity: 'high',
  covers: ['S2-C1', 'S2-C2', 'MB-2'],
  doc: {
    title: 'A route stores whatever fields the caller sends',
    why: 'Whoever sends the request decides which columns change: a role, an owner, a price, a “paid” mark, another customer’s organisation.',
    fix: 'List the fields that may change: parse the body with a schema (for example zod) or pick them by name, and set role, owner and organisation from the session only.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa3-broken-object-property-level-authorization/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'update(body)',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...patch, data: [sampleAccess({ operation: 'update', wholeInput: 'body', scope: 'tenant' })] }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'named columns',
        given: {
          inventory: sampleInventory(
            sampleRoute({ ...patch, data: [sampleAccess({ operation: 'update', writes: ['status'], scope: 'tenant' })] }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const writes = route.data.filter(
        (access) =>
          (access.operation === 'update' || access.operation === 'create') &&
          access.kind !== 'storage' &&
          (access.wholeInput !== undefined || access.writes !== undefined),
      );
      if (writes.length === 0) continue;
      const own = writes.find((access) => choosesPower(route, access));
      if (own) {
        yield {
          outcome: 'fail',
          subject: route.id,
          place: { ...own.place, name: route.id },
          message: `${route.id} lets whoever signs up fill in ${andList(chosenPower(own))} of their own account: one request is enough to become an administrator or to join another customer’s organisation.`,
          proof: routeProof(route, [own]),
        };
        continue;
      }
      const whole = writes.filter((access) => access.wholeInput !== undefined && access.subject !== 'intake');
      const [worst] = whole;
      if (!worst) {
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} names the columns it writes${writes.some((access) => access.wholeInput !== undefined) ? ', or stores what strangers are meant to hand in' : ''}.`,
        };
        continue;
      }
      // With row-level security the database still refuses other people's rows, and an administrator may change all columns anyway. So may
      // whoever edits a row of which no column gives power or is for others to set: that the route is open is told by other checks.
      const milder = whole.every(
        ({ auth, client, plain, namesInSql }) =>
          auth === 'role' || client === 'user' || client === 'anon' || (plain === true && namesInSql !== true),
      );
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...worst.place, name: route.id },
        ...(milder && { severity: 'medium' as const }),
        message: `${route.id} ${verb[worst.operation]} ${worst.name} with every field the caller sends, also those the form does not show.`,
        proof: routeProof(route, whole),
      };
    }
  },
});
