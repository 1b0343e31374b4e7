import { type Catalog, isBuiltin } from './catalog/catalog.ts';
import type { SqlFile } from './replay.ts';
import type { DescribedSchema } from './schema/types.ts';

/** How many of the tables that a generated type lists the migrations must have made, for both to be of one database. */
const mostly = 0.5;

/**
 * Doubts what the migrations made and the generated types of the running database do not list, though they list what later migrations
 * made: somebody took it away in the dashboard, or its migration was never applied. To judge it would be to judge what is not there.
 */
export function doubtGone(catalog: Catalog, types: DescribedSchema, migrations: readonly SqlFile[]): void {
  // A type that somebody wrote by hand lists what he needed.
  if (!types.generated || types.tables.length === 0) return;
  // Only the time in a name tells what came later: scripts numbered by hand are mixed with others (`040_x.sql`, `DEPLOY_ALL.sql`).
  const dated = migrations.filter(({ path }) => /(?:^|\/)\d{14}[-_][^/]*$/.test(path));
  const order = new Map(dated.map(({ path }, nth) => [path, nth]));
  const madeIn = ({ place }: { place: { file?: string } }): number => order.get(place.file ?? '') ?? -1;
  const listed = new Set(types.tables.map(({ name }) => name));
  const tables = [...catalog.tables.values()].filter((table) => table.schema === 'public' && !isBuiltin(table) && madeIn(table) >= 0);
  const present = tables.filter(({ name }) => listed.has(name));
  if (present.length < listed.size * mostly) return;
  const newest = Math.max(-1, ...present.map(madeIn));
  const file = types.tables[0]?.place.file ?? 'the generated types';
  const why = `${file} does not list it, though it lists tables of later migrations; so it may be gone from the running database`;
  const isGone = (entry: { schema: string; name: string; place: { file?: string } }, names: ReadonlySet<string> | undefined): boolean =>
    names !== undefined && entry.schema === 'public' && !names.has(entry.name) && madeIn(entry) >= 0 && madeIn(entry) < newest;
  for (const table of tables) if (isGone(table, listed)) table.uncertain ??= why;
  for (const view of catalog.views.values()) if (isGone(view, types.views)) view.gone = why;
  for (const routine of [...catalog.routines.values()].flat())
    if (!/trigger$/.test(routine.returns) && isGone(routine, types.functions)) routine.gone = why;
}
