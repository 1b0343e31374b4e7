import type { FuncCall, Node, SelectStmt } from 'libpg-query';
import { findRoutines } from '../catalog/catalog.ts';
import { key, type RoutineState } from '../catalog/state.ts';
import { isPrivilegedRole } from '../facts/words.ts';
import { nameOf } from '../sql/nodes.ts';
import { walkBody } from './flow.ts';
import type { Analysis, Scope, Value } from './scope.ts';
import { or, type Term } from './term.ts';

const deepest = 8;

/** What calling a function of the repo yields: its body is read with the arguments in place of the parameters. */
export function callOf(analysis: Analysis, call: FuncCall, scope: Scope): Value | undefined {
  const name = nameOf(call.funcname);
  const args = call.args ?? [];
  const overloads = findRoutines(analysis.catalog, name);
  const routine = overloads.find((one) => fits(one, args.length)) ?? overloads[0];
  if (!routine) return undefined;
  const id = key(routine.schema, routine.name);
  if (scope.calls.includes(id) || scope.calls.length >= deepest) return undefined;
  const variables = new Map<string, Value>();
  routine.parameters.forEach((parameter, index) => {
    const arg = argument(args, parameter.name, index);
    const value: Value = arg ? analysis.value(arg, scope) : { is: 'constant', value: null };
    if (parameter.name !== '') variables.set(parameter.name.toLowerCase(), value);
    variables.set(`$${index + 1}`, value);
  });
  // Names inside the body mean nothing outside of it: no frames and no row.
  const inside: Scope = { frames: [], variables, definer: scope.definer || routine.definer, calls: [...scope.calls, id] };
  const outer = analysis.reading;
  analysis.reading = `${routine.name}()`;
  const value = routine.language === 'plpgsql' ? ofPlpgsql(analysis, routine, inside) : ofSql(analysis, routine, inside);
  analysis.reading = outer;
  const asked = [...variables.values()].flatMap((one) => (one.is === 'constant' && isPrivilegedRole(one.value) ? [String(one.value)] : []));
  return value?.is === 'condition' && asked.length > 0 ? { is: 'condition', term: demanding(value.term, asked) } : value;
}

/** A helper called with the name of a role demands it, whether or not its body was seen to compare it. */
function demanding(term: Term, roles: readonly string[]): Term {
  if (term.is === 'and' || term.is === 'or') return { is: term.is, of: term.of.map((part) => demanding(part, roles)) };
  return (term.is === 'tenant' || term.is === 'role') && term.roles.length === 0 ? { ...term, roles } : term;
}

const fits = (routine: RoutineState, count: number): boolean =>
  count <= routine.parameters.length && count >= routine.parameters.filter((parameter) => !parameter.optional).length;

function argument(args: readonly Node[], name: string, index: number): Node | undefined {
  const named = args.find((arg) => 'NamedArgExpr' in arg && arg.NamedArgExpr.name === name);
  const positional = args[index];
  return named ?? (positional && 'NamedArgExpr' in positional ? undefined : positional);
}

function ofSql(analysis: Analysis, routine: RoutineState, scope: Scope): Value | undefined {
  const select = lastSelect(analysis, routine.body);
  return select && analysis.scalar(select, scope);
}

function lastSelect(analysis: Analysis, body: string): SelectStmt | undefined {
  try {
    const last = analysis.parser.parse(body).at(-1);
    return last && 'SelectStmt' in last ? last.SelectStmt : undefined;
  } catch {
    return undefined;
  }
}

function ofPlpgsql(analysis: Analysis, routine: RoutineState, scope: Scope): Value | undefined {
  const body = analysis.parser.plpgsql(routine.sql);
  if (!body) return undefined;
  const results = walkBody(analysis, body, scope);
  const [first] = results;
  if (!first) return undefined;
  if (routine.returns === 'boolean') return { is: 'condition', term: or(results.map((result) => result.term())) };
  const telling = results.map((result) => result.value).find((value) => value.is !== 'constant');
  return telling ?? first.value;
}
