import type { A_Expr, CaseExpr, FuncCall, Node, SQLValueFunction } from 'libpg-query';
import { constantOf, itemsOf, nameOf, selectOf, stringOf, stringsOf } from '../sql/nodes.ts';
import { type Analysis, lookUp, type Scope, type Value } from './scope.ts';

const nothing: Value = { is: 'other', of: [] };
const jsonOperators = new Set(['->', '->>', '#>', '#>>']);
const booleanOperators = new Set(['=', '<>', '!=', '<', '>', '<=', '>=', '@>', '<@', '&&', '~', '~*', '!~', '!~*', '?', '?|', '?&']);

/** Where the value of an expression comes from. */
export function valueOf(analysis: Analysis, node: Node | undefined, scope: Scope): Value {
  if (!node) return nothing;
  const constant = constantOf(node);
  if (constant !== undefined) return { is: 'constant', value: constant };
  if ('ColumnRef' in node) return lookUp(stringsOf(node.ColumnRef.fields), scope);
  const plain =
    'TypeCast' in node
      ? node.TypeCast
      : 'NamedArgExpr' in node
        ? node.NamedArgExpr
        : 'CollateClause' in node
          ? node.CollateClause
          : undefined;
  if (plain) return analysis.value(plain.arg, scope);
  if ('FuncCall' in node) return ofCall(analysis, node.FuncCall, scope);
  if ('SQLValueFunction' in node) return ofKeyword(node.SQLValueFunction);
  if ('A_Expr' in node) return ofOperator(analysis, node, node.A_Expr, scope);
  if ('SubLink' in node) {
    const select = selectOf(node.SubLink.subselect);
    if (select && (node.SubLink.subLinkType === 'EXPR_SUBLINK' || node.SubLink.subLinkType === 'ARRAY_SUBLINK'))
      return analysis.scalar(select, scope);
    return { is: 'condition', term: analysis.condition(node, scope) };
  }
  if ('BoolExpr' in node || 'NullTest' in node || 'BooleanTest' in node) return { is: 'condition', term: analysis.condition(node, scope) };
  const all = (nodes: readonly (Node | undefined)[] | undefined): Value[] => (nodes ?? []).map((item) => analysis.value(item, scope));
  if ('CoalesceExpr' in node) return firm(firstTelling(all(node.CoalesceExpr.args)));
  if ('A_ArrayExpr' in node) return { is: 'list', of: all(node.A_ArrayExpr.elements) };
  if ('List' in node) return { is: 'list', of: all(itemsOf(node)) };
  if ('A_Indirection' in node) return analysis.value(node.A_Indirection.arg, scope);
  if ('CaseExpr' in node) return ofCase(analysis, node, node.CaseExpr, scope);
  return 'RowExpr' in node ? { is: 'other', of: all(node.RowExpr.args) } : nothing;
}

/** A CASE over conditions is one itself; any other yields one of its results. */
function ofCase(analysis: Analysis, node: Node, { args, defresult }: CaseExpr, scope: Scope): Value {
  const results = [...(args ?? []).map((arg) => ('CaseWhen' in arg ? arg.CaseWhen.result : undefined)), defresult].filter(
    (item) => item !== undefined,
  );
  const values = results.map((item) => analysis.value(item, scope));
  const decides = values.every((value) => value.is === 'condition' || (value.is === 'constant' && typeof value.value === 'boolean'));
  return decides && values.length > 0 ? { is: 'condition', term: analysis.condition(node, scope) } : { is: 'list', of: values };
}

/** A fall-back value stands behind it. */
const firm = (value: Value): Value => (value.is === 'looked-up' ? { ...value, solid: true } : value);

function ofKeyword(keyword: SQLValueFunction): Value {
  const names = ['SVFOP_CURRENT_USER', 'SVFOP_SESSION_USER', 'SVFOP_USER', 'SVFOP_CURRENT_ROLE'];
  // Time and date count as constants: nobody chooses them.
  return names.includes(keyword.op ?? '') ? { is: 'caller-role' } : { is: 'constant', value: keyword.op ?? '' };
}

/** COALESCE and string joins are told by the part that is not a constant. */
function firstTelling(values: readonly Value[]): Value {
  const telling = values.filter((value) => value.is !== 'constant');
  const [first] = telling;
  if (!first) return values[0] ?? nothing;
  return telling.length === 1 ? first : { is: 'other', of: telling };
}

function ofOperator(analysis: Analysis, node: Node, expression: A_Expr, scope: Scope): Value {
  const operator = stringOf(expression.name?.[0]) ?? '';
  if (expression.kind === 'AEXPR_NULLIF') return analysis.value(expression.lexpr, scope);
  if (expression.kind !== 'AEXPR_OP' || booleanOperators.has(operator)) return { is: 'condition', term: analysis.condition(node, scope) };
  const left = analysis.value(expression.lexpr, scope);
  if (jsonOperators.has(operator)) {
    const step = constantOf(expression.rexpr);
    if (left.is === 'jwt')
      return claim([
        ...left.path,
        ...String(step ?? '')
          .replace(/[{}]/g, '')
          .split(','),
      ]);
    return left;
  }
  return firstTelling([left, analysis.value(expression.rexpr, scope)]);
}

