import { api, isNullish, literal, type Machine, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { flatten } from './registration.ts';

/** Functions that make settings, as `ConfigModule.forRoot({ load })` was given them. */
const loads = new WeakMap<Machine, Value[]>();

/** `ConfigModule`. */
export const configModule: Value = api('config-module', {
  member: (name) =>
    name === 'forRoot' || name === 'forFeature'
      ? native(({ machine, args: [options] }) => {
          const added = flatten(options?.props?.get('load') ?? (options?.props ? undefined : options));
          loads.set(machine, [...(loads.get(machine) ?? []), ...added]);
          return unknown;
        })
      : undefined,
});

/** `registerAs('jwt', () => ({...}))`: the settings are what the function returns; `KEY` is the token they are injected by. */
export const registerAs: Value = native(({ args: [name, make = unknown] }) => {
  const run = (call: NativeCall): Value => call.machine.call(make, [], unknown, call.node, call.module);
  return api('config-namespace', {
    data: stringOf(name) ?? '',
    call: run,
    member: (member) => (member === 'KEY' ? api('config-key', { call: run }) : undefined),
  });
});

// `config.get('jwt.secret', fallback)`: out of the settings that were loaded, else the variable of that name.
const setting = native((call) => {
  const key = stringOf(call.args[0]) ?? '*';
  if (/node_?env$/i.test(key)) return literal('production');
  return loaded(call, key) ?? { env: key };
});

function loaded(call: NativeCall, key: string): Value | undefined {
  const { machine, node, module } = call;
  return machine.aside(() => {
    for (const load of loads.get(machine) ?? []) {
      const [first, ...rest] = key.split('.');
      const named = load.api?.kind === 'config-namespace' ? load.api.data === first : undefined;
      if (named === false || (named === undefined && !load.closure)) continue;
      let value = machine.settle(machine.call(load, [], unknown, node, module));
      for (const part of named ? rest : [first ?? '', ...rest]) value = machine.member(value, part, true, node, module);
      if (value !== unknown && !isNullish(value) && Object.keys(value).length > 0) return value;
    }
    return undefined;
  });
}

/** The instance of `ConfigService`. */
export const configService: Value = api('config-service', {
  member: (name) => (name === 'get' || name === 'getOrThrow' ? setting : undefined),
});
