import { isLow } from '../../../../evidence/role-names.ts';
import type { Module } from '../module.ts';
import { cannotBe, isFixedId } from './condition.ts';
import { isWhole } from './fixed-lists.ts';
import { amongOwn } from './own-list.ts';
import { hasRole, insider } from './role-held.ts';
import { guarded } from './state.ts';
import { inputOf, literal, type Span, unknown, type Value, whoOf } from './value.ts';

const staffWord =
  /admin|owner|staff|manager|super|root|moderator|employee|internal|agent|editor|member|client|user|role|(?<![a-z])perm(?:s|ission)/i;
/** Fields of a caller that list what the caller may do, whatever they are called in full (`cognito:groups`). */
const powersName = /role|group|perm|scope|claim|grant|privilege|authorit|entitle|abilit|access/i;
const namesIn = (list: readonly Value[]): string[] =>
  list.flatMap((item) => (typeof item.literal?.is === 'string' ? [item.literal.is] : []));

/** `list.includes(role)` and the like: a role check when the needle is the caller's role, and the list is not simply all roles. */
export function membership(needle: Value, list: readonly Value[], node: Span, module: Module): Value {
  const who = whoOf(needle);
  const place = module.placeOf(node);
  const what = module.snippet(node, 90);
  const names = namesIn(list);
  if (who?.part === 'role' && who.level !== 'presence') {
    // The caller's own role among the caller's own roles, or any role there is, asks for none.
    const asksNone = list.some((item) => item.who?.part === 'role') || (isWhole(list) && names.some(isLow));
    if (asksNone) return unknown;
    const all = names.length > 0 && names.length === list.length;
    return {
      whenTrue: hasRole(names, what, place, all && !names.some(isLow)),
      ...(all && names.every(isLow) && { whenFalse: insider(node, module) }),
    };
  }
  if (who?.part === 'email') return { whenTrue: guarded('role', what, place, ['by e-mail address']) };
  if (who?.part === 'id' && list.length > 0 && list.every(isFixedId)) return { whenTrue: guarded('role', what, place, ['by user id']) };
  const own = amongOwn(needle, list, what, place);
  if (own) return { whenTrue: own };
  if (needle.literal && list.length > 0 && list.every((item) => item.literal))
    return literal(list.some((item) => item.literal?.is === needle.literal?.is));
  if (needle.parts && list.length > 0 && list.every((item) => item.literal && cannotBe(needle.parts ?? [], item.literal.is)))
    return literal(false);
  // `user.roles.includes(Role.ADMIN)`: whatever the constant is, it is not the caller's choice.
  if (!inputOf(needle) && list.some((item) => item.who?.part === 'role' && item.who.level !== 'presence')) {
    const role = needle.literal ? String(needle.literal.is) : /(\w+)['"]?\)$/.exec(what)?.[1];
    return { whenTrue: guarded('role', what, place, role === undefined ? [] : [role]) };
  }
  if (needle.literal && staffWord.test(String(needle.literal.is)) && list.some(listsPowers))
    return { whenTrue: guarded('role', what, place, [String(needle.literal.is)]) };
  return unknown;
}

// A word in the caller's address, name or text is what the caller has chosen.
const listsPowers = ({ who }: Value): boolean =>
  who?.part === 'user' && who.level !== 'presence' && (who.name === undefined || powersName.test(who.name));
