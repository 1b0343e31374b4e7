/** How file names become routes: Remix 2's flat names, Remix 1's folders, folders and dots alike, or folders with a plus as dots. */
export type Convention = 'flat' | 'nested' | 'hybrid' | 'plus';

/** A route file by its name: `parts` are the units of nesting, `url` what they stand for in the path. */
export interface NamedRoute {
  /** Relative to the routes folder. */
  readonly file: string;
  readonly parts: readonly string[];
  readonly url: string;
  readonly index: boolean;
  /** A layout of the folder it stands in. */
  readonly layout: boolean;
}

const ending = /\.(?:[cm]?[jt]sx?|mdx?)$/;
const noRoute = /(?:^|[/.])(?:test|spec|stories|server|client)\.[cm]?[jt]sx?$|(?:^|\/)\.|\.d\.ts$/;

/** Reads a file's name; `undefined` where the convention makes no route of it. */
export function namedRoute(file: string, convention: Convention): NamedRoute | undefined {
  if (!ending.test(file) || noRoute.test(file)) return undefined;
  const folders = file.replace(ending, '').split('/');
  const name = folders.pop() ?? '';
  if (convention === 'flat') return flat(file, folders, name);
  if (convention === 'plus' && folders.some((folder) => !folder.endsWith('+')) && !/^_?(?:index|route|layout|page)$/.test(name))
    return undefined;
  if (convention === 'hybrid' && [...folders, name].some((part) => part.startsWith('+'))) return undefined;
  if (convention === 'nested') return make(file, [...folders, ...(name === 'index' ? [] : [name])], name === 'index', false, convention);
  const units = [...folders.map((folder) => folder.replace(/\+$/, '')), name].flatMap(splitDots);
  const last = units.at(-1) ?? '';
  if (/^_?(?:index|layout|route|page)$/.test(last))
    return make(file, units.slice(0, -1), /index$/.test(last) || last === 'page', /layout$/.test(last), convention);
  return make(file, units, false, false, convention);
}

// `notes.$id.tsx` or `notes.$id/route.tsx`; anything deeper is the route's own material.
function flat(file: string, folders: readonly string[], name: string): NamedRoute | undefined {
  if (folders.length > 1 || (folders.length === 1 && name !== 'route' && name !== 'index')) return undefined;
  const units = splitDots(folders[0] ?? name);
  const index = units.at(-1) === '_index';
  return make(file, index ? units.slice(0, -1) : units, index, false, 'flat');
}

const make = (file: string, parts: readonly string[], index: boolean, layout: boolean, convention: Convention): NamedRoute => {
  const words = convention === 'nested' ? parts.flatMap(splitDots) : parts;
  const pathless = convention === 'nested' ? /^__/ : /^_/;
  const url = words.filter((word) => !pathless.test(word)).map(segment);
  return { file, parts, url: `/${url.filter((word) => word !== '').join('/')}`, index, layout };
};

/** Splits at dots outside brackets. */
export function splitDots(name: string): string[] {
  const words: string[] = [''];
  let inside = false;
  for (const character of name) {
    if (character === '[') inside = true;
    if (character === ']') inside = false;
    if (character === '.' && !inside) words.push('');
    else words[words.length - 1] += character;
  }
  return words;
}

/** `$id` → `:id`, `$` → `*`, `($lang)` → `:lang?`, `users_` → `users`, `sitemap[.]xml` → `sitemap.xml`. */
function segment(word: string): string {
  const optional = /^\((.+)\)$/.exec(word);
  if (optional) return `${segment(optional[1] ?? '')}?`;
  if (word === '$') return '*';
  const plain = word.replace(/(?<!\])_$/, '').replace(/^\$/, ':');
  return plain.replace(/\[([^\]]*)\]/g, '$1');
}

/** The routes whose layouts stand around a route, outermost first. */
export function around(route: NamedRoute, all: readonly NamedRoute[]): NamedRoute[] {
  return all
    .filter(
      (other) =>
        other !== route &&
        !other.index &&
        other.parts.length <= route.parts.length &&
        other.parts.every((part, nth) => part === route.parts[nth]) &&
        (other.parts.length < route.parts.length || route.index || (other.layout && !route.layout)),
    )
    .toSorted((a, b) => a.parts.length - b.parts.length || Number(b.layout) - Number(a.layout));
}
