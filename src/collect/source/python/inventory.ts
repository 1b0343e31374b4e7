import { plural } from '../../../core/wording.ts';
import type { Route, UnreadFramework } from '../../../evidence/routes.ts';
import type { Gap } from '../../../evidence/source.ts';
import { rank } from '../code/interpret/state.ts';
import { purposesOf } from '../code/routes/purpose.ts';
import type { Tree } from '../tree.ts';
import { type Found, djangoRoutes, type Miss, pathOf, rootsOf } from './django.ts';
import { fastapi } from './fastapi.ts';
import { flask } from './flask.ts';
import { guardsOf } from './guards.ts';
import { isDeed } from './handlers.ts';
import type { Machine } from './machine.ts';
import { openPython, type Sources } from './modules.ts';
import { openMachine, start } from './program.ts';
import { restFramework } from './rest-framework.ts';
import type { Router, Value } from './value.ts';

/** Routes of the Python of a repo. */
export interface PythonRoutes {
  readonly routes: readonly Route[];
  readonly gaps: readonly Gap[];
  /** Frameworks whose routes are listed or not, but whose handlers are not followed. */
  readonly unread: readonly UnreadFramework[];
  /** File names of the API descriptions that the program serves. */
  readonly served: ReadonlySet<string>;
}

const framework =
  /^\s*(?:from|import)\s+(?:fastapi|starlette|flask\w*|quart|django|rest_framework\w*|connexion|apiflask|ninja|aiohttp|tornado|sanic|bottle|falcon|litestar|pyramid|robyn|blacksheep)\b/m;
