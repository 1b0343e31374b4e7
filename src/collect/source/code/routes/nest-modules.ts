import type { Made } from '../interpret/instance.ts';
import {
  alternativesOf,
  api,
  type Machine,
  native,
  type NativeCall,
  type Span,
  stringOf,
  unknown,
  type Value,
} from '../interpret/value.ts';
import { type Exclusion, exclusionsOf } from '../know/nest-app.ts';
import { noteHandler } from '../know/nest-cqrs.ts';
import { decoratorsOf } from '../know/nest-decorators.ts';
import { instanceOf, provide, settleIn } from '../know/nest-inject.ts';
import { noteStrategy } from '../know/nest-passport.ts';
import { flatten, pathText } from '../know/registration.ts';
import { joinPaths } from './path.ts';

const nowhere: Span = { start: 0, end: 0 };

/** Middleware that a module's `configure` puts before routes. */
export interface Applied {
  readonly handlers: readonly Value[];
  readonly routes: readonly Exclusion[];
  /** Controller classes named in `forRoutes`. */
  readonly controllers: readonly unknown[];
  readonly excluded: readonly Exclusion[];
}

/** All that hangs on the root module of an application. */
export interface ModuleGraph {
  readonly controllers: readonly { readonly made: Made; readonly prefix: string }[];
  /** Classes of resolvers and other providers. */
  readonly providers: readonly Made[];
  /** Guards and pipes given under APP_GUARD and APP_PIPE, in the order they are met. */
  readonly guards: readonly Value[];
  readonly pipes: readonly Value[];
  readonly middleware: readonly Applied[];
  /** Modules of packages, by what made them. */
  readonly foreign: readonly Value[];
}

interface Draft {
  readonly controllers: { readonly made: Made; readonly module: unknown }[];
  readonly providers: Made[];
  readonly guards: Value[];
  readonly pipes: Value[];
  readonly middleware: Applied[];
  readonly foreign: Value[];
  readonly paths: Map<unknown, string>;
  readonly seen: Set<unknown>;
}

/** Reads the modules below `root` as Nest loads them. */
export function readModules(machine: Machine, root: Value): ModuleGraph {
  const draft: Draft = {
    controllers: [],
    providers: [],
    guards: [],
    pipes: [],
    middleware: [],
    foreign: [],
    paths: new Map(),
    seen: new Set(),
  };
  machine.aside(() => visit(machine, root, draft));
  const { controllers, paths } = draft;
  return { ...draft, controllers: controllers.map(({ made, module }) => ({ made, prefix: paths.get(module) ?? '' })) };
}

const options = ['imports', 'controllers', 'providers', 'exports'] as const;

function visit(machine: Machine, given: Value, draft: Draft): void {
  for (const { value } of alternativesOf(machine.settle(given))) {
    if (value.items) for (const item of value.items) visit(machine, item, draft);
    else if (value.api?.kind === 'router-tree') readTree(value.api.data as Value, '', draft.paths);
    else if (value.props?.has('module')) {
      // A dynamic module: what `forRoot()` returned, beside what the class's decorator says.
      const base = value.props.get('module') ?? unknown;
      visit(machine, base, draft);
      if (base.constructs) list(machine, value, base.constructs, draft);
    } else if (value.constructs) declared(machine, value.constructs, draft);
    else if (value.api ?? value.from) draft.foreign.push(value);
  }
}

function declared(machine: Machine, made: Made, draft: Draft): void {
  if (draft.seen.has(made.node)) return;
  draft.seen.add(made.node);
  for (const { name, args } of decoratorsOf(machine, made, made.node))
    if (name === 'Module' && args[0]) list(machine, args[0], made, draft);
  configure(machine, made, draft);
}

function list(machine: Machine, metadata: Value, owner: Made, draft: Draft): void {
  const [imports, controllers, providers] = options.map((name) => present(machine, metadata.props?.get(name)));
  for (const item of imports ?? []) visit(machine, item, draft);
  for (const { constructs } of controllers ?? []) {
    if (!constructs || draft.controllers.some(({ made, module }) => made.node === constructs.node && module === owner.node)) continue;
    draft.controllers.push({ made: constructs, module: owner.node });
    settleIn(machine, constructs, owner.node);
  }
  for (const item of providers ?? []) provider(machine, item, owner, draft);
}

