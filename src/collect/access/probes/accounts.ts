import type { LiveCell } from '../../../evidence/live-access.ts';
import { keyName } from '../objects/seen.ts';
import { valueFor } from '../objects/values.ts';
import { type Account, type AccountWithPassword, newAccount } from '../people/account.ts';
import type { Door } from '../people/doors.ts';
import { type Joining, type Newcomer, newcomer } from '../people/newcomer.ts';
import { ownIdOf } from '../people/own-id.ts';
import { type SignedIn, signIn, standingOf } from '../people/sign-in.ts';
import { type Operation, pathParameters } from '../surface/operation.ts';
import type { Body } from '../wire/body.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';

/** What an operation does to an account. */
type Deed = 'password' | 'email' | 'profile' | 'delete';

interface OnAccount {
  readonly operation: Operation;
  readonly deed: Deed;
}

/**
 * Whether somebody can take over or remove the account of another who has one: by operations on one account, which are sent to nobody but accounts signed
 * up here for it. What tells is whether its owner can still sign in as before, and with what (OWASP API1:2023).
 */
export async function takeOver(on: Joining): Promise<LiveCell[]> {
  const deeds = on.operations.flatMap((operation): OnAccount[] => {
    const deed = deedOf(operation);
    return deed === undefined ? [] : [{ operation, deed }];
  });
  if (deeds.length === 0 || on.doors.signUp.length === 0) return [];
  const attacker = await newcomer(on);
  if (!attacker) return [];
  const cells: LiveCell[] = [];
  for (const { operation, deed } of deeds.slice(0, 8))
    for (const session of deed === 'profile' ? [attacker.session] : [attacker.session, emptySession()]) {
      const victim = await newcomer(on);
      if (!victim) return cells;
      const cell = await tried(on, operation, deed, victim, session === attacker.session ? attacker : undefined);
      if (cell) cells.push(cell);
    }
  return cells;
}

const ofAccounts = /(?:^|\/)(?:users?|accounts?|members?|profiles?|customers?)(?:\/[\w.-]+)?\/\{[^}/]+\}(?:\/([\w-]+))?$/i;

const ownProfile = /\/(?:me|self|profile|account|user|current-?user)$/i;
const identity = /^(?:user_?name|login|e_?mail|(?:user_|account_)?id)$/;

/** What an operation does to an account by its address; `undefined` where it is on none, or does another thing. */
export function deedOf({ method, path, body }: Operation): Deed | undefined {
  // His own profile, and yet the body says whose.
  if ((method === 'PUT' || method === 'PATCH' || method === 'POST') && ownProfile.test(path))
    return Object.keys(body?.schema.properties ?? {}).some((name) => identity.test(keyName(name))) ? 'profile' : undefined;
  const below = ofAccounts.exec(path);
  if (!below || pathParameters(path).length !== 1) return undefined;
  const [, part] = below;
  if (part === undefined) return method === 'DELETE' ? 'delete' : undefined;
  if (method !== 'PUT' && method !== 'PATCH' && method !== 'POST') return undefined;
  if (/^(?:change-?|update-?|set-?)?password$/i.test(part)) return 'password';
  return /^(?:change-?|update-?|set-?)?e-?mail$/i.test(part) ? 'email' : undefined;
}

async function tried(
  { sender, doors, operations, journal }: Joining,
  operation: Operation,
  deed: Deed,
  victim: Newcomer,
  attacker: Newcomer | undefined,
): Promise<LiveCell | undefined> {
  const path = deed === 'profile' ? operation.path : addressed(operation.path, victim);
  if (path === undefined) return undefined;
  const fresh = newAccount();
  const who = attacker ? 'another account' : 'visitor';
  journal.about({ who, method: operation.method, path });
  const body = deed === 'delete' ? undefined : deed === 'profile' ? profileBody(operation, victim, fresh) : bodyFor(operation, deed, fresh);
  const answer = await sender.send({ method: operation.method, path, ...(body && { body }) }, attacker?.session ?? emptySession());
  const cell = {
    route: operation.id,
    verb: deed === 'delete' ? 'delete' : 'update',
    who,
    relation: attacker ? 'stranger' : 'visitor',
    whose: 'an account signed up for it',
    request: `${operation.method} ${path}`,
    status: answer.ok ? answer.value.status : 0,
  } as const;
  const proof = await effectOf({ sender, doors: doors.signIn, operations }, deed, victim, fresh);
  if (proof !== undefined) return { ...cell, outcome: 'got', proof: 're-read', shows: [proof] };
  // That it works for somebody is not known where nobody else did it: who is refused in clear words was.
  return answer.ok && answer.value.status >= 400 && answer.value.status < 500
    ? { ...cell, outcome: 'refused', shows: [] }
    : { ...cell, outcome: 'unknown', shows: [], why: 'the app took it, and nothing happened to the account' };
}

