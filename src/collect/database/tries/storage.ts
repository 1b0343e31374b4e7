import type { LiveCatalog, Queryable, Relation } from '../live/catalog.ts';
import { literalsIn } from '../world/labels.ts';
import { quote, wordIn } from '../world/literal.ts';
import type { Account } from '../world/people.ts';
import { keep } from '../world/keep.ts';
import type { Worlds } from '../world/world.ts';
import type { UploadPath } from '../upload-paths.ts';
import type { Attempt } from './attempt.ts';
import { folderOf } from './folders.ts';
import { callersOf } from './tables.ts';

export interface LiveBucket {
  readonly id: string;
  readonly public: boolean;
}

/** The buckets that migrations made. */
export async function readBuckets(db: Queryable): Promise<LiveBucket[]> {
  return db.query<{ id: string; public: boolean }>(`SELECT id, coalesce(public, false) AS public FROM storage.buckets ORDER BY id`);
}

/** Folders whose files are nobody's. */
const forAll = /^(?:public|shared|common|templates?|assets|global|defaults?)$/i;

/** The function of our own corrections that says where nobody uploads: no file lies where it names a table. */
export const folderOfOthers = 'is_folder_of_others';

/** What the policies of a bucket say, and the functions that they ask. */
function saidOf(
  { relations, routines }: LiveCatalog,
  bucket: string,
  also: readonly string[] = [],
): { readonly own: readonly string[]; readonly said: string } {
  const objects = relations.find(({ id }) => id === 'storage.objects');
  const policies = (objects?.policies ?? []).flatMap(({ using = '', check = '' }) => [using, check]);
  const own = [...policies.filter((text) => text.includes(`'${bucket}'`) || !/bucket_id/.test(text)), ...also];
  const asked = routines.filter(({ name }) => !name.startsWith(folderOfOthers) && own.some((text) => text.includes(`${name}(`)));
  const sources = asked.map(({ source }) => source);
  return { own, said: [...own, ...sources].join(' ') };
}

const keyedIn = ({ relations }: LiveCatalog): Relation[] =>
  relations.filter(({ schema, kind, key }) => kind === 'table' && key.length === 1 && schema !== 'storage' && schema !== 'realtime');

/** Tables whose rows may have a folder in the bucket: its policies name them, or the app's code uploads to such a folder, those first. `also`: conditions that its policies will ask. */
export function tablesWithFolders(
  bucket: string,
  catalog: LiveCatalog,
  worlds: Worlds,
  uploads: readonly UploadPath[],
  also: readonly string[] = [],
): Relation[] {
  const { said } = saidOf(catalog, bucket, also);
  const put = new Set(
    uploads.flatMap(({ first = '' }) => {
      const folder = folderOf(first, catalog, worlds);
      return folder.is === 'row' ? [folder.table.id] : [];
    }),
  );
  return keyedIn(catalog)
    .filter(({ id, name }) => !worlds.ownership.roots.has(id) && (put.has(id) || wordIn(name).test(said)))
    .toSorted((one, other) => Number(put.has(other.id)) - Number(put.has(one.id)));
}

