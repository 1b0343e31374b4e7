import type { Module } from '../module.ts';
import { callbackMember } from './builtins.ts';
import { stringMember } from './strings.ts';
import { documentWrite } from './document.ts';
import { fixedLength, unfix } from './fixed-lists.ts';
import { absent, published } from './rows.ts';
import { both, either, guarded, nothing, type State } from './state.ts';
import { tally } from './made.ts';
import {
  alternativesOf,
  each,
  type IdentityPart,
  isNullish,
  literal,
  type Machine,
  native,
  oneOf,
  type Span,
  unknown,
  type Value,
} from './value.ts';

const tenantField =
  /^(?:org|organi[sz]ation|tenant|company|workspace|team|account|business|clinic|firm|agency|store|shop|client|customer|empresa|loja|entreprise)(?:_?(?:id|uuid|slug))?s?$|^(?:current|active)_?(?:org|organization|tenant|workspace|team|company)(?:_?id)?$/i;
const roleField =
  /^(?:(?:user|member|account|app|org|team|platform|system|portal|security|access|auth|staff|admin)_?)?(?:roles?|role_?(?:id|name|code|key|slug)|is_?(?:(?:super|platform|site|system|org|global|tenant|app)_?)?(?:admin|owner|staff|manager|superuser|root)|(?:super_?|platform_?|site_?)admin|permissions?|scopes?|user_?type|account_?type|access_?level|privileges?|groups?|tipo|perfil)$/i;
const idField = /^(?:id|sub|uid|user_?id|_id|profile_?id|auth_?id|account_?id|uuid|owner_?id|created_?by|author_?id|employee_?id)$/i;

/** Which part of an identity a field of a user, session, profile or token is. */
export function identityPart(name: string): IdentityPart {
  if (roleField.test(name)) return 'role';
  if (tenantField.test(name)) return 'tenant';
  if (idField.test(name)) return 'id';
  if (/^e?_?mail$|^email(_?address)?$/i.test(name)) return 'email';
  return 'user';
}

/** Column names that tie a row to a tenant or an owner. */
export const tiesToTenant = (column: string): boolean => tenantField.test(column.split('.').at(-1) ?? column);
export const tiesToOwner = (column: string): boolean => {
  const name = column.split('.').at(-1) ?? column;
  return ownerName.test(name) || loginName.test(name);
};
const ownerName =
  /^(?:(?:owner|user|author|creator|created_?by|profile|member|account|assignee|assigned_?to|customer|client|employee|uploaded_?by|sender|recipient|submitted_?by)(?:_?(?:id|uuid|uid))?|uid|sub|email)$/i;
// The login of a person's row: `auth_user_id`, `firebase_uid`, `cognito_sub`.
const loginName =
  /^(?:(?:supabase|firebase|clerk|auth0|cognito|keycloak|okta)_?(?:auth_?)?(?:user_?)?(?:id|uid|uuid|sub)|auth_?(?:user_?)?(?:id|uid|uuid)|(?:user|profile)_?auth_?(?:id|uid|uuid))$/i;

/** `value.name`. Where the value may be null the access would throw, so the paths on which it is null end there. */
export function memberOf(machine: Machine, value: Value, name: string, optional: boolean, node: Span, module: Module): Value {
  if (!value.alternatives) return optional && isNullish(value) ? literal(undefined) : plainMember(machine, value, name, node, module);
  // A promise of null is no null: `find(id).catch(...)` does not throw where nothing is found.
  if (name === 'then' || name === 'catch' || name === 'finally') return callbackMember(value, name) ?? unknown;
  const kept: { value: Value; state: State }[] = [];
  for (const item of alternativesOf(value)) {
    if (!isNullish(item.value)) kept.push({ value: plainMember(machine, item.value, name, node, module), state: item.state });
    else if (optional) kept.push({ value: literal(undefined), state: item.state });
  }
  if (!optional && kept.length > 0 && kept.length < value.alternatives.length && machine.state)
    machine.state = both(
      machine.state,
      kept.map((item) => item.state).reduce((a, b) => either(a, b)),
    );
  return oneOf(kept);
}

function plainMember(machine: Machine, value: Value, name: string, node: Span, module: Module): Value {
  const own = value.props?.get(name);
  if (own) return own;
  const fromApi = value.api?.member?.(name, { machine, node, module, self: value });
  if (fromApi) return fromApi;
  if (value.constructs) return staticMember(machine, value, name) ?? unknown;
  if (value.closure || value.native) return functionMember(value, name);
  unfix(value, name);
  const builtin = callbackMember(value, name) ?? stringMember(value, name);
  if (builtin) return builtin;
  if (value.items)
    return name === 'length'
      ? lengthOf(value)
      : /^\d+$/.test(name)
        ? (value.items[Number(name)] ?? (value.open ? elementOf(value) : literal(undefined)))
        : unknown;
  const written = documentWrite(value, name);
  if (written) return written;
  if (value.who) {
    const field = identityMember(value.who, name, node, module);
    // What a row says of its owner is theirs to see. Who was only believed to be the owner is shown a column of it.
    return value.row && isBelieved(value.who) ? { ...field, of: [rowMember(value.row, name)] } : field;
  }
  if (value.row) return value.of ? { ...rowMember(value.row, name), of: value.of } : rowMember(value.row, name);
  if (value.input) {
    const among = value.limits?.get(name);
    return { input: { source: value.input.source, name }, ...(among && { among }), ...(value.of && { of: value.of }) };
  }
  if (value.props && !value.open) return literal(undefined);
  if (value.env !== undefined || value.digest) return value;
  const gone = value.api?.kind === 'package' ? (value.api.data as { name: string; missing?: boolean }) : undefined;
  if (gone?.missing && gone.name === '*') return { api: { kind: 'package', data: { ...gone, name } } };
  if (value.of && value.wraps === undefined) return { of: value.of };
  const from = originOf(value);
  return from ? { from: { ...from, name: `${from.name}.${name}` } } : unknown;
}

