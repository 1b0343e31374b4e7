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

/** Where files of somebody may lie, by what policies compare paths with: an account, a tenant, a row, fixed names in front of them, or what a row says. */
function pathsOf(objects: Relation | undefined, bucket: string, account: Account, worlds: Worlds, catalog: LiveCatalog): string[] {
  const policies = (objects?.policies ?? []).flatMap(({ using = '', check = '' }) => [using, check]);
  const own = policies.filter((text) => text.includes(`'${bucket}'`) || !/bucket_id/.test(text));
  const sources = catalog.routines.filter(({ name }) => own.some((text) => text.includes(`${name}(`))).map(({ source }) => source);
  const said = [...own, ...sources].join(' ');
  const fixed = [...new Set(own.flatMap(literalsIn))]
    .filter((word) => /^[\w-]{2,30}$/.test(word) && word !== bucket && !/authenticated|anon|service_role/.test(word))
    .slice(0, 3);
  const keyed = catalog.relations.filter(
    ({ schema, kind, key }) => kind === 'table' && key.length === 1 && schema !== 'storage' && schema !== 'realtime',
  );
  const keysOf = (relations: readonly Relation[]): string[] =>
    relations.flatMap((relation) => Object.values(worlds.row(relation, account.name)?.key ?? {}));
  const roots = keysOf(keyed.filter(({ id }) => worlds.ownership.roots.has(id))).slice(0, 2);
  const rows = keysOf(keyed.filter(({ id, name }) => !worlds.ownership.roots.has(id) && new RegExp(`\\b${name}\\b`).test(said))).slice(
    0,
    4,
  );
  const bases = [...new Set([account.id, ...roots, ...rows])];
  const nested = [
    ...roots.flatMap((root) => [account.id, ...rows].map((key) => `${root}/${key}`)),
    ...rows.slice(0, 2).map((key) => `${account.id}/${key}`),
  ];
  const folders = [...bases, ...fixed.flatMap((name) => bases.slice(0, 3).map((base) => `${name}/${base}`)), ...nested];
  const told = keyed
    .filter(({ name }) => new RegExp(`\\b${name}\\b`).test(said))
    .flatMap((relation) => [...(worlds.row(relation, account.name)?.values ?? [])])
    .flatMap(([column, sql]) => (/path|file|object|key|url/i.test(column) ? (/^'((?:[^']|'')*)'::/.exec(sql)?.[1] ?? []) : []))
    .filter((text) => text.includes(account.mark) && !/^[0-9a-f]{8}-[0-9a-f]{4}-4/.test(text));
  return [...new Set([...folders.map((folder) => `${folder}/${account.mark}.pdf`), ...told])];
}

/** Puts a file of the owner under every folder it could stand in, and makes the attempts on it. */
export async function attemptsOnBucket(db: Queryable, bucket: LiveBucket, catalog: LiveCatalog, worlds: Worlds): Promise<Attempt[]> {
  const objects = catalog.relations.find(({ id }) => id === 'storage.objects');
  const owner = worlds.people.account('owner');
  const files = pathsOf(objects, bucket.id, owner, worlds, catalog);
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
    return files.flatMap((file): Attempt[] => {
      const where = `bucket_id = ${quote(bucket.id)} AND name = ${quote(file)}`;
      const fresh = `${file.replace(/\/?[^/]*$/, '')}/${me?.mark ?? 'f0000000'}-${who}.pdf`;
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
