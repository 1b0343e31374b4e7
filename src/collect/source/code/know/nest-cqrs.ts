import { classOf, type Made } from '../interpret/instance.ts';
import { recordGap } from '../interpret/log.ts';
import { api, type Machine, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { decorator, decoratorsOf } from './nest-decorators.ts';
import { instanceOf } from './nest-inject.ts';

const handlers = new WeakMap<Machine, Map<unknown, Made[]>>();

/** Notes a provider class that handles a message of @nestjs/cqrs: a command, a query or an event. */
export function noteHandler(machine: Machine, made: Made): void {
  for (const { name, args } of decoratorsOf(machine, made, made.node)) {
    if (name !== 'cqrs handler') continue;
    for (const { constructs } of args) {
      if (!constructs) continue;
      const known = handlers.get(machine) ?? new Map<unknown, Made[]>();
      handlers.set(machine, known);
      known.set(constructs.node, [...(known.get(constructs.node) ?? []), made]);
    }
  }
}

// `bus.execute(new CreateOrder(…))` runs the handler of that class.
function dispatched(call: NativeCall, method: 'execute' | 'handle'): Value {
  const { machine, args, node, module } = call;
  const [message = unknown] = args;
  const made = classOf(message);
  const found = (made && handlers.get(machine)?.get(made.node)) ?? [];
  // Nobody has to listen to an event.
  if (found.length === 0 && (method === 'execute' || !made))
    recordGap(machine.log, made?.node.id?.name ?? 'a message', 'could not find what handles it', module.placeOf(node));
  let answer: Value = unknown;
  for (const handler of found) {
    const instance = instanceOf(machine, handler);
    answer = machine.call(machine.member(instance, method, true, node, handler.module), [message], instance, node, handler.module);
  }
  return answer;
}

const bus = (method: 'execute' | 'handle'): Value =>
  api('library-class', {
    call: () =>
      api('cqrs-bus', {
        member: (name) =>
          name === 'execute' || name === 'publish'
            ? native((call) => dispatched(call, method))
            : name === 'publishAll'
              ? native((call) => {
                  for (const message of call.args[0]?.items ?? []) dispatched({ ...call, args: [message] }, method);
                  return unknown;
                })
              : undefined,
      }),
  });

/** What @nestjs/cqrs exports. */
export function nestCqrsPackage(name: string): Value | undefined {
  if (/^(?:Command|Query|Events)Handler$/.test(name)) return decorator('cqrs handler');
  if (name === 'CommandBus' || name === 'QueryBus') return bus('execute');
  return name === 'EventBus' ? bus('handle') : undefined;
}
