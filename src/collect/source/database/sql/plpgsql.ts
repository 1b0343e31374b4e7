/** The shapes of PL/pgSQL statements as libpg-query prints them, narrowed to what is read here. */
export interface PlExpression {
  readonly PLpgSQL_expr?: { readonly query?: string; readonly parseMode?: number };
}

interface Located {
  readonly lineno?: number;
}

interface PlTarget {
  readonly PLpgSQL_row?: { readonly fields?: readonly { readonly name?: string }[] };
  readonly PLpgSQL_rec?: { readonly refname?: string };
  readonly PLpgSQL_var?: { readonly refname?: string };
}

export interface PlIf extends Located {
  readonly cond?: PlExpression;
  readonly then_body?: readonly PlStatement[];
  readonly elsif_list?: readonly {
    readonly PLpgSQL_if_elsif?: { readonly cond?: PlExpression; readonly stmts?: readonly PlStatement[] };
  }[];
  readonly else_body?: readonly PlStatement[];
}

interface PlLoop extends Located {
  readonly var?: PlTarget;
  readonly varno?: number;
  readonly query?: PlExpression;
  readonly expr?: PlExpression;
  readonly body?: readonly PlStatement[];
}

/** One statement: exactly one of the keys is set. */
export interface PlStatement {
  readonly PLpgSQL_stmt_block?: Located & {
    readonly body?: readonly PlStatement[];
    readonly exceptions?: {
      readonly PLpgSQL_exception_block?: {
        readonly exc_list?: readonly { readonly PLpgSQL_exception?: { readonly action?: readonly PlStatement[] } }[];
      };
    };
  };
  readonly PLpgSQL_stmt_if?: PlIf;
  readonly PLpgSQL_stmt_case?: Located & {
    readonly t_expr?: PlExpression;
    readonly t_varno?: number;
    readonly case_when_list?: readonly {
      readonly PLpgSQL_case_when?: { readonly expr?: PlExpression; readonly stmts?: readonly PlStatement[] };
    }[];
    readonly else_stmts?: readonly PlStatement[];
  };
  readonly PLpgSQL_stmt_assign?: Located & { readonly expr?: PlExpression };
  readonly PLpgSQL_stmt_execsql?: Located & { readonly sqlstmt?: PlExpression; readonly into?: boolean; readonly target?: PlTarget };
  readonly PLpgSQL_stmt_dynexecute?: Located & { readonly query?: PlExpression; readonly params?: readonly PlExpression[] };
  readonly PLpgSQL_stmt_perform?: Located & { readonly expr?: PlExpression };
  /** `RETURN v` names the variable by number, any other expression by text. */
  readonly PLpgSQL_stmt_return?: Located & { readonly expr?: PlExpression; readonly retvarno?: number };
  readonly PLpgSQL_stmt_return_next?: Located & { readonly expr?: PlExpression; readonly retvarno?: number };
  readonly PLpgSQL_stmt_return_query?: Located & { readonly query?: PlExpression; readonly dynquery?: PlExpression };
  readonly PLpgSQL_stmt_raise?: Located & { readonly elog_level?: number };
  readonly PLpgSQL_stmt_fors?: PlLoop;
  readonly PLpgSQL_stmt_dynfors?: PlLoop;
  readonly PLpgSQL_stmt_foreach_a?: PlLoop;
  readonly PLpgSQL_stmt_fori?: PlLoop;
  readonly PLpgSQL_stmt_loop?: PlLoop;
  readonly PLpgSQL_stmt_while?: PlLoop & { readonly cond?: PlExpression };
}

/** The SQL text of an expression slot. */
export const queryOf = (expression: PlExpression | undefined): string | undefined => expression?.PLpgSQL_expr?.query;

/** Names of the variables an INTO or FOR writes. */
export function targetsOf(target: PlTarget | undefined): string[] {
  if (target?.PLpgSQL_row) return (target.PLpgSQL_row.fields ?? []).map((field) => field.name ?? '');
  const name = target?.PLpgSQL_rec?.refname ?? target?.PLpgSQL_var?.refname;
  return name === undefined ? [] : [name];
}

/** RAISE EXCEPTION ends the function; other levels only print. */
export const raiseEnds = (level: number | undefined): boolean => level === undefined || level >= 21;
