import type { GivenHost } from '../core/target.ts';
import type { EdgeZone } from './cloudflare.ts';
import { type EdgeRequest, holds, matchesWildcard } from './edge-expression.ts';
import { comesByEdge } from './edge-records.ts';

/** Strict-Transport-Security, as the setting `security_header` holds it. */
export interface Hsts {
  readonly enabled?: boolean;
  /** Seconds. */
  readonly max_age?: number;
  readonly include_subdomains?: boolean;
  readonly preload?: boolean;
  readonly nosniff?: boolean;
}

export const hstsOf = (value: unknown): Hsts =>
  (typeof value === 'object' && value !== null ? (value as { strict_transport_security?: Hsts }).strict_transport_security : undefined) ??
  {};

/** Seconds of max-age, step by step: a mistake of the first can be waited out over a coffee. Each holds for some days before the next. */
export const hstsSteps: readonly { readonly maxAge: number; readonly days: number }[] = [
  { maxAge: 300, days: 1 },
  { maxAge: 86_400, days: 7 },
  { maxAge: 15_552_000, days: 0 },
];

/** Paths whose answers belong to one customer, whatever else the app has: what starts with them. */
const usualPrivate = ['/api/', '/auth/', '/login', '/logout', '/account', '/admin', '/dashboard'];

/** Words by which session cookies of common frameworks are known. */
export const sessionWords = ['session', 'sess', 'sb-', 'auth', 'sid', 'token', 'jwt'];

/** Beginnings of private paths: those that every app has, the login and callbacks of the map, and what the user named. */
export const privatePathsOf = ({ hosts, privatePaths }: Pick<EdgeZone, 'hosts' | 'privatePaths'>): string[] => [
  ...new Set([
    ...usualPrivate,
    ...hosts.flatMap(({ login, callbacks = [] }) => [...(login === undefined ? [] : [login]), ...callbacks]),
    ...privatePaths,
  ]),
];

/** Where a login is that nobody named. */
export const usualLogins = ['/login', '/auth/'];

/** Paths of the login, for the limit of tries. */
export const loginPathsOf = ({ hosts }: Pick<EdgeZone, 'hosts'>): string[] => {
  const named = hosts.flatMap(({ login }) => (login === undefined ? [] : [login]));
  return [...new Set(named.length > 0 ? named : usualLogins)];
};

/** Hosts of the map whose visitors come by the edge, or may; the usual ones where nobody wrote a map. */
export const edgeHostsOf = (zone: Pick<EdgeZone, 'name' | 'hosts' | 'records'>): GivenHost[] => {
  const { name, hosts } = zone;
  const usual = [name, `www.${name}`, `app.${name}`].map((one): GivenHost => ({ name: one, role: 'other' }));
  const meant = hosts.length > 0 ? hosts.filter(({ redirectsTo }) => redirectsTo === undefined) : usual;
  const byEdge = meant.filter((one) => comesByEdge(zone, one.name) !== false);
  return hosts.length === 0 && zone.records.value === undefined ? byEdge.slice(0, 1) : byEdge;
};

/** Of these, the hosts with something private behind them: apps, APIs, and what has a login; all of them where nobody wrote a map. */
export const appHostsOf = (zone: Pick<EdgeZone, 'name' | 'hosts' | 'records'>): GivenHost[] =>
  edgeHostsOf(zone).filter(({ role, login }) => zone.hosts.length === 0 || role === 'app' || role === 'api' || login !== undefined);

/** What would tell which hosts have something private behind them, where nobody wrote a map. */
export const toKnowHosts = 'Say under domains.hosts which hosts there are, with the role of each and the path of its login.';

/** What a signed-in customer sends, for each private path of each host. */
export const privateRequests = (zone: Pick<EdgeZone, 'name' | 'hosts' | 'records' | 'privatePaths'>): EdgeRequest[] =>
  appHostsOf(zone).flatMap(({ name }) =>
    privatePathsOf(zone).map((path) => ({
      host: name,
      path: path.endsWith('/') ? `${path}me` : path,
      method: 'GET',
      cookie: 'session=0; sb-auth-token=0; connect.sid=0',
      headers: ['authorization', 'cookie', 'accept'],
    })),
  );

/** What becomes of an answer at the edge, and which rule says so. */
export interface CacheVerdict {
  readonly outcome: 'kept' | 'passed' | 'unknown';
  readonly by?: string;
  /** Of what could not be read: what would let us look. */
  readonly toKnow?: string;
}

/**
 * Whether the rules make the edge keep the answer to a request. Without a rule it keeps nothing but files (by their ending), so that pages and answers of an API
 * pass. Development mode is not looked at: it ends by itself after three hours. Page rules: the first that matches. Cache rules come after them and win; of these the last that matches
 * (https://developers.cloudflare.com/cache/how-to/cache-rules/order/).
 */
export function cacheVerdict(request: EdgeRequest, { rules, pageRules }: Pick<EdgeZone, 'rules' | 'pageRules'>): CacheVerdict {
  const list = rules.http_request_cache_settings;
  if (list.value === undefined)
    return { outcome: 'unknown', by: list.why ?? 'the cache rules could not be read', toKnow: list.toKnow ?? 'Run it again.' };
  let verdict: CacheVerdict = pageVerdict(request, pageRules);
  for (const { action, action_parameters: set, expression, enabled = true, description } of list.value) {
    if (!enabled || action !== 'set_cache_settings' || typeof set?.['cache'] !== 'boolean') continue;
    const by = `the cache rule "${description === undefined || description === '' ? expression : description}"`;
    const matches = holds(expression, request);
    if (matches === true) verdict = { outcome: set['cache'] ? 'kept' : 'passed', by };
    else if (matches === undefined && (set['cache'] ? 'kept' : 'passed') !== verdict.outcome) verdict = { outcome: 'unknown', by };
  }
  return verdict;
}

function pageVerdict({ host, path }: EdgeRequest, part: EdgeZone['pageRules']): CacheVerdict {
  if (part.value === undefined)
    return { outcome: 'unknown', by: part.why ?? 'the page rules could not be read', toKnow: part.toKnow ?? 'Run it again.' };
  for (const { status, targets, actions } of part.value) {
    const level = actions.find(({ id }) => id === 'cache_level')?.value;
    if (status !== 'active' || level === undefined) continue;
    const patterns = targets.map(({ constraint }) => constraint?.value ?? '');
    const matched = patterns.find((one) =>
      [`${host}${path}`, `https://${host}${path}`, `http://${host}${path}`].some((url) => matchesWildcard(url, one)),
    );
    if (matched !== undefined) return { outcome: level === 'cache_everything' ? 'kept' : 'passed', by: `the page rule for ${matched}` };
  }
  return { outcome: 'passed' };
}
