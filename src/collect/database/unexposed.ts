import type { Table } from '../../evidence/database.ts';
import type { ProvedObject } from '../../evidence/isolation.ts';
import { isProfileTable } from '../source/database/facts/words.ts';
import { type LiveCatalog, type Queryable, readCatalog, type Relation } from './live/catalog.ts';
import type { SourceModel } from './describe.ts';
import { ownershipOf } from './world/ownership.ts';

/**
 * Tables that only a server of one's own reaches, with whose their rows are. Nothing can be tried on them: no policy decides who gets what, the
 * server's code does.
 */
export async function unexposedTables(db: Queryable, model: SourceModel, reconstructed: readonly string[]): Promise<ProvedObject[]> {
  const catalog = await readCatalog(db, await schemasOf(db));
  const tables = catalog.relations.filter(({ kind }) => kind === 'table');
  const hints = new Map(model.tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const { belonging } = ownershipOf(catalog, hints, accountsOf(catalog));
  return tables.map((relation) => {
    const belongs = belonging(relation);
    const hint = hints.get(relation.id);
    const nature = natureOf(hint, belongs);
    return {
      kind: 'table' as const,
      schema: relation.schema,
      name: relation.name,
      ...(hint && { place: hint.place }),
      ...(belongs && { belongs }),
      nature: nature.kind,
      natureWhy: nature.why,
      holds: hint?.holds ?? [],
      ...(reconstructed.includes(relation.id) && { reconstructed: true as const }),
      cells: [],
    };
  });
}

const natureOf = (hint: Table | undefined, belongs: ProvedObject['belongs']): Table['nature'] =>
  hint?.nature ??
  (belongs
    ? { kind: 'private', why: `it leads to a ${belongs.to} by ${belongs.path.join(' and ')}` }
    : { kind: 'reference', why: 'nothing in it belongs to anybody' });

/** Accounts have an address or a name to sign in with. */
const accountsOf = ({ relations }: LiveCatalog): ReadonlySet<string> => new Set(relations.filter(isAccounts).map(({ id }) => id));
const isAccounts = ({ kind, name, columns }: Relation): boolean =>
  kind === 'table' && isProfileTable(name) && columns.some((column) => /^(?:e_?mail|user_?name|login)$/i.test(column.name));

async function schemasOf(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `SELECT nspname::text AS name FROM pg_namespace WHERE nspname !~ '^(pg_|launch_ready)' AND nspname NOT IN ('information_schema', 'extensions') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}
