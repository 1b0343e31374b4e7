import { call } from './calls.ts';
import { evaluate } from './expressions.ts';
import { keyOf, type Knowledge, type Machine, settled } from './machine.ts';
import { attribute } from './members.ts';
import type { Module, Sources } from './modules.ts';
import { execute } from './statements.ts';
import { childrenOf } from './syntax.ts';
import { external, type Scope, unknown, type Value } from './value.ts';

/** Steps for one repo: what takes more is given up and said so. */
const most = 3_000_000;

/** A machine that follows the start of the programs of a repo. */
export function openMachine(sources: Sources, knowledge: readonly Knowledge[]): Machine {
  const machine: Machine = {
    sources,
    knowledge,
    routers: [],
    served: new Set(),
    called: new Set(),
    budget: most,
    stack: [],
    run(module) {
      if (module.state !== 'new') return;
      module.state = 'running';
      machine.execute(childrenOf(module.syntax.topNode), module.scope, []);
      module.state = 'done';
    },
    evaluate: (node, scope) => evaluate(machine, node, scope),
    execute: (statements, scope, returns) => execute(machine, statements, scope, returns),
    attribute: (value, name, place) => attribute(machine, value, name, place),
    call: (callee, given) => call(machine, callee, given),
    lookup: (name, scope) => lookup(name, scope),
  };
  return machine;
}

function lookup(name: string, from: Scope): Value {
  for (let scope: Scope | undefined = from; scope; scope = scope.parent) {
    const found = scope.names.get(name);
    if (!found) continue;
    const value = settled(found) ?? unknown;
    // In a circle of imports the name may come later.
    if (found.kind === 'late' && value.kind !== 'unknown') scope.names.set(name, value);
    return value;
  }
  return /^(?:__\w+__|[a-z_]+)$/.test(name) ? external(`builtins.${name}`) : unknown;
}

/** Runs files, and then what makes apps in them that nothing has called: `def create_app(): ...` is called by the server that runs it. */
export function start(machine: Machine, modules: readonly Module[], makes: RegExp): void {
  for (const module of modules) machine.run(module);
  for (const module of modules)
    for (const value of module.scope.names.values()) {
      if ((value.kind !== 'function' && value.kind !== 'class') || value.module !== module || machine.called.has(keyOf(value))) continue;
      if (!makes.test(module.text.slice(value.node.from, value.node.to))) continue;
      const made = machine.call(value, { args: [], named: new Map(), place: module.place(value.node) });
      if (value.kind !== 'class' || made.kind !== 'instance') continue;
      for (const [name, member] of value.members)
        if (
          member.kind === 'function' &&
          makes.test(module.text.slice(member.node.from, member.node.to)) &&
          !machine.called.has(keyOf(member))
        )
          machine.call(attribute(machine, made, name, {}), { args: [], named: new Map(), place: module.place(member.node) });
    }
}
