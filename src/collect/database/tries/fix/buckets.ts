import type { UploadPath } from '../../upload-paths.ts';
import type { LivePolicy, Relation } from '../../live/catalog.ts';
import { digest, fitting, identifier, quote } from '../../world/literal.ts';
import { type Folder, folderOf } from '../folders.ts';
import { folderOfOthers, type LiveBucket, tablesWithFolders } from '../storage.ts';
import { conditionsFor } from './conditions.ts';
import { definerFunction, type Ground, me } from './ground.ts';
import { tenantTests } from './tenants.ts';
import type { Question } from './trial.ts';

/** Says in SQL whose a file is. `insert`: the same of a file that is being added, where that is another question. */
interface FileTest {
  readonly sql: string;
  readonly insert: string;
  readonly helper: readonly string[];
  /** Only its helper where files are added. */
  readonly insertHelper: readonly string[];
}

const plain = (sql: string, helper: readonly string[] = []): FileTest => ({ sql, insert: sql, helper, insertHelper: [] });

const folder = '(storage.foldername(name))[1]';

/** What closes it for the public, and what drops the policies that let outsiders in. */
function parts(bucket: LiveBucket, { leaks, culprits }: Pick<Question, 'leaks' | 'culprits'>): [string[], string[]] {
  // A bucket may be public, and only writing to it leak.
  const open = bucket.public && leaks.some(({ attempt }) => attempt.verb === 'download');
  return [
    open ? [`UPDATE storage.buckets SET public = false WHERE id = ${quote(bucket.id)}`] : [],
    culprits.map(({ name }) => `DROP POLICY IF EXISTS ${identifier(name)} ON storage.objects`),
  ];
}

/** Closes what let them through, and nothing else. */
export function closingBucket(bucket: LiveBucket, question: Pick<Question, 'leaks' | 'culprits'>): string[][] {
  const all = parts(bucket, question).flat();
  return all.length > 0 ? [all] : [];
}

/**
 * Corrections of a bucket: private, so that its policies count; without the policies that let outsiders in; or with what says whose a file is. That is
 * the first folder where the app's code puts somebody's id there (`paths`), else who uploaded it.
 */
export function bucketFixes(
  bucket: LiveBucket,
  { leaks, kept, culprits }: Question,
  ground: Ground,
  staff: readonly string[],
  paths: readonly UploadPath[],
): string[][] {
  const [close, drop] = parts(bucket, { leaks, culprits });
  const wanted =
    culprits.length === 0
      ? []
      : commandsOf(
          culprits,
          [...leaks, ...kept].map(({ attempt }) => attempt.verb),
        );
  const here = `bucket_id = ${quote(bucket.id)}`;
  const tests = testsOf(bucket.id, paths, ground, staff);
  const owners = [...tests, ...tests.flatMap((test) => staff.map((admin) => either([test, plain(admin)])))];
  const dropped = drop.length > 0 ? [[...close, ...drop]] : [];
  const given =
    wanted.length > 0
      ? owners.map(({ sql, insert, helper, insertHelper }) => [
          ...helper,
          ...(wanted.includes('insert') ? insertHelper : []),
          ...close,
          ...drop,
          ...wanted.map((command) => policy(bucket.id, command, `${here} AND ${command === 'insert' ? insert : sql}`)),
        ])
      : [];
  // A folder of one's own may be left by another policy; where the app puts files elsewhere as well, that is not enough for it.
  const elsewhere = paths.some(({ first }) => first !== undefined && folderOf(first, ground.catalog, ground.worlds).is !== 'account');
  return [...(close.length > 0 ? [close] : []), ...(elsewhere ? [...given, ...dropped] : [...dropped, ...given])];
}

/** Whose a file is, by what the app's code puts first; where no code shows that, by either folder; last by who uploaded it. */
function testsOf(bucket: string, paths: readonly UploadPath[], ground: Ground, staff: readonly string[]): FileTest[] {
  const mine = plain(`${folder} = ${me}::text`);
  const uploader = byUploader(ground, tablesWithFolders(bucket, ground.catalog, ground.worlds, paths, staff));
  const known = paths.flatMap(({ first }) => (first === undefined ? [] : [folderOf(first, ground.catalog, ground.worlds)]));
  if (known.length === 0) return [...tenantFolders(ground), mine, ...uploader];
  const kinds = kindsOf(known);
  const all = kinds.map((kind) => testsBy(kind, { mine, uploader, ground }));
  // Every place where the app puts files has to go on working.
  return [...combined(all).map(either), ...(kinds.every(({ is }) => is === 'nobody') ? [] : uploader)];
}

interface Tests {
  readonly mine: FileTest;
  readonly uploader: readonly FileTest[];
  readonly ground: Ground;
}

function testsBy(kind: Folder, { mine, uploader, ground }: Tests): readonly FileTest[] {
  switch (kind.is) {
    case 'account':
      return [mine];
    case 'tenant':
      return tenantFolders(ground);
    case 'row':
      return rowFolders(kind, ground);
    case 'nobody':
      return uploader;
  }
}

