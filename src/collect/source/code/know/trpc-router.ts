import { api, type Machine, native, type NativeCall, object, unknown, type Value } from '../interpret/value.ts';
import type { Gap } from '../../../../evidence/source.ts';
import { type Procedure, procedureOf, type Router } from './trpc-procedure.ts';
import { caller } from './trpc-run.ts';

const made = new WeakMap<Machine, Router[]>();

/** All routers of a run. */
export const trpcRouters = (machine: Machine): readonly Router[] => made.get(machine) ?? [];

/** The router behind a value. */
export const routerOf = (value: Value): Router | undefined => (value.api?.kind === 'trpc-router' ? (value.api.data as Router) : undefined);

const routerValue = (router: Router): Value =>
  api('trpc-router', {
    data: router,
    member: (name) => {
      if (name === 'createCaller') return native((call) => caller(router, call.args[0] ?? object({})));
      if (name === '_def') return object({ procedures: recordOf(router), record: recordOf(router), router: object({}, true) }, true);
      return recordOf(router, name).props?.size ? pick(router, name) : undefined;
    },
  });

const recordOf = (router: Router, below?: string): Value => ({
  props: new Map(
    [...router.procedures]
      .filter(([path]) => below === undefined || path === below || path.startsWith(`${below}.`))
      .map(([path, procedure]): [string, Value] => [path, api('trpc-procedure', { data: procedure })]),
  ),
});

const pick = (router: Router, name: string): Value => {
  const own = router.procedures.get(name);
  if (own) return api('trpc-procedure', { data: own });
  const below = new Map(
    [...router.procedures].flatMap(([path, procedure]) =>
      path.startsWith(`${name}.`) ? [[path.slice(name.length + 1), procedure] as const] : [],
    ),
  );
  return routerValue({ ...router, procedures: below });
};

function keep(
  call: Pick<NativeCall, 'machine' | 'node' | 'module'>,
  procedures: ReadonlyMap<string, Procedure>,
  gaps: readonly Gap[],
): Value {
  const router: Router = { procedures, gaps, place: call.module.placeOf(call.node), nested: false, served: false };
  const all = made.get(call.machine);
  if (all) all.push(router);
  else made.set(call.machine, [router]);
  return routerValue(router);
}

/** `t.router({ name: procedure, other: router, plain: { nested } })`. */
export function makeRouter(call: NativeCall, record: Value): Value {
  const procedures = new Map<string, Procedure>();
  const gaps: Gap[] = [];
  collect(call, record, '', procedures, gaps);
  return keep(call, procedures, gaps);
}

function collect(call: NativeCall, record: Value, prefix: string, into: Map<string, Procedure>, gaps: Gap[]): void {
  const place = call.module.placeOf(call.node);
  if (!record.props || record.open)
    gaps.push({
      what: `a part of the router${prefix && ` ${prefix.slice(0, -1)}`}`,
      why: 'its procedures are not listed in the code',
      place,
    });
  for (const [name, given] of record.props ?? []) {
    const value = given.api?.kind === 'trpc-lazy' ? call.machine.settle(given) : given;
    const procedure = procedureOf(value);
    const router = routerOf(value);
    if (procedure) into.set(prefix + name, procedure);
    else if (router) {
      router.nested = true;
      gaps.push(...router.gaps);
      for (const [path, inner] of router.procedures) into.set(`${prefix}${name}.${path}`, inner);
    } else if (value.props && !value.api) collect(call, value, `${prefix}${name}.`, into, gaps);
    else gaps.push({ what: `the procedures under ${prefix}${name}`, why: 'where they are made could not be followed', place });
  }
}

/** `t.mergeRouters(a, b)`: later ones win. */
export function mergeRouters(call: NativeCall): Value {
  const procedures = new Map<string, Procedure>();
  const gaps: Gap[] = [];
  for (const arg of call.args.flatMap((one) => one.items ?? [one])) {
    const router = routerOf(arg);
    if (!router) {
      gaps.push({ what: 'a merged router', why: 'where it is made could not be followed', place: call.module.placeOf(call.node) });
      continue;
    }
    router.nested = true;
    gaps.push(...router.gaps);
    for (const [path, procedure] of router.procedures) procedures.set(path, procedure);
  }
  return keep(call, procedures, gaps);
}

/** `lazy(() => import('./orders'))`: the module's router, or the one that `.then` picks. */
export const lazyRouter: Value = native((outer) =>
  api('trpc-lazy', {
    settle: (machine) => {
      const loaded = machine.settle(machine.call(outer.args[0] ?? unknown, [], unknown, outer.node, outer.module));
      if (loaded.api?.kind !== 'namespace') return loaded;
      const module = machine.code.module(loaded.api.data as string);
      for (const name of module?.exports.keys() ?? []) {
        const value = module ? machine.exported(module, name) : unknown;
        if (routerOf(value)) return value;
      }
      return unknown;
    },
  }),
);
