import type { DataAccess } from '../../../../evidence/routes.ts';
import { accessKey, type Log } from './log.ts';
import type { Value } from './value.ts';

/** More values than this are not looked through; what is left may be anything. */
const maxValues = 4000;

interface Walk {
  readonly shown: Map<string, Set<string>>;
  readonly seen: Set<Value>;
  /** False as soon as an answer holds something of which is not known what it is made of. */
  told: boolean;
}

/**
 * Columns of a read that the answers of a route show: `*` for whole rows, none where nothing of it leaves but counts and yes or no.
 * `undefined` where an answer holds something that could not be followed, which may be anything.
 */
export function shownColumns(log: Log): ((access: DataAccess) => readonly string[]) | undefined {
  if (log.untold || log.answers.length === 0 || sendsElsewhere(log)) return undefined;
  const walk: Walk = { shown: new Map(), seen: new Set(), told: true };
  for (const answer of log.answers) visit(walk, answer);
  return walk.told ? (access) => [...(walk.shown.get(accessKey(access)) ?? [])] : undefined;
}

/** True where a value may hold something of a row, so that losing sight of it would hide what leaves. */
export function mayHoldRows(value: Value): boolean {
  const walk: Walk = { shown: new Map(), seen: new Set(), told: true };
  visit(walk, value);
  return !walk.told || walk.shown.size > 0;
}

/** What something made of these values still holds of rows, to be spread into it. */
export function madeOf(...values: readonly (Value | undefined)[]): Pick<Value, 'of'> {
  const holding = values.filter((value) => value !== undefined && mayHoldRows(value)) as Value[];
  return holding.length > 0 ? { of: holding } : {};
}

// A mail to an address of the caller's choosing, or a request to a place of their choosing, is an answer as well.
const sendsElsewhere = ({ effects }: Log): boolean =>
  [...effects.values()].some(
    ({ kind, fromInput, registered }) =>
      (kind === 'mail' && fromInput.includes('to') && registered !== true) || (kind === 'fetch' && fromInput.length > 0),
  );

function visit(walk: Walk, value: Value): void {
  if (!walk.told || walk.seen.has(value)) return;
  walk.seen.add(value);
  if (walk.seen.size > maxValues || !isExplained(value)) {
    walk.told = false;
    return;
  }
  if (value.row) {
    const key = accessKey(value.row.access);
    const columns = walk.shown.get(key) ?? new Set();
    columns.add(value.row.column ?? '*');
    walk.shown.set(key, columns);
  }
  for (const inner of parts(value)) visit(walk, inner);
}

function* parts(value: Value): Generator<Value> {
  for (const item of value.alternatives ?? []) yield item.value;
  for (const part of value.parts ?? []) if (typeof part !== 'string') yield part;
  yield* value.items ?? [];
  yield* value.props?.values() ?? [];
  yield* value.of ?? [];
  if (value.api?.kind === 'Response') {
    const { body } = value.api.data as { readonly body?: Value };
    if (body) yield body;
  }
}

// True where all that a value can hold is in what is known of it.
function isExplained(value: Value): boolean {
  const { row, of } = value;
  if (row?.column === undefined && row) return true;
  if (value.props && value.open && !of) return false;
  if (value.items?.length === 0 && value.open && !of) return false;
  return Boolean(
    value.literal ??
    row ??
    of ??
    value.alternatives ??
    value.parts ??
    value.items ??
    value.props ??
    value.input ??
    value.who ??
    value.env ??
    value.digest ??
    value.response ??
    value.closure ??
    value.native ??
    value.constructs ??
    // What was caught is an error, and no data.
    (value.from?.package === '' || value.api?.kind === 'random'),
  );
}

/** The paths of `asks` (`asked.ts`) that the columns of a row stand for; a relation's name stands for all that was asked of it. */
export function pathsOf(columns: readonly string[], asks: readonly string[] | undefined): readonly string[] {
  if (asks?.length === 0) return [];
  const asked = (asks ?? ['*']).map((ask) => {
    const at = ask.indexOf(':');
    return at < 0 ? { alias: ask, path: ask } : { alias: ask.slice(0, at), path: ask.slice(at + 1) };
  });
  const paths = columns.flatMap((column) => {
    if (column === '*') return asked.map(({ path }) => path);
    const found = asked.filter(({ alias }) => alias.split('.').includes(column));
    return found.length > 0 ? found.map(({ path }) => path) : [column];
  });
  return [...new Set(paths)];
}
