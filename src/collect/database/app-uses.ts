import type { Verb } from '../../evidence/database.ts';
import type { Tree } from '../source/tree.ts';

/** What the app's own code does with the database from where its users are, as far as it can be read. */
export interface AppUses {
  /** Whether it calls a function. */
  calls(name: string): boolean;
  /** Whether it does this with a table or view. */
  touches(table: string, verb: Verb): boolean;
}

/** Where nothing is known: everything may be used. */
export const anyUse: AppUses = { calls: () => true, touches: () => true };

/**
 * Reads which functions, tables and views the app's own code uses through the database's API. True for all where that cannot be told: no code talks to the
 * database that way, or a name is no constant. Code that holds the service key is the server's. Reads the code when first asked.
 */
export function appUses(tree: Tree): AppUses {
  let read: Uses | undefined;
  const uses = (): Uses => (read ??= usesIn(tree));
  return {
    calls: (name) => uses().calls.has('*') || uses().calls.has(name),
    touches: (table, verb) => [`* ${verb}`, `* *`, `${table} ${verb}`, `${table} *`].some((one) => uses().touches.has(one)),
  };
}

interface Uses {
  readonly calls: ReadonlySet<string>;
  /** `table verb`; `*` for what is not known. */
  readonly touches: ReadonlySet<string>;
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

const verbOf: Readonly<Record<string, readonly string[]>> = {
  select: ['select'],
  insert: ['insert'],
  update: ['update'],
  delete: ['delete'],
  upsert: ['insert', 'update'],
};

function usesIn(tree: Tree): Uses {
  const calls = new Set<string>();
  const touches = new Set<string>();
  let talks = false;
  for (const { path, ignored, built } of tree.files) {
    const text = !ignored && !built && code.test(path) ? tree.text(path) : undefined;
    if (text === undefined) continue;
    talks ||= client.test(text);
    if (serviceKey.test(text)) continue;
    for (const [, , named, address] of text.matchAll(call)) calls.add((named ?? address)?.replace(/^.*\./, '') ?? '*');
    for (const [, , table = '', method = ''] of text.matchAll(from))
      for (const verb of verbOf[method] ?? ['*']) touches.add(`${table.replace(/^.*\./, '')} ${verb}`);
    for (const [, , columns = ''] of text.matchAll(embedded))
      for (const [, table] of columns.matchAll(/([A-Za-z_]\w*)(?:!\w+)*\s*\(/g)) touches.add(`${table} select`);
    for (const [, table] of text.matchAll(posted)) touches.add(`${table} *`);
    if (unnamed.test(text)) touches.add('* *');
  }
  return talks ? { calls, touches } : { calls: new Set(['*']), touches: new Set(['* *']) };
}
