import { afterEach, expect, it } from 'vitest';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GivenHost } from '../../core/target.ts';
import type { CollectContext } from '../../core/collector.ts';
import { type EdgeFixture, isSecure, startEdge } from './fixture.ts';
import { openRedirectsCollector } from './open-redirects.ts';

const running: EdgeFixture[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const hosts: readonly GivenHost[] = [
  { name: 'www.example.test', role: 'marketing' },
  { name: 'app.example.test', role: 'app', login: '/login', callbacks: ['/auth/callback'] },
];

/** What an app answers to an address, where it is not a page: where it leads, or a page, or a status. */
type Told = (url: URL) => string | number | undefined;

async function tried(told: Told): Promise<string[]> {
  const domain = await startEdge(hosts, (asked: IncomingMessage, response: ServerResponse) => {
    const url = new URL(`${isSecure(asked) ? 'https' : 'http'}://${asked.headers.host}${asked.url}`);
    const said = told(url);
    if (typeof said === 'number') response.writeHead(said).end();
    else if (said?.startsWith('<')) response.writeHead(200, { 'content-type': 'text/html' }).end(said);
    else if (said !== undefined) response.writeHead(302, { location: said }).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Here</title>');
  });
  running.push(domain);
  const tries = await openRedirectsCollector.collect({ client: domain.client }, {
    target: { domains: domain.domains },
  } as unknown as CollectContext);
  return tries.filter(({ is }) => is !== 'kept').map(({ at, is, parameter, why }) => [at, is, parameter ?? why ?? ''].join(' ').trim());
}

const login = 'https://app.example.test/login';

it.each<[string, Told, readonly string[]]>([
  ['leads nowhere else', () => undefined, []],
  [
    'leads to any address after next',
    ({ searchParams }) => searchParams.get('next') ?? undefined,
    ['https://app.example.test/auth/callback led next', `${login} led next`, 'https://app.example.test/logout led next'],
  ],
  [
    'leads to a path of its own, and takes two slashes for one',
    ({ pathname, searchParams }) =>
      pathname === '/login' && searchParams.get('returnTo')?.startsWith('/') ? searchParams.get('returnTo')! : undefined,
    [`${login} led returnTo`],
  ],
  [
    'takes a backslash for a path',
    ({ pathname, searchParams }) => {
      const to = searchParams.get('goto') ?? '';
      return pathname === '/login' && /^\/(?!\/)/.test(to) ? to : undefined;
    },
    [`${login} led goto`],
  ],
  [
    'reloads itself elsewhere',
    ({ pathname, searchParams }) =>
      pathname === '/login' && searchParams.has('url')
        ? `<!doctype html><meta http-equiv="refresh" content="0;url=${searchParams.get('url')}">`
        : undefined,
    [`${login} led url`],
  ],
  [
    'takes a path for a host, when it adds a slash',
    ({ host, pathname }) => (host.startsWith('www') && !pathname.endsWith('/') ? `${pathname}/` : undefined),
    ['https://www.example.test//… led'],
  ],
  [
    'asks an identity provider to come back there, which is for that one to refuse',
    ({ pathname, searchParams }) =>
      pathname === '/login'
        ? `https://id.example.net/authorize?redirect_uri=${encodeURIComponent(searchParams.get('next') ?? '')}`
        : undefined,
    [],
  ],
  ['leads to its own start page', ({ pathname }) => (pathname === '/login' ? '/' : undefined), []],
  [
    'takes no more for now',
    ({ pathname }) => (pathname === '/login' ? 429 : undefined),
    [`${login} failed it answered 429: it takes no more for now`],
  ],
])('an app that %s', async (_, told, expected) => {
  expect((await tried(told)).toSorted()).toEqual([...expected].toSorted());
});
