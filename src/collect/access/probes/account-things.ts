import type { LiveCell } from '../../../evidence/live-access.ts';
import { bodiesOf } from '../objects/bodies.ts';
import { keyName, knownAs, note, nothingSeen, singular, toldAtTheDoor } from '../objects/seen.ts';
import { newCanary } from '../objects/values.ts';
import { type Joining, newcomer } from '../people/newcomer.ts';
import { ownIdOf } from '../people/own-id.ts';
import { type Person, relationOf } from '../people/person.ts';
import { whyHeld } from '../surface/allowed.ts';
import { operationKey, type Operation, pathParameters } from '../surface/operation.ts';
import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import { claimsOf } from '../wire/claims.ts';
import { contentOf } from '../wire/content.ts';
import { emptySession } from '../wire/session.ts';
import { deedOf } from './accounts.ts';
import { cameWith } from './came-with.ts';
import { effectOf, type Look, lookAt, outcomeOf, unmarked, watched, type Watched } from './effect.ts';
import { type Fields, restless } from './restless.ts';
import { sessionsHeld } from './sessions-held.ts';

/** Operations tried: each may cost several sign-ups, which apps count. */
const most = 6;

/**
 * Whether somebody changes or removes what comes with an account of another: its organisation, its settings, its basket, its profile (OWASP API1:2023).
 * Nobody makes these by a request of their own, so they are only touched where the account was signed up here for it, where the app says to that account
 * alone which is its own, and where the thing says so itself.
 */
export async function accountThingProbes(joining: Joining): Promise<LiveCell[]> {
  const operations = joining.operations.filter((one) => isOnAccountThing(one, joining.operations)).slice(0, most);
  if (operations.length === 0 || joining.doors.signUp.length === 0) return [];
  const attacker = await somebody(joining, 'another account');
  if (!attacker) return [];
  const cells: LiveCell[] = [];
  // Only who the app says he is counts: what he has seen, visitors may see as well.
  const bare = { ...attacker, seen: nothingSeen() };
  for (const operation of operations)
    cells.push(...(await sessionsHeld(joining.sender, [bare], await tried(joining, operation, attacker))));
  return cells;
}

/** A change of one thing that can be read at the same address, or of what stands below it: `PATCH /orgs/{id}`, `PUT /orgs/{id}/settings`. */
const isOnAccountThing = (operation: Operation, operations: readonly Operation[]): boolean =>
  /^(?:PUT|PATCH|DELETE)$/.test(operation.method) &&
  pathParameters(operation.path).length === 1 &&
  whyHeld(operation) === undefined &&
  !operation.way &&
  deedOf(operation) === undefined &&
  operations.some((one) => operationKey(one) === operationKey({ method: 'GET', path: operation.path }));

/** An account signed up for this. */
async function somebody(joining: Joining, name: string): Promise<Person | undefined> {
  const one = await newcomer(joining);
  return one && { ...one, name, tenant: one.account.email, administrator: false, from: 'signed-up', expendable: true };
}

async function tried(joining: Joining, operation: Operation, attacker: Person): Promise<LiveCell[]> {
  const victim = await withThing(joining, operation, [attacker]);
  if (!victim) return [];
  const { account: _, ...nameless } = attacker;
  const nobody: Person = { ...nameless, name: 'visitor', session: emptySession() };
  if (operation.method === 'DELETE') {
    const cells: LiveCell[] = [];
    for (const who of [nobody, attacker]) cells.push(await confirmed(joining, operation, who, victim, undefined));
    // Whoever is refused says something only where the owner is not.
    const isFair =
      cells.every(({ outcome }) => outcome !== 'refused') || (await does(joining, operation, victim.owner, victim, undefined)).effect;
    return cells.map((cell) => (isFair || cell.outcome !== 'refused' ? cell : { ...cell, ...untold }));
  }
  const change = await changeOfHis(joining, operation, victim);
  if (!change) return [];
  return [await confirmed(joining, operation, nobody, victim, change), await confirmed(joining, operation, attacker, victim, change)];
}

const untold = { outcome: 'unknown', shows: [], why: 'the same request does nothing for its owner either' } as const;

/** Somebody, and where his own thing is. */
interface Owned {
  readonly owner: Person;
  readonly path: string;
  /** Signed up before him: what they are told as well is not his alone. */
  readonly others: readonly Person[];
}

/** A new account with a thing of its own: the app says which, says something else to the others, and the thing says that it came with this account. */
async function withThing(joining: Joining, { path }: Operation, others: readonly Person[]): Promise<Owned | undefined> {
  const since = Date.now();
  const owner = await somebody(joining, 'an account signed up for it');
  const { account } = owner ?? {};
  if (!owner || !account) return undefined;
  const shared = new Set<string>();
  for (const one of others) for (const id of await ownIds(joining, one, path)) shared.add(id);
  const own = (await ownIds(joining, owner, path)).filter((id) => !shared.has(id));
  const himself = ownIdOf(owner.seen, owner.witness.path, account);
  const signedUp = { account, ids: himself === undefined ? [] : [himself], since };
  for (const id of own) {
    const filled = (template: string): string => template.replace(/\{[^}]+\}/, encodeURIComponent(id));
    const at = filled(path);
    const json = await readBy(joining, owner, at);
    if (json === undefined) continue;
    const [thing = path] = /^.*\}/.exec(path) ?? [];
    const collection = collectionOf(path);
    if (
      cameWith(json, collection, signedUp) ||
      (thing !== path && cameWith(await readBy(joining, owner, filled(thing)), collection, signedUp))
    )
      return { owner, path: at, others };
  }
  return undefined;
}

