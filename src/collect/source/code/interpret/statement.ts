import type { Statement } from 'oxc-parser';
import { equals, stateWhen } from './condition.ts';
import { elementOf } from './member.ts';
import { named } from './names.ts';
import { both, either, join, type State } from './state.ts';
import { type Frame, literal, type Machine, oneOf, type Scope, unknown, type Value } from './value.ts';

/** Runs statements in order; stops where the state says that nothing goes on. */
export function executeStatements(machine: Machine, statements: readonly Statement[], frame: Frame): void {
  const { scope } = frame;
  for (const statement of statements) {
    if (statement.type === 'FunctionDeclaration' && statement.id)
      scope.names.set(statement.id.name, { closure: { node: statement, module: scope.module, scope, name: statement.id.name } });
    if (statement.type === 'ClassDeclaration' && statement.id)
      scope.names.set(statement.id.name, { constructs: { node: statement, module: scope.module, scope } });
  }
  for (const statement of statements) {
    if (!machine.state || machine.budget <= 0) return;
    execute(machine, statement, frame);
  }
}

const inner = (frame: Frame): Frame => ({ ...frame, scope: { names: new Map(), parent: frame.scope, module: frame.scope.module } });

function execute(machine: Machine, statement: Statement, frame: Frame): void {
  const { scope } = frame;
  switch (statement.type) {
    case 'ExpressionStatement':
      machine.settle(machine.evaluate(statement.expression, scope));
      return;
    case 'VariableDeclaration':
      for (const declaration of statement.declarations) {
        const value = declaration.init ? machine.evaluate(declaration.init, scope) : literal(undefined);
        if (declaration.id.type === 'Identifier') scope.names.set(declaration.id.name, named(value, declaration.id.name));
        else machine.assign(declaration.id, value, scope);
      }
      return;
    case 'ReturnStatement': {
      const value = statement.argument ? machine.evaluate(statement.argument, scope) : literal(undefined);
      if (machine.state) frame.returns.push({ value, state: machine.state });
      machine.state = undefined;
      return;
    }
    case 'ThrowStatement':
      machine.evaluate(statement.argument, scope);
      machine.state = undefined;
      return;
    case 'IfStatement':
      branch(machine, statement, frame);
      return;
    case 'BlockStatement':
      machine.execute(statement.body, inner(frame));
      return;
    case 'TryStatement':
      attempt(machine, statement, frame);
      return;
    case 'SwitchStatement':
      choice(machine, statement, frame);
      return;
    case 'ForStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForOfStatement':
    case 'ForInStatement':
      loop(machine, statement, inner(frame));
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
      frame.leaves.at(-1)?.push(machine.state);
      machine.state = undefined;
      return;
    case 'LabeledStatement':
      execute(machine, statement.body, frame);
      return;
    case 'ExportNamedDeclaration':
      if (statement.declaration) execute(machine, statement.declaration as Statement, frame);
      return;
    default:
  }
}

function branch(machine: Machine, statement: Extract<Statement, { type: 'IfStatement' }>, frame: Frame): void {
  const test = machine.evaluate(statement.test, frame.scope);
  const base = machine.state;
  if (!base) return;
  const ends: State[] = [];
  const names = snapshot(frame.scope);
  let afterFirst: Map<Scope, Map<string, Value>> | undefined;
  for (const [want, body] of [
    [true, statement.consequent],
    [false, statement.alternate],
  ] as const) {
    const when = stateWhen(test, want);
    if (!when) continue;
    machine.state = both(base, when);
    if (body) machine.execute([body], inner(frame));
    if (machine.state) {
      ends.push(machine.state);
      if (want) afterFirst = snapshot(frame.scope);
    }
    if (want) restore(names);
  }
  if (afterFirst && ends.length > 1) mergeNames(afterFirst, stateWhen(test, true), stateWhen(test, false));
  else if (afterFirst) restore(afterFirst);
  machine.state = ends.length === 0 ? undefined : ends.reduce((a, b) => either(a, b, frame.scope.module.snippet(statement.test, 80)));
}

function snapshot(scope: Scope): Map<Scope, Map<string, Value>> {
  const saved = new Map<Scope, Map<string, Value>>();
  // The module's own names are computed once and never reassigned by a branch.
  for (let at: Scope | undefined = scope; at?.parent; at = at.parent) saved.set(at, new Map(at.names));
  return saved;
}

function restore(saved: Map<Scope, Map<string, Value>>): void {
  for (const [scope, names] of saved) for (const [name, value] of names) scope.names.set(name, value);
}

