import { defineCollector } from '../../core/collector.ts';
import type { GivenHost } from '../../core/target.ts';
import { edgeRedirects, type HostRedirects, type RedirectKind, type RedirectRow } from '../../evidence/edge-redirects.ts';
import { edgeClient, type EdgeClient } from './client.ts';
import { follow } from './follow.ts';

/** Follows every address of the domain map to its end, hop by hop. */
export const redirectsCollector = defineCollector({
  provides: edgeRedirects,
  wants: 'domain',
  needs: { client: edgeClient },
  effects: 'reads',
  timeoutMs: 120_000,
  async collect({ client }, { target: { domains }, progress }) {
    const { apex, drafted, hosts } = domains ?? { apex: '', drafted: true, hosts: [] };
    progress('following the redirects of every address');
    const all = await Promise.all(hosts.map((host) => redirectsOf(client, host)));
    return { apex, drafted, hosts: all.filter(isThere) };
  },
});

/** A name that is not in the DNS is told of elsewhere; a host that is no website need not answer as one. */
const isThere = ({ role, rows }: HostRedirects): boolean =>
  !rows.every(({ fault }) => fault === 'missing') && !(role === 'other' && rows.every(({ end }) => end === 'failed'));

interface Asked {
  readonly kind: RedirectKind;
  readonly path: string;
  readonly given: boolean;
}

const deep = '/launch-ready/deep-link';
const query = 'utm_source=launch-ready&x=1';
const signIn = 'code=launch-ready-code&state=launch-ready-state';
const mailed = 'token_hash=launch-ready-token&type=email';

/** What is asked of a host. Codes and tokens are made up: nothing can be signed in to by them. */
function pathsOf({ role, login, callbacks, mailedLinks }: GivenHost): Asked[] {
  const isApp = role === 'app';
  const withQuery = (path: string, more: string): string => `${path}${path.includes('?') ? '&' : '?'}${more}`;
  return [
    { kind: 'home', path: '/', given: true },
    { kind: 'deep', path: `${deep}?${query}`, given: false },
    { kind: 'slash', path: `${deep}/`, given: false },
    ...(login !== undefined || isApp ? [{ kind: 'login' as const, path: login ?? '/login', given: login !== undefined }] : []),
    ...(callbacks ?? (isApp ? ['/auth/callback'] : [])).map((path) => ({
      kind: 'callback' as const,
      path: withQuery(path, signIn),
      given: callbacks !== undefined,
    })),
    ...(mailedLinks ?? []).map((path) => ({ kind: 'mailed' as const, path: withQuery(path, mailed), given: true })),
  ];
}

/** A path with the slash at its end that it lacks, or without the one that it has; `undefined` where it is the start page. */
function slashed(path: string): string | undefined {
  const [, plain = '', slash = '', query = ''] = /^([^?]*?)(\/?)(\?.*)?$/s.exec(path) ?? [];
  return plain === '' ? undefined : `${plain}${slash === '' ? '/' : ''}${query}`;
}

/** The login and the addresses that a sign-in comes back to, of those that the user named, spelled with the slash otherwise. */
const slashes = (asked: readonly Asked[]): Asked[] =>
  asked.flatMap(({ kind, path, given }) => {
    const other = given && (kind === 'login' || kind === 'callback') ? slashed(path) : undefined;
    return other === undefined ? [] : [{ kind: kind === 'login' ? 'login-slash' : 'callback-slash', path: other, given }];
  });

async function redirectsOf(client: EdgeClient, host: GivenHost): Promise<HostRedirects> {
  const { name, role, redirectsTo } = host;
  const row = async (scheme: 'http' | 'https', { kind, path, given }: Asked): Promise<RedirectRow> => ({
    scheme,
    kind,
    path,
    given,
    ...(await follow(client, new URL(path, `${scheme}://${name}`), kind === 'post' ? 'POST' : 'GET')).way,
  });
  const byScheme = await Promise.all(
    (['http', 'https'] as const).map(async (scheme) => {
      const [home, ...others] = pathsOf(host);
      // http leads to https with the slash or without.
      if (scheme === 'https') others.push(...slashes(others));
      const first = await row(scheme, home!);
      // Where nothing answers, asking again only costs time.
      if (first.end === 'failed' && first.hops.length === 0) return [first];
      const rows = [first, ...(await Promise.all(others.map((one) => row(scheme, one))))];
      const isMoved = rows.some(({ kind, hops }) => kind === 'deep' && movedBy(hops[0]));
      const sends = (role === 'api' || role === 'app') && isMoved;
      return sends ? [...rows, await row(scheme, { kind: 'post', path: deep, given: false })] : rows;
    }),
  );
  const rows = byScheme.flat();
  const stranger = await strangerAt(client, name, rows);
  return { name, role, ...(redirectsTo !== undefined && { redirectsTo }), rows, ...(stranger && { stranger }) };
}

const movedBy = (hop: RedirectRow['hops'][number] | undefined): boolean =>
  hop?.to !== undefined && hop.by === 'header' && new URL(hop.to).origin !== new URL(hop.url).origin;

/** A name that nobody has (RFC 6761). */
const strangeName = 'launch-ready-probe.invalid';

/** Asks the server of a host for a name that nobody has: over http, and over https, where pages are shown once http only leads there. */
async function strangerAt(client: EdgeClient, name: string, rows: readonly RedirectRow[]): Promise<HostRedirects['stranger']> {
  const [byHttp, byHttps] = await Promise.all(
    (['http', 'https'] as const).map(async (scheme) => {
      const own = rows.find((one) => one.scheme === scheme && one.kind === 'home');
      return own && own.hops.length > 0 && own.end !== 'bot' ? strangerBy(client, new URL(`${scheme}://${name}/`)) : undefined;
    }),
  );
  if (byHttp?.same) return byHttp;
  // Led on to https under the strange name, it was not refused: what https says counts.
  return byHttps ?? (URL.parse(byHttp?.to ?? '')?.hostname === strangeName ? undefined : byHttp);
}

async function strangerBy(client: EdgeClient, url: URL): Promise<HostRedirects['stranger']> {
  const [answer, plain] = await Promise.all([client.ask(url, { headers: { host: strangeName } }), client.ask(url)]);
  if (answer.is === 'failed' || answer.bot !== undefined) return undefined;
  const to = answer.headers['location'];
  return {
    scheme: url.protocol === 'http:' ? 'http' : 'https',
    status: answer.status,
    ...(to !== undefined && { to: to.slice(0, 200) }),
    same: plain.is === 'answer' && answer.status === 200 && plain.status === 200 && plain.text === answer.text && answer.text !== '',
  };
}
