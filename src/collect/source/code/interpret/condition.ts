import type { Place } from '../../../../core/finding.ts';
import { isLow } from '../../../../evidence/role-names.ts';
import { withoutRole } from '../../../../evidence/routes.ts';
import { orNone } from './collections.ts';
import { hasRole, insider, isCustomers } from './role-held.ts';
import { secretCompared } from './secrets.ts';
import { ownRow } from './rows.ts';
import { both, either, flagged, guarded, isEmpty, nothing, type State } from './state.ts';
import { tally, tellsNothing } from './made.ts';
import {
  type Alternative,
  alternativesOf,
  atMost,
  inputOf,
  isNullish,
  literal,
  type Machine,
  type Span,
  some,
  stringOf,
  truthiness,
  unknown,
  type Value,
  whoOf,
} from './value.ts';
import type { Module } from '../module.ts';

/** What holds where `value` is truthy (`want`) or falsy; `undefined` when it never is. */
export function stateWhen(value: Value, want: boolean): State | undefined {
  let result: State | undefined;
  for (const item of alternativesOf(value)) {
    const truth = truthiness(item.value);
    if (truth !== undefined && truth !== want) continue;
    const { env, whenTrue, whenFalse } = item.value;
    const state = both(
      item.state,
      (want ? (whenTrue ?? (env === undefined ? nothing : flagged(`set:${env}`, env, {}))) : whenFalse) ?? nothing,
    );
    result = result ? either(result, state) : state;
  }
  return result;
}

/** A boolean that stands for facts. */
export function fact(whenTrue: State | undefined, whenFalse: State | undefined): Value {
  if (!whenTrue && !whenFalse) return tally;
  if (!whenTrue) return literal(false);
  if (!whenFalse) return literal(true);
  if (isEmpty(whenTrue) && isEmpty(whenFalse)) return tally;
  return { whenTrue, whenFalse, ...tally };
}

export const not = (value: Value): Value => fact(stateWhen(value, false), stateWhen(value, true));

/** Runs `left`, then `right` only on the paths where it is reached; the result knows what each outcome means. */
export function logical(machine: Machine, operator: '&&' | '||' | '??', left: Value, right: () => Value): Value {
  const base = machine.state;
  if (!base) return unknown;
  if (operator === '??') {
    const rest = alternativesOf(left).filter((item) => !isNullish(item.value));
    const certain =
      rest.length === alternativesOf(left).length && rest.every((item) => truthiness(item.value) !== undefined || item.value.who);
    if (certain) return left;
    const fallback = right();
    machine.state = machine.state ? either(base, machine.state) : base;
    // A column that was read is itself where it is null: `row.ownerId ?? null`.
    if (fallback.literal?.is === null && rest.length > 0 && rest.every((item) => item.value.row?.column !== undefined)) return choose(rest);
    return choose(orNone(rest, fallback) ?? [...rest, ...alternativesOf(fallback)]);
  }
  const goesOn = stateWhen(left, operator === '&&');
  const stops = stateWhen(left, operator === '||');
  if (!goesOn) return left;
  machine.state = both(base, goesOn);
  const found = right();
  // `req.user?.role || somethingElse.role`: what nobody is seen to set takes nothing from what is known.
  const second = operator === '||' && tellsNothing(found) && whoOf(left) ? literal(undefined) : found;
  const after = machine.state;
  machine.state = stops ? (after ? either(both(base, stops), after) : both(base, stops)) : after;
  if (!stops) return second;
  const settled = alternativesOf(left).filter((item) => truthiness(item.value) !== (operator === '&&'));
  // Where `a && b` stops, `a` is falsy, whatever else is known of it.
  const stopped = (value: Value): Value => {
    if (operator === '&&') return truthiness(value) === undefined ? literal(false) : value;
    return Object.keys(value).length === 0 ? { truthy: true } : value;
  };
  const kept = settled.map((item) => ({ value: stopped(item.value), state: both(item.state, stops) }));
  const reached = after ? alternativesOf(second).map((item) => ({ value: item.value, state: both(goesOn, item.state) })) : [];
  if (isPlainBoolean(left) || isPlainBoolean(second)) {
    const whenSecond = (want: boolean): State | undefined => {
      const state = after && stateWhen(second, want);
      return state && both(goesOn, state);
    };
    const [t, f] = [whenSecond(true), whenSecond(false)];
    const skipped = f?.auth === 'role' && isRoleOrNobody(left) ? withoutRole : undefined;
    const told = operator === '&&' ? fact(t, f ? either(f, stops, skipped) : stops) : fact(t ? either(t, stops) : stops, f);
    // `rows && rows.length > 0` gives the rows only where there are none.
    return { ...told, of: operator === '&&' ? [second] : [left, second] };
  }
  return choose([...kept, ...reached]);
}

