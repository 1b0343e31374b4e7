import { defineCheck } from '../../core/check.ts';
import { codeDecides, isPrivate, routeProof } from '../../evidence/questions.ts';
import { type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { type Stack, sourceStack } from '../../evidence/source.ts';

const stack = (version: string): Stack => ({
  builders: [],
  frameworks: [],
  backends: [],
  next: [{ place: { file: 'package.json' }, range: version, version }],
  sourceMaps: [],
});
const leaning = sampleRoute({
  framework: 'Next.js',
  guards: [{ level: 'identity', what: 'supabase.auth.getUser()', place: { file: 'middleware.ts', line: 9 }, via: 'middleware.ts' }],
  data: [sampleAccess({ client: 'service' })],
});

/**
 * Versions in which a header of the caller's switches middleware off (CVE-2025-29927): 11.1.4 to 12.3.4, 13 before 13.5.9,
 * 14 before 14.2.25, 15 before 15.2.3. `undefined` for a version that cannot be read.
 */
function skipsMiddleware(version: string | undefined): boolean | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(version ?? '');
  if (!match) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const before = (...fixed: readonly [number, number]): boolean => minor < fixed[0] || (minor === fixed[0] && patch < fixed[1]);
  if (major === 15) return before(2, 3);
  if (major === 14) return before(2, 25);
  if (major === 13) return before(5, 9);
  if (major === 12) return before(3, 5);
  return major === 11 ? !before(1, 4) : false;
}

/** Routes whose only guards stand in middleware. */
const guardedOutside = (route: Route): boolean =>
  route.guards.some((guard) => guard.via !== undefined && guard.level !== 'presence' && guard.skippedWhen === undefined) &&
  route.guards.every((guard) => guard.via !== undefined || guard.level === 'presence') &&
  route.data.some((access) => codeDecides(access) && (isPrivate(access) || access.operation !== 'read'));

export const middlewareOnlyAuth = defineCheck({
  id: 'audit/middleware-only-auth',
  severity: 'blocker',
  covers: ['NT-2', 'MB-1', 'S1-C1'],
  doc: {
    title: 'The login check stands in middleware that a header switches off',
    why: 'In this version of Next.js a stranger adds one header to the request and the middleware is skipped. Routes that check nothing themselves are then open.',
    fix: 'Update Next.js to 15.2.3, 14.2.25, 13.5.9 or 12.3.5 (or newer), and check the user in every handler as well.',
    effort: 'hours',
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2025-29927'],
  },
  needs: { inventory: sourceRoutes, stack: sourceStack },
  examples: {
    fails: [
      { name: 'Next.js 14.2.10 and handlers without a check', given: { inventory: sampleInventory(leaning), stack: stack('14.2.10') } },
    ],
    passes: [{ name: 'a version in which it is mended', given: { inventory: sampleInventory(leaning), stack: stack('15.5.2') } }],
  },
  *evaluate({ inventory, stack: { next } }) {
    const routes = inventory.routes.filter(guardedOutside);
    for (const { place, range, version } of next) {
      const folder = (place.file ?? '').replace(/package\.json$/, '');
      const own = routes.filter((route) => (route.place.file ?? '').startsWith(folder));
      const [first] = own;
      if (!first) continue;
      const affected = skipsMiddleware(version);
      const about = { subject: place.file ?? 'package.json', place };
      if (affected === undefined) {
        yield {
          ...about,
          outcome: 'unknown',
          message: `Could not tell which version of Next.js runs (“${range}”); ${own.length} routes rely on its middleware alone.`,
          toKnow: 'Name the version in package.json or commit the lock file.',
        };
      } else if (!affected) {
        yield { ...about, outcome: 'pass', message: `Next.js ${version} does not let a header skip the middleware.` };
      } else {
        yield {
          ...about,
          outcome: 'fail',
          message: `Next.js ${version} lets a header skip the middleware, and ${own.length === 1 ? first.id : `${first.id} and ${own.length - 1} more`} ${own.length === 1 ? 'has' : 'have'} no check of ${own.length === 1 ? 'its' : 'their'} own.`,
          proof: own.slice(0, 4).flatMap((route) => routeProof(route, route.data.slice(0, 1))),
        };
      }
    }
  },
});
