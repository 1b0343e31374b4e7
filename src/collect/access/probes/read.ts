import type { Result } from '../../../core/evidence.ts';
import type { LiveCell } from '../../../evidence/live-access.ts';
import { type Person, relationOf } from '../people/person.ts';
import { type Posing, waysTo } from '../people/posing.ts';
import { keyName, knownAs, singular } from '../objects/seen.ts';
import { idOf, isNobodys, readingOf, rowsOf, type Thing } from '../objects/things.ts';
import { marksIn } from '../objects/values.ts';
import { record } from '../surface/schema.ts';
import { contentOf, saysNothing } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';
import { type Control, controlOf, labelsOf, type Marks, tellingLength } from './control.ts';

/** `2026-11-29T23:44:07.590Z`, `2026-11-29`. */
const isTime = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** A page that tells who somebody is. */
const aboutSomebody = /\/(?:users?|profiles?|people|members?|authors?|u)\/\{[^}/]+\}$/i;

/** A page of the app that visitors are shown too is likelier everybody's than a leak. */
const untold = (cell: LiveCell): LiveCell => ({
  route: cell.route,
  verb: cell.verb,
  who: cell.who,
  relation: cell.relation,
  whose: cell.whose,
  request: cell.request,
  status: cell.status,
  outcome: 'unknown',
  shows: [],
  why: 'visitors can see it as well, and nothing in it shows whose it is',
});

/** Tries to read each thing as everybody else. Its owner reads it first: what he cannot read either says nothing of others. */
export async function readProbes(
  sender: Sender,
  things: readonly Thing[],
  people: readonly Person[],
  marks: Marks,
  tenantsKnown: boolean,
): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  const owned = new Map<Thing, Result<Answer>>();
  for (const thing of things) owned.set(thing, await sender.send(readingOf(thing), thing.owner.session));
  const labels = labelsOf(owned);
  for (const [thing, own] of owned) {
    const control = own.ok && own.value.status < 300 ? controlOf(thing, own.value, { marks, tenantsKnown, labels }) : undefined;
    // Apps of one page answer their page to whatever is asked.
    if (thing.guess && (!control || !own.ok || contentOf(own.value.text).json === undefined)) continue;
    cells.push(ownCell(thing, own.ok ? own.value : undefined, control));
    if (!control) continue;
    const others = people
      .filter(({ name }) => name !== thing.owner.name)
      .flatMap((who) => waysTo(who, thing.owner))
      .toSorted((one, other) => Number(one.account !== undefined) - Number(other.account !== undefined));
    const answers = await Promise.all(others.map(({ session }) => sender.send(readingOf(thing), session)));
    let open = false;
    let nameless = false;
    for (const [nth, who] of others.entries()) {
      const answer = answers[nth]!;
      const fault = answer.ok ? undefined : answer.fault.message;
      const cell = judged(control, who, people, tenantsKnown, answer.ok ? answer.value : undefined, fault);
      open ||= cell.relation === 'visitor' && cell.shared === 'public';
      if (control.nameless && cell.outcome === 'got' && (nameless || cell.relation === 'visitor')) {
        nameless = true;
        cells.push(untold(cell));
        continue;
      }
      // What everybody is shown is no leak to one more.
      cells.push(open && cell.outcome === 'got' ? { ...cell, shared: 'public' } : cell);
    }
  }
  return cells;
}

/** As sent, for people. */
const requestOf = ({ path, asked, ids }: Thing): string => `${asked?.method ?? 'GET'} ${path}${asked ? ` about ${ids.join(', ')}` : ''}`;

const ownCell = (thing: Thing, answer: Answer | undefined, control: Control | undefined): LiveCell => ({
  route: thing.route,
  verb: 'read',
  who: thing.owner.name,
  relation: 'own',
  whose: thing.owner.name,
  outcome: control ? 'got' : 'unknown',
  request: requestOf(thing),
  status: answer?.status ?? 0,
  shows: [],
  ...(!control && { why: 'its owner does not get it either' }),
});

const saysNobody = (json: unknown): boolean =>
  [record(json), ...rowsOf(json)].some((row) => isNobodys(row) || isNobodys(record(row['data'])));

/** Whether the app has shown him which things there are: of a short number, only a list of its kind tells. */
function isListedThing({ seen }: Pick<Person, 'seen'>, { path, ids }: Thing): boolean {
  const parts = path.split('/');
  return ids.some((id) => {
    if (id.length >= tellingLength) return isListed({ seen }, id);
    const at = parts.findIndex((part) => part.split('?')[0] === encodeURIComponent(id));
    const collection = parts[at - 1] ?? '';
    return (
      rowsOf(seen.sights.get(parts.slice(0, at).join('/'))?.content.json).some((row) => idOf(row, 'id', collection) === id) ||
      knownAs(seen, `${singular(keyName(collection))}_id`).includes(id)
    );
  });
}

/** Whether a page shows somebody marks of another beside his own: it may be a board for all. */
const readsOnBoard = ({ seen }: Pick<Person, 'seen'>, shown: readonly string[], own: readonly string[]): boolean =>
  [...seen.sights.values()].some(({ content }) => {
    const text = content.json === undefined ? content.values.join('\n') : '';
    return shown.some((mark) => text.includes(mark)) && marksIn(text, own).length > 0;
  });

/** Whether the app has shown it to him anyway. */
const isListed = ({ seen }: Pick<Person, 'seen'>, text: string): boolean =>
  seen.values.has(text) || (text.length > 8 && [...seen.values].some((value) => value.length < 500 && value.includes(text)));

const listAbove = ({ path }: Thing): string => path.slice(0, path.lastIndexOf('/'));