// Facts without a value of their own: keeping them as alternatives would only multiply paths.
const isPlainBoolean = (value: Value): boolean =>
  value.alternatives === undefined &&
  value.row === undefined &&
  value.input === undefined &&
  (value.whenTrue !== undefined || value.whenFalse !== undefined);

const isRoleOrNobody = (value: Value): boolean =>
  whoOf(value)?.part === 'role' && alternativesOf(value).every((item) => item.value.who !== undefined || isNullish(item.value));

export function choose(alternatives: readonly Alternative[]): Value {
  if (alternatives.length === 0) return unknown;
  if (alternatives.length === 1 && alternatives[0]) {
    const { value, state } = alternatives[0];
    return state === nothing ? value : { alternatives: [{ value, state }] };
  }
  return { alternatives: atMost(alternatives) };
}

/** `left === right`, with what equality says about the caller. */
export function equals(machine: Machine, left: Value, right: Value, node: Span, module: Module): Value {
  const tested = countTest(left, right) ?? countTest(right, left);
  if (tested) return tested;
  const states: { yes: State[]; no: State[]; never: number; always: number } = { yes: [], no: [], never: 0, always: 0 };
  let pairs = 0;
  for (const a of possible(machine, left).slice(0, 6)) {
    for (const b of possible(machine, right).slice(0, 6)) {
      pairs++;
      const base = both(a.state, b.state);
      const known = literalEquality(a.value, b.value);
      if (known !== false)
        states.yes.push(both(base, meaning(a.value, b.value, node, module) ?? meaning(b.value, a.value, node, module) ?? nothing));
      if (known !== true)
        states.no.push(isCustomers(a.value, b.value) || isCustomers(b.value, a.value) ? both(base, insider(node, module)) : base);
    }
  }
  if (pairs === 0) return tally;
  const fold = (list: State[]): State | undefined => (list.length === 0 ? undefined : list.reduce((x, y) => either(x, y)));
  return fact(fold(states.yes), fold(states.no));
}

// `env.API_KEY || ''` is not the empty string where the code has asked whether it is set.
function possible(machine: Machine, value: Value): readonly Alternative[] {
  const all = alternativesOf(value);
  const isSet = all.some(({ value: one }) => one.env !== undefined && machine.state?.flags.has(`set:${one.env}`));
  return isSet ? all.filter((item) => truthiness(item.value) !== false) : all;
}

// `rows.length === 0`, `ok === true`: a comparison with a constant asks for the truth of the other side.
function countTest(value: Value, constant: Value): Value | undefined {
  const is = constant.literal?.is;
  if (value.alternatives || value.literal || (!value.whenTrue && !value.whenFalse)) return undefined;
  if (is === 0 || is === false) return fact(value.whenFalse ?? nothing, value.whenTrue ?? nothing);
  if (is === true || is === 1) return fact(value.whenTrue ?? nothing, value.whenFalse ?? nothing);
  return undefined;
}

function literalEquality(a: Value, b: Value): boolean | undefined {
  if (a.literal && b.literal) return a.literal.is === b.literal.is || (isNullish(a) && isNullish(b));
  if (isNullish(a)) return isPresent(b) || isNever(a, b) ? false : undefined;
  if (isNullish(b)) return isPresent(a) || isNever(b, a) ? false : undefined;
  if (a.parts && b.literal) return cannotBe(a.parts, b.literal.is) ? false : undefined;
  if (b.parts && a.literal) return cannotBe(b.parts, a.literal.is) ? false : undefined;
  // No constant is the HMAC of a message.
  if ((a.digest && b.literal) || (b.digest && a.literal)) return false;
  // The empty string is not the secret of a setting.
  if ((a.literal?.is === '' && (b.sent ?? carriesSecret(b))) || (b.literal?.is === '' && (a.sent ?? carriesSecret(a)))) return false;
  if ((a.literal?.is === '' && isKey(b)) || (b.literal?.is === '' && isKey(a))) return false;
  return undefined;
}

// No row has an empty id, nor refers to one: `user.tenantId || ''` stands for nobody's rows.
const isKey = ({ row }: Value): boolean => /(?:^|_)id$|[a-z]I[dD]$/.test(row?.column ?? '');

// A column that was read is null or something, never undefined: `session?.user.id === row.userId` needs the session.
const isNever = (nullish: Value, other: Value): boolean => nullish.literal?.is === undefined && other.row?.column !== undefined;