const lengthOf = (value: Value): Value => {
  const length = fixedLength(value);
  return length === undefined ? tally : literal(length);
};

/** The function or object of a package that a value of which nothing else is known comes from. */
export function originOf(value: Value): Value['from'] {
  const known = value.api?.kind === 'package' ? (value.api.data as { package: string; name: string; missing?: boolean }) : undefined;
  return known && !known.missing ? { package: known.package, name: known.name } : value.from;
}

const isBelieved = ({ level }: NonNullable<Value['who']>): boolean => level === 'unverified-session' || level === 'presence';

function identityMember(who: NonNullable<Value['who']>, name: string, node: Span, module: Module): Value {
  // Supabase lets every user write their own user_metadata: a role in it proves nothing.
  if (name === 'user_metadata' || name === 'unsafeMetadata' || name === 'raw_user_meta_data')
    return { who: { level: 'presence', part: 'user' } };
  const part = who.part === 'role' || who.part === 'tenant' ? who.part : identityPart(name);
  const field: Value = { who: { level: who.level, part, name, ...(part === 'user' && { field: true }) } };
  // `user.isAdmin` is a role check as soon as it is tested.
  if (part !== 'role' || who.level === 'presence' || !/^(?:is|has|can)|admin$/i.test(name)) return field;
  return { ...field, whenTrue: guarded('role', module.snippet(node, 90), module.placeOf(node), [name]) };
}

function rowMember(row: NonNullable<Value['row']>, name: string): Value {
  if (row.access.operation === 'call') return { row };
  if (row.column !== undefined && name === 'length') return tally;
  const value: Value = { row: { ...row, column: name } };
  if (row.key === undefined) return value;
  if (publicColumn.test(name)) return { ...value, whenTrue: published(row) };
  // Where `row.ownerId`, or `row.owner.id`, is empty the row is nobody's: `if (row.ownerId && row.ownerId !== me) throw …`.
  const column = row.column !== undefined && /^_?id$/i.test(name) ? `${row.column}_id` : name;
  return ownerColumn.test(column) || tiesToOwner(column) || tiesToTenant(column) ? { ...value, whenFalse: absent(row) } : value;
}

const publicColumn = /^(?:is_?)?(?:public|published|publicly_?visible|listed)$/i;
const ownerColumn = /(?:owner|user|author|creator|recipient|sender|assignee|customer|client|employee|member)_?id$/i;

function functionMember(value: Value, name: string): Value {
  if (name === 'call')
    return native(({ machine, args, node, module }) => machine.call(value, args.slice(1), args[0] ?? unknown, node, module));
  if (name === 'apply')
    return native(({ machine, args, node, module }) => machine.call(value, args[1]?.items ?? [], args[0] ?? unknown, node, module));
  if (name === 'bind') return native(({ args }) => (value.closure && args[0] ? { closure: { ...value.closure, self: args[0] } } : value));
  return unknown;
}

function staticMember(machine: Machine, value: Value, name: string): Value | undefined {
  const { node, module, scope } = value.constructs ?? {};
  if (!node || !module || !scope) return undefined;
  for (const item of node.body.body) {
    if (!('key' in item) || !('static' in item) || !item.static || item.key.type !== 'Identifier' || item.key.name !== name) continue;
    if (item.type === 'MethodDefinition') return { closure: { node: item.value, module, scope, self: value, name } };
    if (item.type === 'PropertyDefinition' && item.value) return machine.aside(() => machine.evaluate(item.value ?? node, scope));
  }
  if (name === 'name' && node.id) return literal(node.id.name);
  const { superClass } = node;
  const parent = superClass && machine.aside(() => machine.evaluate(superClass, scope));
  if (!parent || parent.constructs?.node === node) return undefined;
  const inherited = machine.member(parent, name, true, node, module);
  // `find` of a model class is asked of the class that inherits it, through all its ancestors.
  const { native: run, closure } = inherited;
  if (run) return native((call) => run({ ...call, self: call.self.constructs ? call.self : value }));
  return closure?.self?.constructs ? { ...inherited, closure: { ...closure, self: value } } : inherited;
}

/** The value's elements seen as one: an element of a list of inputs is an input, of rows a row. */
export function elementOf(value: Value): Value {
  return each(value, (one) => {
    if (one.items && one.items.length > 0 && !one.open) return oneOf(one.items.map((item) => ({ value: item, state: nothing })));
    if (one.items) return one.items[0] ?? unknown;
    if (one.input ?? one.who ?? one.row ?? one.digest) return one;
    return unknown;
  });
}
