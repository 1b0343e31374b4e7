import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { CollectFault } from '../../core/evidence.ts';
import type { Sandbox } from '../../core/target.ts';
import { type DatabaseInput, databaseInputs } from '../source/database/input.ts';
import { maxFileBytes, type Tree } from '../source/tree.ts';

/**
 * The repo's databases with what the user chose to apply: the migrations, a schema dump instead of them (`--dump`), and the repo's seed files behind
 * either (`--seed`). Those of which nothing is known are left out.
 * @throws CollectFault where the dump cannot be used, or there is no seed file.
 */
export function chosenInputs(tree: Tree, { dump, seed }: Pick<Sandbox, 'dump' | 'seed'> = {}): DatabaseInput[] {
  const all = databaseInputs(tree);
  const dumped = dump === undefined ? all : withDump(all, dump);
  const inputs = dumped.filter(({ sequence, types, described }) => sequence.length + types.tables.length + described.length > 0);
  if (!seed || inputs.length === 0) return inputs;
  const seeded = inputs.map((input) => ({ input, files: seedFiles(tree, input) }));
  if (seeded.every(({ files }) => files.length === 0))
    throw new CollectFault('absent', 'The repo has no seed.sql beside its migrations.', 'Leave --seed out, or add supabase/seed.sql.');
  return seeded.map(({ input, files }) => ({ ...input, sequence: [...input.sequence, ...files] }));
}

/** A dump is what the database is: nothing else of the repo is applied, and nothing has to be guessed from generated types. */
function withDump(all: readonly DatabaseInput[], dump: string): DatabaseInput[] {
  const [first, ...others] = all;
  if (!first)
    throw new CollectFault('absent', 'A schema dump was given, but the repo has no database that it could be of.', 'Leave --dump out.');
  if (others.length > 0)
    throw new CollectFault(
      'blocked',
      `A schema dump was given, but the repo has ${all.length} databases: ${all.map(({ files }) => files.folder).join(', ')}.`,
      'Give the folder of one of them instead of the whole repo.',
    );
  return [{ ...first, sequence: [{ path: basename(dump), text: readDump(dump) }], described: [], types: { tables: [], generated: false } }];
}

const howToDump = 'supabase db dump --schema public -f schema.sql writes one (it reads only).';

function readDump(path: string): string {
  let text: string;
  try {
    if (statSync(path).size > maxFileBytes)
      throw new CollectFault(
        'blocked',
        `The dump ${basename(path)} is larger than ${maxFileBytes / 2 ** 20} MB.`,
        `Dump the schema only, without data: ${howToDump}`,
      );
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof CollectFault) throw error;
    throw new CollectFault(
      'absent',
      `The dump ${basename(path)} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
      howToDump,
    );
  }
  if (text.startsWith('PGDMP') || text.slice(0, 8192).includes('\u0000'))
    throw new CollectFault('blocked', `The dump ${basename(path)} is no SQL text.`, `pg_dump writes SQL with --format=plain. ${howToDump}`);
  if (!/\bcreate\s+(?:unlogged\s+)?table\b/i.test(text))
    throw new CollectFault('blocked', `The dump ${basename(path)} makes no table.`, howToDump);
  return withoutData(text.replace(/^\uFEFF/, ''));
}

/** What psql takes for itself is no SQL: its commands, and rows behind COPY. Lines are emptied, so that places stay right. */
function withoutData(text: string): string {
  let copying = false;
  return text
    .split('\n')
    .map((line) => {
      const isEnd = copying && /^\\\.\s*$/.test(line);
      const skip = copying || /^\\\w/.test(line) || /^COPY .* FROM stdin;\s*$/i.test(line);
      copying = isEnd ? false : copying || /^COPY .* FROM stdin;\s*$/i.test(line);
      return skip ? '' : line;
    })
    .join('\n');
}

/** `supabase/seed.sql`, or the files that config.toml names under [db.seed]. */
function seedFiles(tree: Tree, { files: { folder, config } }: DatabaseInput): { readonly path: string; readonly text: string }[] {
  const section =
    /^\[db\.seed\]\s*$([\s\S]*?)(?=^\[|(?![\s\S]))/m.exec((config === undefined ? undefined : tree.text(config)) ?? '')?.[1] ?? '';
  const named = [...(/^\s*sql_paths\s*=\s*\[([\s\S]*?)\]/m.exec(section)?.[1] ?? '').matchAll(/"([^"]+)"|'([^']+)'/g)].map(
    ([, a, b]) => a ?? b ?? '',
  );
  const wanted = (named.length > 0 ? named : ['./seed.sql']).map(
    (name) => `${folder === '' ? '' : `${folder}/`}${name.replace(/^\.\//, '')}`,
  );
  const paths = wanted.flatMap((name) =>
    tree.files
      .map(({ path }) => path)
      .filter((path) => matches(path, name))
      .toSorted(),
  );
  return [...new Set(paths)].flatMap((path) => {
    const text = tree.text(path);
    return text === undefined ? [] : [{ path, text }];
  });
}

/** `*` stands for any part of a file's name. */
const matches = (path: string, pattern: string): boolean => {
  const parts = pattern.split('*');
  return new RegExp(`^${parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]*')}$`).test(path);
};
