import { readHtml } from '../../http/html.ts';

/** What a body says: parsed JSON, or the texts of a page. */
export interface Content {
  readonly json?: unknown;
  /** Every scalar of the JSON, every text and attribute value of the page, trimmed. */
  readonly values: readonly string[];
}

const maxValues = 20_000;

/** Reads a body as what it is, whatever the header says. */
export function contentOf(text: string): Content {
  const json = parsed(text);
  if (json !== undefined) return { json, values: [...scalars(json)].slice(0, maxValues) };
  if (isPage(text)) return { values: textsOf(text) };
  return {
    values: text
      .split(/[\r\n,;\t"]+/)
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .slice(0, maxValues),
  };
}

/** Whether a body is a page or another document of markup, whatever the header says. */
export const isPage = (text: string): boolean => /^\s*</.test(text);

function parsed(text: string): unknown {
  if (!/^\s*[[{"]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The scalars of a JSON value, depth first. */
export function* scalars(value: unknown, depth = 0): Generator<string> {
  if (depth > 12) return;
  if (typeof value === 'string' || typeof value === 'number') yield String(value);
  else if (Array.isArray(value)) for (const one of value) yield* scalars(one, depth + 1);
  else if (value !== null && typeof value === 'object') for (const one of Object.values(value)) yield* scalars(one, depth + 1);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };
const plain = (text: string): string => text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole).trim();

function textsOf(page: string): string[] {
  // A script that is commented out is not closed: without its comment it would end with the next one, and all between them be lost.
  const visible = page.replace(/<!--[\s\S]*?-->/g, ' ').replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ');
  const texts = visible.split(/<[^>]*>/).map(plain);
  const filled = readHtml(page).tags.flatMap(({ name, attributes }) =>
    name === 'input' && attributes.get('type') !== 'hidden' ? [attributes.get('value') ?? ''] : [],
  );
  return [...texts, ...filled].filter((text) => text !== '').slice(0, maxValues);
}

/** Answers that say nothing of a thing: too many requests, and servers that are not there. */
export const saysNothing = (status: number): boolean => status === 429 || status === 408 || (status >= 502 && status <= 504);

/** Answers by which an app says that it did nothing: not those of a server that broke off midway. */
export const refuses = (status: number): boolean => status >= 400 && status < 500 && status !== 408;
