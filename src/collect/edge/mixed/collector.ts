import { defineCollector } from '../../../core/collector.ts';
import { CollectFault, optional } from '../../../core/evidence.ts';
import type { GivenDomains, GivenHost } from '../../../core/target.ts';
import { edgeMixed, type MixedContent, type MixedPage, type MixedUnseen } from '../../../evidence/edge-mixed.ts';
import { NoBrowser } from '../../browser/launch.ts';
import { dnsClient } from '../../dns/collector.ts';
import { linkedPages } from '../../http/document.ts';
import { readHtml } from '../../http/html.ts';
import { edgeClient, type EdgeAnswer, type EdgeClient } from '../client.ts';
import { follow } from '../follow.ts';
import { edgePeople, type EdgePeople } from '../people.ts';
import { placesOf } from '../places.ts';
import type { BrowserReach, MixedBrowser } from './browser.ts';
import { isPage, isRefusal, mostOpened, readPage } from './page.ts';
import { together } from './shown.ts';
import { behindSignIn } from './signed-in.ts';

/** Stands where the target has nobody who signs in. */
const nobody: EdgePeople | 'nobody' = 'nobody';

/** Reads the pages of the hosts as anybody and as those who sign in, and opens them in a browser where that was asked for. */
export const mixedCollector = defineCollector({
  provides: edgeMixed,
  wants: 'domain',
  needs: { client: edgeClient, dns: dnsClient },
  later: { people: optional<'edge.people', EdgePeople | 'nobody'>(edgePeople, nobody) },
  effects: 'reads',
  // Whoever signs in takes his time; what follows has limits of its own.
  timeoutMs: 900_000,
  async collect({ client, dns, people }, { target, signal, progress }) {
    const domains: GivenDomains = target.domains ?? { apex: '', hosts: [], mail: [], drafted: true };
    const places = placesOf(domains, dns);
    let proven: ReadonlyMap<string, string> = new Map();
    // Where somebody signs in, only the address that showed whose it is is asked.
    const placeOf: typeof places = async (protocol, hostname) => {
      const address = proven.get(hostname);
      return address === undefined ? places(protocol, hostname) : { address, port: 443 };
    };
    const { authorities = [] } = domains;
    const browser = target.browser === true ? started({ knows: (name) => client.knows(name), placeOf, authorities, signal }) : none;
    try {
      const [open, behind] = await Promise.all([
        forEverybody(client, domains, browser, progress),
        behindSignIn({
          target,
          client,
          browser: browser.then((one) => one.browser),
          progress,
          async enter() {
            const app = await people();
            if (app === 'nobody')
              throw new CollectFault(
                'absent',
                'Nobody is there who could sign in.',
                'Name somebody under access.people in launch-ready.yaml.',
              );
            proven = app.addresses;
            return app;
          },
        }),
      ]);
      const { why } = await browser;
      return {
        ...open,
        pages: [...open.pages, ...behind.pages],
        unseen: [...open.unseen, ...behind.unseen],
        held: behind.held,
        ...(why !== undefined && { noBrowser: why }),
      };
    } catch (error) {
      // Found out only once a page was open in it.
      if (error instanceof NoBrowser) throw new CollectFault('blocked', error.message, error.remedy);
      throw error;
    } finally {
      await (await browser).browser?.close();
    }
  },
});

/** A browser, or why none could be used. */
interface Started {
  readonly browser?: MixedBrowser;
  readonly why?: string;
}

const none: Promise<Started> = Promise.resolve({});

async function started(reach: BrowserReach): Promise<Started> {
  try {
    const { openMixedBrowser } = await import('./browser.ts');
    return { browser: await openMixedBrowser(reach) };
  } catch (error) {
    if (error instanceof NoBrowser) return { why: `${error.message} ${error.remedy}` };
    throw error;
  }
}

/** What anybody is shown by the hosts for people. */
async function forEverybody(
  client: EdgeClient,
  { hosts }: GivenDomains,
  browser: Promise<Started>,
  progress: (message: string, done?: number, total?: number) => void,
): Promise<Required<Pick<MixedContent, 'pages' | 'unread' | 'unseen'>>> {
  const shown = hosts.filter(({ role, redirectsTo }) => (role === 'app' || role === 'marketing') && redirectsTo === undefined);
  const read = await Promise.all(shown.map((host) => pagesOf(client, host)));
  const pages = read.flatMap((one) => one.pages);
  const unread = read.flatMap((one) => (one.why === undefined ? [] : [{ name: one.name, why: one.why }]));
  const { browser: opened } = await browser;
  if (!opened || pages.length === 0) return { pages, unread, unseen: [] };
  progress('opening the pages in a browser');
  const urls = pages.map(({ url }) => url);
  const seen = await opened.asVisitor(urls, (done, of) => progress('opening the pages in a browser', done, of));
  return {
    pages: pages.map((page) => ({ ...page, items: together(page.items, seen.get(page.url) ?? []) })),
    unread,
    unseen: urls
      .slice(0, mostOpened)
      .filter((url) => !seen.has(url))
      .map(hanging),
  };
}

const hanging = (url: string): MixedUnseen => ({
  name: url,
  why: `${url} did not answer in the browser: a script of it may never end.`,
  toKnow: 'Open it in a browser yourself, mend what hangs, and run it again.',
});

/** The pages of one host that can be seen without signing in. */
async function pagesOf(
  client: EdgeClient,
  { name, login }: GivenHost,
): Promise<{ readonly name: string; readonly pages: readonly MixedPage[]; readonly why?: string }> {
  const starts = ['/', ...(login === undefined ? [] : [login])].map((path) => new URL(path, `https://${name}`));
  const ends = await Promise.all(starts.map((url) => follow(client, url)));
  const [first] = ends;
  // A name that is not in the DNS is told of elsewhere.
  const why = first?.way.fault === 'missing' ? undefined : first?.way.why;
  if (!first?.answer) return { name, pages: [], ...(why !== undefined && { why }) };
  const base = first.answer;
  if (isRefusal(base.status)) return { name, pages: [], why: `${name} answered ${base.status} instead of a page.` };
  const html = readHtml(base.text);
  const linked = linkedPages({ html, base: base.url, reply: { url: base.url } });
  const others = await Promise.all(linked.map((url) => client.ask(url)));
  const answers = new Map<string, EdgeAnswer>();
  for (const one of [...ends.map(({ answer }) => answer), ...others])
    if (one?.is === 'answer' && one.bot === undefined && one.url.protocol === 'https:' && client.knows(one.url.hostname) && isPage(one))
      answers.set(one.url.href, one);
  const files = {
    knows: (hostname: string) => client.knows(hostname),
    ask: async (url: URL) => {
      const answer = await client.ask(url);
      return answer.is === 'answer' ? answer : undefined;
    },
  };
  return { name, pages: await Promise.all([...answers.values()].map((answer) => readPage(answer, files))) };
}
