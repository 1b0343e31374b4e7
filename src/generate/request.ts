import type { RecipeBody, RecipePath, RecipeValue } from '../evidence/live-recipes.ts';
import { key, quoted, template } from './literal.ts';

/** Names in the code around a request. */
export interface Around {
  /** Whoever sends it. */
  readonly who: string;
  /** The mark. */
  readonly mark: string;
  /** The thing that it is about. */
  readonly thing: string;
  /** Name of the thing of another making, which is made before. */
  readonly made: (making: number) => string;
}

/** The address of a request as an expression. */
export const pathCode = (path: RecipePath, { thing, made }: Pick<Around, 'thing' | 'made'>): string =>
  template(
    path.map((part) =>
      typeof part === 'string' ? part : { code: `encodeURIComponent(${part.is === 'id' ? thing : made(part.making)}.id)` },
    ),
  );

/** The body of a request as an expression; `indent`: of the line in which it begins. */
export function bodyCode(body: RecipeBody, around: Around, indent: string): string {
  if (body.type === 'json') {
    const { value } = body;
    if (value.is !== 'record' || value.fields.length === 0) return `json(${valueCode(value, around)})`;
    return `json(${laidOut(
      '{ ',
      value.fields.map(([name, one]) => `${key(name)}: ${valueCode(one, around)}`),
      ' }',
      indent,
    )})`;
  }
  const pairs = body.fields.map(([name, value]) => `[${quoted(name)}, ${valueCode(value, around)}]`);
  const fields = laidOut('[', pairs, ']', indent);
  if (body.type === 'form') return `form(${fields})`;
  const files = body.files.map(
    ({ field, name, contentType, text }) =>
      `{ field: ${quoted(field)}, name: ${valueCode(name, around)}, type: ${quoted(contentType)}, text: ${valueCode(text, around)} }`,
  );
  return `multipart(${fields}, ${laidOut('[', files, ']', indent)})`;
}

/** On one line where that is short, else one item a line. */
function laidOut(open: string, items: readonly string[], close: string, indent: string): string {
  const line = `${open}${items.join(', ')}${close}`;
  if (items.length === 0 || line.length <= 80) return line;
  return [open.trim(), ...items.map((item) => `${indent}  ${item},`), `${indent}${close.trim()}`].join('\n');
}

function valueCode(value: RecipeValue, around: Around): string {
  switch (value.is) {
    case 'plain':
      return typeof value.value === 'string' ? quoted(value.value) : JSON.stringify(value.value);
    case 'marked':
      return template(value.parts.flatMap((part, nth) => (nth === 0 ? [part] : [{ code: around.mark }, part])));
    case 'day':
      return `daysAhead(${value.ahead})`;
    case 'moment':
      return `daysAhead(${value.ahead}) + 'T12:00:00.000Z'`;
    case 'uuid':
      return 'randomUUID()';
    case 'listed':
      return `await listedFor(${around.who}, ${quoted(value.path)}, ${quoted(value.field)})`;
    case 'made':
      return value.number ? `Number(${around.made(value.making)}.id)` : `${around.made(value.making)}.id`;
    case 'list':
      return `[${value.items.map((one) => valueCode(one, around)).join(', ')}]`;
    case 'record':
      return value.fields.length === 0
        ? '{}'
        : `{ ${value.fields.map(([name, one]) => `${key(name)}: ${valueCode(one, around)}`).join(', ')} }`;
  }
}

/** The makings that a request hangs on. */
export function makingsIn(path: RecipePath, body?: RecipeBody): number[] {
  const found = new Set<number>();
  const walk = (value: RecipeValue): void => {
    if (value.is === 'made') found.add(value.making);
    else if (value.is === 'list') value.items.forEach(walk);
    else if (value.is === 'record') for (const [, one] of value.fields) walk(one);
  };
  for (const part of path) if (typeof part !== 'string' && part.is === 'made') found.add(part.making);
  if (body?.type === 'json') walk(body.value);
  else for (const [, value] of body?.fields ?? []) walk(value);
  return [...found];
}
