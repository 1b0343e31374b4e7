import type { Document } from './document.ts';

/** Addresses of the scripts a page loads or announces, in order. Scripts written into the page are not among them. */
export function scriptsOf({ html, base }: Document): URL[] {
  const found = new Map<string, URL>();
  for (const { name, attributes } of html.tags) {
    const rel = attributes.get('rel') ?? '';
    const announced =
      name === 'link' && (/\bmodulepreload\b/i.test(rel) || (/\b(preload|prefetch)\b/i.test(rel) && attributes.get('as') === 'script'));
    const address = name === 'script' ? attributes.get('src') : announced ? attributes.get('href') : undefined;
    if (address === undefined || address === '' || !URL.canParse(address, base.href)) continue;
    const url = new URL(address, base);
    url.hash = '';
    if (url.protocol === 'http:' || url.protocol === 'https:') found.set(url.href, url);
  }
  return [...found.values()];
}

/**
 * Scripts that a script loads later, read from its text: module specifiers (Vite, Rollup, Nuxt, SvelteKit), Vite's dependency
 * list, and the chunk tables of webpack (Next.js, Create React App). Names only; nothing is run.
 */
export function chunksIn(text: string, script: URL): URL[] {
  const names = [...specifiers(text), ...builtPaths(text), ...webpackTable(text)];
  const found = new Map<string, URL>();
  for (const name of names) {
    const url = resolveChunk(name, script);
    if (url && url.href !== script.href) found.set(url.href, url);
  }
  return [...found.values()];
}

// "./Page-Bx1.js", '../shared.mjs', "/assets/x.js" and "assets/x.js" (Vite's dependency list); "/src/main.tsx" from a development server.
// Packages that such a server hands out one by one are nobody's secret.
function* specifiers(text: string): Generator<string> {
  for (const [, name = ''] of text.matchAll(
    /["'`]((?:\.{1,2}\/|\/|assets\/|_app\/|_nuxt\/)[\w@./~-]{1,160}\.(?:m?js|[jt]sx?|vue|svelte)(?:\?[\w=.&-]{1,80})?)["'`]/g,
  ))
    if (!name.startsWith('//') && !name.includes('/node_modules/')) yield name;
}

// Next.js also names chunks in the page's own data, with quotes escaped and route brackets in the name.
function* builtPaths(text: string): Generator<string> {
  for (const [name] of text.matchAll(/(?<![\w/])static\/(?:chunks|js)\/[\w./()[\]%@~+-]{1,200}?\.js(?![\w.])/g)) yield name;
}

/** Chunk tables read in one script: a build has one. */
const maxTables = 20;

// "static/chunks/"+(({12:"named"})[e]||e)+"."+({12:"abc",34:"def"})[e]+".js"
function* webpackTable(text: string): Generator<string> {
  const opening = /"((?:static\/(?:chunks|js)|js|chunks)\/)"\s*\+/g;
  let tried = 0;
  for (let match = opening.exec(text); match && tried < maxTables; match = opening.exec(text)) {
    tried += 1;
    const slice = text.slice(opening.lastIndex, opening.lastIndex + 30_000);
    const closing = /\+\s*"((?:\.chunk)?\.js)"/.exec(slice);
    if (!closing) continue;
    const middle = slice.slice(0, closing.index);
    const tables = [...middle.matchAll(/\{((?:"?[\w-]{1,60}"?:"[\w.-]{1,80}",?){1,3000})\}/g)].map(([, body = '']) => pairs(body));
    const hashes = tables.at(-1);
    if (!hashes) continue;
    const names = new Map([
      ...(tables.length > 1 ? (tables[0] ?? []) : []),
      ...[...middle.matchAll(/(\d+)===\w+\?"([\w-]+)":/g)].map(([, id = '', name = '']) => [id, name] as const),
    ]);
    const separator = /"([.-])"\s*\+/.exec(middle)?.[1] ?? '.';
    for (const [id, hash] of hashes) yield `${match[1]}${names.get(id) ?? id}${separator}${hash}${closing[1]}`;
  }
}

const pairs = (body: string): Map<string, string> =>
  new Map([...body.matchAll(/"?([\w-]+)"?:"([\w.-]+)"/g)].map(([, id = '', value = '']) => [id, value]));

function resolveChunk(name: string, script: URL): URL | undefined {
  const first = /^(\w+)\//.exec(name)?.[1];
  let base = script.href;
  if (first !== undefined) {
    // Relative to the build's public path, which the script's own address shows: what stands before the folder both share.
    const next = script.pathname.indexOf('/_next/');
    const shared = script.pathname.indexOf(`/${first}/`);
    const root = first === 'static' && next >= 0 ? next + '/_next/'.length : shared >= 0 ? shared + 1 : 1;
    base = new URL(script.pathname.slice(0, root) || '/', script).href;
  }
  return URL.canParse(name, base) ? new URL(name, base) : undefined;
}
