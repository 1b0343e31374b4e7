import { type Outgoing, type Proxy, type ProxyRules, startProxy } from '../../browser/proxy.ts';
import { codesOf, faultOf, isUntrusted } from '../../http/fault.ts';
import { templateOf } from '../surface/template.ts';
import { heldBack } from './held.ts';

const mostTurnedAway = 50;

/** What a window may do beside asking the app itself. Absent: nothing. */
export interface VisitRules {
  /** Whether a request may go to another host, or is a plain file (script, style, font) that may be had whatever its address says. */
  readonly allows?: (url: URL, isFile: boolean) => boolean;
  /** Called for each request that leaves, redirects included; one for which it gives false is not sent. */
  readonly count?: () => boolean;
  /** How hosts are reached, and whose certificates are trusted. Absent: as DNS says, and as Node trusts. */
  readonly way?: Pick<ProxyRules, 'placeOf' | 'authorities'>;
  /** Hosts that `allows` may be asked about. Absent: none. */
  readonly knows?: (hostname: string) => boolean;
  /** Hears of sockets that pages open. None of them is really opened. */
  readonly onSocket?: (url: string) => void;
}

/** What is known of a visit by what leaves it. */
export interface Guard {
  readonly proxy: Proxy;
  readonly state: { signingIn: boolean; untrusted?: string; readonly turnedAway: Map<string, string> };
}

/** The last look at each request of a visit: the browser asks about the first of a chain of redirects only. */
export async function startGuard(
  origin: string,
  { allows = () => false, count = () => true, way = {}, knows = () => false }: VisitRules,
): Promise<Guard> {
  const state: Guard['state'] = { signingIn: false, turnedAway: new Map() };
  const { hostname } = new URL(origin);
  const permits = ({ method, url, headers, body }: Outgoing): boolean => {
    const isFile = method === 'GET' && isFileFor(String(headers['sec-fetch-dest'] ?? ''), url);
    const isAllowed = url.origin === origin || allows(url, isFile);
    const path = `${url.pathname}${url.search}`;
    const why = !isAllowed
      ? `it leads to ${url.host}`
      : isFile && allows(url, true)
        ? undefined
        : heldBack({ method, path, body: body?.toString('utf8') }, state.signingIn);
    if (why !== undefined && headers['sec-fetch-mode'] === 'navigate' && state.turnedAway.size < mostTurnedAway)
      state.turnedAway.set(isAllowed ? templateOf(url.pathname).template : url.origin, why);
    return why === undefined && count();
  };
  const proxy = await startProxy({
    reaches: (name) => name === hostname || knows(name),
    permits,
    ...way,
    failed(error, url) {
      if (isUntrusted(codesOf(error))) state.untrusted ??= faultOf(error, url).message;
    },
  });
  return { proxy, state };
}

/** `destination`: as Fetch names it, and as browsers send it in `Sec-Fetch-Dest`. */
export const isFileFor = (destination: string, { pathname }: URL): boolean =>
  /^(?:script|style|font)$/.test(destination) && /\.(?:m?js|css|woff2?|ttf|otf)$/i.test(pathname);
