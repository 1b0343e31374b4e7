import type { AuthLevel, DataAccess, DataClient, InputSource } from '../../../../evidence/routes.ts';
import type { Module } from '../module.ts';
import { madeOf } from '../interpret/content.ts';
import { recordAccess } from '../interpret/log.ts';
import { identityPart, tiesToOwner, tiesToTenant } from '../interpret/member.ts';
import { credentialTable, shownFlag } from '../interpret/secrets.ts';
import { absent, found, isOwn, met, ownByName, ownRow, rowKey } from '../interpret/rows.ts';
import { both, flagged, guarded, nothing, rank, type State } from '../interpret/state.ts';
import type { Asked } from './asked.ts';
import { written } from './written.ts';
import { registeredFlag } from './mail-text.ts';
import { alternativesOf, inputOf, literal, type Machine, oneOf, type Span, some, type Value, whoOf } from '../interpret/value.ts';

/** A comparison of a column with a value. */
export interface Filter {
  readonly column: string;
  readonly value: Value;
}

export interface AccessRequest {
  readonly kind: DataAccess['kind'];
  readonly name: string;
  readonly operation: DataAccess['operation'];
  readonly client: DataClient;
  readonly filters: readonly Filter[];
  /** True when a part of the filter could not be followed. */
  readonly openFilter?: boolean;
  /** What a write stores. */
  readonly values?: Value;
  /** Set when the names of columns come from the request and stand in the text of the SQL. */
  readonly namesInSql?: boolean;
  /** Columns a read asks for (`asked.ts`). */
  readonly asks?: Asked;
  readonly node: Span;
  readonly module: Module;
}

/** Level at an access: a signed message is from the machine that holds the key, the holder of a row's code is known by it. */
export function provedLevel(state: State, credential = false): AuthLevel {
  const proved: AuthLevel = state.flags.has('signature') ? 'role' : credential ? 'identity' : 'none';
  return rank(proved) > rank(state.auth) ? proved : state.auth;
}

/** True for columns that hold what a caller presents to be known. */
export const isCredentialColumn = (column: string): boolean => credentialColumn.test(column);
const credentialColumn =
  /token|secret|hash|(?:api|publishable|license|write|ingest|service|integration|invit\w*|access|share|join)_?key|^key$|code|otp|session_?id|^sid$|jti|nonce|state$|verifier|challenge|signature/i;
// Keys that belong to an organisation, not to a person of it: whoever holds one acts for that organisation and no other.
const organisationKey = /(?:publishable|license|write|ingest|service|integration)_?key/i;
// Tables of what is mailed once, and the fields in which it comes back: there the row's own id may be the secret.
const mailedTable = /token|invit|reset|magic|verification|confirmation|activation|otp/i;
const mailedSecret = /^(?:\w*_)?(?:token|code|otp|secret)$|[a-z](?:Token|Code|Otp|Secret)$/i;

/** Records an access and returns the row it gives, with what finding the row proves about the caller. */
export function access(machine: Machine, request: AccessRequest): { row: Value; found: State } {
  const { node, module } = request;
  const place = module.placeOf(node);
  const state = machine.state ?? nothing;
  // The counters of a limiter are no data of the app.
  if (/rate_?limit|throttle|login_?attempt|idempotenc/i.test(request.name)) return { row: {}, found: nothing };
  const credential = credentialOf(request);
  const row = rowKey(request.name, request.filters, place);
  const asIs = scopeOf(request, state);
  const scope = asIs !== 'owner' && isOwn(state, row) ? 'tenant' : asIs;
  const made: DataAccess = {
    kind: request.kind,
    name: request.name,
    operation: request.operation,
    client: request.client,
    place,
    auth: provedLevel(state, credential !== undefined),
    scope,
    ...(scope !== 'owner' && scope !== 'tenant' && onlyInsiders(request, state) && { insiders: true }),
    inputs: request.filters.flatMap(({ column, value }) => {
      const input = inputOf(value);
      return input ? [{ column, source: input.source }] : [];
    }),
    ...written(request.values),
    ...(request.namesInSql && { namesInSql: true }),
    subject: 'unknown',
    ...(request.asks && request.operation === 'read' && { shows: request.asks }),
  };
  if (credential?.source === 'cookie') machine.log.cookieSession ??= place;
  if (credential?.source === 'header') machine.log.headerCredential ??= place;
  // Looking a credential up is the guard, not the data behind it.
  const lookup = credential !== undefined && (request.operation === 'read' || credentialTable.test(request.name));
  const stored = lookup ? made : recordAccess(machine.log, made, state, row);
  const asked = !lookup && row !== undefined && request.operation === 'read';
  if (asked && machine.state) machine.state = both(machine.state, met(row));
  // What was copied from rows that were read comes back with the new one.
  return {
    row: { ...rowOf(stored, request, state, asked ? row : undefined), ...madeOf(request.values) },
    found: foundState(request, credential, state, row),
  };
}

