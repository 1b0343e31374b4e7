import { defineCheck } from '../../core/check.ts';
import { codeDecides, isOpen, isPrivate, isSignInFlow, keepsToItself, mayBeMeant, mayBePublic } from '../../evidence/questions.ts';
import { type Guard, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const place = { file: 'middleware.ts', line: 5 };
const skipped: Guard = {
  level: 'identity',
  what: 'supabase.auth.getUser()',
  place: { file: 'middleware.ts', line: 20 },
  via: 'middleware.ts',
  skippedWhen: "pathname.includes('.')",
};
const leaky = sampleRoute({ auth: 'none', guards: [skipped], data: [sampleAccess({ auth: 'none' })] });

/** True when strangers reach data that is not meant for them: a sign-in form and a contact form are. */
const isExposed = (route: Route): boolean =>
  !isSignInFlow(route) &&
  route.data.some(
    (access) =>
      codeDecides(access) &&
      isOpen(access.auth) &&
      (access.operation === 'read'
        ? isPrivate(access) && !keepsToItself(route, access) && !mayBePublic(access)
        : !(access.subject === 'intake' && access.operation === 'create') && !mayBeMeant(access)),
  );

/** Routes of the app that depend on nothing but the middleware, which lets them through on some paths. */
const leaning = (routes: readonly Route[], file: string | undefined): { route: Route; guard: Guard }[] =>
  routes.flatMap((route) => {
    const guard = route.guards.find((item) => item.skippedWhen !== undefined && item.via === file);
    return guard && isExposed(route) ? [{ route, guard }] : [];
  });

/** API routes without any check in an app whose middleware guards its pages. */
const leftOut = (routes: readonly Route[], file: string | undefined): Route[] => {
  const app = (file ?? '').replace(/[^/]*$/, '').replace(/(^|\/)src\/$/, '$1');
  const own = routes.filter((route) => (route.place.file ?? '').startsWith(app));
  const guardsPages = own.some((route) => route.kind === 'page' && route.guards.some((guard) => guard.via === file));
  if (!guardsPages) return [];
  return own.filter((route) => route.kind === 'http' && !route.webhook && route.unresolved.length === 0 && isExposed(route));
};

export const middlewareBypass = defineCheck({
  id: 'audit/middleware-bypass',
  severity: 'high',
  covers: ['NT-2', 'MB-1', 'S1-C1'],
  doc: {
    title: 'The middleware that checks the login can be walked around',
    why: 'Routes that trust the middleware are open on the paths it skips. A dot in the address or a path it leaves out is enough to get in without an account.',
    fix: 'Check the user in every handler as well (middleware is for redirects), and write the middleware’s exceptions as exact paths, not as “contains a dot” or “starts with /api”.',
    effort: 'hours',
    references: ['https://nextjs.org/docs/app/guides/data-security'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'paths with a dot are let through',
        given: { inventory: { ...sampleInventory(leaky), middleware: [{ place, matcher: [], guards: true }] } },
      },
    ],
    passes: [
      {
        name: 'handlers check for themselves',
        given: { inventory: { ...sampleInventory(sampleRoute()), middleware: [{ place, matcher: [], guards: true }] } },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const middleware of inventory.middleware) {
      const { file } = middleware.place;
      const found = leaning(inventory.routes, file);
      const [first] = found;
      const skipped = first ? [] : leftOut(inventory.routes, middleware.place.file);
      if (skipped.length > 0) {
        yield {
          outcome: 'fail',
          subject: file ?? 'middleware',
          place: middleware.place,
          message: `${file ?? 'The middleware'} guards pages but lets ${skipped.length} API route${skipped.length === 1 ? '' : 's'} through that check nothing themselves, e.g. ${skipped[0]?.id}.`,
          proof: skipped.slice(0, 6).map((route) => ({ kind: 'step', place: route.place, text: `${route.id} has no check of its own` })),
        };
        continue;
      }
      if (!first) {
        if (inventory.routes.length > 0)
          yield {
            outcome: 'pass',
            subject: file ?? 'middleware',
            place: middleware.place,
            message: `No route depends on a check in ${file ?? 'the middleware'} that can be skipped.`,
          };
        continue;
      }
      const more = found.length - 1;
      yield {
        outcome: 'fail',
        subject: file ?? 'middleware',
        place: middleware.place,
        message: `${file ?? 'The middleware'} lets requests through without its login check (${first.guard.skippedWhen}); ${first.route.id}${more > 0 ? ` and ${more} more` : ''} has no check of its own.`,
        proof: found.slice(0, 6).map(({ route }) => ({ kind: 'step', place: route.place, text: `${route.id} relies on the middleware` })),
      };
    }
  },
});
