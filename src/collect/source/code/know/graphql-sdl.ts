/** A directive on a field or type: `@auth(requires: ADMIN)`. */
export interface SdlDirective {
  readonly name: string;
  /** Arguments as far as they are plain values; enum values as text. */
  readonly args: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** A field of a root type. */
export interface SdlField {
  readonly type: 'Query' | 'Mutation' | 'Subscription';
  readonly name: string;
  readonly directives: readonly SdlDirective[];
  /** Lines from the start of the text to the field, from 0. */
  readonly line: number;
}

/** Root fields of a schema in GraphQL's own language, with what directives stand on them and on their type. */
export function rootFields(text: string): SdlField[] {
  const clean = blanked(text);
  const roots = rootTypes(clean);
  const fields: SdlField[] = [];
  for (const match of clean.matchAll(/\b(?:extend\s+)?(?:type|interface)\s+(\w+)([^{}]*)\{/g)) {
    const type = roots[match[1] ?? ''];
    if (!type) continue;
    const begin = match.index + match[0].length;
    const end = closing(clean, begin, '{', '}');
    const inherited = directivesIn(match[2] ?? '', text.slice(match.index, begin));
    fields.push(...fieldsIn(clean, text, begin, end).map((field) => ({ type, ...field, directives: [...inherited, ...field.directives] })));
  }
  return fields;
}

// `schema { query: RootQuery }` renames the root types.
function rootTypes(clean: string): Record<string, SdlField['type']> {
  const roots: Record<string, SdlField['type']> = { Query: 'Query', Mutation: 'Mutation', Subscription: 'Subscription' };
  const schema = /\b(?:extend\s+)?schema\b[^{]*\{([^}]*)\}/.exec(clean)?.[1] ?? '';
  for (const [, kind, name] of schema.matchAll(/\b(query|mutation|subscription)\s*:\s*(\w+)/g))
    if (kind && name) {
      const type = `${kind[0]?.toUpperCase() ?? ''}${kind.slice(1)}` as SdlField['type'];
      delete roots[type];
      roots[name] = type;
    }
  return roots;
}

// Comments and descriptions become blanks, so that offsets and lines stay.
const blanked = (text: string): string =>
  text.replaceAll(/"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*/g, (match) => match.replaceAll(/[^\n]/g, ' '));

function closing(text: string, from: number, open: string, close: string): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === open) depth++;
    else if (text[at] === close && --depth === 0) return at;
  }
  return text.length;
}

// With everything in parentheses blanked, `name :` only stands where a field begins; its directives reach up to the next one.
function fieldsIn(clean: string, text: string, begin: number, end: number): Omit<SdlField, 'type'>[] {
  const found = [...withoutArguments(clean.slice(begin, end)).matchAll(/(\w+)\s*:/g)];
  return found.map((match, nth) => {
    const from = begin + match.index + match[0].length;
    const to = begin + (found[nth + 1]?.index ?? end - begin);
    return {
      name: match[1] ?? '',
      directives: directivesIn(clean.slice(from, to), text.slice(from, to)),
      line: text.slice(0, begin + match.index).split('\n').length - 1,
    };
  });
}

function withoutArguments(body: string): string {
  let depth = 0;
  return [...body]
    .map((character) => {
      if (character === '(') depth++;
      const inside = depth > 0;
      if (character === ')' && depth > 0) depth--;
      return inside && character !== '\n' ? ' ' : character;
    })
    .join('');
}

function directivesIn(clean: string, text: string): SdlDirective[] {
  return [...clean.matchAll(/@(\w+)\s*(\()?/g)].map((match): SdlDirective => {
    const from = match.index + match[0].length;
    const args = match[2] ? text.slice(from, closing(clean, from, '(', ')')) : '';
    const given: Record<string, string | number | boolean | readonly string[]> = {};
    for (const [, key = '', list, string, word = ''] of args.matchAll(/(\w+)\s*:\s*(?:\[([^\]]*)\]|"([^"]*)"|([\w.-]+))/g))
      given[key] =
        list !== undefined
          ? [...list.matchAll(/"([^"]*)"|(\w+)/g)].map((item) => item[1] ?? item[2] ?? '')
          : (string ?? (word === 'true' || word === 'false' ? word === 'true' : /^-?\d+(?:\.\d+)?$/.test(word) ? Number(word) : word));
    return { name: match[1] ?? '', args: given };
  });
}
