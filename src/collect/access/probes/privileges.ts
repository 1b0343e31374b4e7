import type { LiveEscalation } from '../../../evidence/live-access.ts';
import { keyName } from '../objects/seen.ts';
import type { Page } from '../pages/page.ts';
import { newAccount } from '../people/account.ts';
import { type Door, doorName, isPlain } from '../people/doors.ts';
import { type Joining, newcomer } from '../people/newcomer.ts';
import { profileOf } from '../people/own-profile.ts';
import { pass } from '../people/pass.ts';
import type { Person } from '../people/person.ts';
import { type SignedIn, signIn } from '../people/sign-in.ts';
import { dangerOf } from '../surface/safety.ts';
import type { Operation } from '../surface/operation.ts';
import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession, type Session } from '../wire/session.ts';
import type { Pages } from './list.ts';
import { roleOfColleague } from './colleagues.ts';
import { byRole, type Climber, roleOperations, self } from './roles.ts';

/** Fields that give power, as apps call them, with a value that would. Nobody sets them of himself. */
const powers: readonly (readonly [string, string | boolean])[] = [
  ['role', 'admin'],
  ['is_admin', true],
  ['isAdmin', true],
  ['admin', true],
  ['is_platform_admin', true],
  ['isPlatformAdmin', true],
  ['is_superuser', true],
  ['is_staff', true],
  ['user_type', 'admin'],
  ['userType', 'admin'],
  ['account_type', 'admin'],
];

export interface Climbing extends Joining {
  readonly pages: Pages;
}

export interface Climbed {
  readonly escalations: readonly LiveEscalation[];
  readonly withstood: readonly string[];
}

/**
 * Whether somebody gets power by sending a field nobody asked for (mass assignment, OWASP API3:2023): when he signs up, and when he changes his own
 * profile, and by what a colleague may send. Only with accounts made for it. What tells is what the app shows or opens afterwards.
 */
export async function climb(climbing: Climbing, people: readonly Person[], walked: ReadonlyMap<string, readonly Page[]>): Promise<Climbed> {
  const byColleague = await roleOfColleague(climbing, people, walked);
  const escalations: LiveEscalation[] = [...byColleague.escalations];
  const withstood: string[] = [...byColleague.withstood];
  const person = await expendable(climbing, people);
  if (person) {
    const wanted = [...powersOf(people), ...powers];
    const shut = shutPages(person, people, climbing.pages);
    for (const operation of ownProfile(climbing.operations)) {
      const found = await byProfile(climbing, person, { operation, wanted, shut });
      if (found) escalations.push(found);
      else withstood.push(operation.id);
    }
    for (const operation of roleOperations(climbing.operations)) {
      const found = await byRole(climbing, person, operation, wanted);
      if (found === 'not for him') continue;
      if (found) escalations.push(found);
      else withstood.push(operation.id);
    }
  }
  for (const door of climbing.doors.signUp.slice(0, 2)) {
    if (!isPlain(door)) continue;
    const found = door.kind === 'api' ? await bySignUp(climbing, door) : await bySignUpForm(climbing, door, people);
    if (found === 'not open') continue;
    if (found) escalations.push(found);
    else withstood.push(doorName(door));
  }
  return { escalations, withstood };
}

/** Somebody whose account was made for testing: of the config, else one who signs up. */
async function expendable(climbing: Climbing, people: readonly Person[]): Promise<Climber | undefined> {
  const given = people.find((one) => one.expendable && !one.administrator && one.account);
  if (given?.account) return { ...given, account: given.account };
  const joined = await newcomer(climbing);
  return joined && { name: 'somebody who signs up', ...joined };
}

/** What the app calls the power of those who run it, by their own profiles. */
const powersOf = (people: readonly Person[]): [string, string][] =>
  people
    .filter(({ administrator }) => administrator)
    .flatMap(({ seen }) =>
      ['role', 'user_type', 'account_type'].flatMap((key) =>
        (seen.keyed.get(key) ?? []).slice(0, 3).map((value): [string, string] => [key, value]),
      ),
    );

