import { parse as parseSql, parsePlPgSQL } from 'libpg-query';
import { parseSync } from 'oxc-parser';
import { parse as parseYaml } from 'yaml';

const CODE = /\.[cm]?[jt]sx?$/;

/** What is wrong with a file's syntax, one line a complaint; nothing when it parses or is of a kind that has no parser here. */
export async function syntaxErrors(path: string, text: string): Promise<string[]> {
  try {
    if (CODE.test(path)) return parseSync(path, text).errors.map((error) => `${path}: ${error.message}`);
    if (path.endsWith('.json') || path.endsWith('.oxfmtrc.json')) JSON.parse(text);
    else if (/\.ya?ml$/.test(path)) parseYaml(text);
    else if (path.endsWith('.sql')) await parseStatements(text);
    return [];
  } catch (error) {
    return [`${path}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

interface FunctionStatement {
  CreateFunctionStmt?: { options?: { DefElem?: { defname?: string; arg?: { String?: { sval?: string } } } }[] };
}

/** Parses a script and, because the SQL grammar takes function bodies as plain text, each PL/pgSQL body in it too. */
async function parseStatements(text: string): Promise<void> {
  const { stmts } = (await parseSql(text)) as { stmts?: { stmt?: FunctionStatement; stmt_location?: number; stmt_len?: number }[] };
  const bytes = Buffer.from(text);
  for (const { stmt, stmt_location: start = 0, stmt_len: length } of stmts ?? []) {
    const options = stmt?.CreateFunctionStmt?.options ?? [];
    const language = options.find(({ DefElem }) => DefElem?.defname === 'language')?.DefElem?.arg?.String?.sval;
    if (language !== 'plpgsql') continue;
    const end = length === undefined ? bytes.length : start + length;
    await parsePlPgSQL(bytes.subarray(start, end).toString());
  }
}
