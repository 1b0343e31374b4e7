import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { mixedContent } from '../../checks/edge/mixed-content.ts';
import type { MixedContent } from '../../evidence/edge-mixed.ts';
import { findBrowser } from '../browser/find.ts';
import { openDns } from '../dns/client.ts';
import { readHtml } from '../http/html.ts';
import { type EdgeFixture, startEdge } from './fixture.ts';
import { itemIn } from './mixed-browser.ts';
import { mixedInCss, mixedInHtml, mixedInScript } from './mixed-in.ts';
import { mixedCollector } from './mixed.ts';

const base = new URL('https://app.example.test/a/');
const inHtml = (text: string): string[] => mixedInHtml(readHtml(text), base).map(({ kind, what, url }) => `${kind} ${what} ${url}`);

describe('what a page asks for over http', () => {
  it.each<[string, string[]]>([
    ['<script src="http://x.test/a.js"></script>', ['active script http://x.test/a.js']],
    ['<LINK REL=StyleSheet HREF=http://x.test/a.css>', ['active link http://x.test/a.css']],
    ['<link rel="icon" href="http://x.test/a.ico">', ['passive link http://x.test/a.ico']],
    ['<iframe src="http://x.test/"></iframe>', ['active iframe http://x.test/']],
    [
      '<img src="http://x.test/a.png" srcset="b.png 1x, http://x.test/c.png 2x">',
      ['passive img http://x.test/a.png', 'passive img srcset http://x.test/c.png'],
    ],
    [
      '<form action="http://x.test/login"><button formaction="http://x.test/2">',
      ['form form http://x.test/login', 'form button http://x.test/2'],
    ],
    [
      '<style>@import "http://x.test/a.css"; a { background: url( http://x.test/b.png ) }</style>',
      ['active @import http://x.test/a.css', 'passive url() http://x.test/b.png'],
    ],
    ['<p style="background:url(&quot;http://x.test/b.png&quot;)">', ['passive url() http://x.test/b.png']],
    [
      '<video poster="http://x.test/p.jpg"><source src="http://x.test/v.mp4"></video>',
      ['passive video http://x.test/p.jpg', 'passive source http://x.test/v.mp4'],
    ],
  ])('%s', (text, expected) => {
    expect(inHtml(text)).toEqual(expected);
  });

  it.each([
    '<a href="http://x.test/">a link leads somewhere, and asks for nothing</a>',
    '<script src="//x.test/a.js"></script><script src="/a.js"></script><img src="data:image/png;base64,aGk=">',
    '<link rel="canonical" href="http://app.example.test/"><link rel="alternate" href="http://x.test/feed">',
    '<script src="http://localhost:3000/a.js"></script>',
    '<svg xmlns="http://www.w3.org/2000/svg"><img alt="http://x.test/a.png">',
    '<!-- <script src="http://x.test/a.js"></script> -->',
    '<style>/* url(http://x.test/a.png) */</style>',
  ])('nothing: %s', (text) => {
    expect(inHtml(text)).toEqual([]);
  });

  it('is seen in style sheets, and fonts can change the page', () => {
    expect(mixedInCss("@font-face { src: url('http://x.test/f.woff2') }", base)).toEqual([
      { kind: 'active', what: 'url()', url: 'http://x.test/f.woff2' },
    ]);
  });

  it('is seen in calls of scripts, and where an own host is called; names and links are not', () => {
    const own = (host: string): boolean => host.endsWith('example.test');
    const found = (text: string): string[] => mixedInScript(text, base, own).map(({ what, url }) => `${what} ${url}`);
    expect(found('fetch("http://api.other.test/v1/x").then(a)')).toEqual(['fetch http://api.other.test/v1/x']);
    expect(found('new WebSocket("ws://live.other.test/socket")')).toEqual(['WebSocket ws://live.other.test/socket']);
    expect(found('const u="http://api.example.test/v1";')).toEqual(['script http://api.example.test/v1']);
    expect(
      found('var e="http://www.w3.org/1999/xhtml",b="http://localhost:3000/x"; // http://api.example.test/v1\n fetch("https://a.test/")'),
    ).toEqual([]);
    for (const unit of ['fetch(', '"http://', 'baseURL:', 'axios.get(']) expect(found(unit.repeat(200_000)).length).toBeLessThan(1_000);
  });
});

describe('what Chromium says on its console', () => {
  it.each([
    [
      "Mixed Content: The page at 'https://a.test/' was loaded over HTTPS, but requested an insecure script 'http://x.test/a.js?v=1'. This request has been blocked; the content must be served over HTTPS.",
      { kind: 'active', what: 'script', url: 'http://x.test/a.js', tried: true },
    ],
    [
      "Mixed Content: The page at 'https://a.test/' was loaded over HTTPS, but requested an insecure element 'http://x.test/a.png'. This request was automatically upgraded to HTTPS, For more information see https://blog.chromium.org/",
      { kind: 'passive', what: 'element', url: 'http://x.test/a.png', tried: true },
    ],
  ])('%s', (text, expected) => {
    expect(itemIn(text)).toEqual([expected]);
  });

  it('nothing, where it speaks of something else', () => {
    expect(itemIn('Failed to load resource: net::ERR_CONNECTION_REFUSED')).toEqual([]);
  });
});

