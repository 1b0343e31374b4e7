import { randomBytes } from 'node:crypto';
import { defineCollector } from '../../core/collector.ts';
import { optional } from '../../core/evidence.ts';
import type { Vault } from '../../core/vault.ts';
import { type Exposure, liveExposures } from '../../evidence/http.ts';
import { type Route, type RouteInventory, sourceRoutes } from '../../evidence/routes.ts';
import { scriptsOf } from './chunks.ts';
import { type HttpClient, httpClient, type Reply } from './client.ts';
import { type Document, documents } from './document.ts';
import { decoyOf, type Probe, type Recognised } from './probe.ts';
import { folderOf, probes, serverFile } from './probes.ts';
import { mergeSecrets, secretsIn } from './secrets.ts';
import { botCheck } from './wall.ts';

const stepMs = 150_000;

interface Prober {
  readonly client: HttpClient;
  readonly vault: Vault;
  readonly signal: AbortSignal;
  /** Where the app lives, after redirects. */
  readonly origin: URL;
}

/** Asks for one file and says what it is, never by status alone. A match is believed only when a made-up address does not match as well. */
export async function probeOne({ client, vault, signal, origin }: Prober, probe: Probe): Promise<Exposure> {
  const url = new URL(probe.path, origin);
  const ask = (at: URL): ReturnType<HttpClient['get']> => client.get(at, { follow: false, bodyBytes: probe.bytes, signal });
  const answer = await ask(url);
  const base = { path: probe.path, url: url.href, kind: probe.kind, names: [], secrets: [] };
  if (!answer.ok) return { ...base, outcome: 'unknown', what: answer.fault.message };
  const { status } = answer.value;
  const unread = unreadable(answer.value);
  if (unread !== undefined) return { ...base, status, outcome: 'unknown', what: unread };
  const seen = recognised(probe, answer.value);
  if (!seen)
    return {
      ...base,
      status,
      outcome: 'not-exposed',
      what: status === 200 ? 'something else, such as the app’s own page' : `the server answered ${status}`,
    };

  const decoy = await ask(new URL(decoyOf(probe.path, `lr${randomBytes(5).toString('hex')}`), origin));
  if (!decoy.ok)
    return {
      ...base,
      status,
      outcome: 'unknown',
      what: `it looks like ${seen.what}, but the cross-check got no answer: ${decoy.fault.message}`,
    };
  if (recognised(probe, decoy.value))
    return { ...base, status, outcome: 'not-exposed', what: 'the server gives this answer to any address' };

  const text = answer.value.body.toString('latin1');
  const secrets = mergeSecrets(secretsIn(text, probe.reading, { location: 'page', place: { url: url.href } }, vault));
  if (probe.onlyWithSecrets === true && !secrets.some(({ sensitivity }) => sensitivity === 'secret'))
    return { ...base, status, outcome: 'not-exposed', what: 'a configuration file without secrets' };
  return { ...base, status, outcome: 'exposed', what: seen.what, names: seen.names ?? [], secrets };
}

const recognised = (probe: Probe, { status, body }: Reply): Recognised | undefined =>
  status === 200 || status === 206 ? probe.recognise(body.toString('latin1')) : undefined;

function unreadable({ status, headers, cut, body }: Reply): string | undefined {
  const who = botCheck(headers);
  if (who !== undefined && status === 429) return `${who} answered with a check for humans`;
  if (status === 429) return 'the server asks us to slow down (429)';
  if (status >= 500) return `the server answered with an error (${status})`;
  return (cut === 'time' || cut === 'broken') && body.length === 0 ? 'the answer broke off' : undefined;
}

/** Folders of which the code says that their files are listed; what lies below `.well-known` is for everybody. */
export const listedFolders = (routes: readonly Route[]): string[] => [
  ...new Set(
    routes.flatMap(({ files, path }) =>
      files === 'listed' && !/[:*]|^\/\.well-known(?:\/|$)/.test(path) ? [`${path.replace(/\/$/, '')}/`] : [],
    ),
  ),
];

/** All probes, then those that an answer suggests: server code beside package.json, the folder of the scripts. */
export async function readExposures(
  prober: Prober,
  page: Document,
  folders: readonly string[],
  progress: (message: string, done: number, total: number) => void,
): Promise<Exposure[]> {
  const folder = scriptsOf(page)
    .find(({ origin }) => origin === prober.origin.origin)
    ?.pathname.replace(/[^/]*$/, '');
  const further = [...folders, ...(folder !== undefined && folder !== '/' ? [folder] : [])];
  const list = [...probes, ...[...new Set(further)].filter((one) => !probes.some(({ path }) => path === one)).map(folderOf)];
  let done = 0;
  const results = await Promise.all(
    list.map(async (probe) => {
      const result = await probeOne(prober, probe);
      done += 1;
      progress('asking for files that should not be public', done, list.length);
      return result;
    }),
  );
  const open = results.some(({ path, outcome }) => path === '/package.json' && outcome === 'exposed');
  const code = open
    ? await Promise.all(['/server.js', '/index.js', '/server/index.js'].map((path) => probeOne(prober, serverFile(path))))
    : [];
  return [...results, ...code];
}

const noRoutes: RouteInventory = { routes: [], gaps: [], middleware: [] };

export const exposuresCollector = defineCollector({
  provides: liveExposures,
  wants: 'url',
  needs: { documents, client: httpClient, inventory: optional(sourceRoutes, noRoutes) },
  effects: 'reads',
  timeoutMs: stepMs + 30_000,
  collect: ({ documents: { first }, client, inventory }, { vault, signal, progress }) =>
    readExposures(
      { client, vault, signal: AbortSignal.any([signal, AbortSignal.timeout(stepMs)]), origin: new URL('/', first.reply.url) },
      first,
      listedFolders(inventory.routes),
      progress,
    ),
});
