import type { LiveCell } from '../../../evidence/live-access.ts';
import { newCanary } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { attackersOf } from '../probes/write.ts';
import { contentOf } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { changed } from './fill.ts';
import { type FormMaking, makeOne, type MadeByForms } from './make.ts';
import { bodyOf, idsOf, lookAt, noToken, onlyOnce, ownTokens, type Page, routeOf } from './page.ts';
import { asksFirst, isThere, removeBy } from './remove.ts';
import { type FormThing, kindOf, type Place, type Removal } from './thing.ts';

/** One try on a thing that was made by a form. */
interface Trial {
  /** The same for things of one kind. */
  readonly key: string;
  readonly verb: 'update' | 'delete' | 'create';
  readonly route: string;
  readonly request: string;
  readonly thing: FormThing;
  /** Sends it as somebody; gives the status of the answer, and what its owner finds afterwards, in words. */
  readonly send: (who: Person) => Promise<Outcome>;
  /** It did for its owner. */
  readonly worked?: true;
}

interface Outcome {
  readonly status: number;
  /** `undefined`: its owner finds all as it was. */
  readonly effect?: string;
  /** Why nothing can be said. */
  readonly why?: string;
}

/** What the probes on forms go by. */
interface FormProbing {
  readonly made: MadeByForms;
  readonly people: readonly Person[];
  /** The pages of each, by name, before anything was tried: who adds something below a thing of another may be led there afterwards. */
  readonly walked: ReadonlyMap<string, readonly Page[]>;
  /** The same person in a session of its own: what was found is done once more with it. */
  readonly renewed: (person: Person) => Promise<Person>;
}

/**
 * Tries to change and to remove things of others, and to add something below them, by the same forms and links as their owner: with the session and the token
 * of who tries, on things that we made. What works for the owner is tried, on one thing of each kind, and what he finds afterwards counts.
 */
export async function formProbes({ made: { making, things }, people, walked, renewed }: FormProbing): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  const done = new Set<string>();
  for (const thing of things) {
    const others = attackersOf(thing.made.owner, people);
    if (others.length === 0) continue;
    for (const trial of await trialsOn(making, things, thing, done)) {
      if (!trial.worked && (await trial.send(thing.made.owner)).effect === undefined) continue;
      done.add(trial.key);
      for (const who of others) cells.push(await judged(trial, who, isLedTo(walked.get(who.name) ?? [], thing, things), renewed));
    }
  }
  return cells;
}

async function judged(
  { verb, route, request, thing, send }: Trial,
  who: Person,
  isLed: boolean,
  renewed: FormProbing['renewed'],
): Promise<LiveCell> {
  const cell = { route, verb, who: who.name, relation: relationOf(who, thing.made.owner), whose: thing.made.owner.name, request } as const;
  const first = await send(who);
  if (first.why !== undefined) return { ...cell, outcome: 'unknown', status: first.status, shows: [], why: first.why };
  if (first.effect === undefined) return { ...cell, outcome: 'refused', status: first.status, shows: [] };
  const again = await send(await renewed(who));
  if (again.effect === undefined)
    return {
      ...cell,
      outcome: 'unknown',
      status: again.status,
      shows: [],
      why: again.why ?? onlyOnce,
    };
  const shared = who.account ? 'listed' : 'public';
  return { ...cell, outcome: 'got', proof: 're-read', status: first.status, shows: [first.effect], ...(isLed && { shared }) };
}

/** Whether pages that somebody was shown lead to a thing, or hold it: then it may be everybody's. */
function isLedTo(pages: readonly Page[], thing: FormThing, things: readonly FormThing[]): boolean {
  const about = things.filter((one) => one === thing || one === thing.above);
  const ways = new Set(
    about.flatMap(({ shown, edits, removals }) => [
      ...shown.filter((path) => idsOf(path).length > 0),
      ...edits.map(({ page }) => page),
      ...removals.flatMap((one) => ('link' in one ? one.link : [])),
    ]),
  );
  return pages.some(
    ({ links, forms, text }) =>
      [...links, ...forms.map(({ action }) => action)].some((link) => ways.has(link)) ||
      (text.includes(thing.made.canary) && thing.edits.some(({ form }) => forms.some(({ action }) => action === form.action))),
  );
}