const ownProfile = (operations: readonly Operation[]): Operation[] =>
  operations.filter(({ method, path }) => (method === 'PATCH' || method === 'PUT') && self.test(path));

/** Pages that an administrator is shown and this person is refused. */
function shutPages({ name, seen: own }: Climber, people: readonly Person[], pages: Pages): string[] {
  const admins = people.filter(({ administrator }) => administrator);
  const theirs = new Set(
    admins.flatMap(({ seen }) => [...seen.sights.values()].flatMap(({ path, status }) => (status < 300 ? [path] : []))),
  );
  return [...own.sights.values(), ...(pages.get(name) ?? [])]
    .flatMap(({ path, status }) => (status >= 300 && theirs.has(path) ? [path] : []))
    .slice(0, 5);
}

interface OnProfile {
  readonly operation: Operation;
  /** Fields and values to try. */
  readonly wanted: readonly (readonly [string, string | boolean])[];
  readonly shut: readonly string[];
}

async function byProfile(
  { sender, journal }: Climbing,
  { name, session, witness }: Climber,
  { operation: { id, method, path, body }, wanted, shut }: OnProfile,
): Promise<LiveEscalation | undefined> {
  const profile = await profileOf(sender, session, witness);
  const needed = Object.fromEntries(
    (body?.schema.required ?? ['name']).flatMap((key) => (profile.has(keyName(key)) ? [[key, profile.get(keyName(key))]] : [])),
  );
  const bodyWith = (extra: object): Body => ({ type: 'json', value: { ...needed, ...extra } });
  const send = (extra: object) => {
    journal.about({ who: name, method, path });
    return sender.send({ method, path, body: bodyWith(extra) }, session);
  };
  for (const [field, value] of wanted) {
    const had = profile.get(keyName(field));
    if (had === String(value)) continue;
    const before = { [field]: had ?? (typeof value === 'boolean' ? false : null) };
    const restored = journal.restoring({ who: name, method, path, body: bodyWith(before) });
    const answer = await send({ [field]: value });
    if (!answer.ok || answer.value.status >= 400) {
      if (answer.ok) restored();
      continue;
    }
    const steps = [`${id} with ${field}: ${String(value)} as ${name} → ${answer.value.status}`];
    const after = await profileOf(sender, session, witness);
    const opened = after.get(keyName(field)) === String(value) ? undefined : await firstOpen(sender, session, shut);
    const told =
      after.get(keyName(field)) === String(value)
        ? 'his own profile says so afterwards'
        : opened && `GET ${opened} opens to him afterwards`;
    if (told === undefined) {
      restored();
      continue;
    }
    // Back to what it was: the account goes on being what it was made for.
    const back = await send(before);
    const now = (await profileOf(sender, session, witness)).get(keyName(field));
    if (back.ok && back.value.status < 400 && (had === undefined ? now !== String(value) : now === had)) restored();
    return { route: id, who: name, field, value: String(value), told, steps: [...steps, told] };
  }
  return undefined;
}

async function bySignUp(
  { sender, doors, operations, journal, accounts }: Joining,
  door: Extract<Door, { kind: 'api' }>,
): Promise<LiveEscalation | 'not open' | undefined> {
  const plain = await joined({ sender, doors, operations, journal, accounts }, door, {});
  if (!plain) return 'not open';
  for (const [field, value] of powers) {
    const profile = await joined({ sender, doors, operations, journal, accounts }, door, { [field]: value });
    if (!profile || profile.get(keyName(field)) !== String(value) || plain.get(keyName(field)) === String(value)) continue;
    const told = 'the new account says so of itself';
    return {
      route: door.operation.id,
      who: 'somebody who signs up',
      field,
      value: String(value),
      told,
      steps: [`${door.operation.id} with ${field}: ${String(value)}`, 'signed in', told],
    };
  }
  return undefined;
}