// A name assigned in one branch only has both values afterwards, each with what its branch says of the caller.
function mergeNames(first: Map<Scope, Map<string, Value>>, whenTrue: State | undefined, whenFalse: State | undefined): void {
  if (!whenTrue || !whenFalse) return;
  for (const [scope, names] of first) {
    for (const [name, value] of names) {
      const other = scope.names.get(name);
      if (other && other !== value)
        scope.names.set(
          name,
          oneOf([
            { value, state: whenTrue },
            { value: other, state: whenFalse },
          ]),
        );
    }
  }
}

function attempt(machine: Machine, statement: Extract<Statement, { type: 'TryStatement' }>, frame: Frame): void {
  const base = machine.state;
  const names = snapshot(frame.scope);
  machine.execute([statement.block], frame);
  const afterTry = machine.state;
  let afterCatch: State | undefined;
  if (statement.handler) {
    const afterNames = snapshot(frame.scope);
    // The block may have failed at its first statement: nothing it proved or assigned is sure.
    machine.state = base;
    restore(names);
    const handler = inner(frame);
    if (statement.handler.param) machine.assign(statement.handler.param, unknown, handler.scope);
    machine.execute(statement.handler.body.body, handler);
    afterCatch = machine.state;
    if (afterTry && afterCatch) mergeNames(afterNames, afterTry, afterCatch);
    else if (afterTry) restore(afterNames);
  }
  machine.state = join([afterTry, afterCatch], 'an error is caught and ignored');
  if (statement.finalizer) {
    const ended = machine.state === undefined;
    machine.state ??= base;
    machine.execute([statement.finalizer], frame);
    if (ended) machine.state = undefined;
  }
}

function choice(machine: Machine, statement: Extract<Statement, { type: 'SwitchStatement' }>, frame: Frame): void {
  const subject = machine.evaluate(statement.discriminant, frame.scope);
  const base = machine.state;
  if (!base) return;
  const leaves: (State | undefined)[] = [];
  const body = { ...inner(frame), leaves: [...frame.leaves, leaves] };
  let through: State | undefined;
  let rest: State | undefined = base;
  for (const item of statement.cases) {
    let enters: State | undefined;
    if (item.test) {
      machine.state = rest ?? base;
      const same = equals(machine, subject, machine.evaluate(item.test, body.scope), item, frame.scope.module);
      const yes = rest && stateWhen(same, true);
      const no: State | undefined = rest && stateWhen(same, false);
      enters = yes && rest && both(rest, yes);
      rest = no && rest && both(rest, no);
    } else enters = rest;
    machine.state = join([through, enters]);
    if (machine.state) machine.execute(item.consequent, body);
    through = machine.state;
  }
  const hasDefault = statement.cases.some((item) => !item.test);
  machine.state = join([through, ...leaves, hasDefault ? undefined : rest]);
}

type Loop = Extract<Statement, { type: 'ForStatement' | 'WhileStatement' | 'DoWhileStatement' | 'ForOfStatement' | 'ForInStatement' }>;

function loop(machine: Machine, statement: Loop, frame: Frame): void {
  if (statement.type === 'ForStatement' && statement.init) {
    if (statement.init.type === 'VariableDeclaration') execute(machine, statement.init, frame);
    else machine.evaluate(statement.init, frame.scope);
  }
  let rounds: readonly Value[] = [unknown];
  if (statement.type === 'ForOfStatement') {
    const list = machine.evaluate(statement.right, frame.scope);
    // A short known list (of routers, of public paths) is walked item by item.
    rounds = list.items && !list.open && list.items.length <= 30 ? list.items : [elementOf(list)];
  }
  const before = machine.state;
  const leaves: (State | undefined)[] = [];
  for (const item of rounds) {
    machine.state = before;
    const body = { ...inner(frame), leaves: [...frame.leaves, leaves] };
    if (statement.type === 'ForOfStatement' || statement.type === 'ForInStatement') {
      const target = statement.left.type === 'VariableDeclaration' ? statement.left.declarations[0]?.id : statement.left;
      if (target) machine.assign(target, item, body.scope);
    } else if (statement.test) {
      const test = machine.evaluate(statement.test, body.scope);
      const when = stateWhen(test, true);
      machine.state = when && machine.state && both(machine.state, when);
    }
    machine.execute([statement.body], body);
    leaves.push(machine.state);
  }
  machine.state = join([before, ...leaves]);
}