async function trialsOn(making: FormMaking, things: readonly FormThing[], thing: FormThing, done: ReadonlySet<string>): Promise<Trial[]> {
  const removals: Trial[] = [];
  const kind = kindOf(thing.place);
  for (const nth of thing.removals.slice(0, 2).keys()) {
    if (done.has(`delete ${kind} ${nth}`)) continue;
    const trial = await removing(making, things, thing, nth);
    if (trial && !removals.some(({ route }) => route === trial.route)) removals.push(trial);
  }
  const others = [
    ...thing.edits.map((edit) => editing(making, things, thing, edit)),
    ...thing.makers.map((maker) => adding(making, things, thing, maker)),
    ...thing.acts.slice(0, 4).map((link) => acting(making, thing, link)),
  ];
  return [...others.filter(({ key }) => !done.has(key)), ...removals];
}

/** Pages on which somebody's own token for such a form may be: those of what he made alike first. */
const tokenPages = (who: Person, things: readonly FormThing[], place: Place): string[] =>
  [
    place.page,
    ...things
      .filter(({ made }) => made.owner.name === who.name)
      .flatMap((one) => [...one.edits, ...one.makers, one.place])
      .map(({ page }) => page)
      .slice(0, 8),
    ...[...who.seen.sights.values()].filter(({ status, path }) => status < 300 && !path.includes('#')).map(({ path }) => path),
    '/login',
  ].slice(0, 30);

function editing({ sender, journal }: FormMaking, things: readonly FormThing[], thing: FormThing, { page, form }: Place): Trial {
  const { canary } = thing.made;
  return {
    key: `update ${routeOf('POST', form.action)}`,
    verb: 'update',
    route: routeOf('POST', form.action),
    request: `POST ${form.action}`,
    thing,
    async send(who) {
      const mark = newCanary();
      const values = changed(form, canary, mark);
      const tokens = await ownTokens(sender, who.session, form, tokenPages(who, things, { page, form }));
      if (!values || !tokens) return { status: 0, why: noToken };
      journal.about({ who: who.name, method: 'POST', path: form.action });
      const body = bodyOf(form, new Map([...values, ...tokens]));
      const answer = await sender.send({ method: 'POST', path: form.action, body }, who.session);
      return { status: answer.ok ? answer.value.status : 0, ...(await found(sender, thing.made, [page, ...thing.shown], mark)) };
    },
  };
}

function adding({ sender, journal }: FormMaking, things: readonly FormThing[], thing: FormThing, { page, form }: Place): Trial {
  const { owner } = thing.made;
  // Sent as it worked when the owner added something there.
  const worked = things.find(({ above, place }) => above === thing && place.form.action === form.action);
  return {
    key: `create ${routeOf('POST', form.action)}`,
    verb: 'create',
    route: routeOf('POST', form.action),
    request: `POST ${form.action}`,
    thing,
    async send(who) {
      if (!worked) return { status: 0 };
      if (who === owner) return { status: 0, effect: 'its owner adds something' };
      const mark = newCanary();
      const tokens = await ownTokens(sender, who.session, form, tokenPages(who, things, { page, form }));
      if (!tokens) return { status: 0, why: noToken };
      const body = JSON.parse(JSON.stringify(worked.made.body).replaceAll(worked.made.canary, mark)) as typeof worked.made.body;
      const sent =
        body.type === 'json' ? body : { ...body, fields: body.fields.map(([name, value]) => [name, tokens.get(name) ?? value] as const) };
      journal.about({ who: who.name, method: 'POST', path: form.action });
      // Where its owner would find it.
      journal.about({ who: owner.name, method: 'POST', path: thing.shown[0] ?? page, mark });
      const answer = await sender.send({ method: 'POST', path: form.action, body: sent }, who.session);
      const result = await found(sender, thing.made, thing.shown, mark);
      const { id: _, onPages: __, ...alike } = worked.made;
      if (result.effect === undefined && result.why === undefined) journal.removed({ canary: mark });
      if (result.effect !== undefined) journal.made({ ...alike, canary: mark, body: sent, onPages: { shown: thing.shown } });
      return { status: answer.ok ? answer.value.status : 0, ...result };
    },
  };
}

const cannotLook = 'its owner cannot look at it, so nobody can tell what came of it';

