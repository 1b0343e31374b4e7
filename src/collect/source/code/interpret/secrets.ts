import type { Place } from '../../../../core/finding.ts';
import type { DataAccess } from '../../../../evidence/routes.ts';
import { both, type Flag, flagged, guarded, type State } from './state.ts';
import { alternativesOf, inputOf, type Value } from './value.ts';

/** Tables whose rows are what a caller presents: a session, an invitation, the code of a reset mail. */
export const credentialTable =
  /session|token|api_?key|invit|reset|magic|verification|otp|credential|(?:auth\w*|access|grant|device)_?codes?$/i;

const secretColumn =
  /(?:token|otp|nonce|secret|password|passwd|passcode|pass_?phrase)$|(?:password|token|key|secret|otp|code|pin)_?(?:hash|digest)$|^(?:hash|pin|hashed_?\w+)$|_pin$|[a-z]Pin$|(?:reset|verif\w*|confirm\w*|activat\w*|invit\w*|login|log_?in|auth\w*|access|one_?time|recover\w*|magic|security|e?mail|share|pairing)_?(?:code|key)$/i;

/** True for columns only the row's owner can know the value of. A `code` is one in a table of codes; that of a coupon or country is not. */
export const holdsSecret = (column: string, table: string): boolean =>
  secretColumn.test(column) || (/^code$/i.test(column) && credentialTable.test(table));

/** Names an access by its place: the flag `shown:…` says that the caller has shown the secret of the row it gave. */
export const shownFlag = ({ place, name }: Pick<DataAccess, 'place' | 'name'>): Flag =>
  `shown:${name}:${place.file ?? ''}:${String(place.line ?? 0)}`;

/** What it proves that the caller sent the secret a row keeps (in clear or hashed): they are whom the row is about. */
export function secretShown(kept: Value, what: string, place: Place): State {
  const proved = both(guarded('identity', what, place), flagged('proof', what, place));
  const row = alternativesOf(kept).find(({ value }) => value.row)?.value.row;
  return row ? both(proved, flagged(shownFlag(row.access), what, place)) : proved;
}

/** The same for a comparison: `undefined` where it is of something else. */
export function secretCompared(kept: Value, sent: Value, what: string, place: Place): State | undefined {
  const { row } = kept;
  if (row?.column === undefined || inputOf(sent) === undefined || !holdsSecret(row.column, row.access.name)) return undefined;
  return secretShown(kept, `the caller sent the stored ${row.column}: ${what}`, place);
}
