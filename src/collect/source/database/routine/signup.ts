import type { Node } from 'libpg-query';
import type { SignupTrigger, SignupTrust } from '../../../../evidence/database.ts';
import { key, type RoutineState } from '../catalog/state.ts';
import { isRoleColumn } from '../facts/words.ts';
import type { Powers } from '../facts/power.ts';
import { type Reached, walkBody } from '../predicate/flow.ts';
import type { Analysis, Scope, Value } from '../predicate/scope.ts';
import { walk } from '../sql/nodes.ts';
import { allowedValues } from './allowed.ts';
import { assignments } from './assignments.ts';
import { firstUserAdmin } from './first-user.ts';

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
