import type { Removal } from '../pages/thing.ts';
import type { Person } from '../people/person.ts';
import { whyHeld } from '../surface/allowed.ts';
import { readPage, schemaOfField } from '../surface/crawl.ts';
import { isGuess, type Operation, pathParameters } from '../surface/operation.ts';
import { dangerOf } from '../surface/safety.ts';
import { templateOf } from '../surface/template.ts';
import type { Body } from '../wire/body.ts';
import { contentOf, refuses } from '../wire/content.ts';
import type { Sender } from '../wire/sender.ts';
import { look } from './browse.ts';
import type { Journal } from '../journal/journal.ts';
import { bodiesOf, rowsLike, withFields } from './bodies.ts';
import { captchaFields } from './captcha.ts';
import { repaired } from './repair.ts';
import { keyName, knownAs, note } from './seen.ts';
import { fillings, idOf, rowsOf, type Thing } from './things.ts';
import { newCanary } from './values.ts';

/** Something we made as somebody, with our mark in it. */
export interface Made {
  readonly operation: Operation;
  readonly owner: Person;
  readonly canary: string;
  readonly body: Body;
  readonly path: string;
  /** Absent where the answer and the list say none. */
  readonly id?: string;
  /** What removes it, below the app's address; absent where the app has no way. */
  readonly address?: string;
  /** As the app shows it: what was answered, or its row in the list. */
  readonly row?: Readonly<Record<string, unknown>>;
  /** Made by a form: the pages that show it to its owner, and what removes it there. */
  readonly onPages?: { readonly shown: readonly string[]; readonly removal?: Removal };
}

/**
 * Operations that add a thing to a list: the list can be read, or one of its things by itself. Anything else that is posted to (a profile, a decision,
 * a settings page) would change what was there before.
 */
export function makers(operations: readonly Operation[]): Operation[] {
  const readsOf = (all: readonly Operation[]): string[] => all.filter(({ method }) => method === 'GET').map(({ path }) => anyId(path));
  const all = readsOf(operations);
  const named = readsOf(operations.filter((one) => !isGuess(one)));
  const items = new Set(operations.flatMap((one) => (isGuess(one) ? [] : anyId(one.path))));
  const references = ({ body }: Operation): number =>
    Object.keys(body?.schema.properties ?? {}).filter((name) => /(?:_id|Id)$/.test(name)).length;
  return operations
    .filter((operation) => {
      const { method, path } = operation;
      const here = anyId(path);
      // A PUT may replace all that is there: below a thing of ours it may, elsewhere it must be described as taking one.
      const adds = method === 'POST' || (method === 'PUT' && (path.includes('{') || (items.has(`${here}/{}`) && describesOne(operation))));
      if (!adds || path.endsWith('}') || whyHeld(operation) !== undefined) return false;
      // What is dangerous by its address may well be a deed, beside which lists were only guessed.
      const reads = operation.allowed ? named : all;
      return (
        reads.includes(`${here}/{}`) ||
        (reads.includes(here) && !/settings|profile|account|preferences|password|log-?in|sign-?(?:in|up)|register|auth/i.test(here))
      );
    })
    .toSorted((a, b) => references(a) + a.path.split('{').length - (references(b) + b.path.split('{').length));
}

/** A PUT to a list that is described as taking one thing adds it; any other would replace what is in the list. */
const describesOne = ({ body, sources }: Operation): boolean =>
  sources.includes('openapi') &&
  Object.keys(body?.schema.properties ?? {}).length > 1 &&
  !Object.entries(body?.schema.properties ?? {}).some(
    ([name, { type }]) => type === 'array' || /^(?:keys?|ids?|data|query|items)$/i.test(name),
  );

const anyId = (path: string): string => path.replace(/\{[^}]+\}/g, '{}').replace(/(.)\/$/, '$1');

/** Where a thing is added: below things of ours only, where it goes below one. */
function placeFor(operation: Operation, owner: Person, made: readonly Made[]): string | undefined {
  let path = operation.path;
  for (const name of pathParameters(operation.path)) {
    const above = path.slice(0, path.indexOf(`{${name}}`)).replace(/\/$/, '');
    const parent = made.find(
      (one) => one.owner.name === owner.name && one.id !== undefined && lastOf(one.path).toLowerCase() === lastOf(above).toLowerCase(),
    );
    if (parent?.id === undefined) return undefined;
    path = path.replace(`{${name}}`, encodeURIComponent(parent.id));
  }
  return path;
}

const lastOf = (path: string): string => path.split('/').at(-1) ?? '';

/** Times that a body is mended by what the app says is wrong with it. */
const mostRepairs = 3;

/** What things are made with: operations tell how they are removed again. */
export interface Making {
  readonly sender: Sender;
  readonly journal: Journal;
  readonly operations: readonly Operation[];
  /** Hears whom the app does not let make a thing, by what it answers. */
  readonly denied?: (owner: Person, operation: Operation) => unknown;
}

