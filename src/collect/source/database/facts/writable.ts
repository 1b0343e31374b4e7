import type { Catalog } from '../catalog/catalog.ts';
import type { TableState } from '../catalog/state.ts';
import { alternatives, and, type Atom, type Term } from '../predicate/term.ts';
import { granted, grantedColumns, type Reaches } from '../reach.ts';
import { isPrivilegedRole } from './words.ts';

/** Columns whose value a signed-in caller without a special role can choose when he inserts or updates a row. */
export function writableColumns(
  catalog: Catalog,
  reaches: Reaches,
  table: TableState,
  verb: 'insert' | 'update',
  decidesRole: boolean,
): string[] {
  if (!granted(table, verb, 'authenticated')) return [];
  const allowed = grantedColumns(table, verb, 'authenticated');
  const columns = [...table.columns.keys()].filter((column) => !allowed || allowed.has(column));
  if (table.rls === 'off') return columns;
  const ordinary = (term: Term): boolean => isOrdinary(reaches, term, decidesRole);
  if (verb === 'update' && !anyWay(reaches.effective(table, 'update', 'authenticated', 'using'), ordinary)) return [];
  const fixed = fixedColumns(reaches, reaches.effective(table, verb, 'authenticated', 'check'), ordinary);
  if (!fixed) return [];
  const guards = guardingBodies(catalog, table, verb);
  return columns.filter((column) => !fixed.has(column) && !guards.some((body) => settles(body, column, verb)));
}

/** Whether somebody without a special role gets through. Rules for a tenant's own admins count only where the table decides for everyone. */
function isOrdinary(reaches: Reaches, term: Term, decidesRole: boolean): boolean {
  if (!['own', 'tenant', 'flagged', 'condition', 'self-declared', 'all'].includes(reaches.rows(term, 'authenticated'))) return false;
  return decidesRole || !demandsRole(term);
}

function demandsRole(term: Term): boolean {
  if (term.is === 'and') return term.of.some(demandsRole);
  return (term.is === 'tenant' || term.is === 'role') && term.roles.length > 0;
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
  if (atom.is !== 'row') return [];
  // Listed values fix a column only when none of them is a privileged one; excluded ones do when one is.
  if (atom.equals) return atom.equals.some((value) => isPrivilegedRole(value) || value === true) ? [] : atom.columns;
  return atom.excludes?.some((value) => isPrivilegedRole(value) || value === true) ? atom.columns : [];
}

function guardingBodies(catalog: Catalog, table: TableState, verb: 'insert' | 'update'): string[] {
  return [...table.triggers.values()].flatMap((trigger) => {
    if (!trigger.enabled || !trigger.events.includes(verb)) return [];
    const bodies = (catalog.routines.get(trigger.function) ?? []).map((routine) => routine.body);
    // The WHEN of the trigger often holds the comparison, the function only the RAISE.
    return bodies.map((body) => `${trigger.sql}\n${body}`);
  });
}

/** A trigger function that puts the old value back, compares old and new and refuses, or sets its own value. */
function settles(body: string, column: string, verb: 'insert' | 'update'): boolean {
  const name = `"?${column.replace(/\W/g, '\\$&')}"?`;
  const mentions = new RegExp(`\\bnew\\.${name}(?!\\w)`, 'i');
  const puts = new RegExp(`\\bnew\\.${name}\\s*:?=([^;]+);`, 'gi');
  for (const [, value = ''] of body.matchAll(puts)) if (!mentions.test(value)) return true;
  if (!/\braise\s+(?:exception|sqlstate|insufficient)/i.test(body)) return false;
  if (verb === 'insert') return mentions.test(body);
  return new RegExp(`\\b(?:new|old)\\.${name}\\s*(?:::\\s*\\w+\\s*)?(?:is\\s+distinct\\s+from|<>|!=)\\s*(?:new|old)\\.${name}`, 'i').test(
    body,
  );
}
