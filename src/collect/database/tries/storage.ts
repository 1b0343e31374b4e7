import type { LiveCatalog, Queryable, Relation } from '../live/catalog.ts';
import { literalsIn } from '../world/labels.ts';
import { quote } from '../world/literal.ts';
import type { Account } from '../world/people.ts';
import { keep } from '../world/seed.ts';
import type { Worlds } from '../world/world.ts';
import type { Attempt, Way } from './attempt.ts';
import { callersOf } from './tables.ts';

export interface LiveBucket {
  readonly id: string;
  readonly public: boolean;
}

/** The buckets that migrations made. */
export async function readBuckets(db: Queryable): Promise<LiveBucket[]> {
  return db.query<{ id: string; public: boolean }>(`SELECT id, coalesce(public, false) AS public FROM storage.buckets ORDER BY id`);
}

/** Folders people put files under, by what policies compare path segments with: an account, a tenant, a row, with fixed names in front. */
function foldersOf(objects: Relation | undefined, bucket: string, account: Account, worlds: Worlds, catalog: LiveCatalog): string[] {
  const texts = (objects?.policies ?? [])
    .flatMap(({ using = '', check = '' }) => [using, check])
    .filter((text) => text.includes(`'${bucket}'`) || !/bucket_id/.test(text));
  const fixed = [...new Set(texts.flatMap(literalsIn))]
    .filter((word) => /^[\w-]{2,30}$/.test(word) && word !== bucket && !/authenticated|anon|service_role/.test(word))
    .slice(0, 3);
  const rows = catalog.relations.filter(
    ({ id, kind, key }) =>
      kind === 'table' &&
      key.length === 1 &&
      (worlds.ownership.roots.has(id) ||
        texts.some((text) => text.includes(`FROM ${id.replace(/^public\./, '')} `) || text.includes(`FROM ${id} `))),
  );
  const keys = rows.flatMap((relation) => Object.values(worlds.row(relation, account.name)?.key ?? {}));
  const bases = [...new Set([account.id, ...keys])].slice(0, 5);
  return [
    ...bases,
    ...fixed.flatMap((name) => bases.slice(0, 2).map((base) => `${name}/${base}`)),
    ...bases.slice(0, 1).flatMap((base) => keys.slice(0, 2).flatMap((key) => (key === base ? [] : [`${key}/${base}`, `${base}/${key}`]))),
  ];
}

/** Puts a file of the owner under every folder it could stand in, and makes the attempts on it. */
export async function attemptsOnBucket(db: Queryable, bucket: LiveBucket, catalog: LiveCatalog, worlds: Worlds): Promise<Attempt[]> {
  const objects = catalog.relations.find(({ id }) => id === 'storage.objects');
  const owner = worlds.people.account('owner');
  const folders = foldersOf(objects, bucket.id, owner, worlds, catalog);
  const files = folders.map((folder) => `${folder}/${owner.mark}.pdf`);
  const columns = objects?.columns.map(({ name }) => name) ?? [];
  const owned = (account: Account | undefined): string => {
    const values = {
      bucket_id: bucket.id,
      ...(account && columns.includes('owner') && { owner: account.id }),
      ...(account && columns.includes('owner_id') && { owner_id: account.id }),
    };
    return Object.values(values).map(quote).join(', ');
  };
  const names = (account: Account | undefined): string =>
    [
      'bucket_id',
      ...(account && columns.includes('owner') ? ['owner'] : []),
      ...(account && columns.includes('owner_id') ? ['owner_id'] : []),
    ].join(', ');
  await db.query(`SET session_replication_role = replica`);
  await keep(
    db,
    files.map(
      (name) => `INSERT INTO storage.objects (${names(owner)}, name) VALUES (${owned(owner)}, ${quote(name)}) RETURNING 'true'::jsonb`,
    ),
  );
  await db.query(`SET session_replication_role = origin`);
  const object = `storage.${bucket.id}`;
  return [...callersOf(worlds)].flatMap(([who, as]): Attempt[] => {
    const me = who === 'anon' ? undefined : worlds.people.account(who);
    return files.flatMap((file, index): Attempt[] => {
      const where = `bucket_id = ${quote(bucket.id)} AND name = ${quote(file)}`;
      const fresh = `${folders[index]}/${me?.mark ?? 'f0000000'}-${who}.pdf`;
      const upload: Way = {
        step: { sql: `INSERT INTO storage.objects (${names(me)}, name) VALUES (${owned(me)}, ${quote(fresh)})` },
        proof: {
          sql: `SELECT 1 FROM storage.objects WHERE bucket_id = ${quote(bucket.id)} AND name = ${quote(fresh)}`,
          worked: (rows) => rows.length > 0,
        },
      };
      const change: Way = {
        step: { sql: `UPDATE storage.objects SET metadata = '{"mark":"${me?.mark ?? 'f0000000'}"}' WHERE ${where}` },
        proof: {
          sql: `SELECT 1 FROM storage.objects WHERE ${where} AND metadata ->> 'mark' = '${me?.mark ?? 'f0000000'}'`,
          worked: (rows) => rows.length > 0,
        },
      };
      const remove: Way = {
        step: { sql: `DELETE FROM storage.objects WHERE ${where}` },
        proof: { sql: `SELECT 1 FROM storage.objects WHERE ${where}`, worked: (rows) => rows.length === 0 },
      };
      return [
        { object, verb: 'download', who, as, ways: [{ step: { sql: `SELECT name FROM storage.objects WHERE ${where}`, rows: true } }] },
        { object, verb: 'upload', who, as, variant: 'as-victim', ways: [upload] },
        { object, verb: 'update', who, as, ways: [change] },
        { object, verb: 'delete', who, as, ways: [remove] },
      ];
    });
  });
}
