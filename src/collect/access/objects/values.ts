import { randomBytes, randomUUID } from 'node:crypto';
import type { Schema } from '../surface/schema.ts';

export interface ValueSource {
  /** Goes into every free text, so that whose it is can be told wherever it turns up. */
  readonly canary: string;
  /** A value the person has seen under this name, for ids of other things. */
  readonly known: (name: string) => unknown;
}

const isReference = /(?:^|_|[a-z])(?:id|Id|ID|uuid|Uuid)$|^(?:user|owner|author)$/;

/** A value for a field: what is known for references, else one that its schema takes, free text with the canary in it. */
export function valueFor(name: string, schema: Schema, source: ValueSource): unknown {
  if (schema.enum && schema.enum.length > 0) return schema.enum.find((one) => one !== null && one !== '') ?? schema.enum[0];
  if (isReference.test(name) || schema.format === 'uuid') {
    const known = source.known(name);
    if (known !== undefined) return schema.type === 'integer' || schema.type === 'number' ? Number(known) : known;
  }
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const low = schema.minimum ?? 1;
      const wanted = numberFor(name, digits(source.canary));
      return Math.min(Math.max(low, wanted), schema.maximum ?? wanted);
    }
    case 'boolean':
      return false;
    case 'array':
      return schema.items ? [valueFor(name.replace(/s$/, ''), schema.items, source)] : [];
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([, one]) => !one.readOnly)
          .map(([key, one]) => [key, valueFor(key, one, source)]),
      );
    default:
      return textFor(name, schema, source);
  }
}

/** A number that stands out, unless what it counts leaves no room for one. */
function numberFor(name: string, chance: number): number {
  if (/year$/i.test(name)) return new Date().getFullYear() + 1 + (chance % 3);
  if (/quantity|qty|amount_of|month|day|hour|rating|stars|score|priority|weight|level|seats|guests|persons$/i.test(name))
    return 1 + (chance % 3);
  return 1000 + (chance % 8000);
}

const digits = (canary: string): number => Number.parseInt(canary.replace(/^lr/, '').slice(0, 6), 16) || 0;

const day = (ahead: number): string => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

function textFor(name: string, { format, maxLength, example }: Schema, { canary }: ValueSource): string {
  if (format === 'uuid') return randomUUID();
  if (format === 'date' || /(?:^|_)(?:date|day)$|_on$|(?:due|start|end)_?date$/i.test(name)) return day(30);
  if (format === 'date-time' || /_at$|At$/.test(name)) return new Date(Date.now() + 30 * 86_400_000).toISOString();
  if (format === 'email' || /e-?mail/i.test(name)) return `${canary}@example.com`;
  if (format === 'uri' || /(?:^|_)(?:url|uri|website|link)$/i.test(name)) return `https://example.com/${canary}`;
  if (/phone|mobile|tel$/i.test(name)) return `+1555${String(digits(canary)).padStart(7, '0').slice(0, 7)}`;
  if (/currency/i.test(name)) return typeof example === 'string' ? example : 'EUR';
  if (/country/i.test(name)) return typeof example === 'string' ? example : 'DE';
  if (/price|amount|quantity|qty|count$/i.test(name)) return '17';
  const field = name
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '')
    .slice(0, 14);
  const long = `Launch Ready ${canary}-${field}`;
  return maxLength === undefined || long.length <= maxLength ? long : canary.slice(0, maxLength);
}

/** Marks in a text, each with the field it was put into: `lr0123456789-title`. What a list shows of a thing is not all there is to it. */
export function marksIn(text: string, canaries: readonly string[]): string[] {
  if (canaries.length === 0) return [];
  return [...new Set(text.match(new RegExp(`(?:${canaries.join('|').replaceAll('.', String.raw`\.`)})(?:-[a-z0-9_]+)?`, 'g')))];
}

/** A mark no other text holds: ten hexadecimal digits. */
export const newCanary = (): string => `lr${randomBytes(5).toString('hex')}`;

/** Whether a text holds a mark of ours, whoever put it there. */
export const holdsCanary = (text: string): boolean => /\blr[0-9a-f]{10}/.test(text);
