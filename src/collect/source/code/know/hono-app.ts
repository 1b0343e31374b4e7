import type { Place } from '../../../../core/finding.ts';
import type { Module } from '../module.ts';
import { literal, type Machine, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { mergePath } from './hono-path.ts';
import { flatten, pathText, registrationPlace } from './registration.ts';
import { routersOf } from './router.ts';
import { describedRequest } from './hono-validation.ts';

/** One registration on a Hono app, in the order of the code. */
export type HonoEntry =
  | {
      readonly kind: 'use' | 'route';
      readonly method: string;
      readonly path: string;
      readonly handlers: readonly Value[];
      readonly place: Place;
      readonly module: Module;
    }
  | { readonly kind: 'mount'; readonly path: string; readonly app: HonoApp };

/** A Hono app; `basePath()` makes a second one over the same registrations. */
export interface HonoApp {
  readonly entries: HonoEntry[];
  readonly base: string;
  readonly place: Place;
  /** Mounted into another app: reachable only through it. */
  mounted: boolean;
  /** File in which its `fetch` is handed to a server. */
  servedIn?: string;
  /** Where the app was first made, for views with a base path. */
  readonly origin?: HonoApp;
  /** Path of the registration before, which `app.get('/x', a).post(b)` uses again. */
  last: string;
}

const registry = new WeakMap<Machine, HonoApp[]>();

/** The apps made while the modules of the repo ran. */
export function honoApps(machine: Machine): HonoApp[] {
  let apps = registry.get(machine);
  if (!apps) registry.set(machine, (apps = []));
  return apps;
}

/** True where code of a folder makes Hono apps, whose routes are told one by one. */
export const servedByHono = (machine: Machine, folder: string): boolean =>
  honoApps(machine).some((app) => app.entries.length > 0 && (app.place.file ?? '').startsWith(folder));

type Site = Pick<NativeCall, 'machine' | 'node' | 'module'>;

/** `new Hono()`. */
export function makeApp(call: Site): Value {
  const app: HonoApp = { entries: [], base: '', place: call.module.placeOf(call.node), mounted: false, last: '/' };
  honoApps(call.machine).push(app);
  routersOf(call.machine).push({
    framework: 'Hono',
    entries: [],
    place: app.place,
    prefix: '',
    mounted: false,
    root: true,
    fields: new Map(),
  });
  return appValue(app);
}

/** The app behind a value: itself, its `fetch`, or what an adapter made of it. */
export const appOf = (value: Value | undefined): HonoApp | undefined =>
  value?.api && (value.api.kind === 'hono' || value.api.kind === 'hono-fetch') ? (value.api.data as HonoApp) : undefined;

const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'all', 'options', 'head']);

function appValue(app: HonoApp): Value {
  const self: Value = {
    api: {
      kind: 'hono',
      data: app,
      member: (name, call) => {
        if (name === 'fetch') {
          serveApp(app, call.module.path);
          return fetchOf(app);
        }
        if (verbs.has(name)) return native((call) => (verb(app, name.toUpperCase(), call), self));
        return members.get(name)?.(app, self);
      },
    },
  };
  return self;
}

const own: Readonly<Record<string, (app: HonoApp, self: Value) => Value>> = {
  use: (app, self) =>
    native((call) => {
      const path = pathOf(call.args[0]);
      add(app, 'use', 'ALL', path ?? '*', path === undefined ? call.args : call.args.slice(1), call);
      return self;
    }),
  on: (app, self) =>
    native((call) => {
      const methods = flatten(call.args[0]).flatMap((method) => stringOf(method)?.toUpperCase() ?? []);
      for (const path of flatten(call.args[1]))
        for (const method of methods) add(app, 'route', method, pathText(path) ?? '*', call.args.slice(2), call);
      return self;
    }),
  route: (app, self) =>
    native((call) => {
      const inner = appOf(call.args[1]);
      if (inner) mount(app, mergePath(app.base, pathText(call.args[0]) ?? '*'), inner);
      return self;
    }),
  mount: (app, self) =>
    native((call) => {
      const inner = appOf(call.args[1]);
      if (inner) mount(app, mergePath(app.base, pathText(call.args[0]) ?? '*'), inner);
      else add(app, 'route', 'ALL', `${pathText(call.args[0]) ?? ''}/*`, call.args.slice(1, 2), call);
      return self;
    }),
  basePath: (app) =>
    native((call) => appValue({ ...app, base: mergePath(app.base, pathText(call.args[0]) ?? '*'), origin: app.origin ?? app })),
  openapi: (app, self) => native((call) => (openapi(app, call), self)),
  doc: (app, self) => native((call) => (document(app, call), self)),
  doc31: (app, self) => native((call) => (document(app, call), self)),
  request: (app) => fetchOf(app),
  onError: (_app, self) => native(() => self),
  notFound: (_app, self) => native(() => self),
  $call: (_app, self) => self,
};
const members = new Map(Object.entries(own));

