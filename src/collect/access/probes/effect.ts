import type { LiveCell } from '../../../evidence/live-access.ts';
import type { Journal } from '../journal/journal.ts';
import { addressOf, create, type Made } from '../objects/create.ts';
import { rowsOf } from '../objects/things.ts';
import type { Person } from '../people/person.ts';
import { isHis } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import type { Body } from '../wire/body.ts';
import { contentOf, saysNothing } from '../wire/content.ts';
import type { Answer, Message, Sender } from '../wire/sender.ts';
import { differing, type Fields, restless } from './restless.ts';
import { fieldTaken } from './taken.ts';

/** What it takes to send a change and to see what came of it. */
export interface Watching {
  readonly sender: Sender;
  readonly operations: readonly Operation[];
  readonly journal: Journal;
}

/** Looks at the thing as its owner, now. */
export type Looking = () => Promise<Look>;

/** A change that was sent, and what the owner of the thing was shown before and afterwards. */
export interface Watched {
  /** HTTP status of the answer; 0 where none came. */
  readonly status: number;
  readonly answer: Answer | undefined;
  readonly before: Look;
  readonly after: Look;
  /** Whether its owner could look both times: without that nobody can tell what came of it. */
  readonly looked: boolean;
  /** From the first look to the last, in milliseconds. */
  readonly ms: number;
}

/** Sends a change of a thing as somebody, journalled first; its owner looks before and afterwards. Never throws: what did not come is in `status`. */
export async function watched(
  { sender, journal }: Pick<Watching, 'sender' | 'journal'>,
  look: Looking,
  who: Pick<Person, 'name' | 'session'>,
  message: Message,
): Promise<Watched> {
  const begun = performance.now();
  const before = await look();
  journal.about({ who: who.name, method: message.method, path: message.path });
  const answer = await sender.send(message, who.session);
  const after = await look();
  return {
    status: answer.ok ? answer.value.status : 0,
    answer: answer.ok ? answer.value : undefined,
    before,
    after,
    looked: before.is === 'there' && after.is !== 'unknown',
    ms: performance.now() - begun,
  };
}

/**
 * The outcome of a cell by what came of a change: `effect` in words, or nothing that its owner could see. What was not answered, or only by "too many
 * requests", was not refused to anybody.
 */
export function outcomeOf(
  effect: string | undefined,
  { looked, status, answer }: Pick<Watched, 'looked' | 'status'> & Partial<Pick<Watched, 'answer'>>,
): Pick<LiveCell, 'outcome' | 'proof' | 'shows' | 'why'> {
  if (effect !== undefined) return { outcome: 'got', proof: 're-read', shows: [effect] };
  const unknown = (why: string) => ({ outcome: 'unknown', shows: [], why }) as const;
  if (!looked) return unknown('its owner could not open it afterwards, so its effect is not known');
  if (status === 0) return unknown('the app did not answer, so it is not known whether it would do it');
  return saysNothing(status) && answer?.failedInside !== true
    ? unknown(`the app did not say whether it does it: it answers ${status}`)
    : { outcome: 'refused', shows: [] };
}

/** A change of one thing: `mark` and `sent` are what goes into it. */
interface Sent {
  readonly verb: 'update' | 'delete';
  readonly mark: string;
  readonly body?: Body | undefined;
}

/** What came of a write on a thing that we made, in words; `undefined` where nothing did, or only what comes when another one is left alone. */
export async function effectOn(
  watching: Watching,
  made: Made,
  { before, after, ms }: Pick<Watched, 'before' | 'after' | 'ms'>,
  { verb, mark, body }: Sent,
): Promise<string | undefined> {
  const effect = effectOf(verb, made, before, after, mark, body);
  if (effect !== unmarked) return effect;
  const known = restlessKinds.get(watching) ?? new Map<string, Promise<Fields>>();
  restlessKinds.set(watching, known);
  const kind = `${made.owner.name} ${made.path}`;
  const fields = known.get(kind) ?? restlessOf(watching, made, ms);
  known.set(kind, fields);
  return effectOf(verb, made, before, after, mark, body, await fields);
}

/** Learned once for each kind of thing and owner. */
const restlessKinds = new WeakMap<Watching, Map<string, Promise<Fields>>>();

/** Another one is looked at, from when it is new: by then this one may have come to rest. Where no other can be made, this one has to do. */
async function restlessOf(watching: Watching, made: Made, ms: number): Promise<Fields> {
  const one = (await create(watching, made.owner, made.operation)) ?? made;
  return restless(watching.sender, () => find(watching.sender, one, watching.operations), ms);
}

/** No mark says by whom. */
export const unmarked = 'its owner finds it changed';

/** What came of a write, in words; `undefined` where nothing did. `but`: fields that change by themselves. */
export function effectOf(
  verb: 'update' | 'delete',
  { canary }: Pick<Made, 'canary'>,
  before: Look,
  after: Look,
  mark: string,
  sent?: Body,
  but: Fields = new Set(),
): string | undefined {
  if (before.is !== 'there' || after.is === 'unknown') return undefined;
  const gone = after.is === 'gone' || (verb === 'delete' && before.text.includes(canary) && !after.text.includes(canary));
  if (gone) return 'its owner does not find it any more';
  if (after.text.includes(mark) && !before.text.includes(mark)) return `its owner finds ${mark} in it`;
  if (verb !== 'update') return undefined;
  const taken = fieldTaken(sent, before.text, after.text);
  if (taken !== undefined) return `its owner finds that ${taken}`;
  // Pages say things like "a minute ago": they tell only by marks.
  return [...differing(before.text, after.text)].some((field) => !but.has(field)) ? unmarked : undefined;
}

/** What its owner is shown of a thing: its text; that it is not there; or nothing that tells, because he could not look. */
export type Look = { readonly is: 'there'; readonly text: string } | { readonly is: 'gone' } | { readonly is: 'unknown' };

/**
 * The thing as its owner reads it now: by itself, else its row in the list. It is gone only where the app still knows him: who has lost his session,
 * or asks too much, is refused what is still there.
 */
export async function find(sender: Sender, made: Made, operations: readonly Operation[]): Promise<Look> {
  const path = operations.flatMap((one) => (one.method === 'GET' ? (addressOf(made, one) ?? []) : []))[0];
  const item = path === undefined ? undefined : await lookAt(sender, made.owner, path);
  if (item) return item;
  const list = await sender.send({ method: 'GET', path: made.path }, made.owner.session);
  if (!list.ok || list.value.status >= 300) return { is: 'unknown' };
  const row = rowsOf(contentOf(list.value.text).json).find((one) => Object.values(one).some((value) => String(value) === made.id));
  if (row) return { is: 'there', text: JSON.stringify(row) };
  return list.value.text.includes(made.canary) ? { is: 'there', text: made.canary } : goneFor(sender, made.owner);
}

/** What is at an address of somebody's own; `undefined` where the app has no reading there. */
export async function lookAt(sender: Sender, owner: Pick<Person, 'session' | 'witness'>, path: string): Promise<Look | undefined> {
  const answer = await sender.send({ method: 'GET', path }, owner.session);
  if (!answer.ok || saysNothing(answer.value.status)) return { is: 'unknown' };
  if (answer.value.status < 300) return { is: 'there', text: answer.value.text };
  return answer.value.status === 405 ? undefined : goneFor(sender, owner);
}

const goneFor = async (sender: Sender, { session, witness }: Pick<Person, 'session' | 'witness'>): Promise<Look> => ({
  is: (await isHis(sender, session, witness)) ? 'gone' : 'unknown',
});
