import type { Place } from '../../../../core/finding.ts';
import { both, type Flag, flagged, isTied, knows, nothing, type State } from './state.ts';
import { alternativesOf, type Value, whoOf } from './value.ts';

/**
 * What is known of single rows along a path. A row is named by what it was asked for, so that the second look-up by the same field of the
 * request is the same row: `met:` it was asked for, `own:` it is the caller's or is not there, `open:` the caller may read it.
 */
type Row = NonNullable<Value['row']>;

/** One comparison of a column with a value. */
interface Filter {
  readonly column: string;
  readonly value: Value;
}

/**
 * Name of the row that a table gives for these filters; `undefined` where neither the request nor another row chooses it. Asked for as the
 * caller's it has a name of its own: that there is no such row does not say that nobody else has one.
 */
export function rowKey(table: string, filters: readonly Filter[], place: Place): string | undefined {
  const parts: string[] = [];
  let own = '';
  for (const { column, value } of filters) {
    const who = whoOf(value);
    if (who && who.level !== 'presence' && who.part !== 'role') own = '&mine';
    const tokens = new Set(alternativesOf(value).map((item) => token(item.value)));
    tokens.delete(undefined);
    if (tokens.size === 0) continue;
    const [only] = tokens;
    // Two calls of a helper may make two things out of one field.
    parts.push(`${column}=${tokens.size === 1 && only !== '' ? (only ?? '') : `${place.file ?? ''}:${place.line ?? 0}`}`);
  }
  return parts.length === 0 ? undefined : `${table.toLowerCase()}?${parts.toSorted().join('&')}${own}`;
}

// `''` for a value that comes from the request, but is no plain field of it.
function token({ input, row, parts }: Value): string | undefined {
  if (input) return input.name === undefined || input.name === 'derived' ? '' : `${input.source}.${input.name}`;
  if (row?.key !== undefined && row.column !== undefined) return row.key.length > 200 ? '' : `(${row.key}).${row.column}`;
  return parts?.some((part) => typeof part !== 'string' && part.input) ? '' : undefined;
}

const flag = (kind: 'met' | 'own' | 'open', key: string): Flag => `${kind}:${key}`;
const marked = (kinds: readonly ('met' | 'own' | 'open')[], key: string): State =>
  kinds.map((kind) => flagged(flag(kind, key), '', {})).reduce((a, b) => both(a, b));

/** The row was asked for. */
export const met = (key: string): State => both(marked(['met'], key), marked(['met'], withoutCaller(key)));

/** The row where there is one. */
export const found = (value: Value): Value => (value.row ? { ...value, row: { ...value.row, found: true } } : value);

/** No row was found, so that there is none to protect. */
export const absent = (row: Value['row']): State => (row?.key === undefined ? nothing : marked(['own', 'open'], row.key));

/** The row turned out to be the caller's, and with it the rows through which it was found. */
export const ownRow = ({ key, through }: Row): State =>
  [...(key === undefined ? [] : [key]), ...(through ?? [])]
    .map((one) => marked(['own', 'open'], one))
    .reduce((a, b) => both(a, b), nothing);

export const isOwn = (state: State, key: string | undefined): boolean => key !== undefined && state.flags.has(flag('own', key));

/** The row that was found as the caller's is theirs by whatever name. */
export const ownByName = (key: string | undefined): State => (key === undefined ? nothing : marked(['own', 'open'], withoutCaller(key)));

const withoutCaller = (key: string): string => key.replace(/&mine$/, '');

/** The row says of itself that everybody may see it. */
export const published = (row: Row): State => (row.key === undefined ? nothing : marked(['open'], row.key));

/** True when the row leaves on no path on which it is somebody else's. */
export function leavesOnlyToOwner(key: string, exits: readonly State[]): boolean {
  const asked = exits.filter((exit) => knows(exit, flag('met', key)));
  return asked.length > 0 && asked.every((exit) => isTied(exit) || exit.flags.has(flag('open', key)));
}

/** The state in which a failure is caught: rows of the failed code were perhaps asked for, and nothing is known of them. */
export function afterFailure(base: State, after: State | undefined, asked: Iterable<string>): State {
  const keys = new Set<Flag>([...asked].map((key) => flag('met', key)));
  for (const name of [...(after?.flags.keys() ?? []), ...(after?.maybeFlags.keys() ?? [])]) if (name.startsWith('met:')) keys.add(name);
  const added = [...keys].filter((key) => !knows(base, key));
  if (added.length === 0) return base;
  const maybeFlags = new Map(base.maybeFlags);
  for (const key of added) maybeFlags.set(key, { level: 'none', what: '', place: {} });
  return { ...base, maybeFlags };
}