/** The row as a value: the caller's own row (found by their id) carries their role and tenant. */
function rowOf(access: DataAccess, request: AccessRequest, state: State, key: string | undefined): Value {
  const through = request.filters.flatMap(({ value }) => alternativesOf(value).flatMap((item) => rowsBehind(item.value)));
  const row = { access, ...(key !== undefined && { key }), ...(through.length > 0 && { through }) };
  const own = request.filters.some(({ column, value }) => isIdentity(value) && (tiesToOwner(column) || /^(?:_?id|uuid)$/.test(column)));
  const credential = credentialOf(request) !== undefined;
  const role = givesPower(request.name) ? request.filters.map(({ value }) => roleOf(value)).find(Boolean) : undefined;
  if (!own && !credential) return role ? { row, who: { level: role.level, part: 'role' } } : { row };
  // Whoever holds the credential of the row is known by it, however little was asked of them before.
  const known = credential || state.auth === 'none' || rank(state.auth) > rank('identity');
  return { row, who: { level: known ? 'identity' : state.auth, part: 'user' } };
}

// Rows that are the caller's when the row found by this value is: `employees` of `record.employeeId`.
const rowsBehind = ({ row }: Value): readonly string[] =>
  row?.column === undefined ? [] : [...(row.key === undefined ? [] : [row.key]), ...(row.through ?? [])];

/** Column of a credential the caller presented (session token, invite code): finding the row proves possession. */
function credentialOf(request: AccessRequest): { column: string; source: InputSource } | undefined {
  for (const { column, value } of request.filters) {
    const input = inputOf(value);
    if (!input && !value.digest) continue;
    const source = input?.source ?? 'body';
    if (credentialColumn.test(column)) return { column, source };
    if (!/^(id|_id)$/.test(column)) continue;
    if (credentialTable.test(request.name) && (source === 'cookie' || source === 'header')) return { column, source };
    if (mailedTable.test(request.name) && mailedSecret.test(input?.name ?? '')) return { column, source };
  }
  return undefined;
}

function foundState(
  request: AccessRequest,
  credential: { column: string; source: InputSource } | undefined,
  state: State,
  key: string | undefined,
): State {
  const { module, node } = request;
  const place = module.placeOf(node);
  if (credential) {
    const what = `${request.name} found by its ${credential.column}`;
    // The row that the request names, as long as it has that code as well.
    const bound = request.filters.find(({ column, value }) => column !== credential.column && namesRow(column) && inputOf(value));
    // The code of the account that was looked up before: its owner has sent it.
    return request.filters.reduce(
      (state, { value }) => (value.row ? both(state, flagged(shownFlag(value.row.access), what, place)) : state),
      [
        flagged('proof', what, place),
        ...(bound ? [flagged('ownership', `${what} ties the caller to ${bound.column}`, place), ownByName(key)] : []),
      ].reduce(both, guarded(organisationKey.test(credential.column) ? 'tenant' : 'identity', what, place)),
    );
  }
  // `role_permissions` with the caller's role and the code of one permission.
  const named = givesPower(request.name) && request.filters.find(({ value }) => typeof value.literal?.is === 'string');
  if (named && request.filters.some(({ value }) => roleOf(value)))
    return guarded('role', `${request.name} row of the caller’s role with ${named.column}`, place, [String(named.value.literal?.is)]);
  const identity = request.filters.filter(({ value }) => isIdentity(value));
  if (identity.length === 0 || rank(state.auth) < rank('identity')) return registered(request);
  const grants = givesPower(request.name) || /member/i.test(request.name);
  // The caller's row in a list of the team, or in one fixed organisation of the operator's own.
  if (/admin|staff|employee|operator|moderator|allow_?list|white_?list/i.test(request.name))
    return guarded('role', `${request.name} row of the caller`, place, [request.name]);
  const role = request.filters.find(
    ({ column, value }) =>
      identityPart(column) === 'role' ||
      (grants && value.literal !== undefined && /role|permission|resource|action|scope|type|level/i.test(column)) ||
      ((typeof value.literal?.is === 'string' || value.env !== undefined) && /id$/i.test(column)),
  );
  const power = role
    ? guarded('role', `${request.name} row of the caller with ${role.column}`, place, [String(role.value.literal?.is ?? role.column)])
    : nothing;
  const tied = request.filters.find(
    (filter) =>
      filter !== role && !isIdentity(filter.value) && (inputOf(filter.value) ?? (lookedUp(filter.value) || isNamedUnseen(filter))),
  );
  if (tied)
    return [
      flagged('ownership', `${request.name} row ties the caller to ${tied.column}`, place),
      ownByName(key),
      ...alternativesOf(tied.value).flatMap((item) => (item.value.row ? [ownRow(item.value.row)] : [])),
    ].reduce(both, both(power, guarded('tenant', `${request.name} row ties the caller to ${tied.column}`, place)));
  if (role) return power;
  // The tenant that the session names is only believed once the caller's membership is found.
  const tenant = identity.find(({ column, value }) => whoOf(value)?.part === 'tenant' && tiesToTenant(column));
  if (tenant && grants && identity.some(({ value }) => whoOf(value)?.part === 'id'))
    return guarded('tenant', `${request.name} row of the caller with ${tenant.column}`, place);
  return nothing;
}

