import type { Table } from '../../../evidence/database.ts';
import { isRoleColumn } from '../../source/database/facts/words.ts';
import type { LiveCatalog, LiveColumn, Relation } from '../live/catalog.ts';
import { labelsOf, type Level, literalOf, powerOf, roleAt, roleWords } from './labels.ts';
import { escaped, quote } from './literal.ts';
import type { KnownRole } from './role-tables.ts';
import type { Ownership } from './ownership.ts';
import type { Account, People, World } from './people.ts';
import { uuidWith } from './people.ts';
import { isOver, type Occasion, plainValue } from './values.ts';

/** A row of somebody in a table, planned or made. */
export interface Row {
  readonly relation: Relation;
  readonly holder: Account;
  /** SQL by column; what is not in it is left to its default. */
  readonly values: Map<string, string>;
  /** Text of the key's columns, once it is known. */
  key: Record<string, string>;
  state: 'planned' | 'made' | 'adopted' | 'failed';
  why?: string;
}

/** Plans the row of `holder` in `relation`; rows it refers to are planned before it. */
export interface Planner {
  row(relation: Relation, holder: Account): Row | undefined;
  /** All rows planned so far. */
  readonly rows: readonly Row[];
  /** Rows that were there already, made by migrations or by signing up, and are used as they are. */
  adopt(relation: Relation, holder: Account, key: Record<string, string>): Row;
  /** Values a new row of `holder` would have. `nth` makes it differ from those before. */
  values(relation: Relation, holder: Account, nth: number, key?: Record<string, string>): Map<string, string>;
  level(relation: Relation, holder: Account): Level;
}

