import { defineCheck } from '../../core/check.ts';
import { isOpen, keepsLogins, makesAccount, routeProof } from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleEffect, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const holder = /^(?:user|account|member|customer|person|profile|employee)_?(?:id|uuid)$/i;
/** A row that waits for a code or a signature is no session yet. */
const pending = /otp|code|pin$|challenge|state$|nonce|verif/i;
const address = /mail|user_?name|login|phone|mobile|handle/i;

/** Sessions that the app keeps itself: a row in its table of logins that says whose it is. */
const beginsSession = ({ kind, operation, name, writes = [] }: DataAccess): boolean =>
  kind === 'table' &&
  operation === 'create' &&
  keepsLogins(name) &&
  writes.some((column) => holder.test(column)) &&
  !writes.some((column) => pending.test(column));

/** True where the account is the one the caller names: it is looked up by an address from the request, and none is made. */
const namesAccount = ({ data }: Route): boolean =>
  data.some(
    ({ operation, inputs }) =>
      operation === 'read' && inputs.some(({ column, source }) => address.test(column) && source !== 'cookie' && source !== 'header'),
  ) && !data.some((access) => makesAccount(access) || (access.kind === 'accounts' && access.operation === 'create'));

const login = {
  id: 'login magic-link (next-auth)',
  method: 'POST',
  path: '/api/auth/callback/magic-link',
  purposes: ['login'],
  data: [],
} as const;
const signsIn = sampleEffect({ kind: 'session', what: 'authorize() signs the caller in', fromInput: [] });

const mobile = { id: 'POST /login/mobile', method: 'POST', path: '/login/mobile', purposes: ['login'] } as const;
const lookup = (auth: DataAccess['auth']): DataAccess =>
  sampleAccess({ name: 'users', operation: 'read', auth, scope: 'none', inputs: [{ column: 'email', source: 'body' }] });
const session = (auth: DataAccess['auth']): DataAccess =>
  sampleAccess({ name: 'sessions', operation: 'create', auth, scope: 'none', inputs: [], writes: ['token_hash', 'user_id'] });
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
        name: 'a session row is made for the account with that address',
        given: {
          inventory: sampleInventory(sampleRoute({ ...mobile, auth: 'none', guards: [], data: [lookup('none'), session('none')] })),
        },
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
      {
        name: 'a session row is made once the password was compared',
        given: { inventory: sampleInventory(sampleRoute({ ...mobile, data: [lookup('none'), session('identity')] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      // A visitor's session, or that of an account made just now, is nobody else's.
      const rows = namesAccount(route) ? route.data.filter(beginsSession) : [];
      const begun = route.effects.filter((effect) => effect.kind === 'session' || (effect.kind === 'token-response' && mailsToken(route)));
      const sessions = [...begun, ...rows];
      if (sessions.length === 0) continue;
      const open = sessions.filter((session) => isOpen(session.auth));
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
          proof: routeProof(route, [...new Set([...route.data.slice(0, 2), ...open])]),
        };
    }
  },
});
