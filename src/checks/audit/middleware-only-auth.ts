import { defineCheck } from '../../core/check.ts';
import type { Place } from '../../core/finding.ts';
import { plural } from '../../core/wording.ts';
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

/** First mended version of each line: minor and patch (CVE-2025-29927). */
const mended: Readonly<Record<number, readonly [number, number]>> = { 12: [3, 5], 13: [5, 9], 14: [2, 25], 15: [2, 3] };

/**
 * Versions in which a header of the caller's switches middleware off (CVE-2025-29927): 11.1.4 to 12.3.4, 13 before 13.5.9,
 * 14 before 14.2.25, 15 before 15.2.3; a preview of a mended version comes before it. `undefined` where that cannot be told: no
 * version, half a one, or a range without a lock file that lets an old one in as well as a mended one.
 */
function skipsMiddleware({ version, range, locked }: Stack['next'][number]): boolean | undefined {
  const match = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?(-)?/.exec(version ?? '');
  if (!match) return undefined;
  const [major = 0, minor = 0, patch = 0] = match.slice(1, 4).map((part) => Number(part ?? 0));
  const compare = ([a, b]: readonly [number, number]): number => minor - a || patch - b || (match[4] === undefined ? 0 : -1);
  const fixed = mended[major];
  const old = major === 11 ? compare([1, 4]) >= 0 : fixed !== undefined && compare(fixed) < 0;
  if (!old || locked === true) return old;
  // What a caret or tilde lets in is the newest at the time of the build. No 11 was mended.
  const reaches =
    /^[>*x]|\|\|/.test(range) || match[3] === undefined || range.startsWith('^') || (range.startsWith('~') && minor === fixed?.[0]);
  return reaches && major !== 11 ? undefined : old;
}

/** The folder of the app a route belongs to: the deepest one that names a version of Next.js. */
const appOf = (route: Route, folders: readonly string[]): string | undefined =>
  folders.filter((folder) => (route.place.file ?? '').startsWith(folder)).toSorted((a, b) => b.length - a.length)[0];

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
    const folderOf = (place: Place): string => (place.file ?? '').replace(/package\.json$/, '');
    const folders = next.map(({ place }) => folderOf(place));
    for (const installed of next) {
      const { place, range, version } = installed;
      const own = routes.filter((route) => appOf(route, folders) === folderOf(place));
      const [first] = own;
      if (!first) continue;
      const affected = skipsMiddleware(installed);
      const about = { subject: place.file ?? 'package.json', place };
      if (affected === undefined) {
        yield {
          ...about,
          outcome: 'unknown',
          message: `Could not tell which version of Next.js runs (“${range}”); ${plural(own.length, 'route relies', 'routes rely')} on its middleware alone.`,
          toKnow: 'Commit the lock file, or name the exact version in package.json.',
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
