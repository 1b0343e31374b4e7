import type { CreateTableAsStmt, Node, ViewStmt } from 'libpg-query';
import { relationName, selectOf, stringOf } from '../sql/nodes.ts';
import { type Catalog, defaultGrants, resolve } from './catalog.ts';
import { key, type Source, type ViewState } from './state.ts';

/** CREATE [OR REPLACE] VIEW. Replacing keeps the grants and loses `security_invoker` unless it is named again, as in PostgreSQL. */
export function createView(catalog: Catalog, statement: ViewStmt, source: Source): void {
  const { schema, name } = resolve(catalog, relationName(statement.view));
  const query = selectOf(statement.query);
  if (!query) return;
  enter(
    catalog,
    { schema, name, query, materialized: false, securityInvoker: optionTurnsOn(statement.options ?? [], 'security_invoker') ?? false },
    source,
  );
}

/** CREATE MATERIALIZED VIEW; CREATE TABLE AS is none and is left out. */
export function createTableAs(catalog: Catalog, statement: CreateTableAsStmt, source: Source): void {
  if (statement.objtype !== 'OBJECT_MATVIEW') return;
  const { schema, name } = resolve(catalog, relationName(statement.into?.rel));
  const query = selectOf(statement.query);
  if (query) enter(catalog, { schema, name, query, materialized: true, securityInvoker: false }, source);
}

function enter(catalog: Catalog, view: Omit<ViewState, 'grants' | keyof Source>, source: Source): void {
  const id = key(view.schema, view.name);
  const grants = catalog.views.get(id)?.grants ?? defaultGrants(catalog, view.schema);
  catalog.views.set(id, { ...source, ...view, grants });
}

/** Whether a storage option is switched on, off or not named. `WITH (security_invoker)` alone means on. */
export function optionTurnsOn(options: readonly Node[], name: string): boolean | undefined {
  for (const option of options) {
    if (!('DefElem' in option) || option.DefElem.defname !== name) continue;
    const { arg } = option.DefElem;
    if (!arg) return true;
    if ('Boolean' in arg) return arg.Boolean.boolval ?? false;
    if ('Integer' in arg) return arg.Integer.ival === 1;
    return ['on', 'true', 'yes', '1'].includes((stringOf(arg) ?? '').toLowerCase());
  }
  return undefined;
}
