import type { Place } from '../../core/finding.ts';
import type { Verb } from '../../evidence/database.ts';
import type { CellVerb } from '../../evidence/isolation.ts';
import type { Tree } from '../source/tree.ts';
import { ofTests } from './client-calls.ts';
import { type Inserted, insertedColumns } from './inserted-columns.ts';
import { escaped } from './world/literal.ts';
import { type UploadPath, uploadPaths } from './upload-paths.ts';

/** What the app's own code does with the database from where its users are, as far as it can be read. */
export interface AppUses {
  /** Whether it calls a function. */
  calls(name: string): boolean;
  /** Whether it does this with a table or view. */
  touches(table: string, verb: Verb): boolean;
  /** The first places where it calls the function. */
  callsAt(name: string): readonly Place[];
  /** The first places where it does any of this with the table or view. */
  touchesAt(table: string, verbs: readonly Verb[]): readonly Place[];
  /** The first places where it does any of this with files of the bucket. */
  filesAt(bucket: string, verbs: readonly CellVerb[]): readonly Place[];
  /** Where it puts files of the bucket, also the server's code. */
  uploads(bucket: string): readonly UploadPath[];
  /** What it sends for new rows of the table. */
  inserts(table: string): readonly Inserted[];
  /** The first places where it says one of these of an account that is made, also the server's code. */
  metadataAt(keys: readonly string[]): readonly Place[];
  /** Whether it names a column anywhere, but for types that were made from the database. */
  names(column: string): boolean;
}

/** Places that are told of one thing. */
const mostPlaces = 3;

/** Where nothing is known: everything may be used. */
export const anyUse: AppUses = {
  calls: () => true,
  touches: () => true,
  callsAt: () => [],
  touchesAt: () => [],
  filesAt: () => [],
  uploads: () => [],
  inserts: () => [],
  names: () => true,
  metadataAt: () => [],
};

/**
 * Reads which functions, tables and views the app's own code uses through the database's API. True for all where that cannot be told: no code talks to the
 * database that way, or a name is no constant. Code that holds the service key is the server's. Reads the code when first asked.
 */
export function appUses(tree: Tree): AppUses {
  let read: Uses | undefined;
  let paths: readonly UploadPath[] | undefined;
  let rows: readonly Inserted[] | undefined;
  let words: ReadonlySet<string> | undefined;
  const uses = (): Uses => (read ??= usesIn(tree));
  return {
    calls: (name) => uses().calls.has('*') || uses().calls.has(name),
    touches: (table, verb) => [`* ${verb}`, `* *`, `${table} ${verb}`, `${table} *`].some((one) => uses().touches.has(one)),
    callsAt: (name) => (uses().calls.get(name) ?? []).slice(0, mostPlaces),
    touchesAt: (table, verbs) => [...verbs, '*'].flatMap((verb) => uses().touches.get(`${table} ${verb}`) ?? []).slice(0, mostPlaces),
    filesAt: (bucket, verbs) => verbs.flatMap((verb) => uses().files.get(`${bucket} ${verb}`) ?? []).slice(0, mostPlaces),
    uploads: (bucket) => (paths ??= uploadPaths(tree)).filter((one) => one.bucket === bucket),
    inserts: (table) => (rows ??= insertedColumns(tree)).filter((one) => one.table.replace(/^.*\./, '') === table),
    metadataAt: (keys) => metadataIn(tree, keys).slice(0, mostPlaces),
    names: (column) => (words ??= wordsIn(tree)).has(column),
  };
}

/** Where something is done; nothing of code that is no part of the app. */
type Places = Map<string, Place[]>;

interface Uses {
  readonly calls: Places;
  /** `table verb`; `*` for what is not known. */
  readonly touches: Places;
  /** `bucket verb`. */
  readonly files: Places;
}

