import type { Node } from 'libpg-query';
import { interpret } from './blocks/interpret.ts';
import type { Known } from './blocks/values.ts';
import { apply } from './catalog/apply.ts';
import { type Catalog, findRoutines, findTable } from './catalog/catalog.ts';
import { key, type Source } from './catalog/state.ts';
import { constantOf } from './sql/nodes.ts';
import type { SqlParser } from './sql/parser.ts';
import { splitStatements, type Statement } from './sql/split.ts';

/** A file of SQL, in the order in which the files are applied. */
export interface SqlFile {
  readonly path: string;
  readonly text: string;
}

/** Statements that change nothing we look at, told by their first words: they are not even parsed. */
const passedOver =
  /^(?:comment|create\s+(?:unique\s+)?index|create\s+extension|begin|commit|rollback|start|end|analyze|vacuum|notify|copy|explain|lock|truncate|reindex|refresh|(?:create|alter|drop)\s+(?:publication|sequence|extension|server|role|user|cast|operator|statistics|rule)|drop\s+index|savepoint|release|reset|declare|fetch|close|with|values|table|call|security|load|cluster|discard|checkpoint|alter\s+(?:database|system|role|user|index))\b/i;
const dataStatement = /^(?:insert|update|delete|merge)\b/i;
const bucketStatement = /^(?:insert\s+into|update(?:\s+only)?|delete\s+from)\s+"?storage"?\s*\.\s*"?buckets"?/i;
const changesSchema = /\bexecute\b|\balter\s+table\b|\bcreate\s+policy\b/i;
const longest = 2 ** 20;

/** Applies the files to the catalog, one statement after the other. Returns how many statements were read. */
export function replay(parser: SqlParser, catalog: Catalog, files: readonly SqlFile[], onFile?: (done: number) => void): number {
  let count = 0;
  files.forEach((file, index) => {
    onFile?.(index);
    catalog.version = versionOf(file.path) ?? catalog.version;
    catalog.searchPath = 'public';
    for (const statement of splitStatements(file.text)) {
      count += 1;
      carry(parser, catalog, statement, { place: { file: file.path, line: statement.line }, sql: statement.text });
    }
  });
  return count;
}

/** The day a migration's name starts with (YYYYMMDD), when it is one. */
export function versionOf(path: string): number | undefined {
  const day = Number(/(?:^|\/)(20[1-4]\d[01]\d[0-3]\d)\d*[^/]*$/.exec(path)?.[1]);
  return Number.isNaN(day) ? undefined : day;
}

function carry(parser: SqlParser, catalog: Catalog, { text }: Pick<Statement, 'text'>, source: Source): void {
  if (passedOver.test(text)) return;
  if (dataStatement.test(text) && !bucketStatement.test(text)) return noteSeed(catalog, text);
  if (/^select\b/i.test(text)) return callRoutine(parser, catalog, text, source);
  if (text.length > longest)
    return void catalog.gaps.push({ what: text.slice(0, 120), why: 'a statement of more than 1 MB was not read', place: source.place });
  let nodes: Node[];
  try {
    nodes = parser.parse(text);
  } catch (error) {
    return salvage(parser, catalog, text, source, error instanceof Error ? error.message : String(error));
  }
  for (const node of nodes) {
    if ('DoStmt' in node) doBlock(parser, catalog, text, source);
    else apply(catalog, node, source);
  }
}