// `/api/files/${id}` is never `/login`, whatever the id.
export function cannotBe(parts: readonly (string | Value)[], text: unknown): boolean {
  if (typeof text !== 'string') return true;
  const [first] = parts;
  const last = parts.at(-1);
  return (typeof first === 'string' && !text.startsWith(first)) || (typeof last === 'string' && !text.endsWith(last));
}

// A setting counts as set here: that it may be missing is said where the code itself tests for it.
export const isPresent = (value: Value): boolean => truthiness(value) === true || value.parts !== undefined || value.env !== undefined;

/** What `a === b` proves: a shared secret, a signature, a role, or a tie between the caller and the data. */
function meaning(a: Value, b: Value, node: Span, module: Module): State | undefined {
  const place = module.placeOf(node);
  const what = module.snippet(node, 90);
  if (a.digest && !b.literal) return signedBy(b, what, place);
  if (carriesSecret(a) && inputOf(b))
    return both(guarded('role', `shared secret: ${what}`, place, ['machine']), flagged('proof', what, place));
  const who = whoOf(a);
  const told = who && identityMeaning(who, b, what, place);
  if (told) return b.row && told.flags.has('ownership') ? both(told, ownRow(b.row)) : told;
  const shown = secretCompared(a, b, what, place);
  if (shown) return shown;
  if (a.row?.column && /token|code|otp|secret|hash|pin/i.test(a.row.column) && inputOf(b)) return flagged('proof', what, place);
  return undefined;
}

// What it proves that a part of the caller's identity equals `b`.
function identityMeaning(who: NonNullable<Value['who']>, b: Value, what: string, place: Place): State | undefined {
  if (who.part === 'role' && who.level !== 'presence' && !inputOf(b)) {
    const role = stringOf(b);
    const names = role === undefined ? (who.name ? [who.name] : []) : [role];
    return hasRole(names, what, place, role !== undefined && !isLow(role));
  }
  if (who.part !== 'role' && who.part !== 'user' && (b.row ?? inputOf(b) ?? undefined))
    return both(guarded('tenant', what, place), flagged('ownership', what, place));
  if (who.part === 'email' && (b.env !== undefined || typeof b.literal?.is === 'string'))
    return guarded('role', what, place, ['by e-mail address']);
  if (who.part === 'id' && (b.env !== undefined || isFixedId(b))) return guarded('role', what, place, ['by user id']);
  // `me.restaurantId === row.restaurantId`: whatever the caller belongs to.
  if (
    who.part === 'user' &&
    who.field &&
    /[a-z]_?id$/i.test(who.name ?? '') &&
    !/session|request|state|nonce/i.test(who.name ?? '') &&
    (b.row ?? inputOf(b))
  )
    return both(guarded('tenant', what, place), flagged('ownership', what, place));
  // A value the session keeps, sent back by the caller: the token of a form.
  const source = inputOf(b)?.source;
  if (who.part === 'user' && who.field && (source === 'body' || source === 'header')) return flagged('csrf', what, place);
  if (who.part === 'tenant' && whoOf(b) === undefined && !b.literal) return guarded('tenant', what, place);
  return undefined;
}

/** The id of one certain account, written into the code. */
export const isFixedId = (value: Value): boolean => typeof value.literal?.is === 'string' && value.literal.is.length > 7;

/**
 * What a fitting HMAC proves: of a body, that its sender knows the secret; of a cookie or bearer token, that the server made it for its
 * bearer. Apps with a cookie for their staff alone (`admin_session`) check the role by it.
 */
export function signedBy(other: Value, what: string, place: Place): State {
  const input = inputOf(other);
  if (input?.source !== 'cookie' && !(input?.source === 'header' && input.name === 'authorization'))
    return flagged('signature', what, place);
  const staff = /admin|staff|superuser|operator|backoffice/i.exec(input.name ?? '')?.[0].toLowerCase();
  return guarded(staff ? 'role' : 'identity', `signed ${input.name ?? input.source}: ${what}`, place, staff ? [staff] : []);
}

/** Value of a secret environment variable, alone or inside a string (`Bearer ${process.env.CRON_SECRET}`). */
export const carriesSecret = (value: Value): boolean =>
  some(
    value,
    (inner) => inner.env !== undefined && !/^(NEXT_PUBLIC_|VITE_|EXPO_PUBLIC_|PUBLIC_)|URL$|^NODE_ENV$|_ENV$|^PORT$/.test(inner.env),
    2,
  );
