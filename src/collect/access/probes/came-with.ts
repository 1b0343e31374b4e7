import { isAboutHim } from '../accounts/about-him.ts';
import { keyName, singular } from '../objects/seen.ts';
import type { Account } from '../people/account.ts';
import { record } from '../surface/schema.ts';

/** Whoever was signed up here, and since when. */
export interface SignedUp {
  readonly account: Account;
  /** What the app calls him by. */
  readonly ids: readonly string[];
  /** When his sign-up began, in milliseconds since the epoch. */
  readonly since: number;
}

type Row = Readonly<Record<string, unknown>>;

const people = /^(?:users?|accounts?|members?|profiles?|customers?)$/i;
const owning = /^(?:user|owner|author|creator|created_by|user_created)(?:_(?:id|uuid|e_?mail|user_?name))?$/;
const naming = /^(?:(?:display_)?name|title|label|slug)$/;
const creation = /^(?:created(?:_at|_on)?|creation_(?:date|time)|date_created|inserted_at)$/;
/** A row that says what he may do may tell of his membership: whose it is, and since when, is not whose the thing is. */
const membership = /^(?:(?:my|your|current_user|viewer)_)?(?:roles?|memberships?|permissions?|access_level)$/;
const wrapper = /^(?:data|attributes|result|item|record)$/;

/** Clocks and whole seconds differ by as much, in milliseconds. */
const leeway = 2_000;

/**
 * Whether a thing says itself that it came with this account: it names him as its owner, it bears his name, or it was made when he was signed up. That the
 * app tells him its id proves nothing: it tells him as well in which shared workspace he is, on which plan, who invited him, and others are told other ids.
 */
export function cameWith(json: unknown, collection: string, { account, ids, since }: SignedUp): boolean {
  const names = [account.email, account.username].filter((one) => one !== undefined);
  const isHim = (value: unknown): boolean =>
    value !== null && typeof value === 'object'
      ? names.some((name) => isAboutHim(record(value), name)) || ids.includes(String(record(value)['id']))
      : [...names, ...ids].includes(String(value));
  return rowsIn(json, collection).some((row) => {
    if (people.test(collection) && names.some((name) => isAboutHim(row, name))) return true;
    const fields = Object.entries(row).map(([name, value]) => [keyName(name), value] as const);
    if (fields.some(([key, value]) => membership.test(key) && value !== 'owner')) return false;
    return fields.some(
      ([key, value]) =>
        (owning.test(key) && isHim(value)) ||
        (naming.test(key) && names.some((name) => String(value).includes(name.replace(/@.*/, '')))) ||
        (creation.test(key) && isSince(value, since)),
    );
  });
}

/** The thing itself, however it is wrapped; what it holds lists of is not it. */
function rowsIn(json: unknown, collection: string, depth = 0): Row[] {
  if (depth > 2 || json === null || typeof json !== 'object' || Array.isArray(json)) return [];
  const row = record(json);
  const within = Object.entries(row).flatMap(([name, value]) =>
    wrapper.test(keyName(name)) || keyName(name) === singular(keyName(collection)) ? rowsIn(value, collection, depth + 1) : [],
  );
  return within.length > 0 ? within : [row];
}

/** ISO 8601, or seconds or milliseconds since the epoch. */
function isSince(value: unknown, since: number): boolean {
  const at = typeof value === 'number' ? (value < 1e11 ? value * 1_000 : value) : typeof value === 'string' ? Date.parse(value) : NaN;
  return at >= since - leeway && at <= Date.now() + leeway;
}
