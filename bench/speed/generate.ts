import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Random, random } from './random.ts';
import { baseFiles } from './shapes/base.ts';
import { hookFile, schemaFile, testFile, utilFile } from './shapes/library.ts';
import { componentFile, pageFile } from './shapes/screen.ts';
import { actionFile, migrationFile, routeFile, serviceFile } from './shapes/server.ts';
import { entity } from './shapes/names.ts';

/** Source files of each kind in every hundred: about what Next.js portals on GitHub are made of. */
const mix = { component: 34, util: 16, hook: 7, schema: 8, service: 8, collection: 6, item: 6, page: 6, test: 7, action: 2 } as const;
type Kind = keyof typeof mix;

const shapes: Readonly<Record<Kind, (nth: number, numbers: Random) => readonly [path: string, text: string]>> = {
  component: (nth, numbers) => [`components/panel-${nth}.tsx`, componentFile(nth, numbers)],
  util: (nth, numbers) => [`lib/format/util-${nth}.ts`, utilFile(nth, numbers)],
  hook: (nth, numbers) => [`hooks/use-${nth}.ts`, hookFile(nth, numbers)],
  schema: (nth, numbers) => [`lib/schemas/schema-${nth}.ts`, schemaFile(nth, numbers)],
  service: (nth, numbers) => [`lib/services/service-${nth}.ts`, serviceFile(nth, numbers)],
  collection: (nth) => [`app/api/${entity(nth).path}-${nth}/route.ts`, routeFile(nth, false)],
  item: (nth) => [`app/api/${entity(nth).path}-${nth}/[id]/route.ts`, routeFile(nth, true)],
  page: (nth) => [`app/(portal)/${entity(nth).path}-${nth}/page.tsx`, pageFile(nth, nth)],
  test: (nth, numbers) => [`lib/format/util-${nth}.test.ts`, testFile(nth, numbers)],
  action: (nth) => [`app/actions/action-${nth}.ts`, actionFile(nth)],
};

/** A repo shaped like a real portal, with exactly this many source files beside its settings and migrations. The same for the same number, everywhere. */
export function repoOf(sources: number): ReadonlyMap<string, string> {
  const files = new Map(baseFiles());
  const own = [...files.keys()].filter((path) => /\.[cm]?[jt]sx?$/.test(path)).length;
  const numbers = random(20_261_123);
  const made: Record<Kind, number> = {
    component: 0,
    util: 0,
    hook: 0,
    schema: 0,
    service: 0,
    collection: 0,
    item: 0,
    page: 0,
    test: 0,
    action: 0,
  };
  // Each kind is due when it lags furthest behind its share, so that every beginning of the repo has the same mix.
  for (let count = own; count < sources; count++) {
    let due: Kind = 'component';
    for (const kind of Object.keys(mix) as Kind[]) if (made[kind] / mix[kind] < made[due] / mix[due]) due = kind;
    const [path, text] = shapes[due](made[due]++, numbers);
    files.set(path, text);
  }
  const tables = Math.ceil(sources / 50);
  for (let nth = 0; nth < tables; nth++)
    files.set(`supabase/migrations/2025${String(1_000_000_001 + nth).slice(1)}_table.sql`, migrationFile(nth));
  return files;
}

/** Writes such a repo into an empty folder. */
export async function writeRepo(folder: string, sources: number): Promise<void> {
  for (const [path, text] of repoOf(sources)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}
