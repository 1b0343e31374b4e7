import { defineCollector } from '../../core/collector.ts';
import type { GivenHost } from '../../core/target.ts';
import { foreignHost, openRedirects, type ReturnTry } from '../../evidence/edge-open-redirects.ts';
import { type EdgeAnswer, edgeClient, type EdgeClient, isBusy } from './client.ts';
import { leadsTo } from './follow.ts';

/** What apps call the address to come back to. */
const parameters = [
  'next',
  'redirect',
  'redirectTo',
  'redirect_to',
  'redirect_url',
  'returnTo',
  'return_to',
  'returnUrl',
  'return_url',
  'callbackUrl',
  'continue',
  'url',
  'from',
  'goto',
  'dest',
] as const;

/** A whole address; one without its scheme, which only begins like a path; and one that browsers read like the second. */
const writings = [`https://${foreignHost}/`, `//${foreignHost}/`, `/\\${foreignHost}/`] as const;

/** Asks the pages of a sign-in, and what a link in a mail leads to, with a foreign address to come back to; and every host for a path that is one. Signs nobody in. */
export const openRedirectsCollector = defineCollector({
  provides: openRedirects,
  wants: 'domain',
  needs: { client: edgeClient },
  effects: 'reads',
  timeoutMs: 60_000,
  async collect({ client }, { target: { domains } }) {
    const tries = await Promise.all((domains?.hosts ?? []).map((host) => triesAt(client, host)));
    return tries.flat();
  },
});

async function triesAt(client: EdgeClient, { name, role, redirectsTo, login, callbacks, mailedLinks }: GivenHost): Promise<ReturnTry[]> {
  const root = `https://${name}`;
  const start = await client.ask(new URL('/', root));
  // A name that is not there, and a host that does not answer, are told of elsewhere.
  if (start.is === 'failed') return [];
  const isApp = role === 'app' && redirectsTo === undefined;
  const paths =
    isApp || login !== undefined ? [login ?? '/login', ...(callbacks ?? ['/auth/callback']), ...(mailedLinks ?? []), '/logout'] : [];
  // Who signs out by a link leads on from there; nobody is signed in here.
  return Promise.all([pathAt(client, root, name), ...[...new Set(paths)].map((path) => parametersAt(client, new URL(path, root), name))]);
}

/** `https://www.example.com//elsewhere/`: who puts what was asked for behind a slash in a redirect leads there. */
async function pathAt(client: EdgeClient, root: string, host: string): Promise<ReturnTry> {
  const at = `${root}//…`;
  for (const path of [`//${foreignHost}/launch-ready`, `//${foreignHost}/launch-ready/`, `//${foreignHost}/%2e%2e`]) {
    const answer = await client.ask(new URL(`${root}${path}`));
    if (isLed(answer)) return { host, at, is: 'led', written: path, status: (answer as EdgeAnswer).status };
    if (!tells(answer)) return { host, at, is: 'failed', why: whyNot(answer) };
  }
  return { host, at, is: 'kept' };
}

/** All parameters at once, as an app reads its own and no other; which one it was is asked only where one led. */
async function parametersAt(client: EdgeClient, url: URL, host: string): Promise<ReturnTry> {
  const at = `${url.origin}${url.pathname}`;
  for (const written of writings) {
    const answer = await client.ask(withAll(url, parameters, written));
    if (!isLed(answer)) {
      if (!tells(answer)) return { host, at, is: 'failed', why: whyNot(answer) };
      continue;
    }
    for (const parameter of parameters) {
      const alone = await client.ask(withAll(url, [parameter], written));
      if (isLed(alone)) return { host, at, is: 'led', parameter, written, status: (alone as EdgeAnswer).status };
    }
    // Only several together lead there, or it did so once.
    return { host, at, is: 'failed', why: 'it led there once, and not again' };
  }
  return { host, at, is: 'kept' };
}

function withAll(url: URL, names: readonly string[], value: string): URL {
  const to = new URL(url);
  for (const name of names) to.searchParams.set(name, value);
  return to;
}

type Answer = Awaited<ReturnType<EdgeClient['ask']>>;

const tells = (answer: Answer): boolean => answer.is === 'answer' && answer.bot === undefined && !isBusy(answer.status);
const isLed = (answer: Answer): boolean =>
  answer.is === 'answer' && answer.bot === undefined && leadsTo(answer)?.to.hostname === foreignHost;

const whyNot = (answer: Answer): string =>
  answer.is === 'failed'
    ? answer.text
    : answer.bot !== undefined
      ? `${answer.bot} answered with a check for humans.`
      : `it answered ${answer.status}: it takes no more for now`;
