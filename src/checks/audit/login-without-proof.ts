import { defineCheck } from '../../core/check.ts';
import { isOpen, routeProof } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const login = {
  id: 'login magic-link (next-auth)',
  method: 'POST',
  path: '/api/auth/callback/magic-link',
  purposes: ['login'],
  data: [],
} as const;
const signsIn = sampleEffect({ kind: 'session', what: 'authorize() signs the caller in', fromInput: [] });

export const loginWithoutProof = defineCheck({
  id: 'audit/login-without-proof',
  severity: 'blocker',
  covers: ['MB-1', 'S1-C2', 'API2-all-flows-known'],
  tripwire: true,
  doc: {
    title: 'A login signs in whoever names an account',
    why: 'Knowing a customer’s mail address is enough to be that customer, or your administrator. No password, link or code is checked where the session is made.',
    fix: 'Check the proof inside the login itself: compare the password with its hash, or look up the mailed token (single use, expiring) and sign in only the account it belongs to.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'the account is looked up by mail address alone',
        given: { inventory: sampleInventory(sampleRoute({ ...login, auth: 'none', guards: [], effects: [signsIn] })) },
      },
    ],
    passes: [
      {
        name: 'the password is compared first',
        given: { inventory: sampleInventory(sampleRoute({ ...login, effects: [{ ...signsIn, auth: 'identity' }] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const sessions = route.effects.filter((effect) => effect.kind === 'session');
      if (sessions.length === 0) continue;
      const open = sessions.filter((effect) => isOpen(effect.auth));
      const about = { subject: route.id, place: { ...(open[0]?.place ?? route.place), name: route.id } };
      if (open.length === 0) yield { ...about, outcome: 'pass', message: `${route.id} signs in only whoever proves who they are.` };
      else if (route.unresolved.length > 0)
        yield {
          ...about,
          outcome: 'unknown',
          message: `${route.id}: could not tell what proof it asks for.`,
          toKnow: `Look at ${route.unresolved
            .map((gap) => gap.what)
            .slice(0, 3)
            .join(', ')} by hand.`,
        };
      else
        yield {
          ...about,
          outcome: 'fail',
          message: `${route.id} signs in whoever names an account: no password, link or code is checked.`,
          proof: routeProof(route, [...route.data.slice(0, 2), ...open]),
        };
    }
  },
});