const present = (machine: Machine, value: Value | undefined): Value[] =>
  flatten(value).flatMap((item) =>
    alternativesOf(machine.settle(item)).flatMap(({ value: one }) => (one.items ? present(machine, one) : [one])),
  );

function provider(machine: Machine, item: Value, { node: owner }: Made, draft: Draft): void {
  const token = item.props?.get('provide');
  if (!token) {
    if (!item.constructs) return;
    provide(machine, item, { useClass: item, owner });
    noteStrategy(machine, item.constructs);
    noteHandler(machine, item.constructs);
    draft.providers.push(item.constructs);
    return;
  }
  const field = (name: string): Value | undefined => item.props?.get(name);
  const [useClass, useValue, useFactory, useExisting] = ['useClass', 'useValue', 'useFactory', 'useExisting'].map(field);
  const inject = field('inject')?.items;
  const made = {
    ...(useClass && { useClass }),
    ...(useValue && { useValue }),
    ...(useFactory && { useFactory }),
    ...(useExisting && { useExisting }),
  };
  const source = { ...made, ...(inject && { inject }), owner };
  provide(machine, token, source);
  if (useClass?.constructs) {
    noteStrategy(machine, useClass.constructs);
    draft.providers.push(useClass.constructs);
  }
  const name = stringOf(token);
  // A token may be given many times: each guard counts, so the provider itself is kept and not what the token leads to.
  const own = api('provided', { data: source });
  if (name === 'APP_GUARD') draft.guards.push(useClass ?? useExisting ?? useValue ?? own);
  if (name === 'APP_PIPE') draft.pipes.push(useClass ?? useExisting ?? useValue ?? own);
}

// `RouterModule.register([{ path: 'admin', module: AdminModule, children: [...] }])`
function readTree(tree: Value, prefix: string, paths: Map<unknown, string>): void {
  for (const item of flatten(tree)) {
    const path = joinPaths(prefix, pathText(item.props?.get('path')) ?? '');
    const module = item.constructs ?? item.props?.get('module')?.constructs;
    if (module) paths.set(module.node, item.constructs ? prefix : path);
    const children = item.props?.get('children');
    if (children) readTree(children, path, paths);
  }
}

// `configure(consumer) { consumer.apply(A).exclude('x').forRoutes('*') }`
function configure(machine: Machine, made: Made, draft: Draft): void {
  const { node, module } = made;
  if (!node.body.body.some((item) => item.type === 'MethodDefinition' && 'name' in item.key && item.key.name === 'configure')) return;
  const instance = instanceOf(machine, made);
  const run = machine.member(instance, 'configure', true, nowhere, module);
  if (!run.closure) return;
  const chain = (handlers: readonly Value[], excluded: readonly Exclusion[]): Value => {
    const self: Value = api('middleware-chain', {
      member: (name) => {
        if (name === 'exclude') return native(({ args }) => chain(handlers, [...excluded, ...exclusionsOf({ items: args })]));
        if (name !== 'forRoutes') return undefined;
        return native(({ args }: NativeCall) => {
          const classes = args.flatMap((arg) => flatten(arg)).flatMap((arg) => arg.constructs?.node ?? []);
          draft.middleware.push({
            handlers,
            excluded,
            controllers: classes,
            routes: exclusionsOf({ items: args.filter((arg) => !arg.constructs) }),
          });
          return consumer;
        });
      },
    });
    return self;
  };
  const consumer: Value = api('middleware-consumer', {
    member: (name) =>
      name === 'apply'
        ? native(({ args }) =>
            chain(
              args.flatMap((arg) => flatten(arg)),
              [],
            ),
          )
        : undefined,
  });
  machine.call(run, [consumer], instance, nowhere, module);
}
