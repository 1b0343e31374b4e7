import { remember } from '../interpret/patterns.ts';
import { api, type Machine, unknown, type Value } from '../interpret/value.ts';

const current = new WeakMap<Machine, Value>();

/** Says which request is being answered, for services that are given it by injection. */
export const answering = (machine: Machine, request: Value): void => void current.set(machine, request);

/** What `@Inject(REQUEST)` gives: whichever request is being answered when it is asked. */
export const requestInjected: Value = api('injected-request', {
  member: (name, call) => call.machine.member(current.get(call.machine) ?? unknown, name, true, call.node, call.module),
  assign: (name, value, machine) => {
    const fields = current.get(machine)?.api?.data;
    if (fields instanceof Map) remember(machine, fields as Map<string, Value>, name, value);
  },
});
