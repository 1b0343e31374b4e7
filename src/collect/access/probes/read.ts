import type { LiveCell } from '../../../evidence/live-access.ts';
import { type Person, relationOf } from '../people/person.ts';
import type { Thing } from '../objects/things.ts';
import { marksIn } from '../objects/values.ts';
import { contentOf } from '../wire/content.ts';
import type { Answer, Sender } from '../wire/sender.ts';

/** Shorter texts turn up by chance. */
const tellingLength = 5;

/** `2026-11-29T23:44:07.590Z`, `2026-11-29`. */
const isTime = /^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** What its owner is shown of a thing, and nobody else would know. */
interface Control {
  readonly thing: Thing;
  readonly canaries: readonly string[];
  readonly values: ReadonlySet<string>;
}

/** Tries to read each thing as everybody else. Its owner reads it first: what he cannot read either says nothing of others. */
export async function readProbes(
  sender: Sender,
  things: readonly Thing[],
  people: readonly Person[],
  marks: Marks,
  tenantsKnown: boolean,
): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  for (const thing of things) {
    const own = await sender.send({ method: 'GET', path: thing.path }, thing.owner.session);
    const control = own.ok && own.value.status < 300 ? controlOf(thing, own.value, marks) : undefined;
    cells.push(ownCell(thing, own.ok ? own.value : undefined, control));
    if (!control) continue;
    for (const who of people) {
      if (who.name === thing.owner.name) continue;
      const answer = await sender.send({ method: 'GET', path: thing.path }, who.session);
      cells.push(
        judged(control, who, people, tenantsKnown, answer.ok ? answer.value : undefined, answer.ok ? undefined : answer.fault.message),
      );
    }
  }
  return cells;
}

/** Marks that each person put into what he made. */
export type Marks = ReadonlyMap<string, readonly string[]>;

function controlOf(thing: Thing, { text }: Answer, marks: Marks): Control {
  const canaries = marksIn(text, marks.get(thing.owner.name) ?? []);
  const values = new Set(contentOf(text).values.filter((value) => value.length >= tellingLength && !thing.ids.includes(value)));
  return { thing, canaries, values };
}

const ownCell = (thing: Thing, answer: Answer | undefined, control: Control | undefined): LiveCell => ({
  route: thing.route,
  verb: 'read',
  who: thing.owner.name,
  relation: 'own',
  whose: thing.owner.name,
  outcome: control ? 'got' : 'unknown',
  request: `GET ${thing.path}`,
  status: answer?.status ?? 0,
  shows: [],
  ...(!control && { why: 'its owner does not get it either' }),
});

/** Whether the app has shown it to him anyway. */
const isListed = ({ seen }: Person, text: string): boolean =>
  seen.values.has(text) || (text.length > 8 && [...seen.values].some((value) => value.length < 500 && value.includes(text)));

function judged(
  control: Control,
  who: Person,
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
    request: `GET ${thing.path}`,
    status: answer?.status ?? 0,
  } as const;
  if (!answer) return { ...cell, outcome: 'unknown', shows: [], why: fault ?? 'no answer came' };
  const { text } = answer;
  const shown = canaries.filter((mark) => text.includes(mark));
  const visitor = people.find(({ account }) => !account);
  const known = (value: string): boolean => who.seen.values.has(value) || visitor?.seen.values.has(value) === true;
  const seen = contentOf(text).values;
  const hits = [...new Set(seen.filter((value) => values.has(value) && !known(value) && !isTime.test(value)))];
  if (shown.length > 0) {
    const hidden = shown.filter((mark) => !isListed(who, mark));
    if (hidden.length > 0) return { ...cell, outcome: 'got', proof: 'canary', shows: hidden };
    // Where the user said who belongs to which customer, a list that shows it to others is a leak itself.
    const meant = !who.account || !tenantsKnown;
    return { ...cell, outcome: 'got', proof: 'canary', shows: shown, ...(meant && { shared: who.account ? 'listed' : 'public' }) };
  }
  // What the app lists to him is no secret by itself, and nothing else says whose it is.
  if (canaries.length === 0 && thing.ids.some((id) => isListed(who, id)))
    return answer.status < 300
      ? { ...cell, outcome: 'unknown', shows: [], why: 'the app lists it to him too' }
      : { ...cell, outcome: 'refused', shows: [] };
  // Two texts that only the owner has seen, or one too long to be the same by chance. Times are no texts.
  if (hits.length > 1 || hits.some((value) => value.length >= 20))
    return { ...cell, outcome: 'got', proof: 'values', shows: hits.slice(0, 4) };
  const own = [...values].some((value) => !known(value));
  if (!own && canaries.length === 0 && answer.status < 300)
    return { ...cell, outcome: 'unknown', shows: [], why: 'nothing in it tells whose it is' };
  return { ...cell, outcome: 'refused', shows: [] };
}
