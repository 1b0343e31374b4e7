import type { Place } from '../../../core/finding.ts';
import { methodsOfClass, given } from './handlers.ts';
import { type Knowledge, type Machine, settled } from './machine.ts';
import { parametersOf } from './syntax.ts';
import { type CallValue, itemsOf, nameOf, native, type Router, textOf, textsOf, unknown, type Value } from './value.ts';

const apps = /^(?:fastapi(?:\.applications)?\.FastAPI|starlette\.applications\.Starlette|fastapi_offline\.FastAPIOffline)$/;
const parts = /^(?:fastapi(?:\.routing)?\.APIRouter|starlette\.routing\.Router|fastapi_utils\.inferring_router\.InferringRouter)$/;
const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace']);

/** A text, `''` where nothing was given and `undefined` where it could not be read. */
export const prefixOf = (value: Value | undefined): string | undefined =>
  value === undefined || (value.kind === 'constant' && value.value === null) ? '' : textOf(value);

/** FastAPI and Starlette. */
export const fastapi: Knowledge = {
  construct(machine, call) {
    const app = apps.test(call.callee);
    if (!app && !parts.test(call.callee)) return undefined;
    const router: Router = {
      framework: /starlette/.test(call.callee) ? 'Starlette' : 'FastAPI',
      app,
      prefix: prefixOf(call.named.get('prefix')),
      entries: [],
      guards: [...itemsOf(call.named.get('dependencies'))],
      place: call.place,
      mounted: false,
    };
    machine.routers.push(router);
    const routes =
      call.named.get('routes') ?? (router.framework === 'Starlette' ? call.args.find(({ kind }) => kind === 'list') : undefined);
    for (const route of itemsOf(routes)) listedRoute(machine, router, route);
    return { kind: 'router', router };
  },
  member(machine, router, name) {
    if (router.framework !== 'FastAPI' && router.framework !== 'Starlette') return undefined;
    if (verbs.has(name)) return native((call) => registrar(machine, router, [name.toUpperCase()], call));
    if (name === 'api_route' || name === 'route')
      return native((call) => registrar(machine, router, upper(call.named.get('methods') ?? call.args[1]), call));
    if (name === 'add_api_route' || name === 'add_route')
      return native((call) => {
        const handler = given(call, 'endpoint', 1) ?? call.named.get('route');
        register(machine, router, upper(call.named.get('methods') ?? call.args[2]), call, handler);
        return unknown;
      });
    if (name === 'include_router') return native((call) => (include(router, given(call, 'router', 0), call), unknown));
    if (name === 'mount')
      return native((call) => {
        mount(machine, router, textOf(given(call, 'path', 0)), given(call, 'app', 1), call.place);
        return unknown;
      });
    if (name === 'routes') return native(() => unknown);
    if (name === 'router') return { kind: 'router', router };
    return native(() => native(({ args }) => args[0] ?? unknown));
  },
};

const upper = (value: Value | undefined): string[] => {
  const methods = textsOf(value).map((method) => method.toUpperCase());
  return methods.length > 0 ? methods : ['GET'];
};

const registrar = (machine: Machine, router: Router, methods: readonly string[], call: CallValue): Value =>
  native(({ args: [handler] }) => {
    register(machine, router, methods, call, handler);
    return handler ?? unknown;
  });

function register(machine: Machine, router: Router, methods: readonly string[], call: CallValue, handler: Value | undefined): void {
  const type = handler?.kind === 'class' ? methodsOfClass(handler) : [];
  router.entries.push({
    kind: 'route',
    methods: type.length > 0 ? type : methods,
    path: textOf(given(call, 'path', 0)),
    guards: [...itemsOf(call.named.get('dependencies')), ...(handler ? dependencies(machine, handler) : [])],
    place: call.place,
    ...(handler && { handler }),
  });
}

/** What a handler depends on: `user: User = Depends(get_user)`, `user: Annotated[User, Depends(get_user)]`, or an alias of that. */
export function dependencies(machine: Machine, handler: Value): Value[] {
  const own: Value[] = [];
  if (handler.kind !== 'function') return own;
  own.push(...handler.decorators);
  for (const { type, standard } of parametersOf(handler.node, handler.module.text)) {
    if (standard?.name === 'CallExpression') own.push(machine.evaluate(standard, handler.scope));
    const written = type && settled(machine.evaluate(type, handler.scope));
    if (written?.kind === 'call' && /(?:^|\.)Annotated$/.test(written.callee)) own.push(...written.args.slice(1));
  }
  return own.filter(({ kind }) => kind === 'call' || kind === 'function' || kind === 'external');
}

function include(router: Router, inner: Value | undefined, call: CallValue): void {
  if (inner?.kind !== 'router') return;
  inner.router.mounted = true;
  router.entries.push({
    kind: 'mount',
    prefix: prefixOf(call.named.get('prefix')),
    router: inner.router,
    guards: itemsOf(call.named.get('dependencies')),
    place: call.place,
  });
}

/** Another app below a path: one of these frameworks', or a folder of files. */
function mount(machine: Machine, router: Router, path: string | undefined, app: Value | undefined, place: Place): void {
  const inner = app?.kind === 'call' ? (app.args.find(({ kind }) => kind === 'router') ?? app) : app;
  if (inner?.kind === 'router') {
    inner.router.mounted = true;
    router.entries.push({ kind: 'mount', prefix: path, router: inner.router, guards: [], place });
  } else if (/(?:^|\.)StaticFiles$/.test(nameOf(inner)) || derives(inner, /(?:^|\.)StaticFiles$/)) {
    if (path !== '' && path !== '/') router.entries.push({ kind: 'route', methods: ['GET'], path, guards: [], place, page: true });
  } else if (inner?.kind === 'list') {
    for (const route of inner.items) listedRoute(machine, router, route, path ?? '');
  } else router.entries.push({ kind: 'unread', what: `what is mounted at ${path ?? 'an address'}`, place });
}

const derives = (value: Value | undefined, from: RegExp): boolean =>
  value?.kind === 'instance' && value.of.bases.some((base) => from.test(nameOf(base)));

/** `Route('/x', endpoint, methods=['GET'])`, `Mount('/y', routes=[...])`. */
function listedRoute(machine: Machine, router: Router, value: Value, below = ''): void {
  if (value.kind !== 'call') return;
  const path = textOf(given(value, 'path', 0));
  const at = path === undefined ? undefined : `${below}${path}`;
  if (/(?:^|\.)(?:API)?Route$/.test(value.callee)) {
    const handler = given(value, 'endpoint', 1);
    register(
      machine,
      router,
      upper(value.named.get('methods')),
      { ...value, args: at === undefined ? [] : [{ kind: 'constant', value: at }], named: new Map() },
      handler,
    );
  } else if (/(?:^|\.)Mount$/.test(value.callee)) {
    const inner = value.named.get('routes') ?? given(value, 'app', 1);
    mount(machine, router, at, inner, value.place);
  }
}
