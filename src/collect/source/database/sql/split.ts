/** One SQL statement of a file. */
export interface Statement {
  /** Without the final semicolon and without leading comments. */
  readonly text: string;
  /** Line of its first word in the file, from 1. */
  readonly line: number;
}

const token = /--[^\n]*|\/\*|'|"|\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|;/g;
const blank = /\s+|--[^\n]*(?:\n|$)|\\[^\n]*(?:\n|$)/y;

/**
 * Cuts SQL into statements without parsing it, so that one bad statement does not take the file with it.
 * Knows quotes, dollar quotes, nested comments, psql commands, `COPY ... FROM stdin` data and `BEGIN ATOMIC` bodies.
 */
export function* splitStatements(sql: string): Generator<Statement> {
  const lineAt = lineCounter(sql);
  let start = skipBlank(sql, 0);
  token.lastIndex = start;
  let atomic: boolean | undefined;
  while (start < sql.length) {
    const match = token.exec(sql);
    const end = match ? match.index : sql.length;
    if (match && match[0] !== ';') {
      token.lastIndex = endOf(sql, match);
      continue;
    }
    // Told once, at the first semicolon: looking at the whole text at each would take the square of its length.
    atomic ??= beginsAtomic.test(sql.slice(start, end));
    if (match && atomic && !endsBody.test(sql.slice(Math.max(start, end - 200), end))) continue;
    atomic = undefined;
    const text = sql.slice(start, end).trimEnd();
    if (text !== '') yield { text, line: lineAt(start) };
    let next = match ? end + 1 : sql.length;
    if (/^copy\b/i.test(text) && /\bfrom\s+stdin\b/i.test(text)) next = afterCopyData(sql, next);
    start = skipBlank(sql, next);
    token.lastIndex = start;
  }
}

/** Lines as a function of offsets; offsets must not go down. */
export function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (let next = text.indexOf('\n', at); next !== -1 && next < offset; next = text.indexOf('\n', at)) {
      line += 1;
      at = next + 1;
    }
    return line;
  };
}

/** Where the first word at or after `from` stands: past blanks, comments, psql commands and empty statements. */
export function skipBlank(sql: string, from: number): number {
  let at = from;
  for (;;) {
    blank.lastIndex = at;
    if (sql.startsWith('/*', at)) at = endOfComment(sql, at);
    else if (sql[at] === ';') at += 1;
    else if (blank.test(sql)) at = blank.lastIndex;
    else return at;
  }
}

function endOf(sql: string, match: RegExpExecArray): number {
  const [opener] = match;
  const after = match.index + opener.length;
  if (opener.startsWith('--')) return after;
  if (opener === '/*') return endOfComment(sql, match.index);
  if (opener === "'" && /(?:^|[^\w$])e$/i.test(sql.slice(Math.max(0, match.index - 2), match.index))) return endOfEscapedString(sql, after);
  const close = sql.indexOf(opener, after);
  return close === -1 ? sql.length : close + opener.length;
}

function endOfEscapedString(sql: string, from: number): number {
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] === '\\') at += 1;
    else if (sql[at] === "'") return at + 1;
  }
  return sql.length;
}

function endOfComment(sql: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 0;
  for (let match = edge.exec(sql); match; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return sql.length;
}

function afterCopyData(sql: string, from: number): number {
  const end = /^\\\.\r?$/m;
  const found = end.exec(sql.slice(from));
  return found ? from + found.index + found[0].length : sql.length;
}

const beginsAtomic = /^create\b[\s\S]*\bbegin\s+atomic\b/i;
const endsBody = /\bend\s*$/i;
