import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { mixedContent } from '../../../checks/edge/mixed-content.ts';
import type { MixedContent } from '../../../evidence/edge-mixed.ts';
import { findBrowser } from '../../browser/find.ts';
import { openDns } from '../../dns/client.ts';
import { readHtml } from '../../http/html.ts';
import { type EdgeFixture, startEdge } from '../fixture.ts';
import { itemIn } from './heard.ts';
import { mixedInCss, mixedInHtml, mixedInScript, unique } from './addresses.ts';
import { mixedCollector } from './collector.ts';
import { together } from './shown.ts';

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

describe('a page of a megabyte', () => {
  const size = 2 ** 20;
  const filled = (unit: string): string => unit.repeat(size / unit.length);
  const numbered = (unit: (nth: number) => string): string => {
    let text = '';
    for (let nth = 0; text.length < size; nth += 1) text += unit(nth);
    return text;
  };
  const css = (text: string) => mixedInCss(text, base);
  const html = (text: string) => mixedInHtml(readHtml(text), base);
  const script = (text: string) => mixedInScript(text, base, () => true);
  it.each<[string, (text: string) => readonly unknown[], string]>([
    ['addresses in a sheet', css, numbered((nth) => `url(http://a/${nth})`)],
    ['sheets in a sheet', css, numbered((nth) => `@import "http://a/${nth}";`)],
    ['beginnings of addresses', css, filled('url(')],
    ['beginnings of quoted addresses', css, filled('url("')],
    ['beginnings of sheets', css, filled('@import url(')],
    ['blanks in a sheet', css, `@import${filled(' ')}`],
    ['comments', css, filled('/*')],
    ['a srcset', html, `<img srcset="${numbered((nth) => `http://a/${nth} 1x,`)}">`],
    ['commas', html, `<img srcset="${filled(',')}">`],
    ['pictures', html, numbered((nth) => `<img src=http://a/${nth}>`)],
    ['styles', html, numbered((nth) => `<p style="background:url(http://a/${nth})">`)],
    ['calls', script, numbered((nth) => `fetch("http://a/${nth}");`)],
    ['addresses in a script', script, numbered((nth) => `"http://a/${nth}",`)],
    ['the same address', script, filled('fetch("http://a/1");')],
    ['one address with many queries', script, numbered((nth) => `fetch("http://a/1?${nth}");`)],
    ['blanks in a script', script, `fetch${filled(' ')}`],
  ])('holds up nobody: %s', (_, read, text) => {
    const begun = performance.now();
    expect(read(text).length).toBeLessThanOrEqual(200);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('and what is known twice is put together as fast', () => {
    const items = Array.from({ length: 25_000 }, (_, nth) => ({ kind: 'active' as const, what: 'fetch', url: `http://a/${nth}` }));
    const begun = performance.now();
    expect(together(items, [...items, { ...items[0]!, tried: true }])).toHaveLength(25_000);
    expect(unique(items)).toHaveLength(200);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

describe('what Chromium finds wrong with a page', () => {
  const mixed = (resourceType: string, resolutionStatus: string, insecureURL: string): Parameters<typeof itemIn>[0] => ({
    code: 'MixedContentIssue',
    details: { mixedContentIssueDetails: { resourceType, resolutionStatus, insecureURL, mainResourceURL: 'https://a.test/' } },
  });
  const policy = (violatedDirective: string, blockedURL: string, isReportOnly = false): Parameters<typeof itemIn>[0] => ({
    code: 'ContentSecurityPolicyIssue',
    details: { contentSecurityPolicyIssueDetails: { violatedDirective, blockedURL, isReportOnly } },
  });

  it.each([
    [mixed('Script', 'MixedContentBlocked', 'http://x.test/a.js?v=1'), 'active script http://x.test/a.js'],
    [mixed('Image', 'MixedContentAutomaticallyUpgraded', 'http://x.test/a.png'), 'passive img http://x.test/a.png'],
    [mixed('Image', 'MixedContentWarning', 'http://192.0.2.1/a.png'), 'passive img http://192.0.2.1/a.png'],
    [mixed('Form', 'MixedContentWarning', 'http://x.test/in'), 'form form http://x.test/in'],
    [mixed('XMLHttpRequest', 'MixedContentBlocked', 'http://x.test/v1'), 'active XMLHttpRequest http://x.test/v1'],
    [mixed('Resource', 'MixedContentBlocked', 'ws://x.test/feed'), 'active WebSocket ws://x.test/feed'],
    [policy('script-src-elem', 'http://x.test/a.js'), 'active script http://x.test/a.js'],
    [policy('connect-src', 'http://x.test/v1'), 'active fetch http://x.test/v1'],
    [policy('form-action', 'http://x.test/in'), 'form form http://x.test/in'],
  ])('%j', (issue, expected) => {
    expect(itemIn(issue).map(({ kind, what, url }) => `${kind} ${what} ${url}`)).toEqual([expected]);
  });

  it.each([
    mixed('Script', 'MixedContentBlocked', 'http://localhost:3000/a.js'),
    mixed('Script', 'MixedContentBlocked', 'nothing'),
    policy('script-src-elem', 'https://x.test/a.js'),
    policy('script-src-elem', 'inline'),
    // It is asked before the address is upgraded.
    policy('script-src-elem', 'http://x.test/a.js', true),
    policy('frame-ancestors', 'http://x.test/'),
    { code: 'CookieIssue', details: { cookieIssueDetails: {} } },
    { code: 'MixedContentIssue', details: {} },
  ])('nothing: %j', (issue) => {
    expect(itemIn(issue)).toEqual([]);
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
  const mixed = await mixedCollector.collect({ client: open.client, dns: openDns(), people: () => Promise.resolve('nobody' as const) }, {
    target: { domains: open.domains, browser, scope: { hosts: [], requests: 500, history: false } },
    signal: new AbortController().signal,
    progress: () => undefined,
  } as never);
  return {
    mixed,
    told: [...mixedContent.evaluate({ mixed })]
      .filter(({ outcome, subject }) => outcome !== 'pass' && subject !== 'signed in')
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
    const mixed = await mixedCollector.collect({ client: open.client, dns: openDns(), people: () => Promise.resolve('nobody' as const) }, {
      target: { domains: open.domains },
    } as never);
    expect([...mixedContent.evaluate({ mixed })].map(({ outcome, subject }) => `${outcome} ${subject}`)).toEqual([
      'unknown signed in',
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

  it('hears what a policy of the page stops before it is asked for', async () => {
    const { told } = await look({ ...clean, '/a.js': 'fetch(["http:", "//api.example.net/v1"].join("")).catch(() => 0)' }, true, {
      'content-security-policy': "default-src 'self'",
    });
    expect(told).toEqual(['fail high https://app.example.test/']);
  });

  const calls =
    'fetch("http:" + "//api.example.net/v1").catch(() => 0); new WebSocket("ws:" + "//api.example.net/v1"); const f = document.createElement("form"); f.action = "http:" + "//api.example.net/f"; document.body.append(f)';

  it('complains of nothing where the page has all of it upgraded', async () => {
    const { told } = await look({ ...clean, '/a.js': calls }, true, { 'content-security-policy': 'upgrade-insecure-requests' });
    expect(told).toEqual([]);
  });

  // As Chromium does: what a script fetches is held against the policy before its address is upgraded.
  it('knows better than the page what is upgraded', async () => {
    const policy = "upgrade-insecure-requests; default-src 'self' https: wss:";
    const { mixed } = await look({ ...clean, '/a.js': calls }, true, { 'content-security-policy': policy });
    expect(mixed.pages[0]?.items.filter(({ tried }) => tried)).toEqual([
      { kind: 'active', what: 'fetch', url: 'http://api.example.net/v1', tried: true },
    ]);
  });

  it('is not held up by a script that never ends', async () => {
    expect((await look({ ...clean, '/a.js': 'for (;;);' }, true)).told).toEqual(['unknown low https://app.example.test/']);
  }, 60_000);

  it('complains of nothing where all is encrypted', async () => {
    expect((await look(clean, true)).told).toEqual([]);
  });
});
