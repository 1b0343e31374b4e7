import type { FirstUserAdmin } from '../../../../evidence/database.ts';
import type { RoutineState, TableState } from '../catalog/state.ts';
import type { Powers } from '../facts/power.ts';
import { isPrivilegedRole } from '../facts/words.ts';
import type { Reached } from '../predicate/flow.ts';
import type { Analysis, Value } from '../predicate/scope.ts';
import { assignments } from './assignments.ts';

interface Setting {
  readonly analysis: Analysis;
  readonly powers: Powers;
}

/** Whether a sign-up function gives the first account, or every one, a privileged role. */
export function firstUserAdmin(setting: Setting, routine: RoutineState, statements: readonly Reached[]): FirstUserAdmin | undefined {
  const lines = routine.body.split('\n');
  const counted = countVariables(routine.body);
  const empty = lines.findIndex((line, index) => isEmptinessTest(line, lines.slice(index, index + 3).join(' '), counted));
  if (empty !== -1) {
    const role =
      statements.map((reached) => granted(setting, reached)?.role).find((one) => one !== undefined) ??
      literalRole(lines.slice(empty, empty + 6));
    const sql = lines
      .slice(empty, empty + 3)
      .join('\n')
      .trim();
    if (role !== undefined) return { who: 'first', role, place: { ...routine.place, line: routine.bodyLine + empty }, sql };
  }
  return everyone(setting, routine, statements);
}

/** Making one's own organisation and owning it is how sign-up works; a role that counts everywhere is not. */
function everyone(setting: Setting, routine: RoutineState, statements: readonly Reached[]): FirstUserAdmin | undefined {
  const tenant = /organi|compan|tenant|workspace|business|store|loja|empresa|team|account/i;
  if (statements.some((reached) => assignments(setting.analysis, reached.sql).some(({ table }) => tenant.test(table)))) return undefined;
  for (const reached of statements) {
    const grant = reached.path.is === 'true' ? granted(setting, reached) : undefined;
    if (!grant?.always || !setting.powers.decides(grant.table).includes('role')) continue;
    const line = routine.bodyLine + reached.line - 1;
    return { who: 'everyone', role: grant.role, place: { ...routine.place, line }, sql: reached.sql.slice(0, 300) };
  }
  return undefined;
}

/** A privileged role that a statement stores; `always` when it can store no other. */
function granted(setting: Setting, reached: Reached): { role: string; table: TableState; always: boolean } | undefined {
  for (const { table, column, node } of assignments(setting.analysis, reached.sql)) {
    const state = setting.analysis.catalog.tables.get(table);
    if (!state || setting.powers.power(state, column)?.kind !== 'role') continue;
    const values = constants(setting.analysis.value(node, reached.scope));
    const role = values.find(isPrivilegedRole);
    if (role !== undefined) return { role, table: state, always: values.every(isPrivilegedRole) };
  }
  return undefined;
}

/** Names of variables that hold a count of rows. */
function countVariables(body: string): string[] {
  const found = [
    ...body.matchAll(/\bcount\s*\(\s*[\w*]*\s*\)\s+into\s+(\w+)/gi),
    ...body.matchAll(/\b(\w+)\s*:=\s*\(?\s*select\s+count\s*\(/gi),
  ];
  return found.map((match) => match[1] ?? '');
}

function isEmptinessTest(line: string, text: string, counted: readonly string[]): boolean {
  if (!/\bif\b|\bcase\b|\bwhen\b/i.test(line)) return false;
  const variable = counted.some((name) => new RegExp(`\\b${name}\\b\\s*(?:=|<=)\\s*0|\\b${name}\\b\\s*<\\s*1\\b`, 'i').test(text));
  const inline = /count\s*\(\s*[\w*]*\s*\)[^;]{0,80}=\s*0/i.test(text);
  const none =
    /not\s+exists\s*\(\s*select\s+[\w*]+\s+from\s+(?:public\.)?(?:profiles|users|user_roles|admins?|members|team_members|auth\.users)\b(?![^)]*\bnew\.)/i;
  return variable || inline || none.test(text) || /\b(?:is_?first(?:_user)?|first_user|primeiro_usuario)\b/i.test(text);
}

function literalRole(lines: readonly string[]): string | undefined {
  return [...lines.join('\n').matchAll(/'([\w-]+)'/g)].map((match) => match[1]).find(isPrivilegedRole);
}

function constants(value: Value): string[] {
  if (value.is === 'constant') return [String(value.value)];
  return value.is === 'list' || value.is === 'other' ? value.of.flatMap(constants) : [];
}
