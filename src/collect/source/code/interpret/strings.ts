import { fits } from './regexp.ts';
import { nothing } from './state.ts';
import { tally } from './made.ts';
import { type Value, literal, native, oneOf, stringOf, unknown } from './value.ts';

const keeps = new Set([
  'trim',
  'trimStart',
  'trimEnd',
  'toLowerCase',
  'toUpperCase',
  'toString',
  'normalize',
  'slice',
  'substring',
  'substr',
  'replace',
  'replaceAll',
  'split',
  'padStart',
  'padEnd',
  'concat',
  'valueOf',
  'toISOString',
  'getTime',
  'at',
  'charAt',
  'charCodeAt',
  'codePointAt',
  'match',
  'toJSON',
]);

/** String methods: exact on known strings, otherwise the result carries what the value carried. */
export function stringMember(value: Value, name: string): Value | undefined {
  const text = stringOf(value);
  if (text !== undefined || value.parts) {
    const known = knownString(value, text, name);
    if (known) return known;
  }
  if (
    !(
      value.input ||
      value.who ||
      value.env !== undefined ||
      value.digest ||
      value.parts ||
      text !== undefined ||
      (value.row?.column ?? '') !== ''
    )
  )
    return undefined;
  if (keeps.has(name)) return native(() => (name === 'split' || name === 'match' ? { items: [value], open: true } : value));
  if (name === 'startsWith' || name === 'endsWith' || name === 'includes' || name === 'localeCompare' || name === 'equals')
    return native(() => tally);
  return undefined;
}

function knownString(value: Value, text: string | undefined, name: string): Value | undefined {
  const first = typeof value.parts?.[0] === 'string' ? value.parts[0] : '';
  const last = value.parts?.at(-1);
  switch (name) {
    case 'startsWith':
      return native(({ args }) =>
        decide(stringOf(args[0]), (part) =>
          text !== undefined
            ? text.startsWith(part)
            : first.startsWith(part)
              ? true
              : first.length >= part.length || !part.startsWith(first)
                ? false
                : undefined,
        ),
      );
    case 'endsWith':
      return native(({ args }) =>
        decide(stringOf(args[0]), (part) =>
          text !== undefined
            ? text.endsWith(part)
            : typeof last === 'string' && last.length >= part.length
              ? last.endsWith(part)
              : undefined,
        ),
      );
    case 'includes':
      return native(({ args }) =>
        decide(stringOf(args[0]), (part) =>
          text !== undefined
            ? text.includes(part)
            : value.parts?.some((piece) => typeof piece === 'string' && piece.includes(part))
              ? true
              : undefined,
        ),
      );
    case 'length':
      return text !== undefined ? literal(text.length) : undefined;
    case 'match':
      return native(({ args }) => {
        const matched = fitsPattern(args[0], value);
        return matched === false
          ? literal(null)
          : matched === true || text !== undefined
            ? { items: [value], open: true }
            : maybeMatch(value);
      });
    case 'toLowerCase':
      return text !== undefined ? native(() => literal(text.toLowerCase())) : undefined;
    case 'toUpperCase':
      return text !== undefined ? native(() => literal(text.toUpperCase())) : undefined;
    case 'trim':
      return text !== undefined ? native(() => literal(text.trim())) : undefined;
    case 'replace':
    case 'replaceAll':
      return text !== undefined
        ? native(({ args }) =>
            stringOf(args[0]) !== undefined && stringOf(args[1]) !== undefined
              ? literal(text.replace(stringOf(args[0]) ?? '', stringOf(args[1]) ?? ''))
              : { parts: [value, ...args.slice(1)] },
          )
        : undefined;
    case 'split':
      return text !== undefined
        ? native(({ args }) =>
            stringOf(args[0]) !== undefined ? { items: text.split(stringOf(args[0]) ?? '').map(literal) } : { items: [value], open: true },
          )
        : undefined;
    default:
      return undefined;
  }
}

function fitsPattern(pattern: Value | undefined, value: Value): boolean | undefined {
  if (pattern?.api?.kind !== 'regexp') return undefined;
  const { pattern: source, flags } = pattern.api.data as { pattern: string; flags: string };
  return fits(source, flags, value);
}

const maybeMatch = (value: Value): Value =>
  oneOf([
    { value: { items: [value], open: true }, state: nothing },
    { value: literal(null), state: nothing },
  ]);

export const decide = (part: string | undefined, answer: (part: string) => boolean | undefined): Value => {
  const known = part === undefined ? undefined : answer(part);
  return known === undefined ? unknown : literal(known);
};
