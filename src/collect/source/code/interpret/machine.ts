import type { Codebase } from '../codebase.ts';
import { globals as builtins } from './global-names.ts';
import { callValue, constructValue } from './call.ts';
import { assignPattern } from './patterns.ts';
import { evaluateExpression } from './expression.ts';
import { createLog } from './log.ts';
import { memberOf } from './member.ts';
import { nameTable, type PackageKnowledge, requireFunction } from './names.ts';
import { executeStatements } from './statement.ts';
import { nothing } from './state.ts';
import { each, type Machine, type Value } from './value.ts';

/** Node visits allowed for one route: a handler with all its helpers takes a few thousand. */
export const routeBudget = 150_000;

/** A machine over a codebase. `know` answers for packages, `names` for the framework's own globals. */
export function createMachine(code: Codebase, know: PackageKnowledge, names: ReadonlyMap<string, Value> = new Map()): Machine {
  const machine: Machine = {
    code,
    state: nothing,
    log: createLog(),
    budget: routeBudget,
    defining: 0,
    entering: 0,
    stack: [],
    globals: new Map([...builtins, ['require', requireFunction], ...names]),
    evaluate: (node, scope) => evaluateExpression(machine, node, scope),
    execute: (statements, frame) => executeStatements(machine, statements, frame),
    call: (callee, args, self, node, module) => callValue(machine, callee, args, self, node, module),
    construct: (callee, args, node, module) => constructValue(machine, callee, args, node, module),
    member: (value, name, optional, node, module) => memberOf(machine, value, name, optional, node, module),
    assign: (pattern, value, scope, declare) => assignPattern(machine, pattern, value, scope, declare),
    settle: (value) => (value.api?.settle || value.alternatives ? each(value, (one) => one.api?.settle?.(machine) ?? one) : value),
    ...nameTable(() => machine, know),
  };
  return machine;
}
