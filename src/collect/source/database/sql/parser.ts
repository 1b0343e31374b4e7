import type { Node, SelectStmt } from 'libpg-query';
import type { PlStatement } from './plpgsql.ts';

/** PostgreSQL's own grammar. */
export interface SqlParser {
  /** The nodes of one or more statements. Throws an Error with PostgreSQL's message on bad syntax. */
  parse(sql: string): Node[];
  /** The same with where each stands: byte offsets of its UTF-8 text, which may begin with blanks and comments. */
  locate(sql: string): Located[];
  /** One SELECT; `undefined` for anything else. */
  select(sql: string): SelectStmt | undefined;
  /** The SELECT that `SELECT <expression>` stands for; `undefined` on bad syntax. */
  expression(text: string): SelectStmt | undefined;
  /** Body of a PL/pgSQL function or DO block, given as the whole statement; `undefined` when it cannot be read. */
  plpgsql(statement: string): PlBody | undefined;
}

/** A node with the place of its text; a length of 0 stands for all that is left. */
export interface Located {
  readonly node: Node;
  readonly start: number;
  readonly length: number;
}

/** A PL/pgSQL body with its declared variables. */
export interface PlBody {
  readonly statements: readonly PlStatement[];
  /** Variable names by number, as loops refer to them. */
  readonly names: readonly string[];
  /** Declared variables with their default expressions. */
  readonly variables: readonly { readonly name: string; readonly type: string; readonly value?: string }[];
  /** `#variable_conflict use_column`: a name that is both means the column. */
  readonly columnsFirst: boolean;
}

interface RawDatum {
  readonly PLpgSQL_var?: {
    refname?: string;
    datatype?: { PLpgSQL_type?: { typname?: string } };
    default_val?: { PLpgSQL_expr?: { query?: string } };
  };
  readonly PLpgSQL_rec?: { refname?: string };
}

/** Loads the parser (WebAssembly, about 30 ms); only for repos that hold SQL. */
export async function loadParser(): Promise<SqlParser> {
  const library = await import('libpg-query');
  await library.loadModule();
  const locate = (sql: string): Located[] =>
    (library.parseSync(sql).stmts ?? []).flatMap(({ stmt, stmt_location: start = 0, stmt_len: length = 0 }) =>
      stmt ? [{ node: stmt, start, length }] : [],
    );
  const parse = (sql: string): Node[] => locate(sql).map(({ node }) => node);
  return {
    parse,
    locate,
    select: remembered((sql) => selectOf(parse, sql)),
    expression: remembered((text) => selectOf(parse, `SELECT ${text}`)),
    plpgsql: remembered((statement) => bodyOf(library.parsePlPgSQLSync, statement)),
  };
}

/** Helper functions are looked into once for each policy that calls them, so results are kept. */
function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (known.has(text)) return known.get(text) as T;
    const result = read(text);
    known.set(text, result);
    return result;
  };
}

function selectOf(parse: SqlParser['parse'], sql: string): SelectStmt | undefined {
  try {
    const [node] = parse(sql);
    return node && 'SelectStmt' in node ? node.SelectStmt : undefined;
  } catch {
    return undefined;
  }
}

function bodyOf(parse: (statement: string) => unknown, statement: string): PlBody | undefined {
  try {
    const raw = parse(statement) as { plpgsql_funcs?: { PLpgSQL_function?: { datums?: RawDatum[]; action?: PlStatement } }[] };
    const body = raw.plpgsql_funcs?.[0]?.PLpgSQL_function;
    if (!body?.action) return undefined;
    const variables = (body.datums ?? []).flatMap((datum) => {
      const variable = datum.PLpgSQL_var;
      if (!variable?.refname) return datum.PLpgSQL_rec?.refname ? [{ name: datum.PLpgSQL_rec.refname, type: 'record' }] : [];
      const value = variable.default_val?.PLpgSQL_expr?.query;
      return [{ name: variable.refname, type: variable.datatype?.PLpgSQL_type?.typname ?? '', ...(value !== undefined && { value }) }];
    });
    const names = (body.datums ?? []).map((datum) => datum.PLpgSQL_var?.refname ?? datum.PLpgSQL_rec?.refname ?? '');
    return { statements: [body.action], names, variables, columnsFirst: /#variable_conflict\s+use_column/i.test(statement) };
  } catch {
    return undefined;
  }
}
