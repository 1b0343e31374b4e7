import type { Value } from './scope.ts';
import { and, no, not, or, type Term, unknown, yes } from './term.ts';

const flagName =
  /publi[cs]|publish|visible|visib|^(?:is_)?(?:active|enabled|live|approved|listed|available|featured|ativo|activo|attivo|publicad[oa]|publicado)$/i;

/** `left = right`: who passes. */
export function equal(left: Value, right: Value): Term {
  if (left.is === 'list') return or(left.of.map((item) => equal(item, right)));
  if (right.is === 'list') return ofList(left, right.of);
  return pair(left, right) ?? pair(right, left) ?? loose([left, right]);
}

/** One value against a list: constants stay together. */
function ofList(left: Value, list: readonly Value[]): Term {
  if (list.length === 0) return no;
  const constants = list.flatMap((item) => (item.is === 'constant' ? [item.value] : []));
  if (constants.length < list.length) return or(list.map((item) => equal(left, item)));
  if (left.is === 'row') return { is: 'row', columns: [left.column], equals: constants, flag: isFlag(left.column, constants) };
  if (left.is === 'inner') return { is: 'inner', relation: left.relation, column: left.column, equals: constants };
  if (left.is === 'caller-role') return { is: 'db-role', roles: constants.map(String) };
  return or(list.map((item) => equal(left, item)));
}

const isFlag = (column: string, values: readonly unknown[]): boolean =>
  (flagName.test(column) && !values.includes(false) && !values.includes('false')) ||
  values.some(
    (value) =>
      typeof value === 'string' && /^(?:publi[cs]|published|active|approved|live|publicad[oa]|ativ[oa]|activ[oa]|available)/i.test(value),
  );

/** The cases by kind of `a`; `undefined` when `a` has nothing to say about `b`. */
function pair(a: Value, b: Value): Term | undefined {
  switch (a.is) {
    case 'condition':
      if (b.is === 'constant') return b.value === true || b.value === 'true' ? a.term : not(a.term);
      return and([a.term, b.is === 'condition' ? b.term : loose([b])]);
    case 'claim':
      return a.trusted ? withTrusted(b) : { is: 'user-metadata' };
    case 'jwt':
      return unknown('a claim of the token');
    case 'caller-role':
      return b.is === 'constant' ? { is: 'db-role', roles: [String(b.value)] } : unknown('the database role');
    case 'caller':
      return withCaller(b);
    case 'looked-up':
      return withLookedUp(a, b);
    case 'related':
      return withRelated(a, b);
    case 'constant':
      return b.is === 'constant'
        ? a.value !== null && a.value === b.value
          ? { is: 'true', note: 'a constant condition that is always true' }
          : no
        : undefined;
    case 'row':
      return withRow(a.column, b);
    case 'inner':
      return withInner(a, b);
    case 'argument':
      return b.is === 'constant' || b.is === 'argument' ? { is: 'argument', columns: [] } : undefined;
    default:
      return undefined;
  }
}

function withTrusted(b: Value): Term | undefined {
  if (b.is === 'row') return { is: 'tenant', columns: [b.column], roles: [] };
  if (b.is === 'inner') return { is: 'link-caller', relation: b.relation, column: b.column };
  if (b.is === 'constant') return { is: 'role', roles: [String(b.value)] };
  if (b.is === 'argument') return { is: 'tenant', columns: [`$${b.name}`], roles: [] };
  if (b.is === 'related') return { is: 'tenant', columns: b.rowColumns, via: b.via, roles: [] };
  return b.is === 'caller' || b.is === 'looked-up' ? { is: 'role', roles: [] } : undefined;
}

function withCaller(b: Value): Term | undefined {
  if (b.is === 'row') return { is: 'own', columns: [b.column] };
  if (b.is === 'inner') return { is: 'link-caller', relation: b.relation, column: b.column };
  if (b.is === 'argument') return { is: 'own', columns: [`$${b.name}`] };
  if (b.is === 'caller') return { is: 'signed-in' };
  if (b.is === 'constant') return b.value === null ? no : { is: 'role', roles: [String(b.value)] };
  if (b.is === 'related') return { is: 'tenant', columns: b.rowColumns, via: b.via, roles: [], held: true };
  if (b.is === 'looked-up')
    return b.rowColumns.length > 0
      ? { is: 'tenant', columns: b.rowColumns, via: b.via, roles: b.roles, ...firm(b) }
      : { is: 'role', via: b.via, roles: b.roles, ...firm(b) };
  return undefined;
}

const firm = (value: { readonly solid?: true }) => (value.solid ? ({ solid: true } as const) : {});

