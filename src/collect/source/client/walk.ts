import type { Node, Statement } from 'oxc-parser';
import type { Module } from '../code/module.ts';
import type { Context, Site, Target, Unit } from './facts.ts';
import type { RoleCondition, RoleTest } from './role-test.ts';
import { isElevated } from './role-test.ts';
import type { Scope } from './scope.ts';

/** Where the walk stands. */
export interface At {
  readonly unit: Unit;
  readonly scope: Scope;
  readonly within: Context | undefined;
  /** Object or class whose methods `this` reaches. */
  readonly self?: string;
  /** Set directly inside a hook: what it returns is handed out, not run. */
  readonly hook?: string;
}

/** The walk over one file, as its parts see it. */
export interface Walk {
  readonly module: Module;
  /** What a condition says about the role. */
  test(node: Node, scope: Scope): RoleTest;
  visit(node: Node, at: At): void;
  visitStatements(statements: readonly Statement[], at: At): void;
  /** Visits what a hook returns. */
  visitReturned(node: Node, at: At): void;
  /** Visits code that runs when `name` is used. */
  visitLazy(name: string, code: Node, at: At, self?: string): void;
  unit(name: string): Unit;
  use(target: Target, at: At): void;
  ask(access: Site['access'], at: At, form?: boolean): void;
}

/** The place behind a condition that holds. */
export function behind(walk: Walk, at: At, conditions: readonly RoleCondition[], node: Node): At {
  let { within } = at;
  for (const condition of conditions)
    if (isElevated(condition))
      within = { gate: { ...condition, place: walk.module.placeOf(node), what: walk.module.snippet(node, 120) }, outer: within };
  return within === at.within ? at : { ...at, within };
}

/** Where a property that switches the question on is missing nothing is asked: of no account for those who give it. */
export const without = (at: At, { given }: RoleTest, value: boolean): At =>
  given?.value === value ? { ...at, within: { absent: given.props, outer: at.within } } : at;

/** Name of a unit below where the walk stands: top-level ones have their own. */
export const unitNamed = (name: string, at: Pick<At, 'unit'>): string => (at.unit.name === '' ? name : `${at.unit.name}/${name}`);

/** Collects what a file uses and asks for, unit by unit. */
export function createRecord(): { units: Map<string, Unit> } & Pick<Walk, 'unit' | 'use' | 'ask'> {
  const units = new Map<string, Unit>();
  // A name used twice in the same place leads to the same.
  const seen = new Map<Unit, Map<Context | undefined, Set<string>>>();
  return {
    units,
    unit(name) {
      let unit = units.get(name);
      if (!unit) units.set(name, (unit = { name, uses: [], accesses: [], slots: [] }));
      return unit;
    },
    use(target, { unit, within }) {
      if ('unit' in target && target.unit === unit.name && target.member === undefined) return;
      const key = 'unit' in target ? `${target.unit}\0${target.member}` : `${target.source}\0${target.name}\0${target.member}`;
      let named = seen.get(unit);
      if (!named) seen.set(unit, (named = new Map()));
      const known = named.get(within);
      if (known?.has(key)) return;
      if (known) known.add(key);
      else named.set(within, new Set([key]));
      unit.uses.push({ of: target, within });
    },
    ask: (access, { unit, within }, form = false) => void unit.accesses.push({ access, within, ...(form && { form }) }),
  };
}
