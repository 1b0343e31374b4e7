import { browse, look } from '../objects/browse.ts';
import { formOperations } from '../objects/create.ts';
import { type Page, walkAgain } from '../pages/page.ts';
import { type AskDoors, findAskDoors } from '../people/ask-doors.ts';
import { mailDoors } from '../people/by-mail.ts';
import { type Door, type Doors, type ElsewhereDoor, findDoors, isPlain } from '../people/doors.ts';
import { signEverybodyIn } from '../people/everybody.ts';
import type { Person } from '../people/person.ts';
import { codeOperations } from '../people/second-step.ts';
import { withAllowed } from '../surface/allowed.ts';
import { describedOperations, describedTo, operationsOfCode } from '../surface/discover.ts';
import { familiesOf } from '../surface/families.ts';
import { merged, type Operation } from '../surface/operation.ts';
import { dangerOf } from '../surface/safety.ts';
import { operationsInScripts, pathsInScripts } from '../surface/scripts.ts';
import { type Offer, offersByName } from '../surface/with-ways.ts';
import type { Recording } from '../traffic/exchange.ts';
import { showLists } from '../traffic/notes.ts';
import { observedOperations } from '../traffic/operations.ts';
import { lastResort, observe } from '../walk/everybody.ts';
import type { Sender } from '../wire/sender.ts';
import type { Run } from './run.ts';

/** What is known of the app before anything is made: who is in it, what it can be asked, and what each is shown. */
export interface Known {
  readonly people: readonly Person[];
  readonly doors: Doors;
  readonly asking: AskDoors;
  readonly operations: readonly Operation[];
  /** Links of a graph, by which one thing leads to others. */
  readonly links: Offer['links'];
  readonly recordings: readonly Recording[];
  /** Pages that each was shown, by name. */
  readonly pages: ReadonlyMap<string, readonly Page[]>;
}

/** Finds out what the app can be asked, signs everybody in, and lets everybody look around. Reads only, but for the accounts that are signed up. */
export async function lookAround({ input, sender, teach, journal, begin }: Run): Promise<Known> {
  const { routes, writes, mailbox, browser, allow = [], recordings: recorded } = input;
  begin('finding the routes of the app');
  const scripted = await pathsInScripts(sender);
  const offers = await offersByName({ ...sender, teach }, routes, scripted, writes, recorded);
  const open = merged([
    ...(await describedOperations(sender)),
    ...operationsOfCode(routes),
    ...observedOperations(offers.open.recordings),
    ...operationsInScripts(scripted),
    ...offers.open.operations,
  ]);
  const asking = await findAskDoors(sender, open, writes, journal);
  const doors = allDoors(await findDoors(sender, open, scripted, writes, journal), mailDoors(asking, open, mailbox), input.elsewhere, open);
  begin('signing in');
  const people = await signEverybodyIn(
    { ...input, sender, recordings: recorded ?? [], journal, ...lastResort({ browser, sender, doors }) },
    doors,
    open,
  );
  const walked = await observe(
    { browser, recorded, sender, doors, writes, begin: () => begin('walking through the app in a browser') },
    people,
  );
  const { recordings, links, operations: offered } = await offers.to(people, walked);
  const signedIn = people.flatMap(({ account, session }) => (account ? [session] : []));
  const described = withAllowed(
    merged([...offered, ...open, ...(await describedTo(sender, signedIn)), ...observedOperations(recordings)]),
    allow,
  );
  teach(described);
  if (writes) journal.ways(described);
  await showLists(sender, people, recordings);
  begin('looking at the app as each person');
  // Each sees for himself: they need not wait for each other.
  const led = (await Promise.all(people.map((person) => browse(sender, person, described)))).flat();
  const pages = await walkAgain(sender, people);
  const forms = [...pages.values()].flat().flatMap(({ text, path }) => formOperations(text, path, sender.origin));
  const named = merged([...described, ...led, ...forms]);
  const operations = withAllowed(merged([...named, ...(await guesses(sender, people, named))]), allow);
  return { people, doors, asking, operations, links, recordings, pages };
}

/** Where people sign in and up: elsewhere first, where that is named, then at the app, by a mail last. Codes are taken by what the app has for them. */
function allDoors(plain: Doors, mailed: readonly Door[], elsewhere: ElsewhereDoor | undefined, open: readonly Operation[]): Doors {
  const code = codeOperations(open);
  const taking = (door: Door): Door => (code.length > 0 && isPlain(door) ? { ...door, code } : door);
  return {
    ...plain,
    ...(elsewhere?.join && { signUp: [elsewhere, ...plain.signUp] }),
    signIn: [...(elsewhere ? [elsewhere] : []), ...plain.signIn.map(taking), ...mailed],
  };
}

/** Operations that nobody named: of the lists, those that answer somebody with data. */
async function guesses(sender: Sender, people: readonly Person[], named: readonly Operation[]): Promise<Operation[]> {
  const all = familiesOf(named);
  const there: Operation[] = [];
  for (const operation of all) {
    const { method, path } = operation;
    if (path.endsWith('}')) there.push(operation);
    else if (method === 'GET' && !path.includes('{') && dangerOf(operation) === undefined) {
      await Promise.all(people.map((person) => look(sender, person, path)));
      const answered = people.flatMap(({ seen }) => seen.sights.get(path) ?? []);
      if (answered.some(({ status, content }) => status < 300 && content.json !== undefined)) there.push(operation);
    }
  }
  return there;
}
