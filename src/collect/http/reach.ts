import { isIP } from 'node:net';
import type { Target } from '../../core/target.ts';

/**
 * What a request is for. `page`: pages and probes, only on the hosts the user named (and their www twin).
 * `asset`: scripts that a page of the app loads; the app's own code often lies on a CDN host, so these may come from further hosts, see `mayAsk`.
 */
export type Purpose = 'page' | 'asset';

/** Hosting suffixes under which strangers are neighbours: sharing one does not make two hosts one site. */
const sharedSuffixes = new Set(
  `vercel.app netlify.app lovable.app lovableproject.com bolt.host replit.app replit.dev repl.co base44.app framer.app framer.website webflow.io
  flutterflow.app web.app firebaseapp.com pages.dev workers.dev github.io gitlab.io onrender.com up.railway.app railway.app fly.dev herokuapp.com
  azurewebsites.net azurestaticapps.net cloudfront.net amazonaws.com s3.amazonaws.com appspot.com run.app surge.sh glitch.me deno.dev supabase.co
  ngrok.io ngrok.app ngrok-free.app trycloudflare.com stackblitz.io webcontainer.io vusercontent.net`.split(/\s+/),
);

/** Platform hosts that carry one site's own code, by path. */
const builderAssets: readonly { readonly host: RegExp; readonly path: RegExp }[] = [
  { host: /^framerusercontent\.com$/, path: /^\/sites\// },
  { host: /^(cdn\.prod\.website-files\.com|assets(-global)?\.website-files\.com|uploads-ssl\.webflow\.com)$/, path: /\/js\// },
];

/** Build output of Next.js and Nuxt, served from whatever CDN the app uses. */
const buildPaths = /\/_(next|nuxt)\//;

/** True when the scope allows the request. Whether the address lies in a private network is judged when connecting. */
export function mayAsk(url: URL, purpose: Purpose, target: Target): boolean {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  if (isNamed(url, target)) return true;
  if (purpose === 'page') return false;
  if (builderAssets.some(({ host, path }) => host.test(url.hostname) && path.test(url.pathname))) return true;
  return buildPaths.test(url.pathname) || hostnames(target).some((name) => sameSite(url.hostname, name));
}

/** True for a host of the scope and for its www twin, which nearly every apex domain redirects to. */
export function isNamed(url: URL, target: Target): boolean {
  const twin = url.hostname.startsWith('www.') ? url.host.slice(4) : `www.${url.host}`;
  return target.scope.hosts.includes(url.host) || target.scope.hosts.includes(twin);
}

/** Host names of the scope, without port. */
export const hostnames = (target: Target): string[] => target.scope.hosts.map((host) => new URL(`http://${host}`).hostname);

/** True when one host lies below the other, or both below one domain that is not a hosting suffix. */
export function sameSite(a: string, b: string): boolean {
  if (isIP(a.replace(/^\[|\]$/g, '')) !== 0 || isIP(b.replace(/^\[|\]$/g, '')) !== 0) return false;
  const one = siteOf(a);
  return one !== undefined && one === siteOf(b);
}

// Without the public suffix list: the last two labels, three under a short second level (co.uk, com.br), the whole host under a hosting suffix.
function siteOf(host: string): string | undefined {
  const labels = host.split('.');
  if (labels.length < 2) return undefined;
  if (labels.some((_, index) => sharedSuffixes.has(labels.slice(index).join('.')))) return host;
  const short = labels.length > 2 && /^(co|com|org|net|gov|edu|ac|or|ne)$/.test(labels.at(-2) ?? '') && labels.at(-1)?.length === 2;
  return labels.slice(short ? -3 : -2).join('.');
}
