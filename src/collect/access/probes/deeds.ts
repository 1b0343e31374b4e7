import type { LiveCell } from '../../../evidence/live-access.ts';
import { bodiesOf } from '../objects/bodies.ts';
import { addressOf, create, type Made } from '../objects/create.ts';
import { newCanary } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { whyHeld } from '../surface/allowed.ts';
import { isGuess, type Operation } from '../surface/operation.ts';
import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import { contentOf } from '../wire/content.ts';
import { effectOn, find, type Look, outcomeOf, watched, type Watched } from './effect.ts';
import { attackersOf, type Writing } from './write.ts';

/**
 * Does with one thing what is done with things of its kind (`POST /invoices/{id}/archive`; `…/send` where the user allowed it by name): first as its owner,
 * then as others, each on a fresh thing that we made. What counts is what its owner finds afterwards; of a GET also that it shows the thing. What does
 * nothing for the owner is sent as nobody else.
 */
export async function deedProbes(writing: Writing, made: readonly Made[]): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  const kinds = new Map<string, Made>();
  for (const one of made) kinds.set(`${one.path} ${one.owner.tenant}`, kinds.get(`${one.path} ${one.owner.tenant}`) ?? one);
  for (const kind of kinds.values())
    for (const operation of writing.operations.filter((one) => deedAt(kind, one) !== undefined && !isSubList(one, writing.operations))) {
      const { owner } = kind;
      const bodies = bodiesFor(operation, owner);
      let works: { readonly body: Body | undefined } | undefined;
      for (const body of bodies) {
        const own = await done(writing, kind, operation, owner, body);
        if (own?.shows !== undefined) works = { body };
        if (works) break;
      }
      // Nobody named it: what does nothing that can be seen is not worth telling.
      if (!works && !operation.allowed) continue;
      for (const who of attackersOf(owner, writing.people)) {
        const came = works && (await done(writing, kind, operation, who, works.body));
        const cell = {
          route: operation.id,
          verb: came?.isRead === true ? ('read' as const) : ('update' as const),
          who: who.name,
          relation: relationOf(who, owner),
          whose: owner.name,
          request: `${operation.method} ${came?.path ?? operation.path}`,
          status: came?.status ?? 0,
        };
        if (!came) cells.push({ ...cell, outcome: 'unknown', shows: [], why: 'it has no effect that its owner could see' });
        else if (came.shows !== undefined)
          cells.push({
            ...cell,
            outcome: 'got',
            proof: came.isRead ? 'canary' : 're-read',
            shows: [came.shows],
            ...(came.isAdded && { shared: who.account ? 'listed' : 'public' }),
          });
        else cells.push({ ...cell, ...outcomeOf(undefined, came) });
      }
    }
  return cells;
}

/** The address of a deed on something we made; `undefined` where it is none, or one on another kind. */
export function deedAt(
  made: Pick<Made, 'path' | 'id' | 'row'>,
  operation: Pick<Operation, 'method' | 'path' | 'allowed' | 'sources'>,
): string | undefined {
  const { method, path, allowed } = operation;
  const end = path.lastIndexOf('}') + 1;
  if (end === 0 || end === path.length || whyHeld(operation) !== undefined) return undefined;
  // What is below a thing is read like any other page.
  if (!allowed && (!/^(?:POST|PUT|PATCH)$/.test(method) || path.slice(end).split('/').length !== 2)) return undefined;
  const address = addressOf(made, { path: path.slice(0, end) });
  return address === undefined ? undefined : `${address}${path.slice(end)}`;
}

/** What is added to a list below a thing is a thing of its own; that somebody guessed a list there makes none. */
const isSubList = ({ path, allowed }: Operation, operations: readonly Operation[]): boolean =>
  !allowed && operations.some((one) => one.method === 'GET' && !isGuess(one) && (one.path === path || one.path.startsWith(`${path}/{`)));

/** What may have to be sent: what is described; else nothing, or a value under the name of the deed, `status` of `…/status`. */
function bodiesFor(operation: Operation, owner: Person): (Body | undefined)[] {
  const mark = newCanary();
  if (operation.body) return bodiesOf(operation, owner, mark).slice(0, 2);
  const named: Body = { type: 'json', value: { [operation.path.split('/').at(-1) ?? '']: `Launch Ready ${mark}` } };
  return operation.method === 'POST' || operation.allowed ? [undefined] : [named];
}

interface Done extends Pick<Watched, 'status' | 'looked' | 'answer'> {
  readonly path: string;
  /** What came of it; absent where nothing did. */
  readonly shows?: string;
  /** It showed the thing, and left it as it was. */
  readonly isRead: boolean;
  /** Who did it is shown the thing by the app, and it holds more afterwards and nothing else: a like, a vote, a comment. */
  readonly isAdded: boolean;
}

/** Whether data hold all that others hold, and perhaps more; numbers and times go on by themselves. */
function holds(now: unknown, before: unknown): boolean {
  if (Array.isArray(before)) return Array.isArray(now) && before.every((one, at) => holds(now[at], one));
  if (before !== null && typeof before === 'object')
    return now !== null && typeof now === 'object' && Object.entries(before).every(([key, one]) => holds(record(now)[key], one));
  if (typeof before === 'number') return typeof now === 'number';
  return typeof before === 'string' && typeof now === 'string' ? /\d/.test(before) || now === before : now === before;
}

/** A mark of what was sent that its owner finds, and did not find before: it may stand where another one stood. */
function markFound(body: Body | undefined, before: Look, after: Look): string | undefined {
  if (before.is !== 'there' || after.is !== 'there') return undefined;
  const marks = JSON.stringify(body ?? null).match(/\blr[0-9a-f]{10}/g) ?? [];
  const found = marks.find((mark) => after.text.includes(mark) && !before.text.includes(mark));
  return found && `its owner finds ${found} in it`;
}

async function done(writing: Writing, kind: Made, operation: Operation, who: Person, body: Body | undefined): Promise<Done | undefined> {
  const { sender, operations } = writing;
  const { method } = operation;
  // A fresh one each time: what an earlier try did must not be taken for this one's.
  const made = await create(writing, kind.owner, kind.operation);
  const path = made && deedAt(made, operation);
  if (!made || path === undefined) return undefined;
  const shown = await find(sender, { ...made, owner: who }, operations);
  const came = await watched(writing, () => find(writing.sender, made, writing.operations), who, {
    method,
    path,
    deliberate: true,
    ...(body && { body }),
  });
  const { status, answer, before, after, looked } = came;
  const effect = (await effectOn(writing, made, came, { verb: 'update', mark: newCanary() })) ?? markFound(body, before, after);
  const isShown = method === 'GET' && answer !== undefined && status < 300 && answer.text.includes(made.canary);
  const shows = effect ?? (isShown ? made.canary : undefined);
  return {
    path,
    status,
    ...(shows !== undefined && { shows }),
    isRead: effect === undefined && isShown,
    looked,
    answer,
    isAdded:
      shown.is === 'there' &&
      before.is === 'there' &&
      after.is === 'there' &&
      holds(contentOf(after.text).json, contentOf(before.text).json),
  };
}
