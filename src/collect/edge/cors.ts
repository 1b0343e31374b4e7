import { defineCollector } from '../../core/collector.ts';
import { optional } from '../../core/evidence.ts';
import type { GivenDomains, GivenHost } from '../../core/target.ts';
import { type CorsAnswer, type CorsPath, edgeCors, type HostCors, type OriginKind } from '../../evidence/edge-cors.ts';
import { type Route, type RouteInventory, sourceRoutes } from '../../evidence/routes.ts';
import { dangerOf } from '../access/surface/safety.ts';
import { edgeClient, type EdgeClient, isBusy } from './client.ts';

const noRoutes: RouteInventory = { routes: [], gaps: [], middleware: [] };
/** Rules are mostly the same for a whole host: a few addresses show them. */
const mostPaths = 4;

/** Asks the hosts as the pages of other sites would, without cookies. */
export const corsCollector = defineCollector({
  provides: edgeCors,
  wants: 'domain',
  needs: { client: edgeClient, inventory: optional(sourceRoutes, noRoutes) },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ client, inventory }, { target: { domains } }) {
    const map: GivenDomains = domains ?? { apex: '', hosts: [], mail: [], drafted: true };
    const asked = map.hosts.filter(({ role, redirectsTo }) => (role === 'api' || role === 'app') && redirectsTo === undefined);
    const hosts = await Promise.all(asked.map((host) => corsOf(client, host, map, pathsOf(inventory.routes))));
    return { hosts: hosts.flatMap((one) => one ?? []) };
  },
});

/** Addresses that the code answers to a GET, without parameters, those of the API first. */
function pathsOf(routes: readonly Route[]): string[] {
  const paths = routes.flatMap(({ method, path }) =>
    (method === 'GET' || method === 'ALL') && !/[:*{[]/.test(path) && dangerOf({ method: 'GET', path }) === undefined ? [path] : [],
  );
  const isApi = (path: string): boolean => /^\/(?:api|rest|v\d|graphql|trpc)\b/.test(path);
  return [...new Set(['/', ...paths.filter(isApi), ...(paths.some(isApi) ? [] : ['/api']), ...paths.filter((path) => !isApi(path))])].slice(
    0,
    mostPaths,
  );
}

/** `undefined` for a name that is not in the DNS, which is told of elsewhere. */
async function corsOf(
  client: EdgeClient,
  { name, role }: GivenHost,
  map: GivenDomains,
  paths: readonly string[],
): Promise<HostCors | undefined> {
  const start = await client.ask(new URL(`https://${name}/`));
  if (start.is === 'failed' && start.why === 'missing') return undefined;
  const read = await Promise.all(paths.map((path) => pathOf(client, new URL(path, `https://${name}`), originsFor(name, map))));
  const told = read.flatMap((one) => (typeof one === 'string' ? [] : [one]));
  const why = read.find((one) => typeof one === 'string');
  return { name, role, paths: told, ...(told.length === 0 && why !== undefined && { why }) };
}

/** Who asks of a host; names below `.invalid` are nobody's (RFC 6761). */
function originsFor(name: string, { apex, hosts }: GivenDomains): [OriginKind, string][] {
  const app = hosts.find((one) => one.role === 'app' && one.redirectsTo === undefined)?.name ?? name;
  const [label = '', ...above] = app.split('.');
  return [
    ['own', `https://${app}`],
    ['foreign', 'https://launch-ready-probe.invalid'],
    ['null', 'null'],
    ['suffix', `https://${app}.launch-ready-probe.invalid`],
    ['prefix', `https://launch-ready-probe${apex}`],
    ...(above.length > 1 ? [['dot', `https://${label}x${above.join('.')}`] as [OriginKind, string]] : []),
    ['http', `http://${app}`],
    ['subdomain', `https://launch-ready-probe.${apex}`],
  ];
}

/** What one address answers to each; a sentence where nobody could tell. */
async function pathOf(client: EdgeClient, url: URL, origins: readonly [OriginKind, string][]): Promise<CorsPath | string> {
  const plain = await client.ask(url);
  if (plain.is === 'failed') return plain.text;
  if (plain.bot !== undefined) return `${plain.bot} answered with a check for humans instead of the host.`;
  if (isBusy(plain.status)) return `${url.host} answered ${plain.status}: it takes no more for now.`;
  const answers: CorsAnswer[] = [];
  const ask = async (kind: OriginKind, origin: string, method: 'GET' | 'OPTIONS'): Promise<CorsAnswer | undefined> => {
    const preflight =
      method === 'OPTIONS'
        ? { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization,content-type' }
        : {};
    const answer = await client.ask(url, { method, headers: { origin, ...preflight } });
    if (answer.is === 'failed' || answer.bot !== undefined || isBusy(answer.status)) return undefined;
    const { headers, status } = answer;
    const allowed = headers['access-control-allow-origin'];
    return {
      kind,
      origin,
      method,
      status,
      ...(allowed !== undefined && { allowed }),
      credentials: headers['access-control-allow-credentials']?.trim() === 'true',
      varies: /(?:^|,)\s*(?:origin|\*)\s*(?:,|$)/i.test(headers['vary'] ?? ''),
    };
  };
  const first = await Promise.all(
    origins.flatMap(([kind, origin]) =>
      kind === 'own' || kind === 'foreign' ? [ask(kind, origin, 'GET'), ask(kind, origin, 'OPTIONS')] : [],
    ),
  );
  answers.push(...first.flatMap((one) => one ?? []));
  const unasked = plain.headers['access-control-allow-origin'];
  // Where nobody is let in, not even the app itself, look-alikes are asked for once: rules are written for names, and may let others in.
  const rest = await Promise.all(
    origins.flatMap(([kind, origin]) => (kind === 'own' || kind === 'foreign' ? [] : [ask(kind, origin, 'GET')])),
  );
  answers.push(...rest.flatMap((one) => one ?? []));
  return { url: url.href, answers, ...(unasked !== undefined && { unasked }) };
}
