import type { LiveAccess, LiveCell, LivePerson } from '../../evidence/live-access.ts';
import type { GivenPerson, GivenWebhook } from '../../core/target.ts';
import type { LivePart } from '../../evidence/live-parts.ts';
import type { Route } from '../../evidence/routes.ts';
import { askAccounts } from './accounts/ask.ts';
import type { Mailbox } from './mail/mailbox.ts';
import { browse, look } from './objects/browse.ts';
import { formOperations, type Made, thingsMade } from './objects/create.ts';
import { makeAsStaff, makeThings } from './objects/make.ts';
import { type Journal, openJournal } from './journal/journal.ts';
import { removeAll } from './journal/remove.ts';
import { marksOf } from './objects/marks.ts';
import { thingsOf } from './objects/things.ts';
import { onlyAdministrators } from './pages/only-admins.ts';
import { ownAccounts } from './pages/own-account.ts';
import { makeByForms } from './pages/make.ts';
import { walkAgain } from './pages/page.ts';
import { formProbes } from './pages/probes.ts';
import { thingsOfForms } from './pages/thing.ts';
import { findAskDoors } from './people/ask-doors.ts';
import { mailDoors } from './people/by-mail.ts';
import { type Door, type Doors, type ElsewhereDoor, findDoors, isPlain } from './people/doors.ts';
import { paced, type Step } from './pace.ts';
import { signEverybodyIn } from './people/everybody.ts';
import type { Person } from './people/person.ts';
import { codeOperations } from './people/second-step.ts';
import { askSessions } from './sessions/ask.ts';
import { takeOver } from './probes/accounts.ts';
import { comesAgain, signedInAgain } from './probes/again.ts';
import { bodyIdProbes } from './probes/body-ids.ts';
import { createAsOthers } from './probes/create.ts';
import { Denials, functionProbes } from './probes/functions.ts';
import { listCells, type Pages, pagesOfOthers, pagesPosing } from './probes/list.ts';
import { linkCells } from './probes/links.ts';
import { climb } from './probes/privileges.ts';
import { deedProbes } from './probes/deeds.ts';
import { readProbes } from './probes/read.ts';
import { wholeProbes } from './probes/whole.ts';
import { writeProbes } from './probes/write.ts';
import type { Learned } from './recipes/making.ts';
import { recipesOf } from './recipes/recipes.ts';
import { allowedInVain, withAllowed } from './surface/allowed.ts';
import { asCalled } from './surface/as-called.ts';
import { describedOperations, describedTo, operationsOfCode } from './surface/discover.ts';
import { familiesOf } from './surface/families.ts';
import { merged, type Operation } from './surface/operation.ts';
import { dangerOf } from './surface/safety.ts';
import { operationsInScripts, pathsInScripts } from './surface/scripts.ts';
import { routesTold, sentLog, withoutAir } from './surface/told.ts';
import type { Recording } from './traffic/exchange.ts';
import { showLists } from './traffic/notes.ts';
import { observedOperations } from './traffic/operations.ts';
import { thingsAsked } from './traffic/things.ts';
import { offersByName } from './surface/with-ways.ts';
import type { AppBrowser } from './walk/browser.ts';
import { lastResort, observe } from './walk/everybody.ts';
import { endpointsOf } from './webhooks/endpoints.ts';
import { tryWebhooks } from './webhooks/trials.ts';
import type { Sender } from './wire/sender.ts';
import { withWays } from './wire/ways.ts';

export interface LiveInput {
  readonly sender: Sender;
  /** Routes of the code; none where no folder was given. */
  readonly routes: readonly Route[];
  readonly people: readonly GivenPerson[];
  readonly webhooks?: readonly GivenWebhook[];
  /** Whether accounts and things may be made. */
  readonly writes: boolean;
  /** Where mails of the app can be read. */
  readonly mailbox?: Mailbox;
  readonly journal?: Journal;
  /** What people's browsers recorded before. */
  readonly recordings?: readonly Recording[];
  /** Where people sign in who do not at the app itself. */
  readonly elsewhere?: ElsewhereDoor;
  /** In which the app is walked through as everybody. */
  readonly browser?: AppBrowser;
  /** Operations that are sent although their addresses promise harm: `POST /api/invoices/{id}/send`. */
  readonly allow?: readonly string[];
  /** What is tried; all of it when absent. */
  readonly parts?: readonly string[];
  readonly progress?: (message: string, done?: number, total?: number) => void;
}

