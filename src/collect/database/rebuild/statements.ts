import type { Node } from 'libpg-query';
import type { SqlFile } from '../../source/database/replay.ts';
import type { SqlParser } from '../../source/database/sql/parser.ts';
import { bodiesIn } from './unparsed.ts';
import { lineCounter, skipBlank, splitStatements } from '../../source/database/sql/split.ts';

/** One statement of a file, with its syntax tree when it has one. */
export interface Statement {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Absent when the statement does not parse, or is too long to be parsed. */
  readonly node?: Node;
  /** PostgreSQL's message when it does not parse. */
  readonly syntax?: string;
}

/** Characters that are kept of a statement that failed, to be shown. */
export const keptOfStatement = 200;

/** Above this a file is cut without parsing it as a whole, and a statement is not parsed: such files hold data. */
const longestParsed = 2 ** 20;

/** What PostgreSQL's parser does not know (psql commands, data of COPY) or ends at (NUL). */
// oxlint-disable-next-line no-control-regex -- a NUL byte is what is looked for
const unreadable = /^(?:\\|copy\b)|\0/im;

const read = new WeakMap<SqlFile, readonly Statement[]>();

/** The same as `statementsOf`, kept until it is asked for a second time: the rebuild that tells who is granted what reads the same files. */
export function statementsTwice(parser: SqlParser, file: SqlFile): readonly Statement[] {
  const known = read.get(file);
  if (known) {
    read.delete(file);
    return known;
  }
  const statements = [...statementsOf(parser, file)];
  read.set(file, statements);
  return statements;
}

/** The statements of a file: cut by PostgreSQL's own parser where it reads the file, else by quotes and semicolons. */
export function* statementsOf(parser: SqlParser, file: SqlFile): Generator<Statement> {
  const whole = file.text.length > longestParsed || unreadable.test(file.text) ? undefined : located(parser, file.text);
  if (whole) {
    const lineAt = lineCounter(file.text);
    for (const { node, start, text } of whole) yield { file: file.path, line: lineAt(start), text, node };
    return;
  }
  for (const { text, line } of splitStatements(file.text)) {
    if (text.length > longestParsed || text.includes('\0')) yield { file: file.path, line, text };
    else yield* parsed(parser, file.path, line, text);
  }
}

function located(parser: SqlParser, sql: string): { node: Node; start: number; text: string }[] | undefined {
  try {
    const nodes = parser.locate(sql);
    const bytes = Buffer.byteLength(sql) === sql.length ? undefined : Buffer.from(sql);
    let offset = 0;
    let seen = 0;
    return nodes.map(({ node, start, length }) => {
      // Byte offsets become character offsets by counting on from the statement before.
      const from = bytes ? offset + bytes.toString('utf8', seen, start).length : start;
      const end = length === 0 ? sql.length : bytes ? from + bytes.toString('utf8', start, start + length).length : start + length;
      [offset, seen] = [from, start];
      const begin = skipBlank(sql, from);
      return { node, start: begin, text: sql.slice(begin, end).trimEnd().replace(/;$/, '') };
    });
  } catch {
    return undefined;
  }
}

function* parsed(parser: SqlParser, file: string, line: number, text: string): Generator<Statement> {
  try {
    const nodes = parser.parse(text);
    const [node] = nodes;
    // A rule or a body that holds semicolons is one statement; two nodes in one text do not occur.
    if (nodes.length === 1 && node) yield { file, line, text, node };
    else if (nodes.length > 1) yield { file, line, text };
  } catch (error) {
    const parts = salvaged(text);
    if (parts.length < 2) yield { file, line, text, syntax: error instanceof Error ? error.message : String(error) };
    else {
      const lineAt = lineCounter(text);
      for (const part of parts) yield* parsed(parser, file, line + lineAt(part.start) - 1, part.text);
    }
  }
}

const boundary = /;[ \t]*\r?\n(?=\s*(?:--|\/\*|create|alter|drop|grant|revoke|insert|update|do|comment|select)\b|\s*(?:--|\/\*))/gi;

/** A text with a syntax error, cut at lines that end with a semicolon, so that only the bad statement is lost. */
function salvaged(text: string): { text: string; start: number }[] {
  const parts: { text: string; start: number }[] = [];
  let from = 0;
  const add = (to: number): void => {
    const blank = /^(?:\s+|--[^\n]*\n)*/.exec(text.slice(from, to))?.[0].length ?? 0;
    const own = text.slice(from + blank, to).trimEnd();
    if (own !== '') parts.push({ text: own, start: from + blank });
  };
  const bodies = bodiesIn(text);
  for (const match of text.matchAll(boundary)) {
    if (bodies.some(({ start, end }) => start < match.index && match.index < end)) continue;
    add(match.index);
    from = match.index + match[0].length;
  }
  add(text.length);
  return parts;
}
