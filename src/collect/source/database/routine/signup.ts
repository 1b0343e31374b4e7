import type { InsertStmt, Node, UpdateStmt } from 'libpg-query';
import type { FirstUserAdmin, SignupTrigger, SignupTrust } from '../../../../evidence/database.ts';
import { resolve } from '../catalog/catalog.ts';
import { key, type RoutineState, type TableState } from '../catalog/state.ts';
import { isPrivilegedRole, isRoleColumn } from '../facts/words.ts';
import type { Powers } from '../facts/power.ts';
import { type Reached, walkBody } from '../predicate/flow.ts';
import type { Analysis, Scope, Value } from '../predicate/scope.ts';
import { relationName, walk } from '../sql/nodes.ts';
import { allowedValues } from './allowed.ts';

interface Setting {
  readonly analysis: Analysis;
  readonly powers: Powers;
  readonly database: string;
}

/** Functions that run when somebody signs up: triggers on auth.users, and triggers on the tables those fill. */
export function signupTriggers(setting: Setting): SignupTrigger[] {
  const { catalog } = setting.analysis;
  const users = catalog.tables.get('auth.users');
  const found: SignupTrigger[] = [];
  for (const trigger of users?.triggers.values() ?? []) {
    if (!trigger.enabled || !(trigger.events.includes('insert') || trigger.events.includes('update'))) continue;
    const routine = (catalog.routines.get(trigger.function) ?? [])[0];
    if (routine && !found.some((one) => one.function === trigger.function)) found.push(ofRoutine(setting, routine));
  }
  return found;
}

function ofRoutine(setting: Setting, routine: RoutineState): SignupTrigger {
  const { analysis } = setting;
  const claims = (root: string): Value => ({ is: 'jwt', path: [root] });
  const variables = new Map<string, Value>([
    ['new.raw_user_meta_data', claims('user_metadata')],
    ['new.raw_app_meta_data', claims('app_metadata')],
    ['new.id', { is: 'caller' }],
    ['new.email', { is: 'caller' }],
  ]);
  const scope: Scope = { frames: [], variables, definer: true, calls: [key(routine.schema, routine.name)] };
  const body = analysis.parser.plpgsql(routine.sql);
  const statements: Reached[] = [];
  if (body) walkBody(analysis, body, scope, (reached) => statements.push(reached));
  const trusts = statements.flatMap((reached) => trustsIn(setting, routine, reached));
  const admin = firstUserAdmin(setting, routine, statements);
  return {
    database: setting.database,
    function: key(routine.schema, routine.name),
    place: routine.place,
    trusts: distinct(trusts),
    fills: [
      ...new Set(
        statements.flatMap((reached) => (reached.kind === 'sql' ? assignments(analysis, reached.sql).map(({ table }) => table) : [])),
      ),
    ],
    ...(admin && { firstUserAdmin: admin }),
  };
}

const distinct = (trusts: readonly SignupTrust[]): SignupTrust[] => [
  ...new Map(trusts.map((trust) => [`${trust.table}.${trust.column} ${trust.key}`, trust])).values(),
];

interface Assignment {
  readonly table: string;
  readonly column: string;
  readonly node: Node;
}

/** Column and expression of every value an INSERT or UPDATE of the statement stores. */
function assignments(analysis: Analysis, sql: string): Assignment[] {
  const found: Assignment[] = [];
  let nodes: Node[];
  try {
    nodes = analysis.parser.parse(sql);
  } catch {
    return [];
  }
  const tableOf = (statement: Pick<InsertStmt, 'relation'>): string => {
    const { schema, name } = resolve(analysis.catalog, relationName(statement.relation));
    return key(schema, name);
  };
  const add = (table: string, targets: readonly Node[] | undefined): void => {
    for (const target of targets ?? [])
      if ('ResTarget' in target && target.ResTarget.val)
        found.push({ table, column: target.ResTarget.name ?? '', node: target.ResTarget.val });
  };
  walk(nodes, (kind, value) => {
    if (kind === 'UpdateStmt') add(tableOf(value as unknown as UpdateStmt), (value as unknown as UpdateStmt).targetList);
    if (kind !== 'InsertStmt') return;
    const statement = value as unknown as InsertStmt;
    const query = statement.selectStmt && 'SelectStmt' in statement.selectStmt ? statement.selectStmt.SelectStmt : undefined;
    const columns = (statement.cols ?? []).map((col) => ('ResTarget' in col ? (col.ResTarget.name ?? '') : ''));
    const lists = query?.valuesLists?.map((list) => ('List' in list ? (list.List.items ?? []) : []));
    const values =
      lists?.[0] ??
      (query?.targetList ?? []).flatMap((target) => ('ResTarget' in target && target.ResTarget.val ? [target.ResTarget.val] : []));
    values.forEach((node, index) => found.push({ table: tableOf(statement), column: columns[index] ?? '', node }));
    add(tableOf(statement), statement.onConflictClause?.targetList);
  });
  return found;
}

function trustsIn(setting: Setting, routine: RoutineState, reached: Reached): SignupTrust[] {
  const { analysis, powers } = setting;
  if (reached.kind !== 'sql') return [];
  return assignments(analysis, reached.sql).flatMap(({ table, column, node }) => {
    const state = analysis.catalog.tables.get(table);
    const power = state ? powers.power(state, column) : isRoleColumn(column) ? { kind: 'role' as const } : undefined;
    if (!power || power.kind === 'billing') return [];
    const metadata = metadataKey(analysis.value(node, reached.scope)) ?? metadataKey(conditionsOf(analysis, node, reached.scope));
    if (metadata === undefined) return [];
    const at = lineOf(routine, reached, node, metadata);
    const values = allowedValues(analysis, routine, node, reached.scope) ?? state?.columns.get(column)?.values;
    return [
      {
        key: metadata,
        column,
        table,
        kind: power.kind,
        place: { ...routine.place, line: at },
        sql: lineText(routine, at),
        ...(values && { values }),
      },
    ];
  });
}