/** Signs in as several people and tries what each gets of the others'. */
export async function proveLive(input: LiveInput): Promise<LiveAccess> {
  const { routes, writes, mailbox, allow = [], progress = () => undefined } = input;
  const journal = input.journal ?? openJournal();
  const wants = (part: LivePart): boolean => input.parts?.includes(part) ?? true;
  const { browser, recordings: recorded } = input;
  // What was sent is told by the addresses that operations go by here, whatever carries them.
  const ways = withWays(input.sender);
  const log = sentLog(ways);
  const { begin, sender } = paced(log.sender, progress, leftOut(input, wants));
  const tries = writes && wants('routes');
  begin('finding out what the app can be asked');
  const scripted = await pathsInScripts(sender);
  const offers = await offersByName({ ...sender, teach: ways.teach }, routes, scripted, recorded);
  const open = merged([
    ...(await describedOperations(sender)),
    ...operationsOfCode(routes),
    ...observedOperations(offers.open.recordings),
    ...operationsInScripts(scripted),
    ...offers.open.operations,
  ]);
  const asking = await findAskDoors(sender, open, writes);
  const doors = allDoors(await findDoors(sender, open, scripted, writes), mailDoors(asking, open, mailbox), input.elsewhere, open);
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
  const shown = await offers.to(people, walked);
  const { recordings } = shown;
  const signedIn = people.flatMap(({ account, session }) => (account ? [session] : []));
  const described = withAllowed(
    merged([...shown.operations, ...open, ...(await describedTo(sender, signedIn)), ...observedOperations(recordings)]),
    allow,
  );
  ways.teach(described);
  if (writes) journal.ways(described);
  await showLists(sender, people, recordings);
  begin('looking at the app as everybody');
  const found: Operation[] = [];
  // Each sees for himself: they need not wait for each other.
  for (const led of await Promise.all(people.map((person) => browse(sender, person, described)))) found.push(...led);
  const first = await walkAgain(sender, people);
  for (const { text, path } of [...first.values()].flat()) found.push(...formOperations(text, path, sender.origin));
  const named = merged([...described, ...found]);
  const operations = withAllowed(merged([...named, ...(await guesses(sender, people, named))]), allow);
  const inVain = allowedInVain(operations, allow);
  if (tries) begin('making things as everybody');
  const denials = new Denials();
  const denied = denials.note.bind(denials);
  const onForms = tries ? await makeByForms({ sender, journal, operations }, people, first) : undefined;
  const { made, walked } = tries ? await makeThings({ sender, journal, operations, denied }, people, doors) : { made: [], walked: first };
  const renewed = (person: Person) => signedInAgain({ sender, doors: doors.signIn, operations }, person);
  const marks = marksOf(people, [...made, ...(onForms?.things ?? []).map((one) => one.made)]);
  const things = !wants('routes')
    ? []
    : [
        ...new Map(
          [
            ...people.flatMap((one) => (one.account && !one.administrator ? thingsOf(one, operations) : [])),
            ...thingsAsked(people, recordings, writes),
            // The last of one address stays: that we made it says more than that it was seen.
            ...thingsMade(made, operations),
            ...thingsOfForms(onForms?.things ?? []),
          ].map((one) => [`${one.owner.name} ${one.path} ${one.asked ? one.ids.join() : ''}`, one]),
        ).values(),
      ];
  begin('reading things as everybody else', `reading ${things.length} things as everybody else`);
  const given = input.people.some(({ tenant }) => tenant !== undefined);
  const pages: Pages = wants('routes') || wants('power') ? await pagesOfOthers(sender, people) : new Map();
  const posed = wants('routes') ? await pagesPosing(sender, people) : [];
  const cells: LiveCell[] = [...(await readProbes(sender, things, people, marks, given)), ...listCells(people, marks, pages, given, posed)];
  cells.push(...(await linkCells(sender, people, shown.links, marks, given, cells)));
  const learned: Learned[] = [];
  const staffMade: Made[] = [];
  if (tries) {
    begin('changing things as others');
    const learn = (kind: Learned['kind'], operation: Operation, mark: string, body: Learned['body']) =>
      learned.push({ kind, operation, mark, body });
    cells.push(...(await writeProbes({ sender, people, operations, journal, learned: learn }, made)));
    cells.push(...(await deedProbes({ sender, people, operations, journal }, made)));
    cells.push(...(await bodyIdProbes({ sender, people, operations, journal }, made)));
    cells.push(...(await createAsOthers({ sender, journal, operations }, people, made)));
    staffMade.push(...(await makeAsStaff({ sender, journal, operations }, people, denials.reserved(made))));
    cells.push(...(await functionProbes({ sender, people, operations, journal }, staffMade, denials)));
    if (onForms) cells.push(...(await formProbes({ made: onForms, people, walked, renewed })));
  }
  const recipes = await recipesOf({ sender, people, operations, made, everything: journal.all, things, pages, learned });
  begin('doing what was found once more');
  const again = await comesAgain(
    { sender, journal, operations, people, doors: doors.signIn, made: [...made, ...staffMade], things, tenantsKnown: given },
    cells,
  );
  const told = withoutAir(operations, await sessionsHeld(sender, people, again));
  const accounts = people.flatMap(({ from, account }) => (from === 'signed-up' && account ? [account.email] : []));
  begin('trying to gain power');
  const joining = { sender, doors, operations, journal, accounts, ...(mailbox && { mailbox }) };
  if (tries) told.push(...(await takeOver(joining)), ...(await ownAccounts(joining, people, walked)));
  if (tries) told.push(...(await onlyAdministrators({ ...joining, people, walked, renewed })));
  const climbed = writes && wants('power') ? await climb({ ...joining, pages }, people) : { escalations: [], withstood: [] };
  begin('sending messages to webhooks');
  const left: string[] = [];
  const endpoints = wants('webhooks') ? endpointsOf(input.webhooks ?? [], routes, operations) : [];
  const webhooks = await tryWebhooks({ sender, people, journal, left }, endpoints, writes);
  begin('trying how sessions begin and end');
  let leftovers: string[] = [];
  const clear = async (): Promise<void> => {
    begin('removing what was made');
    leftovers = await removeAll(sender, journal, operations);
  };
  // Who has a key has no session that begins or ends.
  const anybody = wants('sessions') ? people.find(({ account, door }) => account !== undefined && door?.kind !== 'key') : undefined;
  const ground = anybody?.account && { sender, account: anybody.account, doors: doors.signIn, operations, writes };
  const sessions = anybody && ground ? await askSessions(ground, anybody, journal, clear) : [];
  if (!anybody) await clear();
  begin('trying how people get into their accounts');
  const tried = !wants('accounts')
    ? []
    : await askAccounts({ sender, doors, asking, operations, people, journal, writes, left, ...(mailbox && { mailbox }) });
  if (writes && wants('routes')) told.push(...(await wholeProbes(joining, people)));
  const trials = { cells: told, sessions, accounts: tried, webhooks, ...climbed };
  const live: LiveAccess = {
    origin: sender.origin,
    people: people.filter(({ account }) => account).map(personTold),
    routes: routesTold({ ...trials, operations, sent: log.sent, made: journal.all, code: routes, writes }),
    ...trials,
    ...(climbed.escalations.length + climbed.withstood.length === 0 && {
      untriedPower: writes ? 'no account made for testing could change its own profile or sign up' : 'nothing may be changed in the app',
    }),
    leftovers: [...leftovers, ...left, ...accounts.map((email) => `the account ${email}, which was signed up`)],
    made: journal.all.length,
    requests: sender.sent(),
    writes,
    ...(inVain.length > 0 && { allowedInVain: inVain }),
    recipes,
  };
  return asCalled(live, [...operations, ...shown.links]);
}

