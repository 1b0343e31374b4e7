import { describe, expect, it } from 'vitest';
import { createCatalog } from './catalog/catalog.ts';
import { doubtGone } from './gone.ts';
import { replay } from './replay.ts';
import type { DescribedSchema } from './schema/types.ts';
import { loadParser } from './sql/parser.ts';

const migrations = [
  {
    path: 'supabase/migrations/20250101000001_app.sql',
    text: 'create table old (id uuid); create table kept (id uuid); create view seen as select id from old;',
  },
  {
    path: 'supabase/migrations/20250101000002_app.sql',
    text: "create function purge() returns void language sql security definer as 'delete from old';",
  },
  { path: 'supabase/migrations/20250101000003_app.sql', text: 'create table later (id uuid);' },
  { path: 'supabase/migrations/20250101000004_app.sql', text: 'create table newest (id uuid);' },
];

/** Names of what is doubted where the generated types list these tables. */
async function doubted(tables: readonly string[], change: Partial<DescribedSchema> = {}, files = migrations): Promise<string[]> {
  const catalog = createCatalog(true, undefined);
  replay(await loadParser(), catalog, files);
  const described = tables.map((name) => ({ name, place: { file: 'src/types.ts', line: 1 }, columns: [] }));
  doubtGone(catalog, { tables: described, generated: true, views: new Set(), functions: new Set(), ...change }, files);
  return [
    ...[...catalog.tables.values()].filter(({ uncertain }) => uncertain !== undefined),
    ...[...catalog.views.values()].filter(({ gone }) => gone !== undefined),
    ...[...catalog.routines.values()].flat().filter(({ gone }) => gone !== undefined),
  ].map(({ name }) => name);
}

describe('what the generated types do not list', () => {
  it('is doubted where they list what came later', async () => {
    expect(await doubted(['kept', 'later'])).toEqual(['old', 'seen', 'purge']);
  });

  it('is judged where it came after all they list', async () => {
    expect(await doubted(['old', 'kept'])).toEqual([]);
  });

  it('is judged where they list it', async () => {
    expect(await doubted(['old', 'kept', 'later'], { views: new Set(['seen']), functions: new Set(['purge']) })).toEqual([]);
  });

  it('is judged where names of files do not tell when they came', async () => {
    const numbered = migrations.map(({ path, text }) => ({ path: path.replace('2025010100000', '00'), text }));
    expect(await doubted(['kept', 'later'], {}, numbered)).toEqual([]);
  });

  it('is judged where they describe another database, or were written by hand', async () => {
    expect(await doubted(['newest', 'a', 'b'])).toEqual([]);
    expect(await doubted(['kept', 'later'], { generated: false })).toEqual([]);
  });
});