/** `roles` are those that the repo put into tables of its own. */
export function createPlanner(
  catalog: LiveCatalog,
  ownership: Ownership,
  hints: ReadonlyMap<string, Table>,
  people: People,
  roles: ReadonlyMap<string, readonly KnownRole[]> = new Map(),
): Planner {
  const tables = new Map(catalog.relations.filter(({ kind }) => kind === 'table').map((table) => [table.id, table]));
  const words = roleWords(catalog);
  const rows = new Map<string, Row>();
  const counters = new Map<string, number>();
  const rowKey = (relation: Relation, holder: Account): string => `${relation.id}\u0000${holder.name}`;

  /** Ordinary tables have one row for each tenant; tables about people one for each person. */
  const holderIn = (relation: Relation, holder: Account): Account => {
    if (ownership.persons.has(relation.id)) return holder;
    const lead: Readonly<Record<World, Account['name']>> = { owner: 'owner', stranger: 'stranger', house: 'admin' };
    return holder.world === undefined ? holder : people.account(lead[holder.world]);
  };

  const level = (relation: Relation, holder: Account): Level => {
    if (holder.name === 'admin') return 'platform';
    const within =
      !hints.get(relation.id)?.decides.includes('role') && relation.columns.some(({ name }) => ownership.isTenantColumn(relation, name));
    return within && (holder.name === 'tenant-admin' || holder.name === 'foreign-admin') ? 'tenant-top' : 'ordinary';
  };

  const nextNumber = (relation: Relation): number => {
    const next = (counters.get(relation.id) ?? 730_000) + 1;
    counters.set(relation.id, next);
    return next;
  };

  function keyValue(relation: Relation, holder: Account, column: LiveColumn): string | undefined {
    const linked = link(relation, holder, column);
    if (linked !== undefined) return linked;
    if (column.base === 'uuid') return uuidWith(holder.mark);
    if (/^(?:int4|int8|numeric)$/.test(column.base)) return String(nextNumber(relation));
    if (column.base === 'int2') return String(nextNumber(relation) % 30_000);
    if (/^(?:text|varchar|citext|bpchar)$/.test(column.base)) {
      const [label] = labelsOf(relation, column);
      if (label === undefined && isRoleColumn(column.name)) {
        const rank = level(relation, holder);
        return roleAt(textRoles(column, rank), rank, literalOf(column.fallback));
      }
      return label ?? `${holder.mark}-${relation.name}-${holder.name}`.slice(0, column.length);
    }
    const labels = labelsOf(relation, column);
    return isRoleColumn(column.name) && labels.length > 0
      ? roleAt(labels, level(relation, holder), literalOf(column.fallback))
      : (labels[0] ?? undefined);
  }

  /** What a column refers to: the text of a key, `null` for nothing, `undefined` when it refers to nothing. */
  function link(relation: Relation, holder: Account, column: LiveColumn): string | undefined {
    const composite = relation.foreignKeys.find(({ columns }) => columns.includes(column.name));
    const foreign = ownership.keyAt(relation, column.name) ?? composite;
    if (foreign) {
      const target = foreign.targetColumns[foreign.columns.indexOf(column.name)] ?? '';
      if (foreign.target === 'auth.users') return target === 'email' ? holder.email : holder.id;
      const parent = tables.get(foreign.target);
      if (!parent || parent.id === relation.id) return undefined;
      const role = isRoleColumn(column.name) ? knownRole(relation, holder, parent) : undefined;
      if (role?.row[target] !== undefined && role.row[target] !== null) return String(role.row[target]);
      const row = planned(parent, holderIn(parent, holder));
      return row?.key[target] ?? literalText(row?.values.get(target));
    }
    if (ownership.accountColumn(relation, column.name) !== undefined) return accountId(holder);
    if (ownership.isTenantColumn(relation, column.name)) return tenantId(relation, holder, column.name);
    return loose(relation, holder, column);
  }

  function knownRole(relation: Relation, holder: Account, table: Relation): KnownRole | undefined {
    const known = roles.get(table.id) ?? [];
    const rank = level(relation, holder);
    const label = roleAt(
      known.map((one) => one.label),
      rank,
      undefined,
    );
    return known.find((one) => one.label === label);
  }

  const accountId = (holder: Account): string => holder.id;

  function tenantId(relation: Relation, holder: Account, column: string): string | undefined {
    const stem = column.replace(/_?id$/i, '').toLowerCase();
    const roots = [...ownership.roots].flatMap((id) => tables.get(id) ?? []);
    const root = roots.find(({ name }) => name.toLowerCase().startsWith(stem.slice(0, 5))) ?? roots[0];
    return root && root.id !== relation.id ? Object.values(planned(root, holderIn(root, holder))?.key ?? {})[0] : undefined;
  }

  /** `invoice_id` without a foreign key still names an invoice. */
  function loose(relation: Relation, holder: Account, column: LiveColumn): string | undefined {
    const stem = /^(\w+)_id$/i.exec(column.name)?.[1]?.toLowerCase();
    if (stem === undefined || column.base !== 'uuid') return undefined;
    const target = [`${stem}s`, stem, `${stem}es`, stem.replace(/y$/, 'ies')]
      .map((name) => tables.get(`${relation.schema}.${name}`))
      .find((table) => table !== undefined);
    if (!target || target.id === relation.id || target.key.length !== 1) return undefined;
    return Object.values(planned(target, holderIn(target, holder))?.key ?? {})[0];
  }

  const running = new Set<string>();
  /** The row of `holder`, planned now unless it is; `undefined` on a circle of keys or where he gets none. */
  function planned(relation: Relation, holder: Account): Row | undefined {
    const name = rowKey(relation, holder);
    const known = rows.get(name);
    if (known) return known;
    if (running.has(name) || isWithheld(relation, holder)) return undefined;
    running.add(name);
    try {
      const key: Record<string, string> = {};
      for (const columnName of relation.key) {
        const column = relation.columns.find((one) => one.name === columnName);
        const value = column && keyValue(relation, holder, column);
        if (value !== undefined) key[columnName] = value;
      }
      const row: Row = { relation, holder, values: new Map(), key, state: 'planned' };
      rows.set(name, row);
      for (const [column, value] of values(relation, holder, 0, key)) row.values.set(column, value);
      return row;
    } finally {
      running.delete(name);
    }
  }

  /** A table where to be in it is to have power: only those who run the app are. */
  const isWithheld = (relation: Relation, holder: Account): boolean =>
    holder.name !== 'admin' &&
    ownership.persons.has(relation.id) &&
    !relation.columns.some(({ name }) => isRoleColumn(name)) &&
    (hints.get(relation.id)?.decides.includes('role') === true ||
      /(?:^|_)(?:super_?|platform_?|system_?|app_?)?(?:admins?|administrators?|superusers?|moderators?|allow_?list|white_?list)$/i.test(
        relation.name,
      ));

  function values(relation: Relation, holder: Account, nth: number, key: Record<string, string> = {}): Map<string, string> {
    const result = new Map<string, string>();
    for (const column of relation.columns) {
      if (column.generated) continue;
      const own = key[column.name];
      const value = own === undefined ? valueFor(relation, holder, column, nth) : `${quote(own)}::${column.type}`;
      if (value !== undefined) result.set(column.name, value);
    }
    return result;
  }

  /** SQL of a column's value; `undefined` leaves it to its default, or to NULL. */
  function valueFor(relation: Relation, holder: Account, column: LiveColumn, nth: number): string | undefined {
    const cast = (text: string): string => `${quote(text)}::${column.type}`;
    const self = relation.foreignKeys.some(({ columns, target }) => target === relation.id && columns.includes(column.name));
    if (self && !column.notNull) return undefined;
    const linked = link(relation, holder, column);
    if (linked !== undefined) return cast(linked);
    if (column.base === 'array' && /user|member|participant|assigned|owner/i.test(column.name) && /uuid|text/.test(column.element ?? ''))
      return cast(`{${holder.id}}`);
    const hint = hints.get(relation.id)?.columns.find(({ name }) => name === column.name);
    const isRole = hint?.power?.kind === 'role' || (ownership.persons.has(relation.id) && isRoleColumn(column.name));
    const labels = labelsOf(relation, column);
    if (isRole) {
      const rank = level(relation, holder);
      if (column.base === 'bool') return rank === 'ordinary' ? 'false' : 'true';
      const choice = roleAt(labels.length > 0 ? labels : textRoles(column, rank), rank, literalOf(column.fallback));
      if (choice !== undefined && column.base !== 'array') return cast(choice);
    }
    if (isOver(column)) return undefined;
    if (column.fallback !== undefined && !(column.identity || /nextval/.test(column.fallback))) return undefined;
    if (column.identity || column.fallback !== undefined) return undefined;
    if (labels.length > 0) return column.base === 'array' ? cast('{}') : cast(labels[nth % labels.length] ?? '');
    const occasion: Occasion = { mark: holder.mark, email: holder.email, nth, relation: relation.name };
    const begins = beginningOf(relation, column);
    const first = begins && link(relation, holder, begins.column);
    if (begins && first !== undefined) return cast(`${first}${begins.separator}${holder.mark}-${column.name}${nth === 0 ? '' : `-${nth}`}`);
    return plainValue(column, occasion);
  }

  const textRoles = (column: LiveColumn, rank: Level): string[] =>
    /^(?:text|varchar|citext)$/.test(column.base)
      ? rank === 'ordinary'
        ? [literalOf(column.fallback) ?? 'user']
        : words.filter((word) => powerOf(word) > 0)
      : [];

  return {
    row: (relation, holder) => planned(relation, holderIn(relation, holder)),
    get rows() {
      return [...rows.values()];
    },
    adopt(relation, holder, key) {
      const row = rows.get(rowKey(relation, holder)) ?? {
        relation,
        holder,
        values: new Map<string, string>(),
        key,
        state: 'adopted' as const,
      };
      row.key = key;
      row.state = 'adopted';
      rows.set(rowKey(relation, holder), row);
      return row;
    },
    values,
    level,
  };
}

/** Another column of the row that the policies want a text to begin with: `path LIKE organization_id::text || '/%'`. */
export function beginningOf(
  relation: Relation,
  column: LiveColumn,
): { readonly column: LiveColumn; readonly separator: string } | undefined {
  if (!/^(?:text|varchar|citext)$/.test(column.base)) return undefined;
  const pattern = new RegExp(
    `\\b${escaped(column.name)}\\)?(?:::text)?\\)? ~~ \\(+"?([^"():]+)"?(?:\\)?::text\\)?)? \\|\\| '([^\\w%']?)%'`,
  );
  for (const { using = '', check = '' } of relation.policies) {
    const [, name, separator = ''] = pattern.exec(`${using}\n${check}`) ?? [];
    const found = relation.columns.find((one) => one.name === name);
    if (found) return { column: found, separator };
  }
  return undefined;
}

/** The text inside a quoted literal with a cast, as `valueFor` writes them. */
const literalText = (sql: string | undefined): string | undefined => /^'((?:[^']|'')*)'::/.exec(sql ?? '')?.[1]?.replaceAll("''", "'");