/** Each once; where files of nobody's folder are meant by who uploaded them, those in a folder of one's own are as well. */
function kindsOf(folders: readonly Folder[]): Folder[] {
  const kinds = [...new Map(folders.map((one) => [one.is === 'row' ? one.table.id : one.is, one])).values()];
  return kinds.some(({ is }) => is === 'nobody') ? kinds.filter(({ is }) => is !== 'account') : kinds;
}

/** One of each, in every way. */
const combined = (all: readonly (readonly FileTest[])[]): FileTest[][] =>
  all.reduce<FileTest[][]>((ways, some) => ways.flatMap((way) => some.map((one) => [...way, one])), [[]]);

function either(tests: readonly FileTest[]): FileTest {
  const [first] = tests;
  if (first && tests.length === 1) return first;
  return {
    sql: `(${tests.map(({ sql }) => sql).join(' OR ')})`,
    insert: `(${tests.map(({ insert }) => insert).join(' OR ')})`,
    helper: tests.flatMap(({ helper }) => helper),
    insertHelper: tests.flatMap(({ insertHelper }) => insertHelper),
  };
}

/** The first folder is a tenant of the caller. */
const tenantFolders = (ground: Ground): FileTest[] =>
  tenantTests(folder, ground).flatMap(({ sql, helper }) => {
    const asText = sql
      .replace(/ IN \(SELECT ([\w.]+\((?:\(SELECT auth\.uid\(\)\))?\))\)$/, ' IN (SELECT t::text FROM $1 t)')
      .replace(/ = ([\w.]+\((?:\(SELECT auth\.uid\(\)\))?\))$/, ' = $1::text');
    return asText === sql ? [] : [plain(asText, helper)];
  });

/** The first folder is a row that the caller reaches: by its own policies, where it has any. */
function rowFolders({ table }: Extract<Folder, { is: 'row' }>, ground: Ground): FileTest[] {
  const key = identifier(table.key[0] ?? 'id');
  const rows = `SELECT one.${key}::text FROM ${table.sql} one`;
  return [
    ...(table.rowSecurity ? [plain(`${folder} IN (${rows})`)] : []),
    ...conditionsFor(table, ground, 'one').map(({ sql, helper }) => plain(`${folder} IN (${rows} WHERE ${sql})`, helper)),
  ];
}

/** Who uploaded it; and whoever uploads does not do it into the folder of another account, tenant or row that is not his. */
function byUploader(ground: Ground, rows: readonly Relation[]): FileTest[] {
  const objects = ground.catalog.relations.find(({ id }) => id === 'storage.objects');
  if (!objects?.columns.some(({ name }) => name === 'owner_id')) return [];
  const sql = `owner_id = ${me}::text`;
  const roots = ground.catalog.relations.filter(({ id }) => ground.worlds.ownership.roots.has(id));
  const others = [...roots, ...rows].flatMap((table) => ofOthers(table, ground));
  const accounts = `EXISTS (SELECT 1 FROM auth.users one WHERE one.id IN ${ids} AND one.id <> auth.uid())`;
  const body = `SELECT ${[accounts, ...others.map((one) => one.sql)].join(' OR ')}`;
  const name = `public.${folderOfOthers}${rows.length > 0 ? `_${digest(body)}` : ''}`;
  return [
    {
      sql,
      insert: `${sql} AND NOT ${name}(storage.foldername(name))`,
      helper: [],
      insertHelper: [...others.flatMap(({ helper }) => helper), ...definerFunction(`${name}(text[])`, 'boolean', body)],
    },
  ];
}

/** Folders of a path that are ids. */
const ids = `(SELECT part::uuid FROM unnest($1) part WHERE part ~ '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$')`;

/** A folder is a row of the table, and not one of the caller's. */
function ofOthers(table: Relation, ground: Ground): Pick<FileTest, 'sql' | 'helper'>[] {
  const key = table.columns.find(({ name }) => name === table.key[0]);
  const tests = conditionsFor(table, ground, 'one');
  if (key?.base !== 'uuid') return [];
  // Where nothing says whose a row is, it is nobody's who uploads.
  const but = tests.length === 0 ? '' : ` AND (${tests.map(({ sql }) => sql).join(' OR ')}) IS NOT TRUE`;
  const sql = `EXISTS (SELECT 1 FROM ${table.sql} one WHERE one.${identifier(key.name)} IN ${ids}${but})`;
  return [{ sql, helper: tests.flatMap(({ helper }) => helper) }];
}

type Command = 'select' | 'insert' | 'update' | 'delete';
const commandOf: Readonly<Record<string, Command>> = { download: 'select', upload: 'insert', update: 'update', delete: 'delete' };

const commandsOf = (culprits: readonly LivePolicy[], verbs: readonly string[]): Command[] =>
  [...new Set(verbs.flatMap((verb) => commandOf[verb] ?? []))].filter((command) =>
    culprits.some((culprit) => culprit.command === command || culprit.command === 'all'),
  );

function policy(bucket: string, command: Command, condition: string): string {
  const using = command === 'insert' ? '' : ` USING (${condition})`;
  const check = command === 'insert' || command === 'update' ? ` WITH CHECK (${condition})` : '';
  return `CREATE POLICY ${identifier(fitting(`${bucket} own files ${command}`))} ON storage.objects FOR ${command.toUpperCase()} TO authenticated${using}${check}`;
}
