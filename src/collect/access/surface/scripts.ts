import { readHtml } from '../../http/html.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { operationId, type Operation } from './operation.ts';
import { dangerOf } from './safety.ts';
import { isPage } from '../wire/content.ts';

/** Scripts read at most, and paths taken from them. */
const most = { scripts: 40, paths: 150 } as const;

/** `"/api/users"`, `` `${host}/api/users/${id}` ``: a path, and whether something is put behind it. */
const path = /["'`}]((?:\/[A-Za-z][\w.-]*){1,6})(\/)?(?:["'`]|(\$\{))/g;
const ofAnApi = /^\/(?:api|rest|v\d+|rpc)\//i;

/**
 * Paths that the scripts of an app of one page name, those of an API first: its pages have no forms that are sent anywhere, and nothing else describes its
 * server. What an id is put behind ends with `/{id}`.
 */
export async function pathsInScripts(sender: Sender): Promise<string[]> {
  const start = await sender.send({ method: 'GET', path: '/' }, emptySession());
  if (!start.ok || !isPage(start.value.text)) return [];
  const sources = readHtml(start.value.text)
    .tags.filter(({ name }) => name === 'script' || name === 'link')
    .flatMap(({ name, attributes }) => attributes.get(name === 'script' ? 'src' : 'href') ?? [])
    .flatMap((source) => {
      const url = URL.parse(source, `${sender.origin}/`);
      return url?.origin === sender.origin && /\.m?js$/.test(url.pathname) ? [url.pathname] : [];
    });
  const found = new Set<string>();
  const open = new Set(sources);
  let read = 0;
  for (const source of open) {
    if (++read > most.scripts) break;
    const script = await sender.send({ method: 'GET', path: source }, emptySession());
    if (!script.ok || script.value.status >= 300) continue;
    const { text } = script.value;
    for (const [, one = '', slash, put] of text.matchAll(path)) found.add(slash && put ? `${one}/{id}` : one);
    // Those that are loaded later.
    for (const [, name = ''] of text.matchAll(/["'](\.{0,2}\/?[\w./-]+\.m?js)["']/g)) {
      const url = URL.parse(name, `${sender.origin}${source}`);
      if (url?.origin === sender.origin) open.add(url.pathname);
    }
  }
  return [...found]
    .filter((one) => !/\.(?:m?js|css|png|jpe?g|svg|gif|webp|ico|woff2?|ttf|html?|map|json)$/i.test(one))
    .toSorted((a, b) => Number(ofAnApi.test(b)) - Number(ofAnApi.test(a)))
    .slice(0, most.paths);
}

/** What an API may be asked for by what scripts name: whether it is there shows when it is asked. */
export const operationsInScripts = (paths: readonly string[]): Operation[] =>
  paths
    .filter((one) => ofAnApi.test(one) && dangerOf({ method: 'GET', path: one }) === undefined)
    .map((one) => ({ id: operationId('GET', one), method: 'GET', path: one, parameters: [], sources: ['guess'] }));