/** What its owner finds of a mark that another sent. He has looked where he finds the thing itself: a page that asks him to sign in is no look at it. */
async function found(
  sender: Sender,
  { owner, canary }: FormThing['made'],
  pages: readonly string[],
  mark: string,
): Promise<Pick<Outcome, 'effect' | 'why'>> {
  const all = [...new Set(pages)];
  if ((await isThere(sender, owner, all, mark)) === 'there') return { effect: `its owner finds ${mark} in it` };
  const thing = await isThere(sender, owner, all, canary);
  if (thing === 'there') return {};
  return { why: thing === 'gone' ? 'its owner does not find it any more, and nothing tells what came of it' : cannotLook };
}

/** The removal of a fresh thing each time. Where a page asks first, the form on it is what removes. */
async function removing(making: FormMaking, things: readonly FormThing[], thing: FormThing, nth: number): Promise<Trial | undefined> {
  const { sender, journal } = making;
  const { owner } = thing.made;
  const freshly = async (): Promise<{ readonly one: FormThing; readonly how: Removal } | undefined> => {
    const one = await makeOne(making, owner, thing.place, thing.above);
    const how = one?.removals[nth];
    return one && how && { one, how };
  };
  const first = await freshly();
  if (!first) return undefined;
  const asked = 'link' in first.how ? await asksFirst(sender, owner.session, first.how.link) : undefined;
  const by = asked ?? first.how;
  if ('form' in by) await removeBy(sender, owner.session, by);
  if ((await isThere(sender, owner, first.one.shown, first.one.made.canary)) !== 'gone') return undefined;
  const [method, path] = 'link' in by ? (['GET', by.link] as const) : (['POST', by.form.action] as const);
  return {
    key: `delete ${kindOf(thing.place)} ${nth}`,
    verb: 'delete',
    route: routeOf(method, path),
    request: `${method} ${path}`,
    thing,
    worked: true,
    async send(who) {
      const fresh = await freshly();
      const how = fresh && ('link' in fresh.how && asked ? await asksFirst(sender, owner.session, fresh.how.link) : fresh.how);
      if (!fresh || !how) return { status: 0, why: 'no other thing of its kind could be made' };
      const { shown, made } = fresh.one;
      if ((await isThere(sender, owner, shown, made.canary)) !== 'there') return { status: 0, why: 'its owner does not find it either' };
      journal.about({ who: who.name, method, path: 'link' in how ? how.link : how.form.action });
      const status = await removeBy(sender, who.session, how, tokenPages(who, things, thing.place));
      if (status === 'no token') return { status: 0, why: noToken };
      const there = await isThere(sender, owner, shown, made.canary);
      if (there === 'gone') journal.removed(made);
      if (there === 'unknown') return { status, why: cannotLook };
      return { status, ...(there === 'gone' && { effect: 'its owner does not find it any more' }) };
    },
  };
}

const changesByItself = 'what its owner is shown changes by itself';

/** A link that does something else with a thing: its owner's page says something else afterwards, and says the same as long as nobody follows it. */
function acting({ sender, journal }: FormMaking, thing: FormThing, link: string): Trial {
  const { owner, canary } = thing.made;
  const pages = thing.shown.slice(0, 4);
  const shown = async (): Promise<string | undefined> => {
    const texts: string[] = [];
    for (const path of pages) {
      const page = await lookAt(sender, owner.session, path);
      if (page === 'unknown') return undefined;
      texts.push(page === 'none' ? '' : contentOf(page.text).values.join('\n'));
    }
    // Without the thing on any of them, they say something only where the app still knows him.
    const isSeen = texts.some((text) => text.includes(canary)) || (await isThere(sender, owner, pages, canary)) !== 'unknown';
    return isSeen ? texts.join('\n').replace(/[0-9a-f-]{8,}|\d+/gi, '') : undefined;
  };
  return {
    key: `act ${routeOf('GET', link)}`,
    verb: 'update',
    route: routeOf('GET', link),
    request: `GET ${link}`,
    thing,
    async send(who) {
      await shown();
      const before = await shown();
      if (before === undefined) return { status: 0, why: cannotLook };
      if (before !== (await shown())) return { status: 0, why: changesByItself };
      journal.about({ who: who.name, method: 'GET', path: link });
      const answer = await sender.send({ method: 'GET', path: link, deliberate: true }, who.session);
      // What it says once about what was done is no change.
      if (who === owner) await shown();
      const status = answer.ok ? answer.value.status : 0;
      const after = await shown();
      if (after === undefined) return { status, why: cannotLook };
      if (after === before) return { status };
      return { status, ...(after === (await shown()) ? { effect: 'its owner finds it changed' } : { why: changesByItself }) };
    },
  };
}
