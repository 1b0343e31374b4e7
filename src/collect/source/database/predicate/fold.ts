import type { Constant } from '../sql/nodes.ts';
import type { Analysis, Frame, Relation, Scope, Value } from './scope.ts';
import { isRoleColumn } from '../facts/words.ts';
import { alternatives, and, type Atom, or, type RelationRef, type Term, unknown } from './term.ts';

type LinkCaller = Extract<Term, { is: 'link-caller' }>;

/** The atoms of one alternative, sorted by what they say about the relations of a frame. */
interface Sorted {
  readonly callers: readonly LinkCaller[];
  readonly rows: readonly Extract<Term, { is: 'link-row' }>[];
  readonly inner: readonly Extract<Term, { is: 'inner' }>[];
  readonly selves: readonly Extract<Term, { is: 'self' }>[];
  /** Joins to a relation of an enclosing query: that relation and its column. */
  readonly outward: readonly { readonly relation: RelationRef; readonly column: string }[];
  /** Columns by which relations of the frame are joined to one another. */
  readonly joined: readonly { readonly relation: RelationRef; readonly column: string }[];
  readonly rest: readonly Atom[];
}

function sort(atoms: readonly Atom[], frame: Frame): Sorted {
  const own = new Set([...frame.values()].map((relation) => relation.id));
  const callers: LinkCaller[] = [];
  const rows: Sorted['rows'][number][] = [];
  const inner: Extract<Term, { is: 'inner' }>[] = [];
  const selves: Extract<Term, { is: 'self' }>[] = [];
  const outward: Sorted['outward'][number][] = [];
  const joined: Sorted['joined'][number][] = [];
  const rest: Atom[] = [];
  for (const atom of atoms) {
    if (atom.is === 'link-caller' && own.has(atom.relation.id)) callers.push(atom);
    else if (atom.is === 'link-row' && own.has(atom.relation.id)) rows.push(atom);
    else if (atom.is === 'inner' && own.has(atom.relation.id)) inner.push(atom);
    else if (atom.is === 'self' && own.has(atom.relation.id)) selves.push(atom);
    else if (atom.is === 'not' && 'relation' in atom.of && own.has(atom.of.relation.id))
      inner.push({ is: 'inner', relation: atom.of.relation, column: atom.of.column });
    else if (atom.is === 'join') {
      const left = own.has(atom.left.id);
      const right = own.has(atom.right.id);
      if (left && !right) outward.push({ relation: atom.right, column: atom.rightColumn });
      else if (right && !left) outward.push({ relation: atom.left, column: atom.leftColumn });
      else if (!left && !right) rest.push(atom);
      else joined.push({ relation: atom.left, column: atom.leftColumn }, { relation: atom.right, column: atom.rightColumn });
    } else rest.push(atom);
  }
  return { callers, rows, inner, selves, outward, joined, rest };
}

/** Ends a sub-query: what its condition, true of some rows of the frame, asks of the caller and of the policy's row. */
export function fold(analysis: Analysis, where: Term, frame: Frame, scope: Scope): Term {
  const branches = alternatives(where);
  if (!branches) return unknown('a condition with too many alternatives');
  return or(branches.map((atoms) => foldBranch(analysis, sort(atoms, frame), frame, scope)));
}

function foldBranch(analysis: Analysis, sorted: Sorted, frame: Frame, scope: Scope): Term {
  const { callers, rows, selves, outward, rest } = sorted;
  const [caller] = callers;
  const [row] = rows;
  const extra: Term[] = [...rest];
  if (caller) {
    const roles = demanded(sorted, caller);
    decide(analysis, sorted, caller, { frame, scoped: sorted.rows.length + sorted.outward.length > 0 });
    const via = caller.via ?? caller.relation.table;
    for (const out of outward) extra.push({ is: 'link-caller', relation: out.relation, column: out.column, via, roles });
    if (row)
      extra.push({
        is: 'tenant',
        columns: rows.flatMap((link) => link.rowColumns),
        via,
        roles,
        ...held(analysis, sorted, caller),
        solid: true,
      });
    else if (outward.length === 0) extra.push(withoutRow(analysis, sorted, caller, roles));
    return and(extra);
  }
  if (row) {
    const columns = rows.flatMap((link) => link.rowColumns);
    for (const out of outward) extra.push({ is: 'link-row', relation: out.relation, column: out.column, rowColumns: columns });
    if (outward.length === 0) extra.push(ofRow(sorted, columns, row.relation.table, scope));
    return and(extra);
  }
  if (outward.length > 0)
    return and([...extra, ...outward.map((out): Term => ({ is: 'inner', relation: out.relation, column: out.column }))]);
  if (selves.length > 0 || frame.size > 0)
    return rest.length > 0 && saysEnough(rest) ? and(extra) : and([...extra, unknown('whether certain rows exist')]);
  return and(extra);
}

// Conditions about the caller stand outside of the rows looked at: EXISTS (SELECT 1 FROM t WHERE auth.uid() IS NOT NULL).
const saysEnough = (atoms: readonly Atom[]): boolean =>
  atoms.some((atom) => ['own', 'tenant', 'role', 'db-role', 'signed-out'].includes(atom.is));

function ofRow(sorted: Sorted, columns: readonly string[], table: string, scope: Scope): Term {
  const flag =
    sorted.inner.length > 0 && sorted.inner.every((atom) => /publi[cs]|publish|active|visible|approved|status/i.test(atom.column));
  if (columns.every((column) => column.startsWith('$')))
    return { is: 'argument', columns: sorted.rows.flatMap((link) => link.by ?? [link.column]) };
  return scope.definer ? { is: 'row', columns, flag } : { is: 'parent', table, columns };
}

