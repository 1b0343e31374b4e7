import type { Severity } from '../core/stage.ts';
import type { ProvedRules, RulesCell, RulesObject } from './firebase-proof.ts';
import { countsOnly, isPrivate, isShared, isShown, managed, needsName } from './firebase-questions.ts';

/** How bad it is that somebody did something; asked by the checks and by the access matrix, so that no two of them differ. */

const reads = (cell: RulesCell): boolean => cell.verb === 'get' || cell.verb === 'list';

/** Somebody who is not signed in; nothing when he is meant to. */
export function visitorHarm(rules: ProvedRules, object: RulesObject, cell: RulesCell): Severity | undefined {
  if (reads(cell)) {
    if (!isPrivate(object) || isShared(object)) return undefined;
    return object.tiedOnly || needsName(object, managed(object, ['anon'], ['get', 'list'])) ? 'medium' : 'blocker';
  }
  if (cell.verb === 'create') {
    if (cell.variant === 'as-victim') return object.nature === 'log' || object.nature === 'intake' ? 'medium' : 'blocker';
    if (object.nature === 'intake' || object.nature === 'log') return undefined;
    return rules.product === 'storage' || isShown(object) ? 'high' : 'medium';
  }
  return countsOnly(cell) && !isPrivate(object) ? 'low' : 'blocker';
}

/** One document for each account: showing names and pictures to other members is common, so what it holds decides. */
const profile = /\/(?:user_?|public_?)?(?:profiles?|users?|accounts?|members?)\/\{[^}]*\}$/i;

/** An ordinary account that read what is another's; `found` is all that it read. */
export function accountReadHarm(object: RulesObject, found: readonly RulesCell[]): Severity | undefined {
  if (found.length === 0 || !isPrivate(object) || isShared(object)) return undefined;
  if (object.tiedOnly || needsName(object, found)) return 'medium';
  return profile.test(object.name) && object.holds.length === 0 ? 'high' : 'blocker';
}

/** An ordinary account that wrote to what is another's; nothing when that is what it is for. */
export function accountWriteHarm(object: RulesObject, cell: RulesCell): Severity | undefined {
  if (cell.verb === 'create') {
    if (cell.variant !== 'as-victim') return undefined;
    // A message or a line in a log about somebody else is what such collections are for.
    return object.nature === 'log' || object.nature === 'intake' ? undefined : 'high';
  }
  if (countsOnly(cell) && !isPrivate(object)) return undefined;
  return isPrivate(object) || object.nature === 'intake' ? 'blocker' : 'high';
}

/** Why an outsider who got through is meant to; nothing where he is not. */
export function meantFor(rules: ProvedRules, object: RulesObject, cell: RulesCell): string | undefined {
  const harm =
    cell.who === 'anon' ? visitorHarm(rules, object, cell) : reads(cell) ? accountReadHarm(object, [cell]) : accountWriteHarm(object, cell);
  if (harm !== undefined) return undefined;
  if (reads(cell)) return object.publishedBy === undefined ? 'it is there to be shown' : `it is shown where ${object.publishedBy}`;
  return cell.verb === 'create' ? 'others are meant to add to it' : 'it only changes what is counted';
}