/** Where files of somebody may lie, by what policies compare paths with and the app's code uploads to: an account, a tenant, a row, fixed names in front of them, or what a row says. */
function pathsOf(bucket: string, account: Account, worlds: Worlds, catalog: LiveCatalog, uploads: readonly UploadPath[]): string[] {
  const { own, said } = saidOf(catalog, bucket);
  const fixed = [...new Set(own.flatMap(literalsIn))]
    .filter((word) => /^[\w-]{2,30}$/.test(word) && word !== bucket && !/authenticated|anon|service_role/.test(word) && !forAll.test(word))
    .slice(0, 3);
  const keyed = keyedIn(catalog);
  const keysOf = (relations: readonly Relation[]): string[] =>
    relations.flatMap((relation) => Object.values(worlds.row(relation, account.name)?.key ?? {}));
  const roots = keysOf(keyed.filter(({ id }) => worlds.ownership.roots.has(id))).slice(0, 2);
  const rows = keysOf(tablesWithFolders(bucket, catalog, worlds, uploads)).slice(0, 4);
  const bases = [...new Set([account.id, ...roots, ...rows])];
  const nested = [
    ...roots.flatMap((root) => [account.id, ...rows].map((key) => `${root}/${key}`)),
    ...rows.slice(0, 2).map((key) => `${account.id}/${key}`),
  ];
  const below = fixed.flatMap((name) => bases.slice(0, 2).map((base) => `${name}/${base}`));
  // A few of each kind: every further path is asked of every policy.
  const folders = [...bases.slice(0, 4), ...nested.slice(0, 4), ...below.slice(0, 3)];
  const told = keyed
    .filter(({ name }) => wordIn(name).test(said))
    .flatMap((relation) => [...(worlds.row(relation, account.name)?.values ?? [])])
    .flatMap(([column, sql]) => (/path|file|object|key|url/i.test(column) ? (/^'((?:[^']|'')*)'::/.exec(sql)?.[1] ?? []) : []))
    .filter((text) => text.includes(account.mark) && !/^\w+:\/\//.test(text) && !/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]+$/.test(text));
  return [...new Set([...folders.map((folder) => `${folder}/${account.mark}.pdf`), ...told.slice(0, 2)])];
}

/** Puts a file of the owner under every folder it could stand in, and makes the attempts on it. */
export async function attemptsOnBucket(
  db: Queryable,
  bucket: LiveBucket,
  catalog: LiveCatalog,
  worlds: Worlds,
  uploads: readonly UploadPath[] = [],
): Promise<Attempt[]> {
  const objects = catalog.relations.find(({ id }) => id === 'storage.objects');
  const owner = worlds.people.account('owner');
  const files = pathsOf(bucket.id, owner, worlds, catalog, uploads);
  const columns = objects?.columns.map(({ name }) => name) ?? [];
  // Who uploads owns the file; the same text for all, so that PostgreSQL plans it once.
  const owning = columns.includes('owner_id') ? ['owner', 'owner_id'] : ['owner'];
  const target = (who: readonly string[]): string => ['bucket_id', ...who, 'name'].join(', ');
  const uploadSql = (name: string, signedIn: boolean): string =>
    `INSERT INTO storage.objects (${target(signedIn ? owning : [])}) VALUES (${[quote(bucket.id), ...(signedIn ? owning.map((column) => (column === 'owner' ? 'auth.uid()' : 'auth.uid()::text')) : []), quote(name)].join(', ')})`;
  await keep(
    db,
    files.map(
      (name) =>
        `INSERT INTO storage.objects (${target(owning)}) VALUES (${[bucket.id, ...owning.map(() => owner.id), name].map(quote).join(', ')}) RETURNING 'true'::jsonb`,
    ),
    { unchecked: true },
  );
  const object = `storage.${bucket.id}`;
  const here = `bucket_id = ${quote(bucket.id)}`;
  // Many files in one statement, because every policy of every bucket is asked each time; apart where a policy that takes the first folder for an id
  // would fail at one that is none.
  const groups = [files.filter(beginsWithId), files.filter((file) => !beginsWithId(file))].filter((group) => group.length > 0);
  const sets = groups.map((group) => ({ where: `${here} AND name IN (${group.map(quote).join(', ')})`, size: group.length }));
  return [...callersOf(worlds)].flatMap(([who, as]): Attempt[] => {
    const change = (verb: Attempt['verb'], sql: (where: string) => string, worked: (where: string, size: number) => string): Attempt[] =>
      sets.map(({ where, size }) => {
        const proof = { sql: worked(where, size), worked: (rows: readonly string[]) => rows.length > 0 };
        return { object, verb, who, as, ways: [{ ...(verb === 'delete' && { before: [allowDelete] }), step: { sql: sql(where) }, proof }] };
      });
    // Only into a folder: the root of a bucket is nobody's.
    const uploads = spread(files.filter((file) => file.includes('/'))).map((file): Attempt => {
      const fresh = `${file.replace(/\/[^/]*$/, '')}/f0000000.pdf`;
      const sql = uploadSql(fresh, who !== 'anon');
      const proof = {
        sql: `SELECT 1 FROM storage.objects WHERE ${here} AND name = ${quote(fresh)}`,
        worked: (rows: readonly string[]) => rows.length > 0,
      };
      return { object, verb: 'upload', who, as, variant: 'as-victim', ways: [{ step: { sql }, proof }] };
    });
    return [
      ...sets.map(({ where }): Attempt => ({
        object,
        verb: 'download',
        who,
        as,
        ways: [{ step: { sql: `SELECT name FROM storage.objects WHERE ${where}`, rows: true } }],
      })),
      ...change(
        'update',
        (where) => `UPDATE storage.objects SET metadata = '{"mark":"f0000000"}' WHERE ${where}`,
        (where) => `SELECT 1 FROM storage.objects WHERE ${where} AND metadata ->> 'mark' = 'f0000000'`,
      ),
      ...change(
        'delete',
        (where) => `DELETE FROM storage.objects WHERE ${where}`,
        (where, size) => `SELECT 1 WHERE (SELECT count(*) FROM storage.objects WHERE ${where}) < ${size}`,
      ),
      ...uploads,
    ];
  });
}

/** As the storage server does before it deletes for somebody; without it a trigger of the platform refuses everybody. */
const allowDelete = { sql: `SELECT set_config('storage.allow_delete_query', 'true', true)`, rows: true };

const beginsWithId = (file: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(file);

/** A few of the paths, of every kind. */
const spread = (files: readonly string[]): string[] =>
  files.length <= 5 ? [...files] : [0, 1, 2, Math.floor(files.length / 2), files.length - 1].flatMap((index) => files[index] ?? []);