function noteSeed(catalog: Catalog, text: string): void {
  const named = /^insert\s+into\s+((?:"[^"]+"|\w+)(?:\s*\.\s*(?:"[^"]+"|\w+))?)/i.exec(text)?.[1];
  const [name = '', schema = catalog.searchPath] = (named ?? '').replaceAll(/["\s]/g, '').split('.').toReversed();
  if (name !== '') catalog.seeded.add(key(schema, name));
}

function doBlock(parser: SqlParser, catalog: Catalog, text: string, source: Source): void {
  const body = parser.plpgsql(text);
  if (!body) return void catalog.gaps.push({ what: text.slice(0, 120), why: 'a DO block that could not be read', place: source.place });
  interpret({ parser, catalog, carry: carryInside(parser, catalog) }, body, source);
}

/** Statements inside a block keep the block's place and their own text. */
const carryInside =
  (parser: SqlParser, catalog: Catalog) =>
  (sql: string, source: Source): void => {
    for (const statement of splitStatements(sql)) carry(parser, catalog, statement, { ...source, sql: statement.text });
  };

/** `SELECT make_policies();` in a migration: a function that changes the schema is walked through like a DO block. */
function callRoutine(parser: SqlParser, catalog: Catalog, text: string, source: Source): void {
  const called = /^select\s+(?:\*\s+from\s+)?([\w."]+)\s*\(/i.exec(text)?.[1];
  if (called === undefined) return;
  const [name = '', schema] = called.replaceAll('"', '').split('.').toReversed();
  const [routine] = findRoutines(catalog, schema === undefined ? { name } : { schema, name });
  if (!routine || routine.language !== 'plpgsql' || !changesSchema.test(routine.body)) return;
  const body = parser.plpgsql(routine.sql);
  if (!body) return;
  const given = new Map<string, Known>();
  const args = argumentsOf(parser, text);
  routine.parameters.forEach((parameter, index) => given.set(parameter.name.toLowerCase(), args[index]));
  interpret({ parser, catalog, carry: carryInside(parser, catalog), given }, body, source);
}

function argumentsOf(parser: SqlParser, text: string): Known[] {
  try {
    const [node] = parser.parse(text);
    const target = node && 'SelectStmt' in node ? node.SelectStmt.targetList?.[0] : undefined;
    const call = target && 'ResTarget' in target ? target.ResTarget.val : undefined;
    return call && 'FuncCall' in call ? (call.FuncCall.args ?? []).map((arg) => constantOf(arg)) : [];
  } catch {
    return [];
  }
}

/** A chunk with a syntax error: cut at lines that end with a semicolon, so that only the bad statement is lost. */
function salvage(parser: SqlParser, catalog: Catalog, text: string, source: Source, message: string): void {
  const parts = text.split(
    /;[ \t]*\r?\n(?=\s*(?:--|\/\*|create|alter|drop|grant|revoke|insert|update|do|comment|select)\b|\s*(?:--|\/\*))/i,
  );
  if (parts.length === 1) return miss(catalog, text, source, message);
  let line = source.place.line ?? 1;
  for (const part of parts) {
    const blank = /^(?:\s+|--[^\n]*\n)*/.exec(part)?.[0] ?? '';
    const own = part.slice(blank.length).trimEnd();
    const place = { ...source.place, line: line + blank.split('\n').length - 1 };
    line += part.split('\n').length;
    if (own === '' || passedOver.test(own) || dataStatement.test(own)) continue;
    try {
      for (const node of parser.parse(own)) if (!('DoStmt' in node)) apply(catalog, node, { ...source, place, sql: own });
    } catch (error) {
      miss(catalog, own, { ...source, place }, error instanceof Error ? error.message : String(error));
    }
  }
}

const protective =
  /^(?:alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?|(?:create|alter|drop)\s+policy\s+(?:if\s+exists\s+)?(?:"[^"]*"|\w+)\s+on\s+|(?:grant|revoke)\b[^;]*?\bon\s+(?:table\s+)?)((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i;

function miss(catalog: Catalog, text: string, source: Source, message: string): void {
  const what = text.replace(/\s+/g, ' ').slice(0, 120);
  catalog.gaps.push({ what, why: `not valid PostgreSQL (${message})`, place: source.place });
  const named = protective.exec(text)?.[1];
  if (named === undefined) return;
  const [name = '', schema] = named.replaceAll('"', '').split('.').toReversed();
  const table = findTable(catalog, schema === undefined ? { name } : { schema, name });
  if (table) table.uncertain = `a statement about it could not be read (${source.place.file}:${source.place.line})`;
}