/**
 * The same by a form: pages seldom say what power somebody has, so what tells is a page that an administrator is shown and an account that signed up
 * without the fields is refused. All fields go along at once: each account more is one more that stays.
 */
async function bySignUpForm(
  climbing: Climbing,
  door: Extract<Door, { kind: 'form' }>,
  people: readonly Person[],
): Promise<LiveEscalation | 'not open' | undefined> {
  const { sender } = climbing;
  const theirs = people
    .filter(({ administrator }) => administrator)
    .flatMap(({ seen }) => [...seen.sights.values()].flatMap(({ path, status }) => (status < 300 && isAddress(path) ? [path] : [])));
  const plain = theirs.length === 0 ? undefined : await signedUp(climbing, door, []);
  if (!plain) return 'not open';
  const shut: string[] = [];
  for (const path of new Set(theirs)) {
    const answer = await sender.send({ method: 'GET', path }, plain.session);
    if (answer.ok && answer.value.status >= 300) shut.push(path);
  }
  const fields = powers.map(([name, value]): [string, string] => [name, value === true ? 'on' : String(value)]);
  const powerful = shut.length === 0 ? undefined : await signedUp(climbing, door, fields);
  if (!powerful) return shut.length === 0 ? 'not open' : undefined;
  const opened = await firstOpen(sender, powerful.session, shut);
  // An account that signed up just now may not be told from one that is let in later: the plain one is asked once more.
  if (opened === undefined || (await firstOpen(sender, plain.session, [opened])) !== undefined) return undefined;
  const told = `GET ${opened} opens to the new account, and not to one that signed up without them`;
  return {
    route: doorName(door),
    who: 'somebody who signs up',
    field: fields.map(([name]) => name).join(', '),
    value: 'on, admin',
    told,
    steps: [`${doorName(door)} with fields that its form does not have`, 'signed in', told],
  };
}

const isAddress = (path: string): boolean => !/[?#{]/.test(path) && dangerOf({ method: 'GET', path }) === undefined;

/** Signs up by a form, with fields beside its own. */
async function signedUp(
  { sender, doors, operations, journal, accounts }: Joining,
  door: Extract<Door, { kind: 'form' }>,
  extra: readonly (readonly [string, string])[],
): Promise<SignedIn | undefined> {
  const account = newAccount();
  const adding: Sender = {
    ...sender,
    send: (message, session) =>
      sender.send(
        message.body?.type === 'form' ? { ...message, body: { type: 'form', fields: [...message.body.fields, ...extra] } } : message,
        session,
      ),
  };
  journal.account(account.email);
  journal.about({ who: 'somebody who signs up', method: 'POST', path: door.form.action });
  if (!(await pass(adding, door, account, emptySession()))) return undefined;
  accounts.push(account.email);
  return signIn(sender, doors.signIn, account, operations);
}

/** Signs up with a field more, and gives what the app then says of the account. */
async function joined(
  { sender, doors, operations, journal, accounts }: Joining,
  door: Extract<Door, { kind: 'api' }>,
  extra: object,
): Promise<ReadonlyMap<string, string> | undefined> {
  const account = newAccount();
  const adding: Sender = {
    ...sender,
    send: (message, session) =>
      sender.send(
        message.body?.type === 'json'
          ? { ...message, body: { type: 'json', value: { ...record(message.body.value), ...extra } } }
          : message,
        session,
      ),
  };
  journal.account(account.email);
  journal.about({ who: 'somebody who signs up', method: 'POST', path: door.operation.path });
  if (!(await pass(adding, door, account, emptySession()))) return undefined;
  accounts.push(account.email);
  const way = await signIn(sender, doors.signIn, account, operations);
  return way && profileOf(sender, way.session, way.witness);
}

async function firstOpen(sender: Sender, session: Session, shut: readonly string[]): Promise<string | undefined> {
  for (const path of shut) {
    const answer = await sender.send({ method: 'GET', path }, session);
    if (answer.ok && answer.value.status < 300) return path;
  }
  return undefined;
}
