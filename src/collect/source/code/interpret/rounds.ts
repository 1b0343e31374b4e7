import type { Expression, Statement } from 'oxc-parser';
import { keysOf, maxRounds } from './enumerate.ts';
import { elementOf } from './member.ts';
import { snapshot, type Snapshot } from './branches.ts';
import { join, type State } from './state.ts';
import { literal, type Machine, oneOf, type Scope, unknown, type Value } from './value.ts';

type Loop = Extract<Statement, { type: 'ForStatement' | 'WhileStatement' | 'DoWhileStatement' | 'ForOfStatement' | 'ForInStatement' }>;

/** What the variable of a loop is in each of its rounds; one unknown round where that cannot be told. */
export function roundsOf(machine: Machine, loop: Loop, scope: Scope): readonly Value[] {
  if (loop.type === 'ForOfStatement') {
    const list = machine.evaluate(loop.right, scope);
    return list.items && !list.open && list.items.length <= maxRounds ? list.items : [elementOf(list)];
  }
  if (loop.type === 'ForInStatement') return keysOf(machine.evaluate(loop.right, scope))?.items ?? [unknown];
  return (loop.type === 'ForStatement' && countedRounds(machine, loop, scope)) || [unknown];
}

/** Name of the counter of `for (let i = 0; i < list.length; i++)`. */
export function counterOf(loop: Loop): string | undefined {
  if (loop.type !== 'ForStatement' || loop.init?.type !== 'VariableDeclaration' || loop.init.declarations.length !== 1) return undefined;
  const id = loop.init.declarations[0]?.id;
  return id?.type === 'Identifier' ? id.name : undefined;
}

function countedRounds(machine: Machine, loop: Extract<Loop, { type: 'ForStatement' }>, scope: Scope): readonly Value[] | undefined {
  const name = counterOf(loop);
  const { test, update } = loop;
  if (name === undefined || test?.type !== 'BinaryExpression' || (test.operator !== '<' && test.operator !== '<=')) return undefined;
  if (test.left.type !== 'Identifier' || test.left.name !== name || update?.type !== 'UpdateExpression' || update.operator !== '++')
    return undefined;
  const first = machine.lookup(name, scope).literal?.is;
  const end = lengthOf(machine, test.right, scope);
  if (typeof first !== 'number' || end === undefined) return undefined;
  const count = end - first + (test.operator === '<=' ? 1 : 0);
  return count >= 0 && count <= maxRounds ? Array.from({ length: count }, (_, nth) => literal(first + nth)) : undefined;
}

function lengthOf(machine: Machine, node: Expression, scope: Scope): number | undefined {
  if (node.type === 'MemberExpression' && !node.computed && node.property.type === 'Identifier' && node.property.name === 'length') {
    const list = machine.evaluate(node.object, scope);
    return list.items && !list.open ? list.items.length : undefined;
  }
  const value = machine.evaluate(node, scope).literal?.is;
  return typeof value === 'number' ? value : undefined;
}

/** Where a loop is left: the states, and what the names it assigns are there. `found = one; break` is found after the loop. */
interface Ends {
  /** `break` and `continue`. */
  readonly leave: (state: State | undefined, scope: Scope) => void;
  /** The end of a round. */
  readonly round: (state: State | undefined) => void;
  /** The state behind the loop, where it began in `before`; the names are then what they may be there. */
  readonly after: (before: State | undefined) => State | undefined;
}

export function endsOf(loop: Loop, outer: Scope): Ends {
  const rounds: (State | undefined)[] = [];
  const left: { readonly state: State; readonly names: Snapshot }[] = [];
  return {
    leave: (state, scope) => void (state && left.push({ state, names: snapshot(loop, scope) })),
    round: (state) => void rounds.push(state),
    after: (before) => {
      const through = join([before, ...rounds]);
      for (const { scope, name, value } of snapshot(loop, outer)) {
        const others = left.flatMap(({ state, names }) =>
          names
            .filter((one) => one.scope === scope && one.name === name && one.value !== value)
            .map((one) => ({ value: one.value, state })),
        );
        if (others.length > 0) scope.names.set(name, oneOf([...(through ? [{ value, state: through }] : []), ...others]));
      }
      return join([through, ...left.map(({ state }) => state)]);
    },
  };
}
