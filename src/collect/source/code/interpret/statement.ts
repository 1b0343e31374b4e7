import type { Statement } from 'oxc-parser';
import { keepRows, mergeNames, restore, type Snapshot, snapshot } from './branches.ts';
import { equals, stateWhen } from './condition.ts';
import { barringFailure, mayBeMadeToFail } from './failures.ts';
import { named } from './names.ts';
import { type Narrowed, narrowed } from './narrow.ts';
import { counterOf, endsOf, roundsOf } from './rounds.ts';
import { afterFailure } from './rows.ts';
import { both, either, join, type State } from './state.ts';
import { type Frame, literal, type Machine, thrown } from './value.ts';

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
      machine.log.throws = (machine.log.throws ?? 0) + 1;
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
      frame.leaves.at(-1)?.(machine.state, scope);
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
  const ends = new Map<boolean, State>();
  const names = snapshot(statement, frame.scope);
  const left = new Map<boolean, readonly Narrowed[]>();
  let afterFirst: Snapshot | undefined;
  for (const [want, body] of [
    [true, statement.consequent],
    [false, statement.alternate],
  ] as const) {
    const when = stateWhen(test, want);
    if (!when) continue;
    machine.state = both(base, when);
    const branchFrame = inner(frame);
    const narrow = narrowed(machine, statement.test, want, frame.scope).filter((item) => !names.some((kept) => kept.name === item.name));
    for (const item of narrow) branchFrame.scope.names.set(item.name, item.value);
    left.set(want, narrow);
    if (body) machine.execute([body], branchFrame);
    if (machine.state) {
      ends.set(want, machine.state);
      if (want) afterFirst = snapshot(statement, frame.scope);
    }
    if (want) restore(names);
  }
  if (afterFirst && ends.size > 1) mergeNames(afterFirst, ends.get(true), ends.get(false));
  else if (afterFirst) restore(afterFirst);
  // Only one way goes on: from here on the names are what they are on it.
  if (ends.size === 1) for (const want of ends.keys()) for (const item of left.get(want) ?? []) item.scope.names.set(item.name, item.value);
  machine.state =
    ends.size === 0 ? undefined : [...ends.values()].reduce((a, b) => either(a, b, frame.scope.module.snippet(statement.test, 80)));
}

function attempt(machine: Machine, statement: Extract<Statement, { type: 'TryStatement' }>, frame: Frame): void {
  const base = machine.state;
  const names = snapshot(statement, frame.scope);
  const asked = machine.log.asked.size;
  const { throws } = machine.log;
  machine.execute([statement.block], frame);
  const afterTry = machine.state;
  const refuses = machine.log.throws !== throws || mayBeMadeToFail(statement);
  let afterCatch: State | undefined;
  if (statement.handler) {
    const afterNames = snapshot(statement, frame.scope);
    // The block may have failed at its first statement: nothing it proved or assigned is sure.
    machine.state = base && afterFailure(base, afterTry, [...machine.log.asked].slice(asked));
    restore(names);
    const handler = inner(frame);
    if (statement.handler.param) machine.assign(statement.handler.param, thrown, handler.scope);
    machine.execute(statement.handler.body.body, handler);
    afterCatch = machine.state;
    if (afterTry && afterCatch) mergeNames(afterNames, afterTry, afterCatch);
    else if (afterTry) restore(afterNames);
  }
  machine.state = join([afterTry, afterCatch], 'an error is caught and ignored');
  if (!refuses) barringFailure(machine, statement, frame, [afterTry, afterCatch]);
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
  const body: Frame = { ...inner(frame), leaves: [...frame.leaves, (state) => void leaves.push(state)] };
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
    const names = snapshot(statement, body.scope);
    if (machine.state) machine.execute(item.consequent, body);
    keepRows(names);
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
  const rounds = roundsOf(machine, statement, frame.scope);
  const counter = rounds[0]?.literal ? counterOf(statement) : undefined;
  const before = machine.state;
  const names = snapshot(statement, frame.scope);
  const ends = endsOf(statement, frame.scope);
  for (const item of rounds) {
    machine.state = before;
    const body: Frame = { ...inner(frame), leaves: [...frame.leaves, ends.leave] };
    if (statement.type === 'ForOfStatement' || statement.type === 'ForInStatement') {
      const target = statement.left.type === 'VariableDeclaration' ? statement.left.declarations[0]?.id : statement.left;
      if (target) machine.assign(target, item, body.scope);
    } else if (counter !== undefined) body.scope.names.set(counter, item);
    else if (statement.test) {
      const test = machine.evaluate(statement.test, body.scope);
      const when = stateWhen(test, true);
      machine.state = when && machine.state && both(machine.state, when);
    }
    machine.execute([statement.body], body);
    ends.round(machine.state);
  }
  machine.state = ends.after(before);
  keepRows(names);
}