const registers =
  /\b(?:FastAPI|APIRouter|Flask|OpenAPI|APIFlask|Blueprint|Quart|Starlette|Router|Namespace|Api|Mount|FlaskApp|App)\s*\(|@[\w.]+\.(?:route|get|post|put|patch|delete|api_route)\(|\.(?:add_url_rule|add_api_route|add_resource|include_router|register_blueprint|mount|add_route|add_namespace|add_api)\(/;
const makes = /\b(?:FastAPI|Flask|Quart|Starlette|APIFlask|FlaskApp|connexion\.App)\s*\(/;

/** Frameworks of Python that answer requests and of which no reader of ours knows the routes. */
const others: readonly [name: string, imported: RegExp, answers: RegExp][] = [
  ['aiohttp', /^\s*(?:from|import)\s+aiohttp\b/m, /\bweb\.(?:Application|RouteTableDef)\s*\(/],
  ['Tornado', /^\s*(?:from|import)\s+tornado\b/m, /\bRequestHandler\b/],
  ['Sanic', /^\s*(?:from|import)\s+sanic\b/m, /\bSanic\s*\(/],
  ['Bottle', /^\s*(?:from|import)\s+bottle\b/m, /@(?:\w+\.)?(?:route|get|post)\s*\(/],
  ['Falcon', /^\s*(?:from|import)\s+falcon\b/m, /\.add_route\s*\(/],
  ['Litestar', /^\s*(?:from|import)\s+litestar\b/m, /\bLitestar\s*\(/],
  ['Pyramid', /^\s*(?:from|import)\s+pyramid\b/m, /\bConfigurator\s*\(/],
  ['Django Ninja', /^\s*(?:from|import)\s+ninja\b/m, /\bNinjaAPI\s*\(/],
];

const nothing: PythonRoutes = { routes: [], gaps: [], unread: [], served: new Set() };

/**
 * Reads the routes of FastAPI, Starlette, Flask, Quart and Django. Only their addresses, methods and what surely guards them: what the handlers
 * do with data is not followed, so that nothing is judged by them. Nothing is run.
 */
export async function pythonRoutes(tree: Tree, signal?: AbortSignal): Promise<PythonRoutes> {
  if (!tree.files.some(({ path, ignored, built }) => path.endsWith('.py') && !ignored && !built)) return nothing;
  const { parser } = await import('@lezer/python');
  const sources = openPython(tree, (text) => parser.parse(text));
  const used = sources.paths.filter((path) => framework.test(sources.text(path) ?? ''));
  if (used.length === 0) return nothing;
  signal?.throwIfAborted();
  const machine = openMachine(sources, [fastapi, flask, restFramework]);
  const gaps: Gap[] = [];
  const miss: Miss = (what, why, place) => gaps.push({ what, why, place });
  const found: Found[] = [];
  const starting = sources.paths.filter((path) => {
    const text = sources.text(path) ?? '';
    return registers.test(text) && !/^urlpatterns\b/m.test(text);
  });
  start(
    machine,
    starting.flatMap((path) => sources.module(path) ?? []),
    makes,
  );
  found.push(...routersRead(machine, miss));
  if (used.some((path) => /^\s*(?:from|import)\s+(?:django|rest_framework)\b/m.test(sources.text(path) ?? '')))
    for (const root of rootsOf(machine)) found.push(...djangoRoutes(machine, root, miss));
  signal?.throwIfAborted();
  if (machine.budget <= 0) gaps.push({ what: 'the Python of this repo', why: 'it is too large to follow to its end' });
  const routes = found.map((one) => routeOf(machine, one));
  return {
    routes,
    gaps: gaps.slice(0, 100),
    unread: [...listedOnly(routes), ...describedOnly(machine), ...unread(sources)],
    served: machine.served,
  };
}

function* routersRead(machine: Machine, miss: Miss): Generator<Found> {
  const apps = machine.routers.filter(({ app, mounted, entries }) => app && !mounted && entries.length > 0);
  for (const app of apps) yield* flatten(app, app.prefix, [], miss, new Set());
  const lost = machine.routers.filter(({ app, mounted, entries }) => !app && !mounted && entries.length > 0);
  for (const router of lost) {
    // Alone in a repo, its mount is merely out of sight; beside an app it is as likely dead.
    if (apps.length === 0) yield* flatten(router, router.prefix, [], miss, new Set());
    else miss(`router in ${router.place.file ?? ''}`, 'nothing was seen to mount it, so its routes are not listed', router.place);
  }
}

function* flatten(
  router: Router,
  prefix: string | undefined,
  guards: readonly Value[],
  miss: Miss,
  seen: ReadonlySet<Router>,
): Generator<Found> {
  if (seen.has(router)) return;
  const inside = new Set([...seen, router]);
  if (prefix === undefined) {
    miss(
      `routes of the router in ${router.place.file ?? ''}`,
      'the address they stand below is put together in a way that is not followed',
      router.place,
    );
    return;
  }
  for (const entry of router.entries) {
    if (entry.kind === 'unread') {
      miss(entry.what, 'it is made in a way that is not followed', entry.place);
      continue;
    }
    const standing = [...guards, ...router.guards, ...entry.guards];
    if (entry.kind === 'mount') {
      const own = entry.replaces ? '' : entry.router.prefix;
      yield* flatten(
        entry.router,
        entry.prefix === undefined || own === undefined ? undefined : `${prefix}${entry.prefix}${own}`,
        standing,
        miss,
        inside,
      );
    } else if (entry.path === undefined) miss('an address', 'it is put together in a way that is not followed', entry.place);
    else
      for (const method of entry.methods)
        yield {
          framework: router.framework === 'Flask-RESTX' ? 'Flask' : router.framework,
          method,
          path: housePath(`${prefix}${entry.path}`),
          place: entry.place,
          guards: standing,
          ...(entry.page && { page: true }),
          ...(entry.handler && entry.methods.length === 1 && { handler: entry.handler }),
        };
  }
}

/** `/orders/{id}`, `/orders/<int:id>` → `/orders/:id`. */
const housePath = (path: string): string =>
  `/${pathOf(path.replace(/\{(\w+)(?::(\w+))?\}/g, (_, name: string, converter: string | undefined) => `:${name}${converter === 'path' ? '*' : ''}`))}`.replace(
    /\/{2,}/g,
    '/',
  );

const notFollowed = 'what Python handlers do';

function routeOf(machine: Machine, { framework: name, method, path, place, guards: standing, page, handler }: Found): Route {
  const guards = guardsOf(machine, standing, place);
  const strongest = guards.toSorted((a, b) => rank(b.level) - rank(a.level))[0];
  return {
    id: `${method} ${path}`,
    kind: page ? 'page' : 'http',
    framework: name,
    method,
    path,
    place,
    auth: strongest?.level ?? 'none',
    guards,
    roles: [],
    data: [],
    effects: [],
    csrf: 'unknown',
    purposes: purposesOf({ path, method, place }, []),
    unresolved: [{ what: notFollowed, why: 'of Python only addresses and methods are read, so who may do what there was not judged' }],
    addressOnly: true,
    // Without a parameter it changes what is the caller's own.
    ...(method === 'GET' && path.includes(':') && isDeed(handler) && { changesOnGet: true }),
  };
}

/** Frameworks whose routes are listed, but not what these do. */
function listedOnly(routes: readonly Route[]): UnreadFramework[] {
  const names = [...new Set(routes.map(({ framework: name }) => name))];
  return names.flatMap((name) => {
    const own = routes.filter((route) => route.framework === name);
    const files = new Set(own.map(({ place }) => place.file));
    return own[0] ? [{ name, files: files.size, place: own[0].place, listed: own.length }] : [];
  });
}

/** Connexion: the description it serves names the routes, and its handlers are Python. */
function describedOnly({ served, routers }: Machine): UnreadFramework[] {
  const own = routers.filter(({ framework: name }) => name === 'Connexion');
  return served.size > 0 && own[0]
    ? [{ name: 'Connexion', files: new Set(own.map(({ place }) => place.file)).size, place: own[0].place }]
    : [];
}

const unread = (sources: Sources): UnreadFramework[] =>
  others.flatMap(([name, imported, answers]) => {
    const files = sources.paths.filter((path) => {
      const text = sources.text(path) ?? '';
      return answers.test(text) && imported.test(text);
    });
    return files[0] === undefined ? [] : [{ name, files: files.length, place: { file: files[0] } }];
  });

/** In words, for the gap that stands for a framework. */
export const unreadText = ({ files, listed }: UnreadFramework): string =>
  listed === undefined
    ? `this framework is not read; ${plural(files, 'file')} answer requests with it`
    : `of its ${plural(listed, 'route')} only address and method are read, not what they do`;
