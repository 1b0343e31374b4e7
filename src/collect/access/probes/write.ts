import type { LiveCell } from '../../../evidence/live-access.ts';
import { bodiesOf } from '../objects/bodies.ts';
import { repaired } from '../objects/repair.ts';
import { addressOf, create, type Made } from '../objects/create.ts';
import { newCanary } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { type Posing, waysTo } from '../people/posing.ts';
import { whyHeld } from '../surface/allowed.ts';
import { isGuess, type Operation } from '../surface/operation.ts';
import { record } from '../surface/schema.ts';
import { countedUp } from '../traffic/sample-body.ts';
import type { Body } from '../wire/body.ts';
import { effectOn, find, outcomeOf, watched, type Watching } from './effect.ts';

export interface Writing extends Watching {
  readonly people: readonly Person[];
  /** Hears what works for the maker of a thing: the body, with this mark in it. */
  readonly learned?: (kind: Made, operation: Operation, mark: string, body: Body | undefined) => unknown;
}

/**
 * Tries to change and to remove things of others. Only what we made is touched. What counts is what its owner finds afterwards; what has to be sent is
 * learned from what works for the owner, on another thing of the kind.
 */
export async function writeProbes({ learned, ...writing }: Writing, made: readonly Made[]): Promise<LiveCell[]> {
  const { people, operations } = writing;
  const cells: LiveCell[] = [];
  const kinds = new Map<string, Made>();
  for (const one of made) kinds.set(`${one.path} ${one.owner.tenant}`, kinds.get(`${one.path} ${one.owner.tenant}`) ?? one);
  for (const kind of kinds.values()) {
    // A thing that nothing was done to serves the next try: some apps have no way to remove what was made.
    let spare: Made | undefined;
    for (const operation of writesOf(kind, operations)) {
      const own = spare ?? (await create(writing, kind.owner, kind.operation));
      const change = own && (await changeThatWorks(writing, own, operation));
      spare = change ? undefined : own;
      if (isGuess(operation) && !change) continue;
      if (change) {
        const mark = newCanary();
        learned?.(kind, operation, mark, change(kind, mark));
      }
      for (const who of attackersOf(kind.owner, people).flatMap((one) => waysTo(one, kind.owner))) {
        // What an earlier try did must not be taken for this one's.
        const fresh = spare ?? (await create(writing, kind.owner, kind.operation));
        const path = fresh && addressOf(fresh, operation);
        if (!fresh || path === undefined) continue;
        const cell = await tried(writing, { made: fresh, path, operation, who, change });
        cells.push(cell);
        spare = cell.outcome === 'refused' ? fresh : undefined;
      }
    }
  }
  return cells;
}

/** Makes the body of a change with a mark in it; none for what removes. */
type Change = (made: Made, mark: string) => Body | undefined;

/**
 * What its maker has to send so that it changes or removes `fresh`, a thing of his: without that, nothing that others are refused says anything. `undefined` where
 * nothing does that we can think of.
 */
async function changeThatWorks(writing: Writing, fresh: Made, operation: Operation): Promise<Change | undefined> {
  const path = addressOf(fresh, operation);
  if (path === undefined) return undefined;
  const verb = changing[operation.method] ?? 'update';
  const mark = newCanary();
  const bodies: (Body | undefined)[] = verb === 'delete' ? [undefined] : changesFor(operation, fresh, mark);
  for (const body of bodies) {
    const came = await watched(writing, () => find(writing.sender, fresh, writing.operations), fresh.owner, {
      method: operation.method,
      path,
      ...(body && { body }),
    });
    const { answer } = came;
    if ((await effectOn(writing, fresh, came, { verb, mark, body })) !== undefined)
      return (made, fresher) => body && differing(remade(body, [mark, fresher], [fresh.canary, made.canary]), made);
    const better =
      body && answer && bodies.length < mostChanges ? repaired(body, answer, { canary: mark, known: () => undefined }) : undefined;
    if (better) bodies.push(better);
  }
  return undefined;
}

/** Numbers of a change that the thing holds already say nothing when they are found afterwards. */
function differing(body: Body, made: Made): Body {
  if (body.type !== 'json' || made.body.type !== 'json') return body;
  const held = record(made.body.value);
  const same = Object.entries(record(body.value)).filter(([name, value]) => typeof value === 'number' && held[name] === value);
  return { ...body, value: { ...record(body.value), ...countedUp(Object.fromEntries(same)) } };
}

/** Bodies of a change that are tried, those included that were mended by what the app said. */
const mostChanges = 7;

const remade = (body: Body, ...swaps: readonly (readonly [string, string])[]): Body =>
  JSON.parse(swaps.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(body))) as Body;

/** A visitor, and of each other organisation one for each role. */
export function attackersOf(owner: Person, people: readonly Person[]): Person[] {
  const kinds = new Set<string>();
  return people.filter((who) => {
    const relation = relationOf(who, owner);
    if (relation !== 'stranger' && relation !== 'visitor') return false;
    const kind = `${who.tenant} ${who.role ?? ''}`;
    return !kinds.has(kind) && kinds.add(kind);
  });
}

const changing: Readonly<Record<string, 'update' | 'delete'>> = { PUT: 'update', PATCH: 'update', DELETE: 'delete' };

const writesOf = (made: Made, operations: readonly Operation[]): Operation[] =>
  operations.filter((one) => changing[one.method] !== undefined && whyHeld(one) === undefined && addressOf(made, one) !== undefined);

interface Trial {
  readonly made: Made;
  readonly path: string;
  readonly operation: Operation;
  readonly who: Posing;
  /** What works for its maker. */
  readonly change: Change | undefined;
}

async function tried(writing: Writing, { made, path, operation, who, change }: Trial): Promise<LiveCell> {
  const verb = changing[operation.method] ?? 'update';
  const mark = newCanary();
  const body = change ? change(made, mark) : verb === 'delete' ? undefined : changesFor(operation, made, mark)[0];
  const came = await watched(writing, () => find(writing.sender, made, writing.operations), who, {
    method: operation.method,
    path,
    ...(body && { body }),
  });
  const cell = {
    route: operation.id,
    verb,
    who: who.name,
    relation: relationOf(who, made.owner),
    whose: made.owner.name,
    request: `${operation.method} ${path}`,
    ...(who.sending !== undefined && { sending: who.sending }),
    status: came.status,
  } as const;
  const effect = await effectOn(writing, made, came, { verb, mark, body });
  return change || effect !== undefined || !came.looked
    ? { ...cell, ...outcomeOf(effect, came) }
    : { ...cell, outcome: 'unknown', shows: [], why: 'the same request does nothing for its owner either' };
}

/** Bodies for a change: what is described, else what it was made with and another mark. */
function changesFor(operation: Operation, { owner, body, canary }: Made, mark: string): (Body | undefined)[] {
  // A deed that takes nothing but the thing: `closeOrder(id)`.
  if (operation.way?.is === 'graphql' && !operation.body) return [undefined];
  const unmarked = (one: Body): boolean => operation.body?.sample !== undefined && !JSON.stringify(one).includes(mark);
  const described = bodiesOf(operation, owner, mark).map((one) =>
    one.type === 'json' && unmarked(one) ? { ...one, value: countedUp(record(one.value)) } : one,
  );
  if (operation.body || body.type !== 'json') return described;
  const again: Body = JSON.stringify(body).includes(canary)
    ? remade(body, [canary, mark])
    : { ...body, value: countedUp(record(body.value)) };
  return [again, ...described];
}
