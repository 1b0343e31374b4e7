import type { Node } from 'oxc-parser';
import { walk } from '../codebase.ts';
import { patternNames } from '../module.ts';
import { mayHoldRows } from './content.ts';
import { nothing, type State } from './state.ts';
import { oneOf, type Scope, type Value } from './value.ts';

/** Values that names had, by the scope that holds them. */
export type Snapshot = readonly { readonly scope: Scope; readonly name: string; readonly value: Value }[];

const assigned = new WeakMap<Node, readonly string[]>();

/** Names that a statement assigns without declaring them, in functions written inside it as well. Computed once a statement. */
function assignedIn(node: Node): readonly string[] {
  let names = assigned.get(node);
  if (names) return names;
  const found = new Set<string>();
  walk(node, (inner) => {
    if (inner.type !== 'AssignmentExpression') return;
    for (const name of patternNames(inner.left as Node)) found.add(name);
  });
  names = [...found];
  assigned.set(node, names);
  return names;
}

/** Keeps what a branch may overwrite. The module's own names are computed once and are left alone. */
export function snapshot(node: Node, scope: Scope): Snapshot {
  const saved: { scope: Scope; name: string; value: Value }[] = [];
  for (const name of assignedIn(node)) {
    for (let at: Scope | undefined = scope; at?.parent; at = at.parent) {
      const value = at.names.get(name);
      if (!value) continue;
      saved.push({ scope: at, name, value });
      break;
    }
  }
  return saved;
}

export function restore(saved: Snapshot): void {
  for (const { scope, name, value } of saved) scope.names.set(name, value);
}

/** A name assigned in one branch only has both values afterwards, each with what its branch says of the caller. */
export function mergeNames(first: Snapshot, whenTrue: State | undefined, whenFalse: State | undefined): void {
  if (!whenTrue || !whenFalse) return;
  for (const { scope, name, value } of first) {
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

/** Names that were overwritten where perhaps nothing was (a loop that runs never, another case of a switch) may still be the rows they were. */
export function keepRows(before: Snapshot): void {
  for (const { scope, name, value } of before) {
    const now = scope.names.get(name);
    if (now && now !== value && mayHoldRows(value))
      scope.names.set(
        name,
        oneOf([
          { value: now, state: nothing },
          { value, state: nothing },
        ]),
      );
  }
}
