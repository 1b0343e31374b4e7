import type { SourceMap } from '../../evidence/http.ts';

/** A source map read: what it tells, and the texts of the app's own sources. */
export interface ReadMap {
  readonly map: SourceMap;
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

const maxListed = 30;
/** Sources of packages and of the bundler's runtime are no secret of the app. */
const foreign =
  /(^|\/)node_modules\/|^\0|webpack\/(runtime|bootstrap)|^(webpack|vite|rollup|turbopack):\/\/\/?(external|runtime)|\/\.pnpm\/|\[turbopack\]|next\/dist\//;

/** Reads a source map (ECMA-426, also with sections); `undefined` for anything else, such as a page that says "not found" with status 200. */
export function readSourceMap(text: string, url: string): ReadMap | undefined {
  // XSSI guard allowed by the specification.
  const body = text.startsWith(")]}'") ? text.slice(text.indexOf('\n') + 1) : text;
  if (!/^\s*\{/.test(body)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parts = partsOf(json);
  if (parts.length === 0) return undefined;
  const entries = parts.flatMap(({ sources, contents }) => sources.map((name, index) => ({ name: clean(name), text: contents[index] })));
  const own = foreign.test(url) ? [] : entries.filter(({ name }) => !foreign.test(name));
  return {
    map: {
      url,
      sources: entries.length,
      own: own.slice(0, maxListed).map(({ name }) => name),
      ownCount: own.length,
      content: own.some(({ text: content }) => content !== undefined),
    },
    texts: own.flatMap(({ name, text: content }) => (content === undefined ? [] : [{ name, text: content }])),
  };
}

interface Part {
  readonly sources: readonly string[];
  readonly contents: readonly (string | undefined)[];
}

function partsOf(json: unknown, depth = 0): Part[] {
  if (typeof json !== 'object' || json === null || depth > 3) return [];
  const { version, mappings, sources, sourcesContent, sections } = json as Record<string, unknown>;
  if (Array.isArray(sections))
    return sections.slice(0, 1000).flatMap((section) => partsOf((section as { map?: unknown } | null)?.map, depth + 1));
  if (version === undefined || typeof mappings !== 'string' || !Array.isArray(sources)) return [];
  const contents: unknown[] = Array.isArray(sourcesContent) ? sourcesContent : [];
  return [
    {
      sources: sources.map((name) => (typeof name === 'string' ? name : '')),
      contents: sources.map((_, index) => (typeof contents[index] === 'string' ? contents[index] : undefined)),
    },
  ];
}

const clean = (name: string): string =>
  name
    .replace(/^(webpack|turbopack|vite|file):\/\/(\/)?/, '')
    .replace(/^(\.\.?\/)+/, '')
    .slice(0, 200);

/** The address a script names for its map, in the comment at its end (ECMA-426) or in a header. */
export function namedMap(text: string, headers: Readonly<Record<string, string>>): string | undefined {
  const comment = [...text.slice(-4000).matchAll(/\/[/*][#@][ \t]sourceMappingURL=([^\s'"*]{1,2000})/g)].at(-1)?.[1];
  return comment ?? headers['sourcemap'] ?? headers['x-sourcemap'];
}

/** The text of a map written into the script itself; bounded by the size of the script. */
export function inlineMap(text: string): string | undefined {
  const start = text.lastIndexOf('sourceMappingURL=data:application/json');
  if (start < 0) return undefined;
  const comma = text.indexOf(',', start);
  if (comma < 0 || comma - start > 200) return undefined;
  const data = /^[^\s'"*]+/.exec(text.slice(comma + 1))?.[0] ?? '';
  try {
    return text.slice(start, comma).endsWith(';base64') ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
  } catch {
    return undefined;
  }
}