// Whoever is found by an address the caller names is known to the app: a mail there goes to no stranger.
function registered({ filters, name, module, node }: AccessRequest): State {
  for (const { column, value } of filters) {
    const flag = /mail/i.test(column) ? registeredFlag(value) : undefined;
    if (flag) return flagged(flag, `${name} found by its ${column}`, module.placeOf(node));
  }
  return nothing;
}

// A field of a row that was itself found by what the request says.
const lookedUp = (value: Value): boolean => alternativesOf(value).some((item) => (item.value.row?.access.inputs.length ?? 0) > 0);

// A tenant or row that is named by a value that could not be followed: whichever it is, it is the caller's.
const isNamedUnseen = ({ column, value }: Filter): boolean =>
  namesRow(column) &&
  alternativesOf(value).some((item) => Object.keys(item.value).length === 0) &&
  alternativesOf(value).every(
    ({ value: one }) => Object.keys(one).length === 0 || one.literal !== undefined || (one.row && isTiedRow(one.row.access)),
  );
const namesRow = (column: string): boolean => tiesToTenant(column) || /^_?id$|_id$|[a-z]Id$/.test(column);

// What a table of roles or permissions says of the caller's role, it says of the caller.
const givesPower = (table: string): boolean => /role|permission|access|grant|privilege/i.test(table);
const roleOf = (value: Value): Value['who'] => {
  const who = whoOf(value);
  return who?.part === 'role' && who.level !== 'presence' ? who : undefined;
};

const isIdentity = (value: Value): boolean => {
  const who = whoOf(value);
  return who !== undefined && who.level !== 'presence' && who.part !== 'role';
};

function scopeOf(request: AccessRequest, state: State): DataAccess['scope'] {
  // Whoever presents the code or token of a row may act on that row.
  if (credentialOf(request)) return 'owner';
  let result: DataAccess['scope'] = 'none';
  for (const { column, value } of request.filters) {
    const part = whoOf(value)?.part;
    if (part && whoOf(value)?.level !== 'presence') {
      // `client_id` of the caller's own id: the customer is who signs in.
      const tied = part === 'tenant' || (tiesToTenant(column) && part !== 'id') ? 'tenant' : 'owner';
      return tied;
    }
    const found = alternativesOf(value).map((item) => rowIn(item.value));
    // What the caller has just made is theirs, and does not show that rows of the table are ever told apart.
    if (found.every((row) => row && row.access.operation === 'create' && isTiedRow(row.access))) return 'owner';
    if (found.every((row) => row && (isTiedRow(row.access) || isOwn(state, row.key)))) return 'tenant';
    // A value that could not be followed may be the caller's own, and so may a field that nobody was seen to set.
    const known = value.literal && !(value.literal.is === undefined && /id$/i.test(column));
    if (!inputOf(value) && !known && value.env === undefined && !value.parts?.every(isSeen)) result = 'unknown';
  }
  const stored = request.values;
  if (request.operation === 'create' && stored && some(stored, (value) => isIdentity(value), 3)) return 'owner';
  if (state.auth === 'tenant' || state.flags.has('ownership')) return 'tenant';
  if (state.flags.has('barring-failure')) return 'unknown';
  if (state.auth === 'role') return 'role';
  if (result === 'none' && request.openFilter) return 'unknown';
  return result;
}

// Customers get there with a value of their own, everybody else is of the house: `memberId = user.role === 'member' ? user.memberId : input.memberId`.
function onlyInsiders({ filters }: AccessRequest, state: State): boolean {
  if (state.flags.has('insider')) return true;
  return filters.some(({ value }) => {
    const all = alternativesOf(value);
    const inside = all.filter((item) => item.state.flags.has('insider'));
    return (
      inside.length > 0 &&
      all.every((item) => inside.includes(item) || isIdentity(item.value) || (item.value.row && isTiedRow(item.value.row.access)))
    );
  });
}

const isSeen = (part: string | Value): boolean =>
  typeof part === 'string' || (part.literal ?? part.who ?? part.row ?? part.parts ?? part.env ?? inputOf(part)) !== undefined;

// `order_${row.number}` leads where the row does.
const rowIn = ({ row, parts }: Value): Value['row'] => {
  const [part, ...others] = (parts ?? []).filter((one) => typeof one !== 'string');
  return row ?? (others.length === 0 ? part?.row : undefined);
};

const isTiedRow = ({ scope }: DataAccess): boolean => scope === 'tenant' || scope === 'owner';

/** `row | null`, the first with what finding it proves. */
export const maybeRow = (row: Value, state: State): Value =>
  oneOf([
    { value: found(row), state },
    { value: literal(null), state: absent(row.row) },
  ]);
export const rows = (row: Value): Value => ({ items: [row], open: true, ...(row.row && { row: row.row }) });