const code = /\.(?:[cm]?[jt]sx?|vue|svelte|astro|dart|html|swift|kt|py)$/;
const client = /createClient|@supabase\/|supabase_flutter/;
const serviceKey = /service_?role/i;
const call = /\brpc\s*(?:<[^>()]{0,200}>\s*)?\(\s*(?:(["'`])([\w.]+)\1)?|\/rpc\/([\w.]+)/g;
const from =
  /(?<!\b(?:Array|Buffer|Object|storage|Observable|\w+Array))\.from\s*(?:<[^>()]{0,200}>\s*)?\(\s*(["'`])([\w.]+)\1(?:\s*as\s+\w+)?\s*\)\s*(?:[?!]?\.\s*(\w+))?/g;
const unnamed = /\b(?:supabase|client|sb|db)\w*\s*(?:as\s+\w+\s*\))?\s*\.from\s*\(\s*(?![\s"'`])/i;
const embedded = /\.select\s*\(\s*(["'`])([^"'`]{1,4000})\1/g;
const posted = /\/rest\/v1\/(\w+)/g;

const stored = /\bstorage\s*[?!]?\.\s*from\s*\(\s*(["'`])([\w.-]+)\1\s*\)\s*[?!]?\.\s*(\w+)/g;

const fileVerbs: Readonly<Record<string, CellVerb>> = {
  upload: 'upload',
  download: 'download',
  list: 'download',
  createSignedUrl: 'download',
  createSignedUrls: 'download',
  getPublicUrl: 'download',
  update: 'update',
  move: 'update',
  remove: 'delete',
};

const verbOf: Readonly<Record<string, readonly string[]>> = {
  select: ['select'],
  insert: ['insert'],
  update: ['update'],
  delete: ['delete'],
  upsert: ['insert', 'update'],
};

function usesIn(tree: Tree): Uses {
  const calls: Places = new Map();
  const touches: Places = new Map();
  const files: Places = new Map();
  let talks = false;
  for (const { path, ignored, built } of tree.files) {
    const text = !ignored && !built && code.test(path) ? tree.text(path) : undefined;
    if (text === undefined) continue;
    talks ||= client.test(text);
    if (serviceKey.test(text)) continue;
    const add = (to: Places, what: string, at: number): void => {
      const places = to.get(what) ?? [];
      if (places.length < mostPlaces && !ofTests.test(path)) places.push({ file: path, line: lineAt(text, at) });
      to.set(what, places);
    };
    for (const { index, 2: named, 3: address } of text.matchAll(call)) add(calls, (named ?? address)?.replace(/^.*\./, '') ?? '*', index);
    for (const { index, 2: table = '', 3: method = '' } of text.matchAll(from))
      for (const verb of verbOf[method] ?? ['*']) add(touches, `${table.replace(/^.*\./, '')} ${verb}`, index);
    for (const { index, 2: columns = '' } of text.matchAll(embedded))
      for (const [, table] of columns.matchAll(/([A-Za-z_]\w*)(?:!\w+)*\s*\(/g)) add(touches, `${table} select`, index);
    for (const { index, 1: table } of text.matchAll(posted)) add(touches, `${table} *`, index);
    for (const { index, 2: bucket = '', 3: method = '' } of text.matchAll(stored))
      if (fileVerbs[method]) add(files, `${bucket} ${fileVerbs[method]}`, index);
    if (unnamed.test(text)) add(touches, '* *', 0);
  }
  return talks ? { calls, touches, files } : { calls: new Map([['*', []]]), touches: new Map([['* *', []]]), files };
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length;

const account = /\b(?:inviteUserByEmail|createUser|generateLink|signUp)\s*\(/g;

/** Calls that make an account and set one of the keys within what they are given. */
function metadataIn(tree: Tree, keys: readonly string[]): Place[] {
  const key = new RegExp(`\\b(?:user_metadata|data)\\s*:[^;]{0,600}?\\b(?:${keys.map(escaped).join('|')})\\b`);
  return tree.files.flatMap(({ path, ignored, built }) => {
    const text = !ignored && !built && code.test(path) && !ofTests.test(path) ? tree.text(path) : undefined;
    return [...(text?.matchAll(account) ?? [])].flatMap(({ index }) =>
      text && key.test(text.slice(index, index + 1200)) ? [{ file: path, line: lineAt(text, index) }] : [],
    );
  });
}

/** Types that were made from the database name every column of it. */
const made = /(?:^|[/.-])types\.[jt]s$|\.d\.ts$/;

function wordsIn(tree: Tree): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { path, ignored, built } of tree.files) {
    const text = !ignored && !built && code.test(path) && !made.test(path) ? tree.text(path) : undefined;
    for (const [word] of text?.matchAll(/[A-Za-z_]\w*/g) ?? []) words.add(word);
  }
  return words;
}
