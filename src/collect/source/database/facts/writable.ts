import type { Writable } from '../../../../evidence/database.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { TableState } from '../catalog/state.ts';
import { alternatives, and, type Atom, type Term, yes } from '../predicate/term.ts';
import { granted, grantedColumns, type Reaches } from '../reach.ts';
import { isPrivilegedRole } from './words.ts';

/**
 * Columns whose value a signed-in caller without a special role can choose when he inserts or updates a row, and the policies that let
 * him. Who has to be an administrator of his tenant first counts only where the table holds roles (`globalRoles`) worth more than that.
 */
export function writableColumns(
  catalog: Catalog,
  reaches: Reaches,
  table: TableState,
  verb: 'insert' | 'update',
  globalRoles: readonly string[],
): Writable {
  if (!granted(table, verb, 'authenticated')) return nothing;
  const allowed = grantedColumns(table, verb, 'authenticated');
  const columns = [...table.columns.keys()].filter((column) => !allowed || allowed.has(column));
  if (table.rls === 'off') return { columns, policies: [], demands: [] };
  const whole = reaches.effective(table, verb, 'authenticated', 'check');
  const more = globalRoles.some((role) => !demandedRoles(whole).includes(role));
  const ordinary = (term: Term): boolean => reachesSome(reaches, term) && (more || demandedRoles(term).length === 0);
  if (verb === 'update' && !anyWay(reaches.effective(table, 'update', 'authenticated', 'using'), ordinary)) return nothing;
  const fixed = fixedColumns(reaches, whole, ordinary);
  if (!fixed) return nothing;
  const bodies = guardingBodies(catalog, table, verb);
  const free = columns.filter((column) => !fixed.has(column) && !bodies.some((body) => settles(body, column, verb)));
  const policies = reaches.terms(table).filter(({ policy, using, check }) => {
    if (!policy.permissive || (policy.command !== 'all' && policy.command !== verb)) return false;
    const own = fixedColumns(reaches, check ?? using ?? yes, ordinary);
    return own !== undefined && free.some((column) => !own.has(column));
  });
  const ways = (alternatives(whole) ?? []).map((atoms) => and(atoms)).filter(ordinary);
  const demands = ways.some((way) => demandedRoles(way).length === 0) ? [] : [...new Set(ways.flatMap(demandedRoles))];
  return { columns: free, policies: policies.map(({ policy }) => policy.name), demands };
}

const nothing: Writable = { columns: [], policies: [], demands: [] };

const reachesSome = (reaches: Reaches, term: Term): boolean =>
  ['own', 'tenant', 'flagged', 'condition', 'self-declared', 'all'].includes(reaches.rows(term, 'authenticated'));

function demandedRoles(term: Term): readonly string[] {
  if (term.is === 'and' || term.is === 'or') return term.of.flatMap(demandedRoles);
  return term.is === 'tenant' || term.is === 'role' ? term.roles : [];
}

const anyWay = (term: Term, ordinary: (term: Term) => boolean): boolean =>
  (alternatives(term) ?? [[]]).some((atoms) => ordinary(and(atoms)));

/** Columns fixed on every way an ordinary caller can take; `undefined` when there is none. */
function fixedColumns(reaches: Reaches, term: Term, ordinary: (term: Term) => boolean): ReadonlySet<string> | undefined {
  const branches = alternatives(term);
  if (!branches) return undefined;
  let fixed: Set<string> | undefined;
  for (const atoms of branches) {
    if (!ordinary(and(atoms))) continue;
    const columns = new Set(atoms.flatMap((atom) => fixes(reaches, atom)));
    fixed = fixed ? new Set([...fixed].filter((column) => columns.has(column))) : columns;
  }
  return fixed;
}

function fixes(reaches: Reaches, atom: Atom): readonly string[] {
  if (atom.is === 'own' || atom.is === 'tenant') return atom.columns;
  if (atom.is === 'parent')
    return ['own', 'tenant', 'role', 'none', 'other'].includes(reaches.rows(atom, 'authenticated')) ? atom.columns : [];
  if (atom.is === 'not' && atom.of.is === 'row')
    return atom.of.equals?.some((value) => isPrivilegedRole(value) || value === true) ? atom.of.columns : [];
  if (atom.is !== 'row') return [];
  // Listed values fix a column only when none of them is a privileged one; refused ones do when one is.
  if (!atom.equals) return [];
  return atom.equals.some((value) => isPrivilegedRole(value) || value === true) ? [] : atom.columns;
}

function guardingBodies(catalog: Catalog, table: TableState, verb: 'insert' | 'update'): string[] {
  return [...table.triggers.values()].flatMap((trigger) => {
    if (!trigger.enabled || !trigger.events.includes(verb)) return [];
    const bodies = (catalog.routines.get(trigger.function) ?? []).map((routine) => routine.body);
    // The WHEN of the trigger often holds the comparison, the function only the RAISE.
    return bodies.map((body) => `${trigger.sql}\n${body}`.replace(/--[^\n]*/g, ''));
  });
}

const asksCaller = /\bauth\s*\.\s*(?:uid|jwt|role|email)\s*\(|\bcurrent_user\b|\bsession_user\b|request\.jwt|\b(?:is|has|can)_\w+\s*\(/i;

/** A trigger function that puts the old value back, compares old and new and refuses, or sets its own value. */
function settles(body: string, column: string, verb: 'insert' | 'update'): boolean {
  // Most trigger functions never speak of most columns: tell that without a pattern.
  if (!body.includes(column)) return false;
  const name = `"?${column.replace(/\W/g, '\\$&')}"?`;
  const mentions = new RegExp(`\\bnew\\.${name}(?!\\w)`, 'i');
  const puts = new RegExp(`(?:;|\\bbegin\\b|\\bthen\\b|\\belse\\b)\\s*new\\.${name}\\s*:?=([^;]+);`, 'gi');
  for (const [, value = ''] of body.matchAll(puts)) if (!mentions.test(value)) return true;
  if (!/\braise\s+(?:exception|sqlstate|insufficient)/i.test(body)) return false;
  if (verb === 'insert') return mentions.test(body) && asksCaller.test(body);
  return new RegExp(`\\b(?:new|old)\\.${name}\\s*(?:::\\s*\\w+\\s*)?(?:is\\s+distinct\\s+from|<>|!=)\\s*(?:new|old)\\.${name}`, 'i').test(
    body,
  );
}