/** What a path into the token says. */
function claim(path: readonly string[]): Value {
  const [first, second] = path;
  if (first === undefined) return { is: 'jwt', path };
  if (first === 'sub' || first === 'email' || first === 'user_id' || first === 'phone') return { is: 'caller' };
  if (first === 'role') return { is: 'caller-role' };
  // Containers say nothing until a key is taken out of them.
  if (['app_metadata', 'user_metadata', 'raw_user_meta_data', 'claims'].includes(first) && second === undefined) return { is: 'jwt', path };
  return { is: 'claim', trusted: first !== 'user_metadata' && first !== 'raw_user_meta_data', path: path.join('.') };
}

const passThrough = new Set([
  'lower',
  'upper',
  'trim',
  'btrim',
  'ltrim',
  'rtrim',
  'replace',
  'split_part',
  'substring',
  'substr',
  'left',
  'right',
  'foldername',
  'filename',
  'concat',
  'to_jsonb',
  'to_json',
  'jsonb_array_elements',
  'jsonb_array_elements_text',
  'json_array_elements',
  'json_array_elements_text',
  'jsonb_to_recordset',
  'json_to_recordset',
  'jsonb_populate_record',
  'jsonb_extract_path_text',
  'regexp_split_to_table',
  'unnest',
  'array',
  'max',
  'min',
  'array_agg',
  'string_to_array',
  'regexp_replace',
  'md5',
  'nullif',
  'any_value',
]);

/** PostgreSQL's own functions seen in conditions: they add nothing to what their arguments say. */
const builtin = new Set([
  'now',
  'length',
  'char_length',
  'date_trunc',
  'extract',
  'date_part',
  'age',
  'round',
  'floor',
  'ceil',
  'abs',
  'mod',
  'array_length',
  'cardinality',
  'jsonb_array_length',
  'json_array_length',
  'jsonb_typeof',
  'regexp_match',
  'starts_with',
  'position',
  'strpos',
  'to_char',
  'to_date',
  'to_timestamp',
  'clock_timestamp',
  'timezone',
  'random',
  'gen_random_uuid',
  'uuid_generate_v4',
  'greatest',
  'least',
  'format',
  'concat_ws',
  'jsonb_build_object',
  'json_build_object',
  'jsonb_build_array',
  'row_to_json',
  'jsonb_agg',
  'json_agg',
  'count',
  'sum',
  'avg',
  'bool_or',
  'bool_and',
  'string_agg',
  'make_interval',
  'encode',
  'decode',
  'digest',
  'sha256',
  'convert_to',
  'gen_random_bytes',
  'repeat',
  'lpad',
  'rpad',
  'jsonb_set',
  'power',
  'sqrt',
  'array_append',
  'array_remove',
  'similarity',
  'word_similarity',
  'websearch_to_tsquery',
  'plainto_tsquery',
  'to_tsquery',
  'to_tsvector',
  'ts_rank',
  'crypt',
  'gen_salt',
  'pg_typeof',
  'isfinite',
  'overlaps',
  'jsonb_exists',
]);

function ofCall(analysis: Analysis, call: FuncCall, scope: Scope): Value {
  const { schema, name } = nameOf(call.funcname);
  if (schema === 'auth') {
    if (name === 'uid' || name === 'email') return { is: 'caller' };
    if (name === 'role') return { is: 'caller-role' };
    if (name === 'jwt') return { is: 'jwt', path: [] };
  }
  if (name === 'current_setting') return ofSetting(String(constantOf(call.args?.[0]) ?? ''));
  // The Clerk-style helper of some templates and the name Supabase's own docs suggest for it.
  if (name === 'requesting_user_id' && analysis.catalog.routines.get('public.requesting_user_id') === undefined) return { is: 'caller' };
  const inside = analysis.call(call, scope);
  if (inside) return inside;
  const args = (call.args ?? []).map((arg) => analysis.value(arg, scope));
  if (passThrough.has(name)) return firstTelling(args);
  return { is: 'other', of: schema === 'pg_catalog' || builtin.has(name) ? args : [...args, { is: 'opaque' }] };
}

function ofSetting(setting: string): Value {
  if (setting === 'request.jwt.claims') return { is: 'jwt', path: [] };
  const single = /^request\.jwt\.claim\.(\w+)$/.exec(setting)?.[1];
  if (single !== undefined) return claim([single]);
  if (setting === 'role') return { is: 'caller-role' };
  // A header may carry a token the row is found by; any other setting is made by the server.
  return setting.startsWith('request.') ? { is: 'opaque' } : { is: 'claim', trusted: true, path: setting };
}