let open: EdgeFixture | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});

async function look(
  pages: Readonly<Record<string, string>>,
  browser = false,
  headers: Record<string, string> = {},
): Promise<{ mixed: MixedContent; told: string[] }> {
  const answer: RequestListener = (request, response) => {
    const text = pages[request.url ?? '/'];
    response
      .writeHead(text === undefined ? 404 : 200, {
        'content-type': /\.js$/.test(request.url ?? '') ? 'text/javascript' : /\.css$/.test(request.url ?? '') ? 'text/css' : 'text/html',
        ...headers,
      })
      .end(text);
  };
  open = await startEdge([{ name: 'app.example.test', role: 'app', login: '/login' }], answer);
  const mixed = await mixedCollector.collect({ client: open.client, dns: openDns() }, {
    target: { domains: open.domains, browser, scope: { hosts: [], requests: 500, history: false } },
    signal: new AbortController().signal,
    progress: () => undefined,
  } as never);
  return {
    mixed,
    told: [...mixedContent.evaluate({ mixed })]
      .filter(({ outcome }) => outcome !== 'pass')
      .map(({ outcome, severity, subject }) => `${outcome} ${severity} ${subject}`),
  };
}

const clean = {
  '/': '<!doctype html><title>a</title><link rel=stylesheet href=/a.css><script src=/a.js></script><a href="/login">in</a>',
  '/login': '<!doctype html><form action="/in">',
  '/a.js': 'console.log(1)',
  '/a.css': 'a{color:red}',
};

describe('the pages of a host', () => {
  it('are told nothing where all is encrypted', async () => {
    const { mixed, told } = await look(clean);
    expect(told).toEqual([]);
    expect(mixed.pages.map(({ url }) => url)).toEqual(['https://app.example.test/', 'https://app.example.test/login']);
  });

  it.each<[string, Record<string, string>, string]>([
    [
      'a script of theirs that calls the API over http',
      { '/a.js': 'fetch("http://api.example.test/v1/x")' },
      'fail high https://app.example.test/',
    ],
    ['a picture in their style sheet', { '/a.css': 'a{background:url(http://x.test/a.png)}' }, 'fail low https://app.example.test/'],
    [
      'a form of the login',
      { '/login': '<!doctype html><form action="http://app.example.test/in">' },
      'fail high https://app.example.test/login',
    ],
  ])('%s', async (_, wrong, expected) => {
    expect((await look({ ...clean, ...wrong })).told).toEqual([expected]);
  });

  it('are told nothing where browsers are told to ask by https', async () => {
    const { told } = await look({ ...clean, '/': '<!doctype html><script src="http://x.test/a.js"></script>' }, false, {
      'content-security-policy': 'default-src https:; upgrade-insecure-requests',
    });
    expect(told).toEqual([]);
  });
});

describe('a host that shows us no page', () => {
  it.each([401, 403, 429, 500, 503])('is no verdict (%i)', async (status) => {
    open = await startEdge([{ name: 'app.example.test', role: 'app' }], (_, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<title>No</title>'),
    );
    const mixed = await mixedCollector.collect({ client: open.client, dns: openDns() }, { target: { domains: open.domains } } as never);
    expect([...mixedContent.evaluate({ mixed })].map(({ outcome, subject }) => `${outcome} ${subject}`)).toEqual([
      'unknown app.example.test',
    ]);
  });
});

const browser = findBrowser();
if (browser === undefined) process.stderr.write('skipped: no Chromium is installed, so no page is opened in one\n');
describe.skipIf(browser === undefined)('a browser', () => {
  it('sees what only scripts ask for', async () => {
    const wrong = {
      '/a.js':
        'const at = ["ht", "tp://x.example.net/b.js"].join(""); const s = document.createElement("script"); s.src = at; document.head.append(s); new Image().src = ["http:", "//x.example.net/a.png"].join("")',
    };
    const { mixed, told } = await look({ ...clean, ...wrong }, true);
    expect(mixed.noBrowser).toBeUndefined();
    expect(mixed.pages[0]?.items).toContainEqual(
      expect.objectContaining({ kind: 'active', url: 'http://x.example.net/b.js', tried: true }),
    );
    expect(told).toEqual(['fail high https://app.example.test/']);
  });

  it('complains of nothing where all is encrypted', async () => {
    expect((await look(clean, true)).told).toEqual([]);
  });
});
