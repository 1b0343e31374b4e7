import type { Place } from '../../../../core/finding.ts';
import type { Module } from '../module.ts';
import { api, type Machine, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import { decoratorsOf } from './nest-decorators.ts';
import { resolveToken } from './nest-inject.ts';
import { flatten, pathText } from './registration.ts';

/** A path that the global prefix leaves out. */
export interface Exclusion {
  readonly path: string;
  readonly method?: string;
}

/** A Nest application as the code configures it. */
export interface NestApp {
  readonly root: Value;
  readonly place: Place;
  readonly module: Module;
  prefix: string;
  readonly excluded: Exclusion[];
  /** Prefix of versions in the path (`v`), when versions stand there. */
  versionPrefix?: string;
  defaultVersions: readonly string[];
  readonly guards: Value[];
  readonly pipes: Value[];
  /** True once it listens: what is made only to read settings does not. */
  listens: boolean;
  readonly middleware: { readonly path: string; readonly handler: Value; readonly module: Module }[];
}

const apps = new WeakMap<Machine, NestApp[]>();

/** Applications that answer HTTP requests, in the order they are made. */
export const nestApps = (machine: Machine): readonly NestApp[] => apps.get(machine) ?? [];

/** `NestFactory`. */
export const nestFactory: Value = api('nest-factory', {
  member: (name) =>
    name === 'create' ? native(create) : name === 'createApplicationContext' ? native((call) => appValue(draft(call))) : undefined,
});

const draft = (call: NativeCall): NestApp => ({
  root: call.args[0] ?? unknown,
  place: call.module.placeOf(call.node),
  module: call.module,
  prefix: '',
  excluded: [],
  defaultVersions: [],
  guards: [],
  pipes: [],
  listens: false,
  middleware: [],
});

function create(call: NativeCall): Value {
  const app = draft(call);
  // Settings are loaded by the module's imports, and asked for right after.
  if (app.root.constructs) decoratorsOf(call.machine, app.root.constructs, app.root.constructs.node);
  const list = apps.get(call.machine);
  if (list) list.push(app);
  else apps.set(call.machine, [app]);
  return appValue(app);
}

/** Paths of `exclude`, `forRoutes` and the like: text, or an object with path and method. */
export function exclusionsOf(value: Value | undefined): Exclusion[] {
  return flatten(value).flatMap((item) => {
    const given = item.props?.get('path') ?? item;
    // A path with an unknown part covers we know not what.
    if (given.parts?.some((part) => typeof part !== 'string')) return [];
    const path = pathText(given);
    const method = stringOf(item.props?.get('method'));
    return path === undefined ? [] : [{ path, ...(method !== undefined && method !== 'ALL' && { method }) }];
  });
}

/** Texts of a version, or of several. */
export const versionsOf = (value: Value | undefined): string[] => flatten(value).flatMap((item) => stringOf(item) ?? []);

function appValue(app: NestApp): Value {
  const self: Value = api('nest-app', {
    data: app,
    member: (name) => {
      switch (name) {
        case 'setGlobalPrefix':
          return native(({ args: [prefix, options] }) => {
            app.prefix = pathText(prefix) ?? '';
            app.excluded.push(...exclusionsOf(options?.props?.get('exclude')));
            return self;
          });
        case 'enableVersioning':
          return native(({ args: [options] }) => {
            const type = stringOf(options?.props?.get('type')) ?? 'URI';
            const prefix = options?.props?.get('prefix');
            if (type === 'URI') app.versionPrefix = prefix?.literal?.is === false ? '' : (stringOf(prefix) ?? 'v');
            app.defaultVersions = versionsOf(options?.props?.get('defaultVersion'));
            return self;
          });
        case 'useGlobalGuards':
          return native(({ args }) => (void app.guards.push(...args), self));
        case 'useGlobalPipes':
          return native(({ args }) => (void app.pipes.push(...args), self));
        case 'use':
          return native(({ args, module }) => {
            const [first] = args;
            const path = pathText(first);
            for (const handler of path === undefined ? args : args.slice(1)) app.middleware.push({ path: path ?? '/', handler, module });
            return self;
          });
        case 'get':
        case 'resolve':
          return native(({ machine, args }) => resolveToken(machine, args[0] ?? unknown));
        case 'getHttpAdapter':
          return native(() => object({ getInstance: native(() => unknown) }, true));
        case 'listen':
        case 'init':
          return native(() => ((app.listens = true), self));
        case 'then':
        case 'catch':
          return undefined;
        case 'getHttpServer':
        case 'getUrl':
          return native(() => unknown);
        default:
          return native(() => self);
      }
    },
  });
  return self;
}
