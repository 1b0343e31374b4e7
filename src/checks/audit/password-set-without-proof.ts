import { defineCheck } from '../../core/check.ts';
import { isOpen, keepsConnection, keepsPassword, routeProof, unresolvedText } from '../../evidence/questions.ts';
import { type DataAccess, type Route, type SideEffect, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const setup = { id: 'POST /api/auth/setup-password', path: '/api/auth/setup-password', method: 'POST', purposes: ['reset'] } as const;
const store = sampleAccess({
  name: 'users',
  operation: 'update',
  writes: ['password_hash'],
  inputs: [{ column: 'email', source: 'body' }],
  auth: 'none',
  subject: 'owner',
});

const isPasswordWrite = (access: DataAccess): boolean =>
  access.operation === 'update' && (access.writes ?? []).some((column) => keepsPassword(column)) && !keepsConnection(access.writes ?? []);

const setters = (route: Route): (DataAccess | SideEffect)[] => [
  ...route.data.filter(isPasswordWrite),
  ...route.effects.filter((effect) => effect.kind === 'password'),
];

export const passwordSetWithoutProof = defineCheck({
  id: 'audit/password-set-without-proof',
  severity: 'blocker',
  covers: ['MB-1', 'S2-C5'],
  doc: {
    title: 'Anybody can set the password of an account',
    why: 'What others can know of a customer (a mail address, a phone number) is enough to take over the account: the route stores a password without proof that the caller owns it.',
    fix: 'Demand a single-use, expiring token that was mailed to the address (stored as a hash), or the current password of a signed-in user.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'by mail address alone',
        given: { inventory: sampleInventory(sampleRoute({ ...setup, auth: 'none', guards: [], data: [store] })) },
      },
    ],
    passes: [
      {
        name: 'after a mailed token was found',
        given: { inventory: sampleInventory(sampleRoute({ ...setup, data: [{ ...store, auth: 'identity' }] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const found = setters(route);
      if (found.length === 0 || route.purposes.includes('signup')) continue;
      const open = found.filter((item) => isOpen(item.auth));
      const [first] = open;
      const place = { ...(first?.place ?? route.place), name: route.id };
      if (!first) yield { outcome: 'pass', subject: route.id, place, message: `${route.id} sets a password only after proof.` };
      else if (route.unresolved.length > 0)
        yield {
          outcome: 'unknown',
          subject: route.id,
          place,
          message: `${route.id}: could not tell what proof it asks for before it sets a password.`,
          toKnow: `Look at ${unresolvedText(route)} by hand.`,
        };
      else
        yield {
          outcome: 'fail',
          subject: route.id,
          place,
          message: `${route.id} sets the password of an account for anybody: on some way to it at least, neither a mailed code nor the current password is asked for.`,
          proof: routeProof(route, open),
        };
    }
  },
});
