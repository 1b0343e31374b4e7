import { defineCollector } from '../../core/collector.ts';
import { type Bundles, liveBundles, type Script } from '../../evidence/http.ts';
import type { Secret } from '../../evidence/secrets.ts';
import { backendsIn, supabaseNames } from './backend.ts';
import { chunksIn, scriptsOf } from './chunks.ts';
import { httpClient, type Reply } from './client.ts';
import { documents, type Documents, isHtml } from './document.ts';
import { endpointsIn, formsOf } from './endpoints.ts';
import { mapReader, type Reader } from './map-reader.ts';
import { mayAsk } from './reach.ts';
import { mergeSecrets, secretsIn } from './secrets.ts';

/** Bounds of one run. */
const bounds = {
  scripts: 80,
  scriptBytes: 8 * 2 ** 20,
  totalBytes: 64 * 2 ** 20,
  endpoints: 400,
  names: 300,
  ms: 150_000,
};

/** Downloads the app's scripts wave by wave, as far as each names the next, and reads what they give away. */
export async function readBundles(
  reader: Reader,
  pages: Documents,
  progress: (message: string, done: number, total: number) => void,
): Promise<Bundles> {
  const { client, target, vault, signal } = reader;
  const all = [pages.first, ...pages.others];
  const gaps: Bundles['gaps'][number][] = pages.gaps.map((gap) =>
    gap.what === pages.first.reply.url.href ? { ...gap, entry: true } : gap,
  );
  const scripts: Script[] = [];
  const secrets: Secret[] = [];
  const endpoints: Bundles['endpoints'][number][] = [];
  const backends: Bundles['backends'][number][] = [];
  const tables: Bundles['tables'][number][] = [];
  const thirdParties = new Set<string>();
  const known = new Set<string>();
  const room = Math.min(bounds.scripts, Math.floor(client.left() * 0.45));
  const maps = mapReader(reader);
  let bytes = 0;
  let supabase = false;

  const inspect = (text: string, url: string): void => {
    endpoints.push(...endpointsIn(text, url));
    backends.push(...backendsIn(text, url));
    tables.push(...supabaseNames(text, url));
    supabase ||= /supabase/i.test(text);
  };
  const queue: { url: URL; entry: boolean }[] = [];
  const enqueue = (urls: readonly URL[], entry: boolean): void => {
    for (const url of urls) {
      if (known.has(url.href)) continue;
      known.add(url.href);
      if (mayAsk(url, 'asset', target)) queue.push({ url, entry });
      else thirdParties.add(url.host);
    }
  };

  for (const page of all) {
    const url = page.reply.url.href;
    // The page's own scripts and data travel in its HTML.
    const text = page.reply.body.toString('latin1');
    secrets.push(...secretsIn(text, 'minified', { location: 'page', place: { url } }, vault));
    for (const { name, text: code } of page.html.tags) if (name === 'script' && code !== undefined) inspect(code, url);
    endpoints.push(...formsOf(page));
    const own = scriptsOf(page);
    enqueue(own, page === pages.first);
    const build = own.find(({ pathname }) => pathname.includes('/_next/'));
    if (build) enqueue(chunksIn(text, build), false);
  }

  const readOne = async ({ url, entry }: { url: URL; entry: boolean }): Promise<void> => {
    const answer = await client.get(url, { purpose: 'asset', bodyBytes: bounds.scriptBytes, signal });
    const why = answer.ok ? unusable(answer.value) : answer.fault.message;
    // A chunk table may name scripts that were never uploaded; only what a page loads is missed.
    if (!answer.ok || why !== undefined) {
      if (entry || !answer.ok) gaps.push({ what: url.href, why: why ?? '', place: { url: url.href }, ...(entry && { entry }) });
      return;
    }
    const { body, cut, headers } = answer.value;
    if (cut)
      gaps.push({
        what: url.href,
        why: `only the first ${Math.round(body.length / 1024)} KB were read`,
        place: { url: url.href },
        ...(entry && { entry }),
      });
    bytes += body.length;
    const text = body.toString('latin1');
    secrets.push(...secretsIn(text, 'minified', { location: 'bundle', place: { url: url.href } }, vault));
    inspect(text, url.href);
    enqueue(chunksIn(text, url), false);
    const read = await maps.of(url, text, headers);
    secrets.push(...(read?.secrets ?? []));
    scripts.push({ url: url.href, bytes: body.length, ...(read && { sourceMap: read.map }) });
  };

  let started = 0;
  while (queue.length > 0 && started < room && bytes < bounds.totalBytes && !signal.aborted) {
    const wave = queue.splice(0, Math.min(8, room - started));
    started += wave.length;
    progress('reading the scripts of the page', started, started + queue.length);
    await Promise.all(wave.map(readOne));
  }
  const entryLeft = queue.some(({ entry }) => entry);
  if (queue.length > 0)
    gaps.push({
      what: `${queue.length} more scripts`,
      why: signal.aborted ? 'the time for this step was up' : 'beyond the limit of requests or bytes for this run',
      ...(entryLeft && { entry: true }),
    });

  return {
    scripts: scripts.toSorted((a, b) => (a.url < b.url ? -1 : 1)),
    secrets: mergeSecrets(secrets),
    endpoints: unique(endpoints, ({ method, url }) => `${method ?? ''} ${url}`).slice(0, bounds.endpoints),
    backends: unique(backends, ({ kind, project }) => `${kind} ${project}`),
    tables: supabase ? unique(tables, ({ kind, name }) => `${kind} ${name}`).slice(0, bounds.names) : [],
    thirdParties: [...thirdParties].toSorted(),
    gaps,
  };
}

function unusable(reply: Reply): string | undefined {
  if (reply.status !== 200) return `the server answered ${reply.status}`;
  return isHtml(reply) ? 'the server answered with a page instead of a script' : undefined;
}

const unique = <T>(list: readonly T[], key: (item: T) => string): T[] =>
  [...new Map(list.toReversed().map((item) => [key(item), item])).values()].toReversed();

export const bundlesCollector = defineCollector({
  provides: liveBundles,
  wants: 'url',
  needs: { documents, client: httpClient },
  effects: 'reads',
  timeoutMs: bounds.ms + 30_000,
  collect: ({ documents: pages, client }, { target, vault, signal, progress }) =>
    readBundles({ client, target, vault, signal: AbortSignal.any([signal, AbortSignal.timeout(bounds.ms)]) }, pages, progress),
});