function withLookedUp(a: Extract<Value, { is: 'looked-up' }>, b: Value): Term | undefined {
  const tenant = (columns: readonly string[], roles: readonly string[] = a.roles): Term => ({
    is: 'tenant',
    columns,
    via: a.via,
    roles,
    ...(a.held && { held: true }),
    ...firm(a),
  });
  if (b.is === 'row') return tenant([b.column, ...a.rowColumns]);
  if (b.is === 'inner') return { is: 'link-caller', relation: b.relation, column: b.column, via: a.via, roles: a.roles };
  if (b.is === 'related') return tenant([...a.rowColumns, ...b.rowColumns]);
  if (b.is === 'argument') return tenant([...a.rowColumns, `$${b.name}`]);
  const roles = b.is === 'constant' ? [...a.roles, String(b.value)] : a.roles;
  if (a.rowColumns.length > 0) return tenant(a.rowColumns, roles);
  return b.is === 'constant' || b.is === 'looked-up' ? { is: 'role', via: a.via, roles, ...firm(a) } : undefined;
}

function withRelated(a: Extract<Value, { is: 'related' }>, b: Value): Term | undefined {
  if (b.is === 'constant' || b.is === 'related' || b.is === 'row') return parent(a);
  if (b.is === 'inner') return { is: 'link-row', relation: b.relation, column: b.column, rowColumns: a.rowColumns, by: a.by };
  return b.is === 'argument' ? { is: 'argument', columns: a.rowColumns } : undefined;
}

/** Data picked by an argument is the caller's choice; data picked by the row is the row's parent. */
export const parent = (value: Extract<Value, { is: 'related' }>): Term =>
  value.rowColumns.every((column) => column.startsWith('$'))
    ? { is: 'argument', columns: value.by }
    : { is: 'parent', table: value.via, columns: value.rowColumns };

function withRow(column: string, b: Value): Term | undefined {
  if (b.is === 'row')
    return b.column === column
      ? { is: 'true', note: `compares ${column} with itself` }
      : { is: 'row', columns: [column, b.column], flag: false };
  if (b.is === 'constant') return { is: 'row', columns: [column], equals: [b.value], flag: isFlag(column, [b.value]) };
  if (b.is === 'inner') return { is: 'link-row', relation: b.relation, column: b.column, rowColumns: [column] };
  if (b.is === 'argument') return { is: 'argument', columns: [column] };
  return undefined;
}

function withInner(a: Extract<Value, { is: 'inner' }>, b: Value): Term | undefined {
  if (b.is === 'constant') return { is: 'inner', relation: a.relation, column: a.column, equals: [b.value] };
  if (b.is === 'argument') return { is: 'link-row', relation: a.relation, column: a.column, rowColumns: [`$${b.name}`] };
  if (b.is !== 'inner') return undefined;
  if (a.relation.id === b.relation.id)
    return a.column === b.column
      ? { is: 'self', relation: a.relation, column: a.column }
      : { is: 'inner', relation: a.relation, column: a.column };
  return { is: 'join', left: a.relation, right: b.relation, leftColumn: a.column, rightColumn: b.column };
}

/** A relation other than equality, or an expression we do not take apart: judged by what it is made of. */
export function loose(values: readonly Value[]): Term {
  const parts = values.flatMap(flatten);
  if (parts.some((part) => part.is === 'claim' && !part.trusted)) return { is: 'user-metadata' };
  if (parts.some((part) => part.is === 'opaque')) return unknown('a function we do not know');
  const asks = parts.find(
    (part) => part.is === 'caller' || part.is === 'claim' || part.is === 'looked-up' || part.is === 'jwt' || part.is === 'caller-role',
  );
  const columns = parts.flatMap((part) => (part.is === 'row' ? [part.column] : part.is === 'related' ? part.rowColumns : []));
  const inner = parts.find((part) => part.is === 'inner');
  if (asks) {
    const looked = asks.is === 'looked-up' ? asks : undefined;
    if (columns.length > 0 || looked?.rowColumns.length)
      return { is: 'tenant', columns: [...columns, ...(looked?.rowColumns ?? [])], ...(looked && { via: looked.via }), roles: [] };
    if (inner?.is === 'inner') return { is: 'link-caller', relation: inner.relation, column: inner.column };
    return looked ? { is: 'role', via: looked.via, roles: [] } : unknown('an expression about the caller');
  }
  if (inner?.is === 'inner') return { is: 'inner', relation: inner.relation, column: inner.column };
  if (columns.length > 0) return { is: 'row', columns, flag: columns.every((column) => flagName.test(column)) };
  if (parts.some((part) => part.is === 'argument')) return { is: 'argument', columns: [] };
  return values.length > 0 && parts.every((part) => part.is === 'constant') ? yes : unknown('an expression we do not know');
}

function flatten(value: Value): Value[] {
  return value.is === 'list' || value.is === 'other' ? value.of.flatMap(flatten) : [value];
}
