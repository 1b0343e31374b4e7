import type { Node } from 'libpg-query';
import type { RoutineState } from '../catalog/state.ts';
import { isPrivilegedRole } from '../facts/words.ts';
import type { Analysis, Scope, Value } from '../predicate/scope.ts';
import { constantOf, nameOf, walk } from '../sql/nodes.ts';

/**
 * Values that can get through an expression built from the caller's metadata; `undefined` when nothing restricts it.
 * Known shapes: CASE over listed values, and an IF in the body that replaces or refuses values outside (or inside) a list.
 */
export function allowedValues(analysis: Analysis, routine: RoutineState, node: Node, scope: Scope): readonly string[] | undefined {
  if (!passes(analysis.value(node, scope))) {
    const results = literals(node);
    return results.length > 0 ? results : undefined;
  }
  const listed = caseList(node);
  if (listed) return listed;
  const names: string[] = [];
  walk(node, (kind, value) => {
    if (kind === 'ColumnRef') names.push(nameOf(value.fields as Node[]).name);
  });
  for (const name of names) {
    const values = guarded(routine.body, name);
    if (values) return values;
  }
  return undefined;
}

/** True when the caller's own text can come out of the expression. */
function passes(value: Value): boolean {
  if (value.is === 'claim') return !value.trusted;
  return value.is === 'list' || value.is === 'other' ? value.of.some(passes) : false;
}

function literals(node: Node): string[] {
  const found: string[] = [];
  walk(node, (kind, value) => {
    if (kind === 'CaseWhen') collect(value.result as Node | undefined, found);
    if (kind === 'CaseExpr') collect(value.defresult as Node | undefined, found);
  });
  return found;
}

function collect(node: Node | undefined, into: string[]): void {
  const value = constantOf(node);
  if (typeof value === 'string') into.push(value);
}

/** CASE WHEN x IN ('a', 'b') THEN x ELSE 'a' END. */
function caseList(node: Node): string[] | undefined {
  let values: string[] | undefined;
  walk(node, (kind, value) => {
    if (kind !== 'CaseWhen') return;
    const constants: string[] = [];
    walk(value.expr, (inner, operand) => {
      if (inner === 'A_Const') collect({ A_Const: operand }, constants);
    });
    values = [...(values ?? []), ...constants];
  });
  return values && values.length > 0 ? [...values, ...literals(node)] : undefined;
}

/** IF v NOT IN ('a', 'b') THEN v := 'a': only the list gets through. IF v IN ('admin') THEN ...: everything but the list. */
function guarded(body: string, name: string): string[] | undefined {
  const variable = name.replace(/\W/g, '\\$&');
  const only = new RegExp(`\\b${variable}\\b[^;\\n]{0,60}?(?:not\\s+in\\s*\\(|<>\\s*all\\s*\\(\\s*array\\s*\\[)([^)\\]]*)`, 'i').exec(
    body,
  )?.[1];
  if (only !== undefined) return quoted(only);
  const refused = new RegExp(
    `\\bif\\b[^;]{0,80}?\\b${variable}\\b[^;\\n]{0,40}?(?:\\bin\\s*\\(([^)]*)\\)|=\\s*('[^']*'))[^;]{0,120}?\\bthen\\b\\s*(?:raise\\s+exception|${variable}\\s*:=)`,
    'i',
  ).exec(body);
  const list = refused && quoted(refused[1] ?? refused[2] ?? '');
  return list?.some(isPrivilegedRole) ? ['any value but those refused'] : undefined;
}

const quoted = (text: string): string[] => [...text.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
