/**
 * Text of others as source code. Routes, fields and names come from the app that was tried: whatever stands in them must stay text where it is written
 * into a file.
 */

/**
 * Line ends of JavaScript, characters that editors and terminals act on (direction marks can make code read as what it is not), and halves of
 * characters, which no file can hold.
 */
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escape = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const usual: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const visible = (text: string): string => text.replace(unseen, (one) => usual[one] ?? escape(one));

/** A string literal in single quotes. */
export const quoted = (text: string): string => `'${visible(text.replace(/[\\']/g, (one) => `\\${one}`))}'`;

/** What stands between the expressions of a template literal. */
const raw = (text: string): string => visible(text.replace(/[\\`$]/g, (one) => `\\${one}`));

/** A template literal of text and expressions; a plain string where there is no expression. */
export function template(parts: readonly (string | { readonly code: string })[]): string {
  if (parts.every((part) => typeof part === 'string')) return quoted(parts.join(''));
  return `\`${parts.map((part) => (typeof part === 'string' ? raw(part) : `\${${part.code}}`)).join('')}\``;
}

/** A key of an object literal. `__proto__: x` would set the prototype instead. */
export const key = (name: string): string =>
  name === '__proto__' ? `['__proto__']` : /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name);

/** A value of JSON as an expression. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'undefined';
  const fields = Object.entries(value).map(([name, one]) => `${key(name)}: ${literal(one)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** One line of a comment behind two slashes. */
export const comment = (text: string): string => `// ${text.replace(unseen, ' ').trim()}`;

/** `makeApiInvoices` of `make` and `/api/invoices`; `taken` keeps names apart and gets the new one. */
export function identifier(verb: string, text: string, taken: Set<string>): string {
  const words = text.match(/[A-Za-z0-9]+/g) ?? [];
  const name = `${verb}${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`.slice(0, 60);
  let free = name;
  for (let nth = 2; taken.has(free) || free === verb; nth += 1) free = `${name}${nth}`;
  taken.add(free);
  return free;
}