/** Steps that this run does not have. */
const leftOut = ({ browser, writes }: LiveInput, wants: (part: LivePart) => boolean): Step[] => [
  ...(browser ? [] : (['walking through the app in a browser'] as const)),
  ...(writes && wants('routes') ? [] : (['making things as everybody', 'changing things as others'] as const)),
  ...(wants('sessions') ? [] : (['trying how sessions begin and end'] as const)),
  ...(wants('accounts') ? [] : (['trying how people get into their accounts'] as const)),
];

const personTold = ({ name, tenant, role, administrator, from, proof }: Person): LivePerson => ({
  name,
  tenant,
  ...(role !== undefined && { role }),
  administrator,
  from,
  proof,
});

/** Where people sign in and up: elsewhere first, where that is named, then at the app, by a mail last. Codes are taken by what the app has for them. */
function allDoors(plain: Doors, mailed: readonly Door[], elsewhere: ElsewhereDoor | undefined, open: readonly Operation[]): Doors {
  const code = codeOperations(open);
  const taking = (door: Door): Door => (code.length > 0 && isPlain(door) ? { ...door, code } : door);
  return { ...plain, signIn: [...(elsewhere ? [elsewhere] : []), ...plain.signIn.map(taking), ...mailed] };
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

/** Who lost his session on the way was refused for that: nothing is known of it. */
async function sessionsHeld(sender: Sender, people: readonly Person[], cells: readonly LiveCell[]): Promise<LiveCell[]> {
  const lost = new Set<string>();
  for (const { name, account, session, seen } of people) {
    const shown = [...seen.sights.values()].find(({ status, path }) => status < 300 && !path.includes('#') && !path.includes('{'));
    if (!account || !shown) continue;
    const probe = [...seen.sights.values()]
      .filter(({ status, path }) => status < 300 && /^\/(?!$)/.test(path) && !path.includes('#'))
      .slice(0, 3);
    let held = probe.length === 0;
    for (const { path } of probe) {
      const answer = await sender.send({ method: 'GET', path }, session);
      held ||= answer.ok && answer.value.status < 300;
    }
    if (!held) lost.add(name);
  }
  return cells.map((cell) =>
    lost.has(cell.who) && cell.outcome === 'refused' ? { ...cell, outcome: 'unknown', why: `${cell.who} had lost the session` } : cell,
  );
}
