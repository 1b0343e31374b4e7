import { keyName } from '../objects/seen.ts';
import { isId } from '../surface/template.ts';

/** What goes into a body that is sent again. */
export interface Refill {
  readonly canary: string;
  /** Ids of things that whoever sends it knows, by the name of the field; the likeliest first. */
  readonly known: (name: string) => readonly string[];
  /** How many were sent before: the next one refers to other things, where one of each is all the app takes. */
  readonly nth: number;
}

/** Bodies to try for one reference: a thing may be sold out, or there already. */
const most = 20;

/** The fields of a body. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Bodies like one that the app's own pages sent: free text with our mark, everything else as it was. First with the ids that were sent, then with one
 * of them after the other changed to what else the person knows.
 */
export function bodiesLike(sample: Row, own: Row | undefined, { canary, known, nth }: Refill): Row[] {
  const base = own ?? sample;
  const marked = refilled(base, canary);
  const references = Object.keys(base).filter((name) => isReference(name));
  // Whoever did not send it himself refers to what is his, not to what another's pages sent.
  const mine =
    own ??
    Object.fromEntries(
      references.flatMap((name) =>
        known(name)
          .slice(0, 1)
          .map((id) => [name, like(base[name], id)]),
      ),
    );
  const first = { ...marked, ...Object.fromEntries(references.flatMap((name) => (name in mine ? [[name, mine[name]]] : []))) };
  const varied = references.flatMap((name) => {
    const others = known(name).filter((id) => id !== String(first[name]));
    return [...new Set([...others.slice(nth % Math.max(others.length, 1)), ...others])]
      .slice(0, most)
      .map((id) => ({ ...first, [name]: like(base[name], id) }));
  });
  return [first, ...varied];
}

/** What a body that holds no text, and so no mark, is changed to: every whole number one more, without the ids of other things. */
export const countedUp = (body: Row): Row =>
  Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) =>
      isReference(name) ? [] : [[name, typeof value === 'number' && Number.isInteger(value) ? value + 1 : value]],
    ),
  );

const isReference = (name: string): boolean => /(?:^|_)(?:id|uuid|guid)$/.test(keyName(name));

/** Ids keep the type they were sent as: `"6"` is not `6` to every app. */
const like = (before: unknown, id: string): unknown => (typeof before === 'number' && Number.isFinite(Number(id)) ? Number(id) : id);

const isFree = /name|title|text|comment|description|message|subject|note|content|body|label|summary|caption|reason|street|address$|city/i;

function refilled(value: Row, canary: string, depth = 0): Row {
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, again(name, one, canary, depth)]));
}

function again(name: string, value: unknown, canary: string, depth: number): unknown {
  if (depth > 6) return value;
  if (Array.isArray(value)) return value.map((one) => again(name, one, canary, depth + 1));
  if (value !== null && typeof value === 'object') return refilled(value as Row, canary, depth + 1);
  if (typeof value !== 'string' || isReference(name) || isId(value)) return value;
  // What our own walk filled in, wherever it stands.
  if (/lr[0-9a-f]{10}/.test(value)) return value.replace(/lr[0-9a-f]{10}/g, canary);
  if (/^[^\s@]+@[^\s@]+$/.test(value)) return `${canary}@example.com`;
  if (/^\d{4}-\d\d-\d\d|^https?:|^[\d.,:+/-]+$/.test(value)) return value;
  // One lower-case word, or all capitals, is a choice: `open`, `EUR`.
  const isChoice = /^[a-z_-]{1,20}$|^[A-Z_-]{1,20}$/.test(value) && !isFree.test(name);
  const field = name
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '')
    .slice(0, 14);
  return isChoice ? value : `Launch Ready ${canary}-${field}`;
}
