import type { LiveCell } from '../../../evidence/live-access.ts';
import { create, type Made, type Making, thingsMade } from '../objects/create.ts';
import { marksOf } from '../objects/marks.ts';
import type { Thing } from '../objects/things.ts';
import type { Door } from '../people/doors.ts';
import type { Person } from '../people/person.ts';
import { posingAs } from '../people/posing.ts';
import { signIn } from '../people/sign-in.ts';
import { holdsCanary } from '../objects/values.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { credentialsIn } from './credentials.ts';
import { bodyIdProbes } from './body-ids.ts';
import { environmentIn } from './environment.ts';
import { deedAt, deedProbes } from './deeds.ts';
import { readProbes } from './read.ts';
import { writeProbes } from './write.ts';

export interface Again extends Making {
  readonly people: readonly Person[];
  readonly doors: readonly Door[];
  readonly made: readonly Made[];
  readonly things: readonly Thing[];
  readonly tenantsKnown: boolean;
}

/**
 * Does once more what outsiders got, from the start: with sessions of their own, on a thing of its own where one can be made. A finding that does not come
 * again is none; it is told as unknown. One try for each route and thing that is done with it.
 */
export async function comesAgain(again: Again, cells: readonly LiveCell[]): Promise<LiveCell[]> {
  const renewed = renewer(again);
  const verdicts = new Map<string, boolean>();
  for (const cell of cells.filter(isFinding)) {
    const key = keyOf(cell);
    if (verdicts.has(key)) continue;
    const owner = again.people.find(({ name }) => name === cell.whose);
    const who = again.people.find(({ name }) => name === cell.who);
    if (who) verdicts.set(key, await once(again, cell, await renewed(who), owner && (await renewed(owner))));
  }
  return cells.map((cell) =>
    isFinding(cell) && verdicts.get(keyOf(cell)) === false
      ? { ...cell, outcome: 'unknown', shows: [], why: 'it came once, and not again with new sessions' }
      : cell,
  );
}

const isFinding = ({ outcome, relation, shared, verb }: LiveCell): boolean =>
  outcome === 'got' && (relation === 'stranger' || relation === 'visitor') && shared === undefined && verb !== 'create';
const keyOf = ({ route, verb, relation }: LiveCell): string => `${relation} ${verb} ${route}`;

/** Gives each person one session more, for all that is done once more. */
export function renewer(ways: Pick<Again, 'sender' | 'doors' | 'operations'>): (person: Person) => Promise<Person> {
  const fresh = new Map<string, Promise<Person>>();
  return (person) => {
    const known = fresh.get(person.name) ?? signedInAgain(ways, person);
    fresh.set(person.name, known);
    return known;
  };
}

/** The same person in a session of its own; in the one he has where the app lets him in no more, because he has signed in often. */
async function signedInAgain(
  { sender, doors, operations }: Pick<Again, 'sender' | 'doors' | 'operations'>,
  person: Person,
): Promise<Person> {
  if (!person.account) return { ...person, session: { ...emptySession(), who: person.name } };
  const way = await signIn(sender, person.door ? [person.door, ...doors] : doors, person.account, operations);
  return way ? { ...person, session: { ...way.session, who: person.name } } : person;
}

async function once(again: Again, cell: LiveCell, who: Person, owner: Person | undefined): Promise<boolean> {
  const { sender, operations, journal, made, things, tenantsKnown } = again;
  if (cell.verb === 'list') {
    const as = (cell.sending !== undefined && owner && posingAs(who, owner)) || who;
    const [method = 'GET', path = '/'] = cell.request.split(' ');
    const answer = await sender.send({ method, path, deliberate: true, harmless: true }, as.session);
    if (!answer.ok || answer.value.status >= 300) return false;
    const { text } = answer.value;
    const password = owner?.account?.password;
    return (
      cell.shows.some((shown) => text.includes(shown)) ||
      credentialsIn(contentOf(text).json, who.account).length > 0 ||
      environmentIn(contentOf(text)) !== undefined ||
      (password !== undefined && text.includes(password))
    );
  }
  if (!owner) return true;
  const deed = operations.find((one) => one.id === cell.route && made.some((thing) => deedAt(thing, one) !== undefined));
  if (deed) {
    const reads = operations.filter((one) => one.method === 'GET' && !one.allowed);
    const on = made.filter((one) => one.owner.name === owner.name && deedAt(one, deed) !== undefined).slice(0, 1);
    const cells = await deedProbes(
      { sender, people: [owner, who], operations: [...reads, deed], journal },
      on.map((one) => ({ ...one, owner })),
    );
    return cells.some((one) => one.who === who.name && one.outcome === 'got');
  }
  const kind = made.find((one) => one.owner.name === owner.name && thingsMade([one], operations).some(({ route }) => route === cell.route));
  if (cell.verb === 'read') {
    const thing = (kind && (await freshThing(again, owner, kind, cell.route))) ?? things.find(({ path }) => `GET ${path}` === cell.request);
    if (!thing) return readsAgain(sender, cell, who, owner);
    const marks = marksOf([owner], journal.all);
    const visitor = again.people.filter(({ account }) => !account && who.account !== undefined);
    const cells = await readProbes(sender, [{ ...thing, owner }], [...visitor, owner, who], marks, tenantsKnown);
    return cells.some((one) => one.who === who.name && one.outcome === 'got');
  }
  if (cell.inBody) {
    const said = operations.filter((one) => one.method === 'GET' || one.id === cell.route);
    const kinds = made.filter((one) => one.owner.name === owner.name).map((one) => ({ ...one, owner }));
    const cells = await bodyIdProbes({ sender, people: [owner, who], operations: said, journal }, kinds);
    return cells.some((one) => one.who === who.name && one.outcome === 'got');
  }
  const writes = operations.filter((one) => one.method === 'GET' || one.method === 'POST' || one.id === cell.route);
  const on = made.find((one) => one.owner.name === owner.name && addressedBy(one, cell));
  if (!on) return true;
  const cells = await writeProbes({ sender, people: [owner, who], operations: writes, journal }, [{ ...on, owner }]);
  const repeated = cells.filter((one) => one.route === cell.route && one.who === who.name);
  // Where no further thing could be made, nothing speaks against the first.
  return repeated.length === 0 || repeated.some(({ outcome }) => outcome === 'got');
}

/** What stands at an address of no thing of ours: its owner finds his marks there still, and so does who tries. */
async function readsAgain(sender: Sender, { request, shows }: LiveCell, who: Person, owner: Person): Promise<boolean> {
  const [method, path, about] = request.split(' ');
  const marks = shows.filter(holdsCanary);
  if (method !== 'GET' || path === undefined || about !== undefined || marks.length === 0) return true;
  for (const { session } of [owner, who]) {
    const answer = await sender.send({ method, path, deliberate: true }, session);
    if (!answer.ok || answer.value.status >= 300 || !marks.some((mark) => answer.value.text.includes(mark))) return false;
  }
  return true;
}

const addressedBy = ({ path }: Made, { request }: LiveCell): boolean =>
  request.split(' ')[1]?.startsWith(`${path.replace(/\/$/, '')}/`) === true;

async function freshThing(again: Again, owner: Person, kind: Made, route: string): Promise<Thing | undefined> {
  const one = await create(again, owner, kind.operation);
  return one && thingsMade([one], again.operations).find((thing) => thing.route === route);
}
