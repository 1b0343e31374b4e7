import type { PersonaName } from '../../../../evidence/isolation.ts';
import type { LiveCatalog, Queryable, Routine } from '../../live/catalog.ts';
import { quote } from '../../world/literal.ts';
import type { Worlds } from '../../world/world.ts';
import { runTries } from '../run.ts';
import { callersOf } from '../tables.ts';
import { me } from './ground.ts';

/** Conditions at most that corrections are tried with. */
const most = 2;

/**
 * Conditions of the repo's own that let in whoever runs the app and nobody else: functions that say so, and what stands in its policies without
 * asking anything of the row. Each was asked as everybody: true for the administrator, and for none of the people who are none.
 */
export async function staffTests(db: Queryable, catalog: LiveCatalog, worlds: Worlds): Promise<string[]> {
  const candidates = [...new Set([...adminTests(catalog), ...saidInPolicies(catalog)])];
  const people = [...callersOf(worlds)];
  const asked = candidates.flatMap((sql) => people.map(([who, as]) => ({ sql, who, as })));
  const answers = await runTries(
    db,
    asked.map(({ sql, as }) => [{ as, sql: `SELECT (${sql})::text`, rows: true }]),
  );
  const says = new Map<string, Map<PersonaName, boolean>>();
  for (const [index, { sql, who }] of asked.entries()) {
    const [answer] = answers[index] ?? [];
    // An error lets nobody in; one that comes of asking for a column of some table comes to the administrator as well.
    const yes = answer?.ok === true && /true/.test(answer.rows[0] ?? '');
    says.set(sql, (says.get(sql) ?? new Map<PersonaName, boolean>()).set(who, yes));
  }
  return candidates.filter((sql) => isForStaff(says.get(sql))).slice(0, most);
}

const isForStaff = (says: ReadonlyMap<PersonaName, boolean> | undefined): boolean =>
  says?.get('admin') === true && [...says].every(([who, yes]) => who === 'admin' || !yes);

/** Parts of policies that may stand for themselves, the most used first. */
function saidInPolicies({ relations }: LiveCatalog): string[] {
  const counts = new Map<string, number>();
  for (const { policies } of relations)
    for (const { using, check } of policies)
      for (const part of new Set(
        [using, check].flatMap((text) => (text === undefined ? [] : alternatives(text.replace(/\s*\n\s*/g, ' ')))),
      ))
        if (/auth\.(?:uid|jwt|role)\(\)|\w\(/.test(part)) counts.set(part, (counts.get(part) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, mostSaid)
    .map(([sql]) => sql);
}

/** Parts of policies that are asked at most. */
const mostSaid = 60;

/** The sides of `OR` in an expression as PostgreSQL writes it, with brackets around each; the whole where there is no `OR`. */
export function alternatives(expression: string): string[] {
  const text = unwrapped(expression.trim());
  const parts: string[] = [];
  let from = 0;
  for (const at of outsideOfBrackets(text, ' OR ')) {
    parts.push(text.slice(from, at));
    from = at + ' OR '.length;
  }
  if (from === 0) return [text];
  return [...parts, text.slice(from)].flatMap(alternatives);
}

/** Without the brackets that stand around all of it. */
function unwrapped(text: string): string {
  if (!text.startsWith('(') || closingOf(text) !== text.length - 1) return text;
  return unwrapped(text.slice(1, -1).trim());
}

function closingOf(text: string): number {
  let depth = 0;
  for (const { at, char } of signs(text)) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function outsideOfBrackets(text: string, word: string): number[] {
  const found: number[] = [];
  let depth = 0;
  for (const { at, char } of signs(text)) {
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0 && text.startsWith(word, at)) found.push(at);
  }
  return found;
}

/** Its characters but for those in quotes. */
function* signs(text: string): Generator<{ readonly at: number; readonly char: string }> {
  let quoted = '';
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quoted === '' && (char === "'" || char === '"')) quoted = char;
    else if (char === quoted) quoted = '';
    else if (quoted === '') yield { at, char };
  }
}

/** Functions of the repo that say whether the caller runs the app. */
export function adminTests(catalog: LiveCatalog): string[] {
  const able = catalog.routines.filter(({ returns, callers }) => returns === 'boolean' && callers.includes('authenticated'));
  const plain = able.filter(({ name, arguments: all }) => all.length === 0 && /admin|staff/i.test(name)).map(({ sql }) => `${sql}()`);
  const roles = able.flatMap((routine) => hasRole(routine));
  return [...plain, ...roles];
}

function hasRole({ name, sql, arguments: all }: Routine): string[] {
  const role = all.find(({ labels }) => labels?.some((label) => /admin/i.test(label)));
  const label = role?.labels?.find((one) => /admin/i.test(one));
  if (!/role/i.test(name) || !role || label === undefined) return [];
  if (all.length === 1) return [`${sql}(${quote(label)})`];
  return all.length === 2 && all[0]?.base === 'uuid' ? [`${sql}(${me}, ${quote(label)})`] : [];
}
