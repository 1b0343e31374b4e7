import type { GivenHost } from '../core/target.ts';
import type { EdgeZone } from './cloudflare.ts';
import type { EdgeRequest } from './edge-expression.ts';
import type { EdgePages } from './edge-pages.ts';
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

/** Names of the cookies that somebody signed in was seen to send to a host: its own, and those of others that are made for it as well. */
export const heldAt = ({ hosts }: Pick<EdgePages, 'hosts'>, host: string): string[] =>
  hosts.flatMap(({ name, cookies }) =>
    cookies
      .filter(({ signedIn, refused }) => signedIn && refused === undefined)
      .filter(({ domain }) => name === host || (domain !== undefined && `.${host}`.endsWith(domain.replace(/^\.?/, '.'))))
      .map((cookie) => cookie.name),
  );

/** What somebody signed in sends: a cookie, or a header, as the app wants it. `held`: names of his cookies, where they are known. */
export const signedInRequests = (
  host: string,
  path: string,
  held: readonly string[] = [],
): readonly [cookie: EdgeRequest, header: EdgeRequest] => {
  const base = { host, path, method: 'GET' };
  return [
    { ...base, hasSession: true, held, headers: ['cookie', 'accept'] },
    { ...base, cookie: '', headers: ['authorization', 'accept'] },
  ];
};

/** Private addresses of each host. */
export const privateAddresses = (
  zone: Pick<EdgeZone, 'name' | 'hosts' | 'records' | 'privatePaths'>,
): { readonly host: string; readonly path: string }[] =>
  appHostsOf(zone).flatMap(({ name }) =>
    privatePathsOf(zone).map((path) => ({ host: name, path: path.endsWith('/') ? `${path}me` : path })),
  );
