import { defineCheck } from '../../core/check.ts';
import { unresolvedText } from '../../evidence/questions.ts';
import { type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const login = { id: 'POST /login', path: '/login', method: 'POST', purposes: ['login'] } as const;
const lookup = sampleAccess({ name: 'users', subject: 'owner', auth: 'none', inputs: [{ column: 'email', source: 'body' }] });

/** A route of the app's own that takes guesses: it looks people up or checks a password itself. */
const takesGuesses = (route: Route): boolean =>
  route.kind !== 'page' &&
  !['GET', 'HEAD'].includes(route.method) &&
  route.purposes.some((purpose) => purpose === 'login' || purpose === 'reset') &&
  !route.purposes.includes('logout') &&
  (route.data.some((access) => access.inputs.some((input) => /mail|user|phone|login/i.test(input.column))) ||
    route.guards.some((guard) => /^password checked|signInWithPassword|^stored hash/.test(guard.what)));

export const noRateLimit = defineCheck({
  id: 'audit/no-rate-limit',
  severity: 'medium',
  covers: ['FC-9', 'S1-C2'],
  doc: {
    title: 'Login or password reset takes as many tries as anybody likes',
    why: 'Programs try leaked passwords by the thousand, and reset mails can be sent to your customers without end.',
    fix: 'Limit tries per account and per address (for example 5 in 15 minutes) on login, reset, magic link and invite, in a store all servers share.',
    effort: 'hours',
    references: ['https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'login without a limit',
        given: { inventory: sampleInventory(sampleRoute({ ...login, auth: 'none', guards: [], data: [lookup] })) },
      },
    ],
    passes: [
      {
        name: 'a limiter stands before it',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              ...login,
              auth: 'none',
              data: [lookup],
              rateLimit: { level: 'none', what: 'express-rate-limit', place: { file: 'src/app.ts', line: 9 } },
            }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes.filter(takesGuesses)) {
      const about = { subject: route.id, place: { ...route.place, name: route.id } };
      if (route.rateLimit) yield { ...about, outcome: 'pass', message: `${route.id} limits tries (${route.rateLimit.what}).` };
      else if (route.unresolved.length > 0)
        yield {
          ...about,
          outcome: 'unknown',
          message: `${route.id}: could not tell whether tries are limited, because ${unresolvedText(route)} could not be followed.`,
          toKnow: 'Try a wrong password twenty times on a test system: it should be refused after a few.',
        };
      else yield { ...about, outcome: 'fail', message: `${route.id} takes as many tries as anybody likes.` };
    }
  },
});
