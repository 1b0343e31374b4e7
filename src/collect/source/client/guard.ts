import type { ClientRoleGate } from '../../../evidence/routes.ts';
import type { Context, Gate, Props } from './facts.ts';
import type { Program } from './program.ts';
import { isElevated } from './role-test.ts';

type Wrapped = Extract<Context, { readonly wrapper: unknown }>;

const mostWrappers = 5;

/** Finds the gate that stands around a use, or around what a component is given. */
export function createGuards(program: Program): (path: string, within: Context | undefined) => ClientRoleGate | undefined {
  /** The innermost gate of a context; `given` are the properties of the component it stands in, when those matter. */
  const gateOf = (path: string, within: Context | undefined, given: Props | undefined, depth: number): ClientRoleGate | undefined => {
    for (let at = within; at; at = at.outer) {
      const gate = 'gate' in at ? asked(at.gate, given) : 'wrapper' in at && depth < mostWrappers ? guardedBy(path, at, depth) : undefined;
      if (gate) return gate;
    }
    return undefined;
  };

  // A component guards what it is given when every place it puts it stands behind a gate.
  const guardedBy = (path: string, { wrapper, props, tag }: Wrapped, depth: number): ClientRoleGate | undefined => {
    for (const spot of program.spots(path, wrapper)) {
      const slots = program.facts(spot.path)?.units.get(spot.unit)?.slots ?? [];
      const reached = slots.filter((slot) => !isAbsent(slot, props));
      const gates = reached.map((slot) => gateOf(spot.path, slot, props, depth + 1));
      const [first] = gates;
      // With the roles it was given, the component is named where it was given them; else where it asks.
      if (first && gates.every((gate) => gate !== undefined)) return props.size > 0 ? { ...first, ...tag } : first;
    }
    return undefined;
  };

  return (path, within) => gateOf(path, within, undefined, 0);
}

const isAbsent = (slot: Context | undefined, props: Props): boolean => {
  for (let at = slot; at; at = at.outer) if ('absent' in at && at.absent.some((name) => props.has(name))) return true;
  return false;
};

/** The gate with the roles that the component was given; `undefined` when it was given none and so asks nothing. */
function asked(gate: Gate, given: Props | undefined): ClientRoleGate | undefined {
  const roles = [...gate.roles];
  for (const name of gate.props) {
    if (!given?.has(name)) return undefined;
    const value = given.get(name);
    if (value === undefined) return undefined;
    if (value !== true) roles.push(...value);
    else if (gate.roles.length === 0) roles.push(name);
  }
  const found = { roles: [...new Set(roles)], except: gate.except };
  return isElevated({ ...found, props: [] }) ? { place: gate.place, what: gate.what, ...found } : undefined;
}
