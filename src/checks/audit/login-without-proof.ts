import { defineCheck } from '../../core/check.ts';
import { isOpen, routeProof } from '../../evidence/questions.ts';
import { type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const login = {
  id: 'login magic-link (next-auth)',
  method: 'POST',
  path: '/api/auth/callback/magic-link',
  purposes: ['login'],
  data: [],
} as const;
const signsIn = sampleEffect({ kind: 'session', what: 'authorize() signs the caller in', fromInput: [] });

// Where a forgotten password is told of, the token is the proof of who owns the address: it is mailed, never answered. Elsewhere a token
// is answered after a password or code that is not always seen to be checked.
const mailsToken = ({ purposes, path }: Route): boolean => purposes.includes('reset') && !/verif|confirm|valid|check/i.test(path);

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
      {
        name: 'the reset token is answered instead of mailed',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              id: 'POST /api/forgot-password',
              path: '/api/forgot-password',
              purposes: ['reset'],
              auth: 'none',
              guards: [],
              data: [],
              effects: [sampleEffect({ kind: 'token-response', what: 'a signed token', fromInput: [] })],
            }),
          ),
        },
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
      const sessions = route.effects.filter(
        (effect) => effect.kind === 'session' || (effect.kind === 'token-response' && mailsToken(route)),
      );
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
          message: open.every(({ kind }) => kind === 'token-response')
            ? `${route.id} answers with the token that proves who owns the account, to whoever names the account. Mail it to the account’s address instead.`
            : `${route.id} signs in whoever names an account: no password, link or code is checked.`,
          proof: routeProof(route, [...route.data.slice(0, 2), ...open]),
        };
    }
  },
});
