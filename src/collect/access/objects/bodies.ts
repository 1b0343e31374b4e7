import { ownIdOf } from '../people/own-id.ts';
import type { Person } from '../people/person.ts';
import { operationId, operationKey, type Operation } from '../surface/operation.ts';
import { isFilledIn, record, type Schema, schemaOfRows } from '../surface/schema.ts';
import { bodiesLike, type Row } from '../traffic/sample-body.ts';
import type { Body } from '../wire/body.ts';
import type { Made } from './create.ts';
import { keyName, knownAs, singular, toldAtTheDoor } from './seen.ts';
import { rowsOf } from './things.ts';
import { valueFor } from './values.ts';

const isOwner = /^(?:user|owner|author|created_by)(?:_(?:id|uuid))?$/;

/**
 * Bodies to try: all that is described, then only what is required, what the app does not fill in itself, and with other ids of what it refers to. `made`:
 * his own things, which are referred to first.
 */
export function bodiesOf({ body, path, method }: Operation, owner: Person, canary: string, made: readonly Made[] = []): Body[] {
  const himself = owner.account && ownIdOf(owner.seen, owner.witness.path, owner.account);
  // Whose it is goes along where it is known: left out, some apps make a thing of nobody.
  const rows = rowsLike(owner.seen, path.replace(/\/\{[^}/]+\}$/, ''));
  const schema = body?.schema ?? schemaOfRows(rows, himself === undefined ? undefined : isOwner) ?? {};
  const all = Object.entries(schema.properties ?? {}).filter(([, one]) => !one.readOnly);
  const usual: Body = { type: 'json', value: { name: `Launch Ready ${canary}`, title: `Launch Ready ${canary}` } };
  const sent = owner.seen.sent.get(operationKey({ method, path }));
  const sample = sent ?? body?.sample;
  if (all.length === 0 && !sample) return [usual];
  const own = (name: string): string[] =>
    himself !== undefined && isOwner.test(keyName(name))
      ? [himself]
      : made
          .filter((one) => one.owner.name === owner.name && keyName(name) === `${singular(keyName(one.path.split('/').at(-1) ?? ''))}_id`)
          .flatMap(({ id }) => id ?? []);
  const nth =
    (at: number) =>
    (name: string): unknown => {
      const told = toldAtTheDoor(owner.seen, name);
      if (told.length > 0) return told.at(-1);
      const known = [...own(name).toReversed(), ...knownAs(owner.seen, name).toReversed()];
      return at < 0 ? known.at(Math.max(at, -known.length)) : (known[at] ?? known.at(-1));
    };
  const before = made.filter((one) => one.owner.name === owner.name && one.operation.id === operationId(method, path)).length;
  // The first of his ids are those he met before he was shown others'.
  const likeSent = (one: Row): Body[] =>
    bodiesLike(one, sent, {
      canary,
      known: (name) => [...own(name).toReversed(), ...knownAs(owner.seen, name)],
      nth: before,
    }).map((value) => asBody(body?.type === 'form' ? 'form' : 'json', value));
  const needed = new Set(schema.required ?? []);
  const least = all.filter(([name]) => needed.has(name));
  const type = body?.type ?? 'json';
  const bodies: Body[] = sample ? likeSent(sample) : [];
  if (all.length > 0) bodies.push(filled(type, all, { canary, known: nth(0) }));
  if (least.length > 0 && least.length < all.length) bodies.push(filled(type, least, { canary, known: nth(0) }));
  const typed = all.filter(([name]) => !isFilledIn(name));
  if (typed.length > 0 && typed.length < all.length) bodies.push(filled(type, typed, { canary, known: nth(0) }));
  // The oldest are what the app came with; of those one for each that he made: some may be referred to once only.
  const old = [-1, -2, -3, -4].map((at) => filled(type, all, { canary, known: nth(at - before) }));
  if (!sample && hangsOnOld(operationId(method, path), made)) bodies.unshift(...old);
  else bodies.push(filled(type, all, { canary, known: nth(1) }), ...old.slice(0, 3));
  if (!body) bodies.push(usual);
  return [...new Map(bodies.map((one) => [JSON.stringify(one), one])).values()];
}

/** Whether such a thing was made before, and by what the app came with: it takes no things of ours. */
function hangsOnOld(operation: string, made: readonly Made[]): boolean {
  const same = made.filter((one) => one.operation.id === operation && one.body.type === 'json');
  const references = same.flatMap(({ body }) =>
    Object.entries(body.type === 'json' ? record(body.value) : {}).flatMap(([name, value]) =>
      /(?:_id|Id)$/.test(name) ? [String(value)] : [],
    ),
  );
  return references.length > 0 && !made.some(({ id }) => id !== undefined && references.includes(id));
}

/** Rows that somebody was shown of a list; of lists of the same kind below other things where it is below one. */
export function rowsLike({ sights }: Person['seen'], path: string): Row[] {
  if (!path.includes('{')) return rowsOf(sights.get(path)?.content.json);
  const kind = new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replace(/\{[^}]+\}/g, '[^/?#]+')}$`);
  return [...sights.values()].flatMap(({ path: at, status, content }) => (status < 300 && kind.test(at) ? rowsOf(content.json) : []));
}

const asBody = (type: 'json' | 'form', value: Row): Body =>
  type === 'json' ? { type, value } : { type, fields: Object.entries(value).map(([name, one]) => [name, String(one)] as const) };

function filled(type: Body['type'], fields: readonly (readonly [string, Schema])[], source: Parameters<typeof valueFor>[2]): Body {
  if (type === 'json') return { type, value: Object.fromEntries(fields.map(([name, one]) => [name, valueFor(name, one, source)])) };
  const texts = fields
    .filter(([, { format }]) => format !== 'binary')
    .map(([name, one]): readonly [string, string] => [name, String(valueFor(name, one, source))]);
  if (type === 'form') return { type, fields: texts };
  const files = fields
    .filter(([, { format }]) => format === 'binary')
    .map(([field]) => ({ field, name: `${source.canary}.txt`, contentType: 'text/plain', text: `Launch Ready ${source.canary}\n` }));
  return { type, fields: texts, files };
}

/** The same with fields beside or instead. */
export const withFields = (body: Body, extra: Readonly<Record<string, unknown>>): Body =>
  body.type === 'json'
    ? { ...body, value: { ...record(body.value), ...extra } }
    : {
        ...body,
        fields: [
          ...body.fields.filter(([name]) => !(name in extra)),
          ...Object.entries(extra).map(([name, value]) => [name, String(value)] as const),
        ],
      };
