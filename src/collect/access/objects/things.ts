import type { Person } from '../people/person.ts';
import { isGuess, type Operation, pathParameters } from '../surface/operation.ts';
import { dangerOf, deedIn } from '../surface/safety.ts';
import { decodedId, encodedLike } from '../surface/encoded.ts';
import { isId, templateOf } from '../surface/template.ts';
import { record } from '../surface/schema.ts';
import type { Message } from '../wire/sender.ts';
import { keyName, knownAs, singular, toldAtTheDoor } from './seen.ts';

/** One thing of somebody, and the request that reads it. */
export interface Thing {
  /** `GET /api/invoices/{id}`. */
  readonly route: string;
  /** As its owner asks for it. */
  readonly path: string;
  /** What stood for the parameters. */
  readonly ids: readonly string[];
  readonly owner: Person;
  /** We made it in his name. */
  readonly made?: true;
  /** Nobody named the route. */
  readonly guess?: true;
  /** The app told him its id when he signed in: it is his. */
  readonly told?: true;
  /** His pages asked for it; whose it is, only what is in it tells. */
  readonly observed?: true;
  /** Where it is not read by a GET: what it is asked with. */
  readonly asked?: Pick<Message, 'method' | 'body'>;
}

/** The request that reads a thing. Its route was judged where it was found, its query was not: a recording holds whatever somebody clicked. */
export const readingOf = ({ path, asked }: Thing): Message => ({
  method: 'GET',
  path,
  ...(deedIn(path) === undefined && { deliberate: true }),
  ...asked,
});

const perRoute = 3;

/** The things somebody was shown, by the routes that read one of them. */
export function thingsOf(owner: Person, operations: readonly Operation[]): Thing[] {
  const things = new Map<string, Thing>();
  for (const operation of operations) {
    const { method, path } = operation;
    if (method !== 'GET' || !path.includes('{') || dangerOf(operation) !== undefined) continue;
    for (const { path: filled, ids, otherForm } of fillings(owner, operation).slice(0, perRoute)) {
      const told = ids.length === 1 && toldAtTheDoor(owner.seen, thingKey(path)).includes(ids[0] ?? '');
      things.set(filled, {
        route: operation.id,
        path: filled,
        ids,
        owner,
        ...((otherForm || isGuess(operation)) && { guess: true }),
        ...(told && { told }),
      });
    }
  }
  // Pages that were opened by their links.
  for (const { path, status } of owner.seen.sights.values()) {
    if (status >= 300 || things.has(path) || path.includes('#')) continue;
    const { template, ids } = templateOf(path);
    const route = `GET ${template.split('?')[0]}`;
    if (ids.length === 0 || [...things.values()].filter((one) => one.route === route).length >= perRoute) continue;
    things.set(path, { route, path, ids, owner });
  }
  // What his pages named may be anything's key: where he was never led to a thing itself, it is his no more than one that his pages asked for.
  const { sights } = owner.seen;
  const isWalked = [...sights.values()].some(({ observed }) => observed);
  const isObserved = ({ path }: Thing): boolean => sights.get(path)?.observed ?? (isWalked && !sights.has(path));
  return [...things.values()].map((one) => (isObserved(one) ? { ...one, observed: true } : one));
}

/** An address with ids in it. `otherForm`: one of them stands in it as nobody was shown it. */
export interface Filling {
  readonly path: string;
  readonly ids: readonly string[];
  readonly otherForm?: true;
}

