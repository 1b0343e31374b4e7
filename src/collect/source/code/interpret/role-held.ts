import type { Place } from '../../../../core/finding.ts';
import { isLow } from '../../../../evidence/role-names.ts';
import type { Module } from '../module.ts';
import { both, flagged, guarded, type State } from './state.ts';
import { type Span, stringOf, type Value } from './value.ts';

/** Whether the caller's role is held against one that customers have. */
export const isCustomers = ({ who }: Value, role: Value): boolean =>
  who?.part === 'role' && who.level !== 'presence' && isLow(stringOf(role) ?? '');

/** What holds of callers who turned out to have no customer's role. */
export const insider = (node: Span, module: Module): State => flagged('insider', module.snippet(node, 90), module.placeOf(node));

/** What holds of callers who have one of these roles; `inside` where none of them is a customer's. */
export const hasRole = (names: readonly string[], what: string, place: Place, inside: boolean): State =>
  inside ? both(guarded('role', what, place, names), flagged('insider', what, place)) : guarded('role', what, place, names);