const fetchOf = (app: HonoApp): Value => ({
  api: {
    kind: 'hono-fetch',
    data: app,
    call: ({ module }) => (serveApp(app, module.path), { response: 'answer' }),
    member: (name) => (name === 'bind' ? native(() => fetchOf(app)) : undefined),
  },
});

/** Notes that a file hands the app to a server. */
export function serveApp(app: HonoApp, file: string): void {
  (app.origin ?? app).servedIn = file;
}

function mount(app: HonoApp, path: string, inner: HonoApp): void {
  (inner.origin ?? inner).mounted = true;
  app.entries.push({ kind: 'mount', path, app: inner });
}

const pathOf = (value: Value | undefined): string | undefined =>
  value && (value.literal || value.parts || value.alternatives) ? pathText(value) : undefined;

function verb(app: HonoApp, method: string, call: NativeCall): void {
  const path = pathOf(call.args[0]);
  const handlers = path === undefined ? call.args : call.args.slice(1);
  if (path !== undefined) app.last = path;
  if (handlers.length > 0) add(app, 'route', method, app.last, handlers, call);
}

function add(
  app: HonoApp,
  kind: 'use' | 'route',
  method: string,
  path: string,
  handlers: readonly Value[],
  call: Site,
  place = registrationPlace(call),
): void {
  const paths = mergePath(app.base, path);
  app.entries.push({ kind, method, path: paths, handlers: handlers.flatMap((handler) => flatten(handler)), place, module: call.module });
}

// `app.openapi(createRoute({ method, path, middleware, request }), handler)`
function openapi(app: HonoApp, call: NativeCall): void {
  const [route, handler] = call.args;
  const props = route?.props;
  if (!props) return;
  const place = (route.api?.data as Place | undefined) ?? registrationPlace(call);
  add(
    app,
    'route',
    (stringOf(props.get('method')) ?? 'ALL').toUpperCase(),
    pathText(props.get('path')) ?? '*',
    [...flatten(props.get('middleware')), describedRequest(props.get('request')), handler ?? unknown],
    call,
    place,
  );
}

function document(app: HonoApp, call: NativeCall): void {
  add(app, 'route', 'GET', pathText(call.args[0]) ?? '/doc', [native(() => ({ response: 'answer' }))], call);
}

/** `createRoute({...})` of zod-openapi: the description of a route, with the place where it is written. */
export const createRoute: Value = native(({ args, node, module }) => ({
  props: new Map(args[0]?.props ?? []),
  api: {
    kind: 'hono-route',
    data: module.placeOf(node),
    member: (name) => (name === 'getRoutingPath' ? native(() => args[0]?.props?.get('path') ?? literal('/')) : undefined),
  },
}));

/** `createFactory()`: middleware and handlers made by it are the functions themselves. */
export const createFactory: Value = native(({ args }) => {
  const init = args[0]?.props?.get('initApp');
  return object({
    createMiddleware: native((call) => call.args[0] ?? unknown),
    createHandlers: native((call) => ({ items: call.args })),
    createApp: native((call) => {
      const app = makeApp(call);
      if (init?.closure) call.machine.call(init, [app], unknown, call.node, call.module);
      return app;
    }),
  });
});
