import type { Place } from '../../../../core/finding.ts';
import { ownRow } from './rows.ts';
import { both, flagged, guarded, type State } from './state.ts';
import { alternativesOf, inputOf, isNullish, type Value } from './value.ts';

/**
 * `myCompanies.map((one) => one.companyId).includes(order.companyId)`: what holds where a list of what the caller belongs to has the row's
 * or the request's value. Every entry must be the caller's own id or tenant, or one of a row that was asked for as theirs.
 */
export function amongOwn(needle: Value, list: readonly Value[], what: string, place: Place): State | undefined {
  const entries = list.flatMap((item) => alternativesOf(item).map(({ value }) => value)).filter((value) => !isNullish(value));
  if (entries.length === 0 || !entries.every(isOwn)) return undefined;
  const held = alternativesOf(needle).flatMap(({ value }) => (value.row?.column === undefined ? [] : [value.row]));
  if (held.length === 0 && !inputOf(needle)) return undefined;
  return held.map(ownRow).reduce(both, both(guarded('tenant', what, place), flagged('ownership', what, place)));
}

const isOwn = ({ who, row }: Value): boolean =>
  who
    ? who.level !== 'presence' && (who.part === 'id' || who.part === 'tenant')
    : row?.column !== undefined &&
      /^_?id$|_id$|[a-z]Id$/.test(row.column) &&
      (row.access.scope === 'owner' || row.access.scope === 'tenant');