/** The JSON that somebody is shown at an address. */
async function readBy({ sender }: Joining, who: Person, path: string): Promise<unknown> {
  const look = await lookAt(sender, who, path);
  return look?.is === 'there' ? contentOf(look.text).json : undefined;
}

/** `teams` of `/teams/{id}/settings`. */
const collectionOf = (path: string): string => path.slice(0, path.indexOf('/{')).split('/').at(-1) ?? '';

/** What stands for the parameter where an account is told of itself: when it signs in, in its token, and where the app says who it is. */
async function ownIds({ sender }: Joining, { account, seen, session, witness }: Person, path: string): Promise<string[]> {
  const [name = ''] = pathParameters(path);
  const collection = collectionOf(path);
  const key = `${singular(keyName(collection))}_id`;
  const said = await sender.send({ method: 'GET', path: witness.path }, session);
  const told = nothingSeen();
  for (const { path: at, content } of seen.sights.values())
    if (at.endsWith('#sign-in')) note(told, at, { status: 200, text: JSON.stringify(content.json ?? null) });
  note(told, '/', { status: 200, text: JSON.stringify(claimsOf(session.token ?? '') ?? null) });
  if (said.ok) note(told, witness.path, said.value);
  const himself =
    /^(?:users?|accounts?|members?|profiles?|customers?)$/i.test(collection) && account && ownIdOf(seen, witness.path, account);
  const named = [key, ...(keyName(name) === 'id' ? [] : [name])];
  return [...new Set([...named.flatMap((one) => [...toldAtTheDoor(seen, one), ...knownAs(told, one)]), ...(himself ? [himself] : [])])];
}

/** The body of a change with this mark in it. */
type Change = (victim: Owned, mark: string) => Promise<Body | undefined>;

/** What changes a thing where its owner sends it; `undefined` where nothing does that we can think of. */
async function changeOfHis(joining: Joining, operation: Operation, victim: Owned): Promise<Change | undefined> {
  const changes: Change[] = [
    (of, mark) => asRead(joining, operation, of, mark),
    ...[0, 1].map(
      (nth): Change =>
        async ({ owner }, mark) =>
          bodiesOf(operation, owner, mark)[nth],
    ),
  ];
  for (const change of changes) if ((await does(joining, operation, victim.owner, victim, change)).effect !== undefined) return change;
  return undefined;
}

/** The record as its owner reads it, with the mark in its free texts; of a PATCH those alone. */
async function asRead(joining: Joining, { method, body }: Operation, { owner, path }: Owned, mark: string): Promise<Body | undefined> {
  const json = record(await readBy(joining, owner, path));
  const [only, ...more] = Object.values(json);
  const row = more.length === 0 && only !== null && typeof only === 'object' ? record(only) : json;
  const described = body?.schema.properties;
  const texts = Object.entries(row).filter(([name, value]) => isFreeText(name, value) && (!described || name in described));
  if (texts.length === 0) return undefined;
  const marked = Object.fromEntries(texts.map(([name]) => [name, `Launch Ready ${mark}`]));
  return { type: 'json', value: method === 'PATCH' ? marked : { ...row, ...marked } };
}

/** What its owner may write as he likes; his address, what he may do and what names him stay. */
const isFreeText = (name: string, value: unknown): boolean =>
  (typeof value === 'string' || value === null) &&
  /(?:^|_)(?:name|title|description|bio|about|motto|note|notes|comment|address|city|company|display_name|label|text|summary)$/.test(
    keyName(name),
  ) &&
  !/user_?name|login/.test(keyName(name));

interface Did extends Pick<Watched, 'status' | 'looked'>, Partial<Pick<Watched, 'answer'>> {
  readonly effect?: string;
}

async function does(joining: Joining, { method }: Operation, who: Person, victim: Owned, change: Change | undefined): Promise<Did> {
  const { owner, path } = victim;
  const mark = newCanary();
  const body = await change?.(victim, mark);
  if (change && !body) return { status: 0, looked: false };
  const look = async (): Promise<Look> => (await lookAt(joining.sender, owner, path)) ?? { is: 'unknown' };
  const { status, answer, before, after, looked, ms } = await watched(joining, look, who, { method, path, ...(body && { body }) });
  const effectBut = (but?: Fields) => effectOf(change ? 'update' : 'delete', { canary: mark }, before, after, mark, body, but);
  const seen = effectBut();
  const effect = seen === unmarked ? effectBut(await restless(joining.sender, look, ms)) : seen;
  return { status, looked, answer, ...(effect !== undefined && { effect }) };
}

/** One try; what somebody got is done once more on the thing of another account. */
async function confirmed(
  joining: Joining,
  operation: Operation,
  who: Person,
  victim: Owned,
  change: Change | undefined,
): Promise<LiveCell> {
  const did = await does(joining, operation, who, victim, change);
  const { status, effect } = did;
  const cell = {
    route: operation.id,
    verb: change ? 'update' : 'delete',
    who: who.name,
    relation: relationOf(who, victim.owner),
    whose: victim.owner.name,
    request: `${operation.method} ${victim.path}`,
    status,
    ...outcomeOf(effect, did),
  } as const;
  if (effect === undefined) return cell;
  const another = (await withThing(joining, operation, [...victim.others, victim.owner])) ?? (change && victim);
  const again = another && (await does(joining, operation, who, another, change));
  return again && again.effect === undefined
    ? { ...cell, outcome: 'unknown', shows: [], why: 'it worked once, and not when it was repeated with a new account' }
    : cell;
}
