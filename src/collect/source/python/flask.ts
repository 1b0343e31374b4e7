import { dependencies, prefixOf } from './fastapi.ts';
import { decoratorsOf, given, methodsOfClass, viewClass } from './handlers.ts';
import type { Knowledge, Machine } from './machine.ts';
import { type CallValue, itemsOf, memberOf, native, type Router, textOf, textsOf, unknown, type Value } from './value.ts';

const apps = /^(?:flask(?:\.app)?\.Flask|quart(?:\.app)?\.Quart|flask_openapi3\.OpenAPI|apiflask\.APIFlask)$/;
const blueprints =
  /^(?:(?:flask|quart)(?:\.blueprints)?\.Blueprint|flask_smorest\.Blueprint|apiflask\.APIBlueprint|flask_openapi3\.APIBlueprint)$/;
const apis = /^flask_rest(?:ful|x|plus)\.Api$/;
const namespaces = /^flask_rest(?:x|plus)\.Namespace$/;
const verbs = new Set(['get', 'post', 'put', 'patch', 'delete']);

/** Flask and Quart, and what is used to write an API with them. */
export const flask: Knowledge = {
  construct(machine, call) {
    const { callee, named, args, place } = call;
    const make = (router: Partial<Router>): Value => {
      const made: Router = { framework: 'Flask', app: false, prefix: '', entries: [], guards: [], place, mounted: false, ...router };
      machine.routers.push(made);
      return { kind: 'router', router: made };
    };
    if (apps.test(callee)) return make({ app: true, framework: callee.startsWith('quart') ? 'Quart' : 'Flask' });
    if (/^connexion\.(?:App|FlaskApp|AsyncApp|FlaskApi)$/.test(callee)) return make({ app: true, framework: 'Connexion' });
    if (blueprints.test(callee)) return make({ prefix: prefixOf(named.get('url_prefix')) });
    if (namespaces.test(callee)) {
      const name = textOf(args[0] ?? named.get('name'));
      return make({
        framework: 'Flask-RESTX',
        prefix: named.has('path') ? textOf(named.get('path')) : name === undefined ? undefined : `/${name}`,
      });
    }
    if (apis.test(callee) || callee === 'flask_smorest.Api') {
      const api = make({ framework: 'Flask-RESTX', prefix: prefixOf(named.get('prefix')) });
      const app = args[0] ?? named.get('app');
      if (api.kind === 'router') attach(api.router, app, call);
      return api;
    }
    return undefined;
  },
  member(machine, router, name) {
    if (!['Flask', 'Quart', 'Connexion', 'Flask-RESTX'].includes(router.framework)) return undefined;
    if (name === 'route') return native((call) => route(machine, router, call));
    if (verbs.has(name) && router.framework !== 'Flask-RESTX')
      return native((call) =>
        native(({ args: [handler] }) => {
          add(machine, router, textOf(given(call, 'rule', 0)), [name.toUpperCase()], handler, call);
          return handler ?? unknown;
        }),
      );
    if (name === 'add_url_rule')
      return native((call) => {
        const view = call.named.get('view_func') ?? call.args[2];
        add(machine, router, textOf(given(call, 'rule', 0)), methods(call), view, call);
        return unknown;
      });
    if (name === 'add_resource')
      return native((call) => {
        for (const path of call.args.slice(1)) add(machine, router, textOf(path), methods(call), call.args[0], call);
        return unknown;
      });
    if (name === 'register_blueprint' || name === 'add_namespace') return native((call) => (blueprint(router, call, name), unknown));
    if (name === 'init_app') return native((call) => (attach(router, call.args[0], call), unknown));
    if (name === 'add_api')
      return native((call) => {
        const file = textOf(given(call, 'specification', 0));
        if (file !== undefined) machine.served.add(file);
        else router.entries.push({ kind: 'unread', what: 'the description of an API that is served', place: call.place });
        return unknown;
      });
    if (name === 'namespace')
      return native((call) => {
        const inner = flask.construct(machine, { ...call, callee: 'flask_restx.Namespace' });
        if (inner?.kind === 'router') blueprint(router, { ...call, args: [inner], named: new Map() }, 'add_namespace');
        return inner ?? unknown;
      });
    if (name === 'before_request')
      return native(({ args: [hook] }) => {
        // What only the whole hook refuses is not known; a decorator on it holds for all.
        if (hook?.kind === 'function') router.guards.push(...hook.decorators);
        return hook ?? unknown;
      });
    if (name === 'app' && router.framework === 'Connexion') return { kind: 'router', router };
    if (name === 'config' || name === 'jinja_env' || name === 'logger') return unknown;
    return native(() => native(({ args }) => args[0] ?? unknown));
  },
};

const methods = (call: CallValue): string[] => textsOf(call.named.get('methods')).map((method) => method.toUpperCase());

// `@app.route('/x', '/y')` of flask-restx names several paths; it and flask-smorest decorate classes too.
const route = (machine: Machine, router: Router, call: CallValue): Value =>
  native(({ args: [handler] }) => {
    const paths = router.framework === 'Flask-RESTX' ? call.args : [given(call, 'rule', 0)];
    for (const path of paths) add(machine, router, textOf(path), methods(call), handler, call);
    return handler ?? unknown;
  });

function add(
  machine: Machine,
  router: Router,
  path: string | undefined,
  named: readonly string[],
  handler: Value | undefined,
  call: CallValue,
): void {
  const type = viewClass(handler) ?? (handler?.kind === 'class' ? handler : undefined);
  const own = type ? methodsOfClass(type) : [];
  const found = named.length > 0 ? named : own.length > 0 ? own : ['GET'];
  for (const method of found.filter((one) => one !== 'OPTIONS' && one !== 'HEAD')) {
    // One function for several methods tells them apart in its body.
    const answers = type?.kind === 'class' ? memberOf(type, method.toLowerCase()) : found.length === 1 ? handler : undefined;
    router.entries.push({
      kind: 'route',
      methods: [method],
      path,
      guards: [
        ...(handler ? dependencies(machine, handler) : []),
        ...(type?.kind === 'class' ? [...classGuards(type), ...decoratorsOf(type, method)] : []),
      ],
      place: call.place,
      ...(answers && { handler: answers }),
    });
  }
}

const classGuards = (type: Extract<Value, { kind: 'class' }>): Value[] => [
  ...type.decorators,
  ...['decorators', 'method_decorators'].flatMap((name) => itemsOf(type.members.get(name))),
];

function blueprint(router: Router, call: CallValue, name: string): void {
  const inner = call.args[0] ?? call.named.get('blueprint');
  if (inner?.kind !== 'router') return;
  inner.router.mounted = true;
  const at = name === 'register_blueprint' ? call.named.get('url_prefix') : (call.named.get('path') ?? call.args[1]);
  const isGiven = at !== undefined && !(at.kind === 'constant' && at.value === null);
  router.entries.push({
    kind: 'mount',
    prefix: isGiven ? textOf(at) : '',
    ...(isGiven && { replaces: true }),
    router: inner.router,
    guards: [],
    place: call.place,
  });
}

/** `Api(app)`, `api.init_app(app)`: its routes are the app's. */
function attach(api: Router, app: Value | undefined, { place }: CallValue): void {
  if (app?.kind !== 'router' || api.mounted) return;
  api.mounted = true;
  app.router.entries.push({ kind: 'mount', prefix: '', router: api, guards: [], place });
}