/** Keys under which an answer holds a text, wherever in it. */
function keysHolding(json: unknown, text: string, depth = 0): string[] {
  if (depth > 6 || json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([key, value]) =>
    typeof value === 'string' ? (value.includes(text) ? [key] : []) : keysHolding(value, text, depth + 1),
  );
}

/** Which marks of its owner somebody was shown, and whether he may have been meant to see them. */
function marksSeen(
  { thing, marks, json }: Control,
  who: Posing,
  visitor: Person | undefined,
  tenantsKnown: boolean,
  { text, shown }: { readonly text: string; readonly shown: readonly string[] },
): Pick<LiveCell, 'shows' | 'shared'> {
  const hidden = shown.filter((mark) => !isListed(who, mark));
  const answered = contentOf(text).json;
  // What hangs on a thing that visitors are shown, comments on a product, is likelier everybody's too.
  const hangsOnOpen = /\}\/[^{}]+$/.test(thing.route) && visitor !== undefined && isListedThing(visitor, thing);
  // A list for everybody shows the same fields of others: this one may merely stand on its next page.
  const open = rowsOf(visitor?.seen.sights.get(listAbove(thing))?.content.json);
  const fields = new Set(open.flatMap((row) => Object.keys(row)));
  const isOfOpenList = open.length > 0 && hidden.every((mark) => keysHolding(answered, mark).some((key) => fields.has(key)));
  if (hidden.length > 0) return { shows: hidden, ...((hangsOnOpen || isOfOpenList) && { shared: who.account ? 'listed' : 'public' }) };
  const isPage = answered === undefined;
  // Who may not see whose it is finds nobody: it is nobody's where its owner finds nobody too.
  const nobodys = saysNobody(answered) && saysNobody(json);
  const isBoard = isPage && readsOnBoard(who, shown, marks.get(who.name) ?? []);
  // What the list above it shows visitors is no leak where somebody signs in. Another list that shows it to them may be a leak itself.
  const above = visitor?.seen.sights.get(listAbove(thing));
  const isOpen =
    above !== undefined && above.status < 300 && shown.every((mark) => above.content.values.some((text) => text.includes(mark)));
  // Where the user said who belongs to which customer, a list that shows it to others is a leak itself.
  const meant = !who.account || !tenantsKnown || nobodys || isBoard || isOpen;
  return { shows: shown, ...(meant && { shared: who.account && !isOpen ? 'listed' : 'public' }) };
}

function judged(
  control: Control,
  who: Posing,
  people: readonly Person[],
  tenantsKnown: boolean,
  answer: Answer | undefined,
  fault: string | undefined,
): LiveCell {
  const { thing, canaries, values } = control;
  const cell = {
    route: thing.route,
    verb: 'read',
    who: who.name,
    relation: relationOf(who, thing.owner),
    whose: thing.owner.name,
    request: requestOf(thing),
    ...(who.sending !== undefined && { sending: who.sending }),
    status: answer?.status ?? 0,
  } as const;
  if (!answer) return { ...cell, outcome: 'unknown', shows: [], why: fault ?? 'no answer came' };
  if (saysNothing(answer.status))
    return { ...cell, outcome: 'unknown', shows: [], why: `it answered ${answer.status}, which does not show whether he may see it` };
  const { text } = answer;
  const shown = canaries.filter((mark) => text.includes(mark));
  const visitor = people.find(({ account }) => !account);
  // What others who are strangers to its owner see too is the app's, not his: menus, names of fields.
  const strangers = people.filter((one) => relationOf(one, thing.owner) === 'stranger');
  const known = (value: string): boolean =>
    who.seen.values.has(value) || visitor?.seen.values.has(value) === true || strangers.some(({ seen }) => seen.values.has(value));
  const seen = contentOf(text).values;
  const hits = [...new Set(seen.filter((value) => values.has(value) && !known(value) && !isTime.test(value)))];
  if (shown.length > 0)
    return { ...cell, outcome: 'got', proof: 'canary', ...marksSeen(control, who, visitor, tenantsKnown, { text, shown }) };
  // A thing that we made as its owner, or that the app told him is his, to the millisecond.
  if (control.record !== undefined && JSON.stringify(contentOf(text).json) === control.record)
    return {
      ...cell,
      outcome: 'got',
      proof: thing.made ? 'canary' : 'values',
      shows: ['exactly the record that its owner gets'],
      // Of a list that visitors are shown, it may merely stand on another page.
      ...(rowsOf(visitor?.seen.sights.get(listAbove(thing))?.content.json).length > 0 && { shared: who.account ? 'listed' : 'public' }),
    };
  // What the app lists to him is no secret by itself, and nothing else says whose it is.
  if (canaries.length === 0 && isListedThing(who, thing))
    return answer.status < 300
      ? { ...cell, outcome: 'unknown', shows: [], why: 'the app lists it for him as well, so it may be meant for him' }
      : { ...cell, outcome: 'refused', shows: [] };
  // Two texts that only the owner has seen, or one too long to be the same by chance. Times are no texts.
  if (hits.length > 1 || hits.some((value) => value.length >= 20))
    return {
      ...cell,
      outcome: 'got',
      proof: 'values',
      shows: hits.slice(0, 4),
      // Many apps show visitors who is there, and nothing that somebody wrote says that this one must not.
      ...(!who.account && aboutSomebody.test(thing.route) && { shared: 'public' }),
    };
  // A file comes whole or not at all.
  if (control.file !== undefined && text === control.file)
    return { ...cell, outcome: 'got', proof: 'values', shows: ['the whole file'], ...(!who.account && { shared: 'public' }) };
  const own = [...values].some((value) => !known(value));
  if (!own && canaries.length === 0 && answer.status < 300)
    return { ...cell, outcome: 'unknown', shows: [], why: 'nothing in it shows whose it is' };
  return { ...cell, outcome: 'refused', shows: [] };
}