function metadataKey(value: Value): string | undefined {
  if (value.is === 'claim' && !value.trusted) return value.path.replace(/^\w+\./, '');
  return value.is === 'list' || value.is === 'other' ? value.of.map(metadataKey).find((name) => name !== undefined) : undefined;
}

/** CASE WHEN <metadata> ...: the caller chooses among the results. */
function conditionsOf(analysis: Analysis, node: Node, scope: Scope): Value {
  const parts: Value[] = [];
  walk(node, (kind, value) => {
    if (kind !== 'CaseWhen' && kind !== 'CaseExpr') return;
    const test = (value.expr ?? value.arg) as Node | undefined;
    walk(test, (inner, operand) => {
      if (inner === 'A_Expr' || inner === 'FuncCall' || inner === 'ColumnRef')
        parts.push(analysis.value({ [inner]: operand } as unknown as Node, scope));
    });
  });
  return { is: 'other', of: parts };
}

/** The line of the body that takes the key out of the metadata, else the statement's own. */
function lineOf(routine: RoutineState, reached: Reached, node: Node, name: string): number {
  const lines = routine.body.split('\n');
  const start = Math.max(0, reached.line - 1);
  const names = (line: string | undefined): boolean => line !== undefined && line.includes(`'${name}'`);
  const here = lines.findIndex((line, index) => index >= start && names(line));
  const anywhere = lines.findIndex(names);
  const direct = JSON.stringify(node).includes(JSON.stringify(name));
  return routine.bodyLine + (direct && here !== -1 ? here : anywhere !== -1 ? anywhere : start);
}

const lineText = (routine: RoutineState, line: number): string =>
  (routine.body.split('\n')[line - routine.bodyLine] ?? '').trim().slice(0, 300);

/** The first account, or every one, gets a privileged role. */
function firstUserAdmin(setting: Setting, routine: RoutineState, statements: readonly Reached[]): FirstUserAdmin | undefined {
  const lines = routine.body.split('\n');
  const empty = lines.findIndex((line, index) => isEmptinessTest(line, lines, index));
  const stores = (reached: Reached): { role: string; table: TableState | undefined } | undefined => {
    for (const { table, column, node } of assignments(setting.analysis, reached.sql)) {
      const state = setting.analysis.catalog.tables.get(table);
      const power = state && setting.powers.power(state, column);
      const roles = constants(setting.analysis.value(node, reached.scope)).filter(isPrivilegedRole);
      if (power?.kind === 'role' && roles[0] !== undefined) return { role: roles[0], table: state };
    }
    return undefined;
  };
  if (empty !== -1) {
    const granted = statements.map(stores).find((one) => one !== undefined) ?? literalRole(lines.slice(empty, empty + 6));
    if (granted)
      return {
        who: 'first',
        role: granted.role,
        place: { ...routine.place, line: routine.bodyLine + empty },
        sql: lines
          .slice(empty, empty + 3)
          .join('\n')
          .trim(),
      };
  }
  // Making one's own organisation and owning it is how sign-up works; a role that counts everywhere is not.
  const founds = statements.some((reached) =>
    assignments(setting.analysis, reached.sql).some(({ table }) =>
      /organi|compan|tenant|workspace|business|store|loja|empresa|team|account/i.test(table),
    ),
  );
  for (const reached of statements) {
    const granted = reached.path.is === 'true' && !founds ? stores(reached) : undefined;
    if (!granted?.table || !setting.powers.decides(granted.table).includes('role')) continue;
    const line = routine.bodyLine + reached.line - 1;
    return { who: 'everyone', role: granted.role, place: { ...routine.place, line }, sql: reached.sql.slice(0, 300) };
  }
  return undefined;
}

function isEmptinessTest(line: string, lines: readonly string[], index: number): boolean {
  if (!/\bif\b|\bcase\b|\bwhen\b/i.test(line)) return false;
  const text = lines.slice(index, index + 3).join(' ');
  const counted =
    /\b(\w*(?:count|total|num)\w*)\s*(?:=|<=)\s*0|\b(\w*(?:count|total|num)\w*)\s*<\s*1\b|count\s*\(\s*\*?\s*\w*\s*\)[^;]{0,80}=\s*0/i.test(
      text,
    );
  const none =
    /not\s+exists\s*\(\s*select\s+[\w*]+\s+from\s+(?:public\.)?(?:profiles|users|user_roles|admins?|members|team_members|auth\.users)\b(?![^)]*\bnew\.)/i.test(
      text,
    );
  const first = /\b(?:is_?first(?:_user)?|first_user|primeiro_usuario)\b/i.test(text);
  return counted || none || first;
}

function literalRole(lines: readonly string[]): { role: string } | undefined {
  const role = [...lines.join('\n').matchAll(/'([\w-]+)'/g)].map((match) => match[1]).find(isPrivilegedRole);
  return role === undefined ? undefined : { role };
}

function constants(value: Value): string[] {
  if (value.is === 'constant') return [String(value.value)];
  return value.is === 'list' || value.is === 'other' ? value.of.flatMap(constants) : [];
}
