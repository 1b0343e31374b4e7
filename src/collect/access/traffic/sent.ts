import { keyName } from '../objects/seen.ts';
import { record, type Schema } from '../surface/schema.ts';
import { isId } from '../surface/template.ts';
import type { Exchange } from './exchange.ts';

/** A body as it was sent: JSON, or fields of a form by their names. */
export interface SentBody {
  readonly type: 'json' | 'form';
  readonly value: Readonly<Record<string, unknown>>;
}

/** Reads what was sent with a request; `undefined` where it is no record (files, GraphQL lists, binary). */
export function sentBody({ sent }: Pick<Exchange, 'sent'>): SentBody | undefined {
  if (!sent) return undefined;
  if (/^application\/x-www-form-urlencoded/i.test(sent.contentType))
    return { type: 'form', value: Object.fromEntries(new URLSearchParams(sent.text)) };
  if (!/json/i.test(sent.contentType) && !/^\s*\{/.test(sent.text)) return undefined;
  try {
    const value: unknown = JSON.parse(sent.text);
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? { type: 'json', value: record(value) } : undefined;
  } catch {
    return undefined;
  }
}

/** What values were sent, as a schema: the fields that were in all of them are required. */
export function schemaOfSent(values: readonly unknown[], depth = 0): Schema {
  const told = values.filter((one) => one !== null && one !== undefined);
  const [first] = told;
  if (first === undefined || depth > 8) return {};
  if (Array.isArray(first)) {
    const items = told.flatMap((one): readonly unknown[] => (Array.isArray(one) ? one : []));
    return { type: 'array', ...(items.length > 0 && { items: schemaOfSent(items.slice(0, 20), depth + 1) }) };
  }
  if (typeof first === 'object') {
    const all = told.map(record);
    const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
    const properties = names.map(
      (name) =>
        [
          name,
          schemaOfSent(
            all.map((one) => one[name]),
            depth + 1,
          ),
        ] as const,
    );
    return {
      type: 'object',
      properties: Object.fromEntries(properties),
      required: names.filter((name) => all.every((one) => name in one)),
    };
  }
  if (typeof first === 'number') return { type: told.every((one) => Number.isInteger(one)) ? 'integer' : 'number' };
  if (typeof first === 'boolean') return { type: 'boolean' };
  return { type: 'string' };
}

const isPaging = /page|limit|offset|size|count|cursor|version|build|timestamp/i;

/** Values that name one thing of many, at any depth: by the name of the field, else because they can be nothing else. */
export function idsIn(value: unknown, name = '', depth = 0): string[] {
  if (depth > 6) return [];
  if (Array.isArray(value)) return value.slice(0, 10).flatMap((one) => idsIn(one, name, depth + 1));
  if (value !== null && typeof value === 'object') return Object.entries(value).flatMap(([key, one]) => idsIn(one, key, depth + 1));
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '' || isPaging.test(name)) return [];
  const text = String(value);
  const named = /(?:^|_)(?:id|uuid|guid|ref|nr|number)s?$/.test(keyName(name)) && text.length <= 64;
  return named || (text.length >= 16 && isId(text)) ? [text] : [];
}
