import type { SqlFile } from '../../source/database/replay.ts';

/** What the SQL of a repo makes itself, wherever it does it, so that it is not made for it from a description. Names without schema are in `public`. */
export interface Mentions {
  /** Tables and views. */
  readonly made: ReadonlySet<string>;
  /** Columns added to a table later, as `table.column`. */
  readonly added: ReadonlySet<string>;
  /** `table.column` as it is called in the end, to the name it had before. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Columns compared with the user's id, hence UUIDs. */
  readonly users: ReadonlySet<string>;
}

const identifier = '(?:"[^"]+"|[a-zA-Z_]\\w*)';
const name = `(?:${identifier}\\s*\\.\\s*)?${identifier}`;
const create = new RegExp(
  `\\bcreate\\s+(?:or\\s+replace\\s+)?(?:unlogged\\s+)?(?:materialized\\s+)?(?:table|view|recursive\\s+view)\\s+(?:if\\s+not\\s+exists\\s+)?(${name})`,
  'gi',
);
const renameTable = new RegExp(
  `\\balter\\s+(?:table|view)\\s+(?:if\\s+exists\\s+)?(?:only\\s+)?${name}\\s+rename\\s+to\\s+(${identifier})`,
  'gi',
);
const alter = new RegExp(`\\balter\\s+table\\s+(?:if\\s+exists\\s+)?(?:only\\s+)?(${name})([^;]{0,20000})`, 'gi');
const addColumn = new RegExp(`\\badd\\s+(?:column\\s+)?(?:if\\s+not\\s+exists\\s+)?(${identifier})`, 'gi');
const renameColumn = new RegExp(`\\brename\\s+(?:column\\s+)?(${identifier})\\s+to\\s+(${identifier})`, 'gi');
const ofUser = new RegExp(
  `(?:(?:\\(\\s*select\\s+)?auth\\.uid\\(\\)\\s*\\)?\\s*=\\s*(?:${identifier}\\.)*(${identifier})|(${identifier})\\s*=\\s*(?:\\(\\s*select\\s+)?auth\\.uid\\(\\))`,
  'gi',
);

const bare = (text: string): string => {
  const last = text.split('.').at(-1)?.trim() ?? '';
  return last.startsWith('"') ? last.slice(1, -1) : last.toLowerCase();
};
const notColumns = new Set(['constraint', 'primary', 'foreign', 'unique', 'check', 'exclude', 'value', 'table', 'column']);
/** Files above this hold data, not definitions. */
const longest = 4 * 2 ** 20;

/** Looks through the text of all files, the bodies of blocks included. */
export function mentionsOf(files: readonly SqlFile[]): Mentions {
  const made = new Set<string>();
  const added = new Set<string>();
  const renamed = new Map<string, string>();
  const users = new Set<string>();
  for (const { text } of files) {
    if (text.length > longest) continue;
    for (const pattern of [create, renameTable]) for (const [, found = ''] of text.matchAll(pattern)) made.add(bare(found));
    for (const [, table = '', rest = ''] of text.matchAll(alter)) {
      for (const [, column = ''] of rest.matchAll(addColumn))
        if (!notColumns.has(bare(column))) added.add(`${bare(table)}.${bare(column)}`);
      for (const [, from = '', to = ''] of rest.matchAll(renameColumn)) renamed.set(`${bare(table)}.${bare(to)}`, bare(from));
    }
    for (const [, right, left] of text.matchAll(ofUser)) users.add(bare(right ?? left ?? ''));
  }
  return { made, added, renamed, users };
}