interface Ways {
  readonly sender: Sender;
  readonly doors: readonly Door[];
  readonly operations: readonly Operation[];
}

async function effectOf(
  { sender, doors, operations }: Ways,
  deed: Deed,
  victim: Newcomer,
  fresh: AccountWithPassword,
): Promise<string | undefined> {
  const { account, door, session, witness } = victim;
  const gets = (one: Account): Promise<SignedIn | undefined> => signIn(sender, [door, ...doors], one, operations);
  if (deed === 'password')
    return (await gets({ ...account, password: fresh.password })) ? 'the account opens with a password its owner does not know' : undefined;
  if (deed === 'profile') {
    const said = await sender.send({ method: 'GET', path: witness.path }, session);
    return said.ok && said.value.status < 300 && said.value.text.includes(markOf(fresh))
      ? `its owner finds ${markOf(fresh)} in his profile`
      : undefined;
  }
  if (deed === 'email') {
    const said = await sender.send({ method: 'GET', path: witness.path }, session);
    return said.ok && said.value.status < 300 && said.value.text.includes(fresh.email)
      ? 'its owner finds another mail address in his account'
      : undefined;
  }
  if ((await standingOf(sender, session, witness)).is !== 'not his') return undefined;
  return (await gets(account)) ? undefined : 'its owner cannot sign in any more';
}

/** The address with what the app calls the account by: its name, or its id as the app shows it to itself. */
function addressed(path: string, { account, seen, witness }: Newcomer): string | undefined {
  const [name = ''] = pathParameters(path);
  const key = keyName(name);
  const value = /e?_?mail/.test(key)
    ? account.email
    : /name|login|handle/.test(key)
      ? account.username
      : ownIdOf(seen, witness.path, account);
  return value === undefined ? undefined : path.replace(`{${name}}`, encodeURIComponent(value));
}

/** A mark of a change, out of what is new each time. */
const markOf = ({ username = '' }: Account): string => username.slice(0, 8);

/** The profile of the other, named by what names him, with our mark in every free text. */
function profileBody({ body }: Operation, { account, seen, witness }: Newcomer, fresh: Account): Body {
  const fields = Object.entries(body?.schema.properties ?? {}).flatMap(([name, schema]): [string, unknown][] => {
    const key = keyName(name);
    if (/mail/.test(key)) return [[name, account.email]];
    if (/user_?name|login/.test(key)) return [[name, account.username ?? account.email]];
    if (identity.test(key)) return [[name, ownIdOf(seen, witness.path, account)]];
    if (/pass/.test(key)) return [];
    return [
      [
        name,
        schema.type === undefined || schema.type === 'string'
          ? markOf(fresh)
          : valueFor(name, schema, { canary: markOf(fresh), known: () => undefined }),
      ],
    ];
  });
  return body?.type === 'form'
    ? { type: 'form', fields: fields.map(([name, value]) => [name, String(value)]) }
    : { type: 'json', value: Object.fromEntries(fields) };
}

function bodyFor({ body }: Operation, deed: 'password' | 'email', fresh: AccountWithPassword): Body {
  const names = Object.keys(body?.schema.properties ?? {});
  const fields =
    names.length > 0 ? names : deed === 'password' ? ['password', 'new_password', 'newPassword', 'confirmPassword'] : ['email', 'newEmail'];
  const value = Object.fromEntries(fields.map((name) => [name, /mail/i.test(name) ? fresh.email : fresh.password]));
  return body?.type === 'form' ? { type: 'form', fields: Object.entries(value) } : { type: 'json', value };
}
