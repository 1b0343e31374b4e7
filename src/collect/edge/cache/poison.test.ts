import { type IncomingMessage, request as httpRequest, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { cachePoisoned } from '../../../checks/edge/cache-poisoned.ts';
import type { GivenHost } from '../../../core/target.ts';
import { type EdgeFixture, startEdge } from '../fixture.ts';
import { serve } from '../../http/fixtures/server.ts';
import { startNodeCache } from './node-cache.ts';
import { type CacheServer, isInstalled, startNginx } from './servers.ts';
import { poisonCollector } from './poison.ts';

const hosts: readonly GivenHost[] = [{ name: 'app.example.test', role: 'app', login: '/login' }];
let open: EdgeFixture | undefined;
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await open?.stop();
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

/** What is told of an app behind a cache. `hit`: what the cache says of itself where it answers; `key`: under which an answer is kept. */
async function look(
  app: (request: IncomingMessage) => { status?: number; text: string; headers?: Record<string, string> },
  key: ((url: string, headers: IncomingMessage['headers']) => string | undefined) | ((port: number) => Promise<CacheServer>),
  isServer = false,
): Promise<{ told: string[]; asked: readonly string[]; kept: readonly string[] }> {
  const server = await serve((request, response) => {
    const { status = 200, text, headers = {} } = app(request);
    response.writeHead(status, { 'content-type': 'text/html', 'x-cache': 'MISS', ...headers }).end(text);
  });
  const kept = new Set<string>();
  const port = Number(server.url.port);
  const keyed = (method: string, url: string, headers: IncomingMessage['headers']): string | undefined => {
    const at = method === 'GET' ? (key as KeyFor)(url, headers) : undefined;
    if (at !== undefined) kept.add(at);
    return at;
  };
  const cache = isServer
    ? await (key as (port: number) => Promise<CacheServer>)(port)
    : await startNodeCache(port, keyed, { 'x-cache': 'HIT' }, (status) => status === 200 || status === 301);
  stops.push(() => server.close(), cache.stop);
  const handler: RequestListener = (asked, response) => {
    const onward = httpRequest(`${cache.origin}${asked.url}`, { method: asked.method ?? 'GET', headers: asked.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    asked.pipe(onward);
  };
  open = await startEdge(hosts, handler);
  const poison = await poisonCollector.collect({ client: open.client }, {
    target: { domains: open.domains },
    progress: () => undefined,
  } as never);
  return {
    told: [...cachePoisoned.evaluate({ poison })].map(({ outcome, message }) => `${outcome} ${message}`),
    asked: open.asked,
    kept: [...kept],
  };
}

type KeyFor = (url: string, headers: IncomingMessage['headers']) => string | undefined;

const believing = ({ headers }: IncomingMessage) => ({
  text: `<link rel="canonical" href="https://${String(headers['x-forwarded-host'] ?? headers.host)}/">`,
});
const plainPage = () => ({ text: '<title>Page</title>' });
const byAddress = (url: string): string => url;
const bare = (url: string): string => url.split('?')[0] ?? url;

describe('an answer that a header changed', () => {
  it('is told of where a cache keeps it for everybody', async () => {
    const { told } = await look(believing, byAddress);
    expect(told).toEqual([expect.stringMatching(/^fail .*keeps what x-forwarded-host changed/) as string]);
  });

  it('is told of where it is a redirect in a circle', async () => {
    const { told } = await look(
      ({ headers, url }) =>
        headers['x-forwarded-scheme'] === 'http'
          ? { status: 301, text: '', headers: { location: `https://app.example.test${url}` } }
          : plainPage(),
      byAddress,
    );
    expect(told).toEqual([expect.stringMatching(/^fail .*keeps what x-forwarded-scheme changed/) as string]);
  });

  it.each<[string, Parameters<typeof look>[0], Parameters<typeof look>[1]]>([
    ['nothing is kept', believing, () => undefined],
    ['the header is in the key', believing, (url, headers) => `${url} ${String(headers['x-forwarded-host'])}`],
    ['the app does not believe it', plainPage, byAddress],
  ])('is none where %s', async (_, app, key) => {
    const { told, asked } = await look(app, key);
    expect(told).toEqual([expect.stringMatching(/^pass/) as string]);
    expect(asked.length).toBeLessThan(app === plainPage ? 18 : 60);
  });

  it('never gets into what real visitors are given, where the cache leaves the query out of its key', async () => {
    const { told, kept, asked } = await look(believing, bare);
    // Asked for without a header first, so what is kept of the real page is right.
    expect(told).toEqual([expect.stringMatching(/^fail/) as string]);
    const risky = kept.filter((path) => !path.startsWith('/launch-ready-'));
    expect(risky.toSorted()).toEqual(['/', '/login']);
    const shown = await (async () => {
      const answer = await open!.client.ask(new URL('https://app.example.test/'), { headers: { 'x-asked': 'again' } });
      return answer.is === 'answer' ? answer.text : '';
    })();
    expect(shown).toContain('https://app.example.test/');
    expect(asked.length).toBeLessThan(40);
  });

  it('is none of a header where the host fails twice in a row by itself', async () => {
    let broken: string | undefined;
    const { told } = await look(
      ({ headers, url }) => {
        if (headers['forwarded'] !== undefined) broken ??= url;
        return url === broken ? { status: 500, text: 'oops' } : plainPage();
      },
      () => undefined,
    );
    expect(told).toEqual([expect.stringMatching(/^pass/) as string]);
  });

  it('cannot be told where the host does not answer', async () => {
    const { told } = await look(
      () => ({ status: 429, text: '' }),
      () => undefined,
    );
    expect(told).toEqual([expect.stringMatching(/^unknown/) as string]);
  });
});

const isMissing = !isInstalled('nginx');
if (isMissing) process.stderr.write('skipped: nginx is not installed, so what it keeps of a changed answer is not tried\n');

describe.skipIf(isMissing)('nginx', () => {
  const keeping = 'proxy_cache c; proxy_cache_valid 200 60s; add_header X-Cache-Status $upstream_cache_status;';
  it.each([
    ['hands on whatever name it is told', keeping, 'fail'],
    ['hands on whatever name it is told, and does not say what it keeps', 'proxy_cache c; proxy_cache_valid 200 60s;', 'fail'],
    ['sets the name itself', `${keeping} proxy_set_header X-Forwarded-Host $host;`, 'pass'],
    ['keeps nothing', '', 'pass'],
  ])('that %s', async (_, rules, outcome) => {
    const { told } = await look(believing, (port: number) => startNginx(port, rules), true);
    expect(told).toEqual([expect.stringMatching(new RegExp(`^${outcome}`)) as string]);
  });
});
