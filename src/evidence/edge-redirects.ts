import { evidence } from '../core/evidence.ts';
import type { HostRole } from '../core/target.ts';

/**
 * What a visitor asks for. `deep`: a page far down, with a query. `slash`: the same with a slash at its end. `login`, `callback` (a sign-in comes back with
 * `code` and `state`), `mailed` (a link in a mail leads there): of the app; `login-slash`, `callback-slash`: the same with the slash at its end added, or taken off. `post`: a request that sends something, to an address that is not there.
 */
export type RedirectKind = 'home' | 'deep' | 'slash' | 'login' | 'callback' | 'mailed' | 'login-slash' | 'callback-slash' | 'post';

/** One answer on the way. Values that may be secret are left out of addresses. */
export interface Hop {
  readonly url: string;
  readonly status: number;
  /** Where it leads; absent: it is the end. */
  readonly to?: string;
  /** A header, or a page that reloads itself elsewhere. */
  readonly by?: 'header' | 'page';
  /** What gets lost where it leads to another scheme or host of the map, or to the same address but for the slash at its end. */
  readonly lost?: readonly ('path' | 'query')[];
  /** Strict-Transport-Security, as it came. */
  readonly hsts?: string;
  /** Where somebody elsewhere is asked to send the visitor back to: a parameter of the address, and its scheme, host and path. */
  readonly returns?: readonly { readonly parameter: string; readonly url: string }[];
}

/**
 * How a way ended. `answer`: with a page, or an error of the host. `loop`: where it had been. `long`: after more hops than a browser takes. `leaves`: at
 * a host that is not in the map. `failed`: no answer came. `bot`: a bot protection answered.
 */
export type RedirectEnd = 'answer' | 'loop' | 'long' | 'leaves' | 'failed' | 'bot';

/** A way through the redirects, from one address. */
export interface RedirectRow {
  readonly scheme: 'http' | 'https';
  readonly kind: RedirectKind;
  /** Path and query as asked for. */
  readonly path: string;
  /** The user named the path; else it is one that many apps have. */
  readonly given: boolean;
  readonly hops: readonly Hop[];
  readonly end: RedirectEnd;
  /** Address that it ended at. */
  readonly at: string;
  /** Of `failed` and `bot`: a sentence. */
  readonly why?: string;
  /** Of `failed`. `refused`: nothing listens there. `unsaid`: a pinned host, whose address for this scheme nobody said. */
  readonly fault?: 'refused' | 'missing' | 'certificate' | 'unsaid' | 'limit' | 'other';
}

export interface HostRedirects {
  readonly name: string;
  readonly role: HostRole;
  readonly redirectsTo?: string;
  readonly rows: readonly RedirectRow[];
  /** What the server of this host answers to a name that is nobody's: a status, and where it leads. */
  readonly stranger?: { readonly scheme: 'http' | 'https'; readonly status: number; readonly to?: string; readonly same: boolean };
}

export interface Redirects {
  readonly apex: string;
  readonly drafted: boolean;
  readonly hosts: readonly HostRedirects[];
}

export const edgeRedirects = evidence<Redirects>()('edge.redirects', 'where every address of the domain leads');

/** `GET http://example.com/ → https://example.com/ (301) → …`: the way in one line. */
export function wayText({ hops, end, at }: Pick<RedirectRow, 'hops' | 'end' | 'at'>): string {
  const passed = hops.map(({ url, status }) => `${url} (${status})`);
  const last = hops.at(-1);
  return [...passed, ...(last?.to !== undefined || last === undefined ? [end === 'failed' ? `${at} (no answer)` : at] : [])].join(' → ');
}

/** The host that visitors of a host are meant to end at. */
export function meantHost({ hosts }: Pick<Redirects, 'hosts'>, name: string): string {
  const seen = new Set<string>();
  let at = name;
  for (;;) {
    const next = hosts.find((one) => one.name === at)?.redirectsTo;
    if (next === undefined || seen.has(next)) return at;
    seen.add(next);
    at = next;
  }
}

/**
 * What a redirect between the names of a site loses. Where an app leads somebody to another host by itself, after a sign-in, what it leaves behind is its own
 * business.
 */
export function lostBetweenNames(
  { hosts, apex }: Pick<Redirects, 'hosts' | 'apex'>,
  { url, to, lost = [] }: Hop,
): readonly ('path' | 'query')[] {
  const [from, end] = [hostOf(url), hostOf(to ?? '')];
  const host = hosts.find(({ name }) => name === from);
  const pair = [apex, `www.${apex}`];
  const isRename =
    from === end || host?.redirectsTo !== undefined || host?.role === 'marketing' || (pair.includes(from) && pair.includes(end));
  return isRename ? lost : [];
}

const signInPath = /^https?:\/\/[^/]+\/(?:[^?]*\/)?(?:log-?in|sign-?in|sso|auth|authorize|oauth2?)(?:[/?]|$)/i;

/** Whether the page at an address asks people to sign in, by its name. */
export const isSignInPage = (address: string): boolean => signInPath.test(address);

/** Whether a way leads to where people sign in, here or elsewhere: a page that is called so, or one that is told where in the map to send them back to. */
export const asksToSignIn = ({ hosts }: Pick<Redirects, 'hosts'>, { hops, at }: Pick<RedirectRow, 'hops' | 'at'>): boolean =>
  isSignInPage(at) || hops.some(({ returns = [] }) => returns.some(({ url }) => hosts.some(({ name }) => name === hostOf(url))));

/** Host of an address, where it is one; evidence that was saved may hold anything. */
export function hostOf(address: string): string {
  return /^https?:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]+)/i.exec(address)?.[1]?.toLowerCase() ?? '';
}

/** Hosts that only developers see: this machine, private networks, and the preview addresses of hosting services. */
export const isDeveloperHost = (host: string): boolean =>
  /^(?:localhost|.*\.localhost|0\.0\.0\.0|127\.\d+\.\d+\.\d+|\[::1\]|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+)$/.test(
    host,
  ) ||
  /\.(?:vercel\.app|netlify\.app|lovable\.app|lovableproject\.com|lovable\.dev|bolt\.host|replit\.app|replit\.dev|repl\.co|pages\.dev|web\.app|firebaseapp\.com|onrender\.com|up\.railway\.app|fly\.dev|herokuapp\.com|webcontainer\.io|vusercontent\.net|ngrok\.io|ngrok\.app|ngrok-free\.app|trycloudflare\.com|framer\.app|webflow\.io|base44\.app)$/.test(
    host,
  );

/** Top-level domains that are on the list of browsers as a whole: nobody there is ever asked by http (hstspreload.org; Google Registry). */
const httpsAlone = new Set(['app', 'dev', 'page', 'new', 'day', 'foo']);

/** Whether browsers ask a host by https alone, whatever it says of itself. */
export const isHttpsAlone = (name: string): boolean => httpsAlone.has(name.split('.').at(-1) ?? '');
