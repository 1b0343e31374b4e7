import type { FuncCall, Node, SelectStmt } from 'libpg-query';
import type { Catalog } from '../catalog/catalog.ts';
import { key, type TableState } from '../catalog/state.ts';
import type { Constant } from '../sql/nodes.ts';
import type { SqlParser } from '../sql/parser.ts';
import type { RelationRef, Term } from './term.ts';

/** Where a scalar comes from, as far as it matters for who passes. */
export type Value =
  | { readonly is: 'constant'; readonly value: Constant }
  /** The caller's id or e-mail. */
  | { readonly is: 'caller' }
  /** The database role of the request. */
  | { readonly is: 'caller-role' }
  | { readonly is: 'jwt'; readonly path: readonly string[] }
  /** A claim of the caller's token; `trusted` unless the caller can write it himself. */
  | { readonly is: 'claim'; readonly trusted: boolean; readonly path: string }
  | { readonly is: 'row'; readonly column: string }
  | { readonly is: 'inner'; readonly relation: RelationRef; readonly column: string }
  | { readonly is: 'argument'; readonly name: string }
  /** Taken from data tied to the caller; with `rowColumns`, tied to the row as well. */
  | {
      readonly is: 'looked-up';
      readonly via: string;
      readonly column: string;
      readonly rowColumns: readonly string[];
      readonly roles: readonly string[];
      /** The key of a thing that names the caller itself; see `Term`. */
      readonly held?: true;
      /** Never NULL: a fall-back value stands behind it. */
      readonly solid?: true;
    }
  /** Taken from data tied to the row (or an argument) only; `by`: columns of that data it was picked by. */
  | {
      readonly is: 'related';
      readonly via: string;
      readonly column: string;
      readonly rowColumns: readonly string[];
      readonly by: readonly string[];
    }
  | { readonly is: 'condition'; readonly term: Term }
  /** The result of a function we do not know. */
  | { readonly is: 'opaque' }
  | { readonly is: 'list'; readonly of: readonly Value[] }
  | { readonly is: 'other'; readonly of: readonly Value[] };

/** A relation in scope. */
export interface Relation extends RelationRef {
  readonly state?: TableState;
  /** For derived relations: the value of a column. */
  readonly column?: (name: string) => Value;
  /** For derived relations: whether it has a column of the name. */
  readonly has?: (name: string) => boolean;
}

export type Frame = ReadonlyMap<string, Relation>;

/** What names mean at a point of a query. */
export interface Scope {
  /** The table a policy stands on. */
  readonly row?: TableState;
  /** Relations of the enclosing queries, innermost first. */
  readonly frames: readonly Frame[];
  /** Parameters and variables by lower-case name. */
  readonly variables: ReadonlyMap<string, Value>;
  /** True inside a SECURITY DEFINER function: row-level security of what it reads does not apply. */
  readonly definer: boolean;
  /** Functions being looked into, outermost first. */
  readonly calls: readonly string[];
  /** Queries named by the WITH clauses around. */
  readonly named?: ReadonlyMap<string, SelectStmt>;
  /** In PL/pgSQL a name that a variable and a column share is an error, so that whoever wrote it means the variable. */
  readonly variablesFirst?: boolean;
}

/** A table consulted to decide about callers. */
export interface Decision {
  readonly table: string;
  /** Columns compared with constants, with the constants. */
  readonly roles: ReadonlyMap<string, readonly Constant[]>;
  /** Columns that say which tenant the caller belongs to. */
  readonly tenants: readonly string[];
  /** True when the row was asked as well: the answer counts within one tenant only. */
  readonly scoped: boolean;
  /** Function or policy that decides by it. */
  readonly by: string;
}

/** The readers of conditions, wired together so that they can call each other. */
export interface Analysis {
  readonly parser: SqlParser;
  readonly catalog: Catalog;
  readonly decisions: Decision[];
  /** Name of the policy or function that is being read. */
  reading: string;
  nextId(): number;
  value(node: Node | undefined, scope: Scope): Value;
  condition(node: Node | undefined, scope: Scope): Term;
  /** EXISTS over a SELECT, with a further condition inside it. */
  exists(select: SelectStmt, scope: Scope, inside?: (inner: Scope) => Term): Term;
  /** The value a scalar sub-query yields. */
  scalar(select: SelectStmt, scope: Scope): Value;
  /** The frame of a FROM clause with the join conditions; `scope` includes it. */
  from(select: SelectStmt, scope: Scope): { readonly scope: Scope; readonly frame: Frame; readonly joins: Term };
  /** Looks into a function of the repo; `undefined` when it is not there or too deep. */
  call(call: FuncCall, scope: Scope): Value | undefined;
}

/** What a column name stands for. */
export function lookUp(path: readonly string[], scope: Scope): Value {
  if (path.length === 1 && path[0] === '*') {
    // SELECT * INTO record: any field of it comes from the rows selected.
    const [relation] = scope.frames[0]?.values() ?? [];
    return relation ? valueIn(relation, '*') : { is: 'other', of: [] };
  }
  const column = path.at(-1) ?? '';
  const qualifier = path.at(-2);
  return qualifier === undefined ? unqualified(column, scope) : qualified(qualifier, column, scope);
}

function qualified(qualifier: string, column: string, scope: Scope): Value {
  for (const frame of scope.frames) {
    const relation = frame.get(qualifier);
    if (relation) return valueIn(relation, column);
  }
  if (scope.row && (scope.row.name === qualifier || qualifier === 'new' || qualifier === 'old')) return { is: 'row', column };
  const record = scope.variables.get(`${qualifier}.${column}`.toLowerCase()) ?? scope.variables.get(qualifier.toLowerCase());
  if (record) return record;
  return scope.row ? { is: 'other', of: [{ is: 'row', column }] } : { is: 'other', of: [] };
}

function unqualified(column: string, scope: Scope): Value {
  const name = column.toLowerCase();
  const variable = scope.variables.get(name);
  const holds = variable !== undefined && !(variable.is === 'constant' && variable.value === null);
  if (scope.variablesFirst && holds) return variable;
  for (const frame of scope.frames) {
    // A function in FROM: its alias names its only column.
    const named = frame.get(column);
    if (named?.column) return named.column(column);
    for (const relation of frame.values()) {
      if (relation.state?.columns.has(column)) return valueIn(relation, column);
      if (relation.column && !relation.state && relation.has?.(column) !== false) return relation.column(column);
    }
  }
  if (variable) return variable;
  if (scope.row?.columns.has(column)) return { is: 'row', column };
  // A table we know no columns of (made in the dashboard) may have it.
  for (const frame of scope.frames)
    for (const relation of frame.values())
      if (!relation.state || relation.state.columns.size === 0 || relation.state.origin === 'types') return valueIn(relation, column);
  return scope.row ? { is: 'row', column } : { is: 'other', of: [] };
}

const valueIn = (relation: Relation, column: string): Value => relation.column?.(column) ?? { is: 'inner', relation, column };

/** A relation over a table of the catalog, or a name the repo does not define. */
export function relationOf(analysis: Analysis, schema: string | undefined, name: string): Relation {
  const id = key(schema ?? 'public', name);
  const state = analysis.catalog.tables.get(id);
  return { id: analysis.nextId(), table: id, ...(state && { state }) };
}