/** Makes one thing by an operation that makes things; `undefined` where the app takes nothing of what we can think of. `extra`: fields beside or instead. */
export async function create(
  { sender, journal, operations, denied }: Making,
  owner: Person,
  operation: Operation,
  extra: Readonly<Record<string, unknown>> = {},
): Promise<Made | undefined> {
  const at = placeFor(operation, owner, journal.all);
  if (at === undefined) return undefined;
  const canary = newCanary();
  const removal = operations.find((one) => one.method === 'DELETE' && !isGuess(one) && isAbout(at, one));
  if (!operation.body && operation.path.includes('{')) await lookBeside(sender, owner, operation);
  const bodies = bodiesOf(operation, owner, canary, journal.all).map((one) => withFields(one, extra));
  let repairs = mostRepairs;
  let isRefused = true;
  for (const body of bodies) {
    const before = await idsAt(sender, owner, at);
    const { method } = operation;
    journal.about({ who: owner.name, method, path: at, mark: canary, ...(removal && { removal: removal.path }) });
    const answer = await sender.send({ method, path: at, body }, owner.session);
    if (!answer.ok) return undefined;
    const { value } = answer;
    isRefused &&= refuses(value.status);
    if (value.status >= 400) {
      if (value.status === 401 || value.status === 403) denied?.(owner, operation);
      const better = repairs > 0 ? repaired(body, value, { canary, known: (name) => knownAs(owner.seen, name).at(-1) }) : undefined;
      if (better) bodies.push(withFields(better, extra));
      const sum = repairs > 0 && /captcha/i.test(value.text) ? captchaFields(owner.seen) : {};
      if (Object.keys(sum).length > 0) bodies.push(withFields(body, { ...sum, ...extra }));
      repairs -= 1;
      continue;
    }
    note(owner.seen, `${at}#${canary}`, value);
    const { json } = contentOf(value.text);
    const collection = at.split('/').at(-1) ?? '';
    const own =
      json === undefined
        ? undefined
        : (idOf(recordOf(json), 'id', collection) ?? rowsOf(json).map((row) => idOf(row, 'id', collection))[0]);
    const located = value.location === undefined ? undefined : templateOf(value.location).ids.at(-1);
    const id = own ?? located ?? (await idsAt(sender, owner, at)).find((one) => !before.includes(one));
    const listed = id === undefined ? await listedAs(sender, owner, at, canary) : undefined;
    if (id === undefined && !listed) {
      if (value.status === 201) journal.unfound({ who: owner.name, method, path: at, mark: canary });
      continue;
    }
    const row = listed ?? recordOf(json);
    const shown = { path: at, row, ...(id !== undefined && { id }) };
    const address = removal && addressOf(shown, removal);
    const made: Made = { operation, owner, canary, body, ...shown, ...(address !== undefined && { address }) };
    journal.made(made);
    return made;
  }
  if (isRefused) journal.refused(canary);
  return undefined;
}

const recordOf = (json: unknown): Readonly<Record<string, unknown>> =>
  json !== null && typeof json === 'object' && !Array.isArray(json) ? (json as Record<string, unknown>) : {};

/** Its row in the list; an empty one where a page shows it. */
async function listedAs(sender: Sender, owner: Person, path: string, canary: string): Promise<Made['row']> {
  const text = await look(sender, owner, path);
  if (text === undefined || !text.includes(canary)) return undefined;
  return rowsOf(contentOf(text).json).find((row) => JSON.stringify(row).includes(canary)) ?? {};
}

/** The address of what was made, by an operation on one thing of its kind; `undefined` where it is on another kind or the id is not known. */
export function addressOf(
  { path, id, row = {} }: Pick<Made, 'path' | 'id' | 'row'>,
  operation: Pick<Operation, 'path'>,
): string | undefined {
  if (!isAbout(path, operation)) return undefined;
  const name = operation.path.slice(operation.path.lastIndexOf('/') + 2, -1);
  const found = (/^_?id$/i.test(name) ? undefined : idOf(row, keyName(name), lastOf(path))) ?? id ?? idOf(row, 'id', lastOf(path));
  // Some lists are asked for with a slash at their end.
  return found === undefined ? undefined : `${path.replace(/\/$/, '')}/${encodeURIComponent(found)}`;
}

/** Whether an operation is on one thing of those that are added at `path`. */
const isAbout = (path: string, operation: Pick<Operation, 'path'>): boolean =>
  operation.path.endsWith('}') && anyId(operation.path.slice(0, operation.path.lastIndexOf('/'))) === anyId(templateOf(path).template);

/** What such things look like: where one of ours has none yet, others that he may read show it. */
async function lookBeside(sender: Sender, owner: Person, operation: Operation): Promise<void> {
  if (rowsLike(owner.seen, operation.path).length > 0) return;
  for (const { path } of fillings(owner, operation).slice(0, 3))
    if (rowsOf(contentOf((await look(sender, owner, path)) ?? '').json).length > 0) return;
}

async function idsAt(sender: Sender, owner: Person, path: string): Promise<string[]> {
  await look(sender, owner, path);
  const sight = owner.seen.sights.get(path);
  const collection = path.split('/').at(-1) ?? '';
  return sight && sight.status < 300 ? rowsOf(sight.content.json).flatMap((row) => idOf(row, 'id', collection) ?? []) : [];
}

/** The things of what was made, by the routes that read one of its kind. */
export function thingsMade(made: readonly Made[], operations: readonly Operation[]): Thing[] {
  return made.flatMap((one) =>
    operations.flatMap((operation): Thing[] => {
      const path = operation.method === 'GET' && dangerOf(operation) === undefined ? addressOf(one, operation) : undefined;
      if (path === undefined) return [];
      return [
        { route: operation.id, path, ids: [decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))], owner: one.owner, made: true },
      ];
    }),
  );
}

/** Operations that the forms of pages stand for. */
export function formOperations(page: string, at: string, origin: string): Operation[] {
  return readPage(page, at, origin).forms.flatMap((form): Operation[] => {
    if (form.method !== 'POST' || form.fields.some(({ type }) => type === 'password')) return [];
    const { template } = templateOf(form.action);
    const properties = Object.fromEntries(
      form.fields.filter(({ type }) => type !== 'hidden').map((field) => [field.name, schemaOfField(field)]),
    );
    return [
      {
        id: `POST ${template}`,
        method: 'POST',
        path: template,
        parameters: [],
        body: { type: form.multipart ? 'multipart' : 'form', schema: { type: 'object', properties, required: Object.keys(properties) } },
        sources: ['crawl'],
      },
    ];
  });
}
