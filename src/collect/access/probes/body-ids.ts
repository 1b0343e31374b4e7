import type { LiveCell } from '../../../evidence/live-access.ts';
import { create, type Made, makers } from '../objects/create.ts';
import { keyName, singular } from '../objects/seen.ts';
import { newCanary } from '../objects/values.ts';
import { type Person, relationOf } from '../people/person.ts';
import { whyHeld } from '../surface/allowed.ts';
import type { Operation } from '../surface/operation.ts';
import { record } from '../surface/schema.ts';
import type { Body } from '../wire/body.ts';
import { effectOn, find, outcomeOf, watched, type Watched } from './effect.ts';
import { attackersOf, type Writing } from './write.ts';

/** A body that says which thing it is about, and holds a mark. */
type Shape = (id: string | number, fields: Readonly<Record<string, unknown>>) => unknown;

/**
 * Tries to change things of others by requests whose body says which (`PATCH /reviews { id, message }`, several at once by `{ keys, data }`): the owner
 * first, on another thing of his, so that what is sent is known to work. Only what we made is named (OWASP API1:2023, ids in the body).
 */
export async function bodyIdProbes(writing: Writing, made: readonly Made[]): Promise<LiveCell[]> {
  const cells: LiveCell[] = [];
  const kinds = new Map<string, Made>();
  for (const one of made) kinds.set(`${one.operation.id} ${one.owner.tenant}`, kinds.get(`${one.operation.id} ${one.owner.tenant}`) ?? one);
  // What makes a thing and names another in it (`POST /reviews { listing_id }`) changes none.
  const making = new Set(makers(writing.operations).map(({ id }) => id));
  for (const kind of kinds.values())
    for (const operation of writing.operations.filter(({ id }) => !making.has(id))) {
      const shapes = kind.id === undefined ? [] : shapesFor(operation, kind);
      const works = await firstThatWorks(writing, kind, operation, shapes);
      for (const who of works ? attackersOf(kind.owner, writing.people) : []) {
        const came = works && (await sent(writing, kind, operation, works, who));
        if (came) cells.push(cellOf(kind, operation, who, came));
      }
    }
  return cells;
}

async function firstThatWorks(writing: Writing, kind: Made, operation: Operation, shapes: readonly Shape[]): Promise<Shape | undefined> {
  for (const shape of shapes) if ((await sent(writing, kind, operation, shape, kind.owner))?.effect !== undefined) return shape;
  return undefined;
}

interface Came extends Pick<Watched, 'status' | 'looked' | 'answer'> {
  readonly path: string;
  readonly id: string;
  /** What its owner found; absent where nothing came of it. */
  readonly effect?: string;
}

/** Sends a body about a fresh thing of the kind, and lets its owner look. */
async function sent(writing: Writing, kind: Made, operation: Operation, shape: Shape, who: Person): Promise<Came | undefined> {
  const made = await create(writing, kind.owner, kind.operation);
  if (made?.id === undefined) return undefined;
  const mark = newCanary();
  const body: Body = { type: 'json', value: shape(asSent(made), fieldsOf(made, mark)) };
  const { method, path } = operation;
  const came = await watched(writing, () => find(writing.sender, made, writing.operations), who, {
    method,
    path,
    body,
  });
  const effect = await effectOn(writing, made, came, { verb: 'update', mark });
  return { path, id: made.id, status: came.status, answer: came.answer, ...(effect !== undefined && { effect }), looked: came.looked };
}

function cellOf({ owner }: Made, { id: route, method }: Operation, who: Person, came: Came): LiveCell {
  const { path, id, status, effect } = came;
  const cell = {
    route,
    verb: 'update',
    who: who.name,
    relation: relationOf(who, owner),
    whose: owner.name,
    request: `${method} ${path} about ${id}`,
    inBody: true,
    status,
  } as const;
  return { ...cell, ...outcomeOf(effect, came) };
}

/** As the app writes ids of its kind. */
const asSent = ({ id = '', row }: Made): string | number => (Object.values(record(row)).includes(Number(id)) ? Number(id) : id);

/** Texts of a thing with the mark in place of what is there: by what it was made with, and by what its row shows. */
function fieldsOf({ body, canary, row }: Made, mark: string): Record<string, unknown> {
  const made = body.type === 'json' ? record(body.value) : Object.fromEntries(body.fields);
  const all = { ...record(row), ...made };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      typeof value === 'string' && value.includes(canary) ? [[name, value.replaceAll(canary, mark)] as const] : [],
    ),
  );
}

/**
 * How a body may name the thing; none where the operation is about something else. What an app does with a body it does not understand nobody knows:
 * without a description only a PATCH to where such things are listed is tried, with every name that an id of its kind goes by.
 */
function shapesFor(operation: Operation, kind: Made): Shape[] {
  const { method, path, body, id } = operation;
  if (!/^(?:POST|PUT|PATCH)$/.test(method) || path.includes('{') || id === kind.operation.id || whyHeld(operation) !== undefined) return [];
  const collection = kind.path.split('/').at(-1)?.toLowerCase() ?? '';
  const thing = singular(keyName(collection));
  const isIts = path.split('/').at(-1)?.toLowerCase() === collection;
  const names = Object.keys(body?.schema.properties ?? {});
  const own = names.filter((name) => new RegExp(`^_?id$|^${thing}_?(?:id|uuid)$`).test(keyName(name)) && (isIts || keyName(name) !== 'id'));
  const shapes: Shape[] = [];
  if (own.length > 0) shapes.push((value, fields) => ({ ...fields, ...Object.fromEntries(own.map((name) => [name, value])) }));
  // `/products/reviews` for what is made at `/products/{id}/reviews`; `/settings/reviews` may be anything.
  const isThere = path === kind.path || path === kind.operation.path.replace(/\/\{[^}]+\}/g, '');
  if (method !== 'PATCH' || !isThere) return shapes;
  const usual = ['id', '_id', `${thing}_id`, `${thing.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`];
  if (own.length === 0) shapes.push((value, fields) => ({ ...fields, ...Object.fromEntries(usual.map((name) => [name, value])) }));
  if (path === kind.path)
    shapes.push(
      (value, fields) => [{ id: value, ...fields }],
      (value, fields) => ({ keys: [value], data: fields }),
    );
  return shapes;
}
