import { defineCheck } from '../../core/check.ts';
import { accessText, cannotFollow, codeDecides, isPrivate, keepsToItself, routeProof } from '../../evidence/questions.ts';
import { sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const weak = sampleAccess({ auth: 'unverified-session', client: 'service' });
const guard = {
  level: 'unverified-session',
  what: 'supabase.auth.getSession(), which trusts the cookie',
  place: { file: 'lib/auth.ts', line: 7 },
} as const;

export const unverifiedSession = defineCheck({
  id: 'audit/unverified-session',
  severity: 'high',
  covers: ['MB-1', 'NT-2', 'S1-C2'],
  doc: {
    title: 'A route believes a session that nobody verified',
    why: 'The cookie is written by the browser. Code that only decodes it can be told any user id by whoever edits the cookie, and hands out that user’s data.',
    fix: 'Use `supabase.auth.getUser()` or `getClaims()` (they check the signature) instead of `getSession()` on the server, and `jwt.verify` instead of `jwt.decode`.',
    effort: 'minutes',
    references: ['https://supabase.com/docs/guides/auth/server-side/nextjs'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'getSession() before the service key',
        given: { inventory: sampleInventory(sampleRoute({ auth: 'unverified-session', guards: [guard], data: [weak] })) },
      },
    ],
    passes: [
      { name: 'getUser()', given: { inventory: sampleInventory(sampleRoute()) } },
      {
        name: 'the key to verify a token with is looked up by what the token says of itself',
        given: { inventory: sampleInventory(sampleRoute({ data: [{ ...weak, leaves: 'nothing' }, sampleAccess({ auth: 'identity' })] })) },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      // A row of which nothing leaves may be read before the token is verified: it is where the key to verify it with is found.
      const relevant = route.data.filter(
        (access) => codeDecides(access) && (access.operation !== 'read' || (isPrivate(access) && !keepsToItself(route, access))),
      );
      if (relevant.length === 0) continue;
      const trusted = relevant.filter((access) => access.auth === 'unverified-session');
      if (trusted.length === 0) {
        // Where what it does besides hangs on a session that nobody verified, it cannot be said to verify it.
        const sure =
          route.auth !== 'unverified-session' && relevant.every((access) => ['identity', 'role', 'tenant'].includes(access.auth));
        if (sure)
          yield {
            outcome: 'pass',
            subject: route.id,
            place: { ...route.place, name: route.id },
            message: `${route.id} verifies the session.`,
          };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      const by = route.guards.find((item) => item.level === 'unverified-session');
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...(by?.place ?? route.place), name: route.id },
        message: `${route.id} ${accessText(trusted)} for whoever the cookie or token claims to be: ${by?.what ?? 'the session is not verified'}.`,
        proof: routeProof(route, trusted),
      };
    }
  },
});