/** Addresses of an operation with ids this person has seen: those of the list above it first, then by the name of the parameter. */
export function fillings({ seen }: Person, { path }: Pick<Operation, 'path'>, known: Readonly<Record<string, string>> = {}): Filling[] {
  let all: Filling[] = [{ path, ids: [] }];
  for (const name of pathParameters(path)) {
    const before = path.slice(0, path.indexOf(`{${name}}`)).replace(/\/$/, '');
    const collection = before.split('/').findLast((part) => part !== '' && !part.startsWith('{')) ?? '';
    const own = known[name] === undefined ? candidatesFor(seen, before, collection, name) : [known[name]];
    const candidates = own.flatMap((id): { id: string; otherForm?: true }[] => [{ id }, ...otherForms(seen, id, collection)]);
    all = all
      .flatMap((one) =>
        candidates.slice(0, perRoute * 2).map(({ id, otherForm }): Filling => ({
          path: one.path.replace(`{${name}}`, encodeURIComponent(id)),
          ids: [...one.ids, id],
          ...((otherForm || one.otherForm) && { otherForm: true }),
        })),
      )
      .slice(0, 12);
  }
  return all;
}

/** `invoice_id` of `/api/invoices/{id}`. */
const thingKey = (path: string): string => `${singular(keyName(path.slice(0, path.lastIndexOf('/{')).split('/').at(-1) ?? ''))}_id`;

/** An id as other routes may take it: the number within `Order:1`, or encoded like the ids of other things he was shown. */
function otherForms({ keyed }: Person['seen'], id: string, collection: string): { id: string; otherForm: true }[] {
  const own = decodedId(id);
  if (own) return [{ id: own.core, otherForm: true }];
  const like = (keyed.get('id') ?? []).flatMap((one) => decodedId(one) ?? []).find(({ plain, core }) => plain !== core);
  const type = singular(collection);
  return like ? [{ id: encodedLike(like, id, `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`), otherForm: true }] : [];
}

function candidatesFor(seen: Person['seen'], list: string, collection: string, name: string): string[] {
  const key = keyName(name);
  const listed = [...seen.sights.values()]
    .filter(({ path, status }) => status < 300 && path.split('?')[0] === list)
    .flatMap(({ content }) => rowsOf(content.json))
    .flatMap((row) => idOf(row, key, collection) ?? []);
  const linked = [...seen.sights.keys()].flatMap((path) => {
    const rest = path.startsWith(`${list}/`) ? path.slice(list.length + 1).split(/[/?]/)[0] : undefined;
    return rest !== undefined && isId(rest) ? [decodeURIComponent(rest)] : [];
  });
  const named = key === 'id' ? [] : knownAs(seen, name);
  const told = toldAtTheDoor(seen, thingKey(`${list}/{id}`));
  if (told.length > 0) return told;
  const byThing = knownAs(seen, thingKey(`${list}/{id}`));
  return [...new Set([...listed, ...linked, ...named, ...(listed.length + linked.length === 0 ? byThing : [])])];
}

/** The rows of a list answer, however it is wrapped. */
export function rowsOf(json: unknown, depth = 0): Readonly<Record<string, unknown>>[] {
  if (depth > 3) return [];
  if (Array.isArray(json))
    return json
      .slice(0, 200)
      .map(record)
      .filter((row) => Object.keys(row).length > 0);
  return Object.values(record(json)).flatMap((value) => (Array.isArray(value) || depth < 2 ? rowsOf(value, depth + 1) : []));
}

/** The id of a row: the key of the parameter's name, else what is called id. */
export function idOf(row: Readonly<Record<string, unknown>>, key: string, collection: string): string | undefined {
  const wanted = [key, 'id', '_id', 'uuid', `${singular(keyName(collection))}_id`, 'key', 'slug'];
  for (const name of wanted) {
    const found = Object.entries(row).find(
      ([own, value]) => keyName(own) === name && (typeof value === 'string' || typeof value === 'number'),
    );
    if (found) return String(found[1]);
  }
  return undefined;
}

const owning = /^(?:user|owner|author|creator|created_by|user_created|account|member)(?:_(?:id|uuid))?$/;

/** Whether a row says itself that it is nobody's: it has a field for whose it is, and that is empty. */
export function isNobodys(row: Readonly<Record<string, unknown>>): boolean {
  const said = Object.entries(row).flatMap(([name, value]) => (owning.test(keyName(name)) ? [value] : []));
  return said.length > 0 && said.every((value) => value === null);
}