/** Nothing ties the row to the caller: a role, or no more than having an account. */
function withoutRow(analysis: Analysis, sorted: Sorted, caller: LinkCaller, roles: readonly string[]): Term {
  const [self] = sorted.selves;
  const via = caller.via ?? caller.relation.table;
  if (self && roles.length === 0)
    return {
      is: 'signed-in',
      note: `${short(self.relation.table)}.${self.column} is compared with itself, so any row of the caller will do`,
    };
  const profile = sorted.inner.length === 0 && caller.via === undefined && isProfile(analysis, caller);
  return profile ? { is: 'signed-in', note: `everybody who signs up has a row in ${short(via)}` } : { is: 'role', via, roles, solid: true };
}

const short = (table: string): string => table.replace(/^public\./, '');

/** A table with one row for each account: its primary key is the account's id. */
function isProfile(analysis: Analysis, caller: LinkCaller): boolean {
  const table = analysis.catalog.tables.get(caller.relation.table);
  if (caller.relation.table === 'auth.users') return true;
  return table !== undefined && table.primaryKey.join() === caller.column && table.columns.get(caller.column)?.references === 'auth.users';
}

/** Constants asked of the rows that are tied to the caller; a mark such as `is_owner` that must be set is a role of that name. */
function demanded(sorted: Sorted, caller: LinkCaller): string[] {
  const constants = sorted.inner.flatMap(({ column, equals = [] }) =>
    equals.flatMap((value) =>
      typeof value === 'string' ? [value] : value === true && isRoleColumn(column) ? [column.replace(/^is_?/i, '')] : [],
    ),
  );
  return [...(caller.roles ?? []), ...constants];
}

/** Whether the rest hangs on the key of a thing that names the caller, and not on what its row says of a tenant. */
function held(analysis: Analysis, { rows, joined, outward }: Sorted, caller: LinkCaller): { readonly held?: true } {
  const links = [...rows, ...joined].filter((link) => link.relation.id === caller.relation.id).map((link) => link.column);
  return outward.length === 0 && links.length > 0 && links.every((column) => isKeyOfThing(analysis, caller, column)) ? { held: true } : {};
}

function isKeyOfThing(analysis: Analysis, caller: LinkCaller, column: string): boolean {
  const key = analysis.catalog.tables.get(caller.relation.table)?.primaryKey.join() ?? '';
  return caller.via === undefined && column !== caller.column && (column === key || (key === '' && column === 'id'));
}

/** Remembers which table and columns decided. */
function decide(analysis: Analysis, sorted: Sorted, caller: LinkCaller, { frame, scoped }: { frame: Frame; scoped: boolean }): void {
  const roles = new Map<string, readonly Constant[]>();
  for (const atom of sorted.inner)
    if (atom.relation.id === caller.relation.id && atom.equals) roles.set(atom.column, [...(roles.get(atom.column) ?? []), ...atom.equals]);
  const tenants = [...sorted.rows, ...sorted.outward]
    .filter((link) => 'rowColumns' in link && link.relation.id === caller.relation.id)
    .map((link) => link.column);
  const relation = [...frame.values()].find((one) => one.id === caller.relation.id);
  if (relation && relation.table.includes('.'))
    analysis.decisions.push({ table: relation.table, roles, tenants, scoped, by: analysis.reading });
}

/** The value of a column picked by a condition over the frame. */
export function folded(analysis: Analysis, where: Term, frame: Frame, value: Value): Value {
  const branches = alternatives(where) ?? [];
  const sorted = branches.map((atoms) => sort(atoms, frame));
  const first = sorted[0];
  if (!first || value.is === 'caller' || value.is === 'constant' || value.is === 'row') return value;
  const columns = [...new Set(sorted.flatMap((one) => one.rows.flatMap((link) => link.rowColumns)))];
  const column = value.is === 'inner' ? value.column : '';
  if (sorted.every((one) => one.callers.length > 0)) {
    const caller = first.callers[0] as LinkCaller;
    // A tenant's id is taken to be compared with the row; only a role that is taken counts everywhere.
    for (const one of sorted)
      decide(analysis, one, caller, { frame, scoped: columns.length > 0 || (column !== '' && !isRoleColumn(column)) });
    const taken = value.is === 'inner' ? value.relation : caller.relation;
    if (column !== '') remember(analysis, taken, column, columns.length > 0);
    return {
      is: 'looked-up',
      via: caller.via ?? caller.relation.table,
      column,
      rowColumns: columns,
      roles: demanded(first, caller),
      ...(columns.length === 0 && isKeyOfThing(analysis, caller, column) && { held: true }),
    };
  }
  if (columns.length > 0)
    return {
      is: 'related',
      via: first.rows[0]?.relation.table ?? '',
      column,
      rowColumns: columns,
      by: sorted.flatMap((one) => one.rows.flatMap((link) => link.by ?? [link.column])),
    };
  return value.is === 'inner' ? { is: 'other', of: [] } : value;
}

// Which of the two it is (role or tenant) shows when the value is compared; the name decides for now.
function remember(analysis: Analysis, relation: RelationRef | Relation, column: string, scoped: boolean): void {
  if (relation.table.includes('.'))
    analysis.decisions.push({ table: relation.table, roles: new Map(), tenants: [column], scoped, by: analysis.reading });
}
