import type { RecipeBody, RecipePath, RecipeValue } from '../../../evidence/live-recipes.ts';
import { keyName, singular } from '../objects/seen.ts';
import { rowsOf } from '../objects/things.ts';
import type { Person } from '../people/person.ts';
import { templateOf } from '../surface/template.ts';
import type { Body } from '../wire/body.ts';

/** What the values of a request are explained by. */
export interface Source {
  readonly owner: Person;
  /** Mark that was in it. */
  readonly mark: string;
  /** Number of the making by which the owner got the thing with this id; `undefined` where none did. */
  readonly makingOf: (id: string) => number | undefined;
}

/** The body of a request that worked, with what has to be found anew told apart from what stays. */
export function recipeBody(body: Body, source: Source): RecipeBody {
  if (body.type === 'json') return { type: 'json', value: recipeValue(body.value, '', source) };
  const fields = body.fields.map(([name, value]) => [name, recipeValue(value, name, source)] as const);
  if (body.type === 'form') return { type: 'form', fields };
  return {
    type: 'multipart',
    fields,
    files: body.files.map(({ field, name, contentType, text }) => ({
      field,
      name: recipeValue(name, '', source),
      contentType,
      text: recipeValue(text, '', source),
    })),
  };
}

/** The address of a request that worked; `id`: the thing it is about. */
export function recipePath(path: string, source: Source, id?: string): RecipePath {
  const parts: (RecipePath[number] | undefined)[] = path.split('/').flatMap((part, nth) => {
    const text = decoded(part);
    const making = source.makingOf(text);
    const told = id !== undefined && text === id ? { is: 'id' as const } : making === undefined ? part : { is: 'made' as const, making };
    return nth === 0 ? [told] : ['/', told];
  });
  const path_: RecipePath[number][] = [];
  for (const part of parts) {
    const last = path_.at(-1);
    if (typeof part === 'string' && typeof last === 'string') path_[path_.length - 1] = last + part;
    else if (part !== undefined) path_.push(part);
  }
  return path_;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const isReference = (name: string): boolean => /(?:^|_)(?:id|uuid|key|slug)$|^(?:user|owner|author)$/.test(keyName(name));

function recipeValue(value: unknown, name: string, source: Source): RecipeValue {
  if (Array.isArray(value)) return { is: 'list', items: value.map((one) => recipeValue(one, name.replace(/s$/, ''), source)) };
  if (value !== null && typeof value === 'object')
    return { is: 'record', fields: Object.entries(value).map(([key, one]) => [key, recipeValue(one, key, source)] as const) };
  if (typeof value === 'string') {
    if (value.includes(source.mark)) return { is: 'marked', parts: value.split(source.mark) };
    if (/^\d{4}-\d\d-\d\d(?:T|$)/.test(value) && daysAhead(value) === valuesAhead)
      return { is: value.length > 10 ? 'moment' : 'day', ahead: valuesAhead };
  }
  if (typeof value === 'string' || (typeof value === 'number' && isReference(name))) {
    const making = source.makingOf(String(value));
    if (making !== undefined && isReference(name)) return { is: 'made', making, ...(typeof value === 'number' && { number: true }) };
    const listed = isReference(name) ? listedAt(source.owner, name, String(value)) : undefined;
    if (listed) return { is: 'listed', ...listed };
    if (uuid.test(String(value)) && !source.owner.seen.values.has(String(value))) return { is: 'uuid' };
  }
  return { is: 'plain', value: typeof value === 'number' || typeof value === 'boolean' || value === null ? value : String(value) };
}

/** Days that a day we put into a request lies ahead (`objects/values.ts`). */
const valuesAhead = 30;

const daysAhead = (text: string): number =>
  Math.round((Date.parse(text.slice(0, 10)) - Date.parse(new Date().toISOString().slice(0, 10))) / 86_400_000);

/** The list in which its owner is shown an id: under the same name, else as the id of a row of that kind. */
function listedAt({ seen }: Person, name: string, id: string): { readonly path: string; readonly field: string } | undefined {
  let own: { readonly path: string; readonly field: string } | undefined;
  for (const { path, status, content } of seen.sights.values()) {
    if (status >= 300 || path.includes('#') || templateOf(path).ids.length > 0) continue;
    const collection = singular(keyName(path.split('?')[0]?.split('/').at(-1) ?? ''));
    for (const row of rowsOf(content.json))
      for (const [key, value] of Object.entries(row)) {
        if (String(value) !== id) continue;
        if (keyName(key) === keyName(name)) return { path, field: key };
        if (/^_?id$/i.test(key) && `${collection}_id` === keyName(name)) own ??= { path, field: key };
      }
  }
  return own;
}
