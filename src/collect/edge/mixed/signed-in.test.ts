import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { mixedContent } from '../../../checks/edge/mixed-content.ts';
import { CollectFault } from '../../../core/evidence.ts';
import type { GivenPerson } from '../../../core/target.ts';
import { createVault } from '../../../core/vault.ts';
import type { MixedContent } from '../../../evidence/edge-mixed.ts';
import { findBrowser } from '../../browser/find.ts';
import { openDns } from '../../dns/client.ts';
import { type EdgeFixture, startEdge } from '../fixture.ts';
import { edgeAppCollector, type EdgePeople, edgePeopleCollector } from '../people.ts';
import { mixedCollector } from './collector.ts';
import { withoutIds } from './shown.ts';

const anna: GivenPerson = { name: 'anna', email: 'anna@customer.example', password: 'right-password-4711' };
const bert: GivenPerson = { name: 'bert', email: 'bert@customer.example', password: 'other-password-4711' };
const chief: GivenPerson = { name: 'chief', email: 'chief@app.example', password: 'third-password-4711', administrator: true };
const people = [anna, bert, chief];

const page = (body: string): string => `<!doctype html><title>App</title>${body}`;
const form =
  '<form method="post" action="/login"><input name="email" type="email"><input name="password" type="password"><button>Sign in</button></form>';

/** Pages of the app by path, once somebody is signed in; `-> /path`: leads there. */
type Pages = Readonly<Record<string, string>>;

const home = page(
  '<a href="/cases/4711">One</a><a href="/cases/4712">Two</a><a href="/settings">Settings</a><a href="/logout">Out</a><a href="/account/delete">Delete</a><a href="https://elsewhere.example.net/">Elsewhere</a>',
);
const clean: Pages = { '/home': home, '/cases/4711': page('<img src="/a.png">'), '/cases/4712': page(''), '/settings': page('<p>Hi</p>') };

/** A small app with a cookie that only this host is given, as frameworks set it behind https. */
function cookieApp(pages: Pages): RequestListener {
  const sessions = new Map<string, string>();
  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const send = (status: number, text: string, headers = {}): void =>
      void response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(text);
    if (path === '/') return send(200, page('<a href="/login">Sign in</a>'));
    if (path === '/login' && request.method === 'GET') return send(200, page(form));
    if (path === '/login')
      return void bodyOf(request).then((text) => {
        const given = new URLSearchParams(text);
        const who = people.find(({ email, password }) => email === given.get('email') && password === given.get('password'));
        if (!who) return send(401, page(form));
        const id = randomUUID();
        sessions.set(id, who.email);
        send(303, '', { location: '/home', 'set-cookie': `__Host-sid=${id}; Path=/; Secure; HttpOnly; SameSite=Lax` });
      });
    const who = sessions.get(/__Host-sid=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const text = pages[path];
    const leads = /^-> (.+)$/.exec(text ?? '')?.[1];
    if (leads !== undefined && who !== undefined) return send(302, '', { location: leads });
    if (who === undefined) return send(303, '', { location: '/login' });
    return text === undefined ? send(404, page('')) : send(200, text.replace('<title>', `<p>${who}</p><title>`));
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}

/** An app of scripts alone that keeps its token in the browser, and signs in at another host of the map. */
function tokenApp(afterSignIn: string): RequestListener {
  const script = `const token = localStorage.getItem('app-auth-token');
if (!token) {
  document.body.innerHTML = '<form><input type="email" name="email"><input type="password" name="password"><button>Sign in</button></form>';
  document.forms[0].onsubmit = async (event) => {
    event.preventDefault();
    const [email, password] = [...document.querySelectorAll('input')].map((one) => one.value);
    const answer = await fetch('https://api.example.test/v1/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ email, password }) });
    if (!answer.ok) return;
    localStorage.setItem('app-auth-token', (await answer.json()).access);
    location.reload();
  };
} else {
  document.body.innerHTML = '<a href="/reports">Reports</a>';
  ${afterSignIn}
}`;
  return (request, response) => {
    const cors = { 'access-control-allow-origin': 'https://app.example.test', 'access-control-allow-headers': 'content-type' };
    if (request.headers.host !== 'api.example.test')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(page(`<body><script>${script}</script>`));
    if (request.method !== 'POST') return void response.writeHead(204, cors).end();
    void bodyOf(request).then((text) => {
      const isRight = text.includes(anna.email) && text.includes(anna.password!);
      response
        .writeHead(isRight ? 200 : 401, { ...cors, 'content-type': 'application/json' })
        .end(JSON.stringify({ access: randomUUID() }));
    });
  };
}

let open: EdgeFixture | undefined;
afterEach(async () => {
  await open?.stop();
  open = undefined;
});

interface Looked {
  readonly mixed: MixedContent;
  /** `fail high https://app.example.test/home as anna`. */
  readonly told: string[];
  readonly asked: readonly string[];
}

async function look(
  app: RequestListener,
  {
    as = [anna],
    browser = false,
    trusted = true,
    meanwhile,
  }: {
    as?: readonly GivenPerson[];
    browser?: boolean;
    /** False: the browser meets a certificate that nobody vouches for, whoever stands there. */
    trusted?: boolean;
    /** Something that needs the sessions as they are. */
    meanwhile?: () => Promise<void>;
  } = {},
): Promise<Looked> {
  open = await startEdge(
    [
      { name: 'app.example.test', role: 'app', login: '/login' },
      { name: 'api.example.test', role: 'api' },
      // In the map, and no app of anybody: nothing of a person goes there.
      { name: 'other.example.test', role: 'other' },
    ],
    app,
  );
  const context = {
    target: {
      domains: open.domains,
      url: new URL('https://app.example.test/'),
      people: as,
      browser,
      scope: { hosts: [], requests: 3_000, history: false },
    },
    signal: new AbortController().signal,
    vault: createVault(),
    progress: () => undefined,
  };
  const inventory = { routes: [], gaps: [], middleware: [] };
  const entered: Promise<EdgePeople> = edgeAppCollector
    .collect({ inventory }, context)
    .then((app) => edgePeopleCollector.collect({ app, inventory }, context));
  entered.catch(() => undefined);
  if (meanwhile) void entered.then(({ sessions }) => sessions.during(meanwhile));
  const { authorities, ...domains } = open.domains;
  const mixed = await mixedCollector.collect(
    { client: open.client, dns: openDns(), people: () => entered },
    { ...context, target: { ...context.target, domains: { ...domains, ...(trusted && authorities && { authorities }) } } },
  );
  await entered.then(
    ({ sender }) => sender.close(),
    () => undefined,
  );
  const told = [...mixedContent.evaluate({ mixed })].filter(({ outcome }) => outcome !== 'pass');
  return { mixed, told: told.map(({ outcome, severity, subject }) => `${outcome} ${severity} ${subject}`), asked: open.asked };
}

const pagesAs = ({ pages }: MixedContent, name: string): string[] =>
  pages.filter(({ as }) => as === name).map(({ url }) => url.replace('https://app.example.test', ''));

describe('an address that somebody was shown', () => {
  it.each([
    ['https://app.example.test/cases/4711?token=secret#top', 'https://app.example.test/cases/{id}'],
    ['http://files.example.test/u/anna@customer.example/a.png', 'http://files.example.test/u/{id}/a.png'],
    ['https://app.example.test/#/cases/4711?x=1', 'https://app.example.test/#/cases/{id}'],
    ['https://app.example.test/assets/app-3f9c2d1b.js', 'https://app.example.test/assets/app-3f9c2d1b.js'],
  ])('%s', (address, expected) => {
    expect(withoutIds(address)).toBe(expected);
  });
});

describe('pages behind a sign-in, as they stand', () => {
  it('are told nothing where all is encrypted', async () => {
    const { mixed, told, asked } = await look(cookieApp(clean));
    expect(told).toEqual([]);
    expect(pagesAs(mixed, 'anna').toSorted()).toEqual(['/', '/cases/{id}', '/home', '/settings']);
    expect(asked.filter((one) => /logout|delete|elsewhere/.test(one))).toEqual([]);
    // Nothing of hers was asked for where a cache may keep it for others.
    expect(asked.filter((one) => one.includes('/home') && !one.includes('launch-ready='))).toEqual([]);
  });

  it('are told of with whom they are shown to, and without ids', async () => {
    const { mixed, told } = await look(
      cookieApp({ ...clean, '/cases/4711': page('<script src="http://cdn.example.net/cases/4711/a.js"></script>') }),
    );
    expect(told).toEqual(['fail high https://app.example.test/cases/{id} as anna']);
    expect(JSON.stringify(mixed)).not.toContain('4711');
  });

  it('are told of once for what all of them have', async () => {
    const frame = '<img src="http://cdn.example.net/logo.png">';
    const framed = Object.fromEntries(Object.entries(clean).map(([path, text]) => [path, text + frame]));
    const { mixed, told } = await look(cookieApp(framed));
    expect(told).toEqual(['fail low https://app.example.test/home as anna']);
    expect([...mixedContent.evaluate({ mixed })].at(-1)?.message).toMatch(/logo\.png; 2 more pages ask for it too\.$/);
  });

  it('are looked at once for each kind of person', async () => {
    const { mixed } = await look(cookieApp(clean), { as: people });
    expect([...new Set(mixed.pages.map(({ as }) => as))]).toEqual([undefined, 'anna', 'chief']);
  });
});

describe('where nobody is let in', () => {
  it('that is not known, and why', async () => {
    const { told, mixed } = await look(cookieApp(clean), { as: [{ ...anna, password: 'wrong-password-4711' }] });
    expect(told).toEqual(['unknown low signed in']);
    expect(mixed.unseen?.[0]?.why).toMatch(/anna could not be signed in/);
  });

  it('and nobody is named either', async () => {
    const { told, mixed } = await look(cookieApp(clean), { as: [] });
    expect(told).toEqual(['unknown low signed in']);
    expect(mixed.unseen?.[0]?.toKnow).toMatch(/access\.people/);
  });

  it('and the app may not be asked', async () => {
    open = await startEdge([{ name: 'app.example.test', role: 'app' }], cookieApp(clean));
    const mixed = await mixedCollector.collect(
      {
        client: open.client,
        dns: openDns(),
        people: () => Promise.reject(new CollectFault('denied', 'Nothing proves that it is yours.', 'Prove it.')),
      },
      {
        target: { domains: open.domains, url: new URL('https://app.example.test/'), people: [anna], scope: { requests: 9 } },
        progress: () => undefined,
      } as never,
    );
    expect(mixed.unseen).toEqual([{ name: 'signed in', why: 'Nothing proves that it is yours.', toKnow: 'Prove it.' }]);
  });
});

const browser = findBrowser();
if (browser === undefined) process.stderr.write('skipped: no Chromium is installed, so nobody signs in to an app in one\n');
describe.skipIf(browser === undefined)('in a browser', () => {
  const byScript = page(
    '<script>const at = (scheme, path) => scheme + ["://live.example", "net", ""].join(".").slice(0, -1) + path; new Image().src = at("http", "/4711/a.png"); try { new WebSocket(at("ws", "/feed")) } catch {} fetch(at("http", "/v1")).catch(() => 0); document.body.append(Object.assign(document.createElement("form"), { action: at("http", "/in") }));</script>',
  );

  it('pages are opened by the cookie that somebody was given, and what only scripts ask for is heard', async () => {
    const { mixed, told, asked } = await look(cookieApp({ ...clean, '/settings': byScript }), { browser: true });
    expect(told).toEqual(['fail high https://app.example.test/settings as anna']);
    const found = mixed.pages.find(({ url, as }) => as === 'anna' && url.endsWith('/settings'));
    expect(found?.items.map(({ kind, what, url }) => `${kind} ${what} ${url}`).toSorted()).toEqual([
      'active WebSocket ws://live.example.net/feed',
      'active fetch http://live.example.net/v1',
      'form form http://live.example.net/in',
      'passive img http://live.example.net/{id}/a.png',
    ]);
    expect(mixed.held?.map(({ path }) => path).toSorted()).toEqual(['/account/delete', '/logout']);
    expect(asked.filter((one) => /logout|delete/.test(one))).toEqual([]);
    // She was signed in once: the browser went on with what she was given.
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST https://app.example.test/login']);
  });

  it('and without one they are not heard: that is what it is for', async () => {
    expect((await look(cookieApp({ ...clean, '/settings': byScript }))).told).toEqual([]);
  });

  it('nothing is told where all is encrypted', async () => {
    const { mixed, told } = await look(cookieApp(clean), { browser: true });
    expect(told).toEqual([]);
    expect(pagesAs(mixed, 'anna')).toContain('/settings');
  });

  it('somebody is signed in by the page where his token is kept in the browser', async () => {
    const call = 'if (location.pathname === "/reports") fetch(["http:", "//live.example.net/v1"].join("")).catch(() => 0);';
    const { told } = await look(tokenApp(call), { browser: true });
    expect(told).toEqual(['fail high https://app.example.test/reports as anna']);
    await open?.stop();
    expect((await look(tokenApp(''), { browser: true })).told).toEqual([]);
  });

  it('nobody is signed in once more while others need the sessions that were given', async () => {
    const marks: string[] = [];
    const { told, asked } = await look(tokenApp(''), {
      browser: true,
      meanwhile: async () => {
        await setTimeout(6_000);
        marks.push(...open!.asked.filter((one) => one.startsWith('POST')));
      },
    });
    expect(told).toEqual([]);
    const signIns = asked.filter((one) => one.startsWith('POST'));
    expect(signIns.length).toBeGreaterThan(marks.length);
    expect(signIns.slice(marks.length)).toEqual(['POST https://api.example.test/v1/token']);
  }, 60_000);

  it('nothing of anybody is sent where the certificate is not trusted', async () => {
    const { told, mixed, asked } = await look(cookieApp({ ...clean, '/settings': byScript }), { browser: true, trusted: false });
    expect(told).toEqual(['unknown low anna']);
    expect(mixed.unseen?.[0]?.why).toMatch(/^app\.example\.test cannot be trusted: .* So nothing of anna was sent there/);
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST https://app.example.test/login']);
  }, 60_000);

  it('a redirect leads nobody to what does harm, nor out of the hosts that are proven', async () => {
    const links = '<a href="/go/7">One</a><a href="/leave">Two</a><a href="/settings">Three</a><a href="/away">Four</a>';
    const pages = {
      '/home': page(links),
      '/go/7': '-> /cases/7/delete',
      '/leave': '-> /logout',
      '/away': '-> https://other.example.test/',
    };
    const { mixed, told, asked } = await look(cookieApp({ ...pages, '/settings': page('<p>Hi</p>') }), { browser: true });
    expect(told).toEqual([]);
    expect(asked.filter((one) => /delete|logout|other\./.test(one))).toEqual([]);
    expect(mixed.held?.map(({ path }) => path).toSorted()).toEqual(['/cases/{id}/delete', '/logout', 'https://other.example.test']);
    expect(pagesAs(mixed, 'anna')).toContain('/settings');
  });

  it('whom no page lets in is not known', async () => {
    const { told, mixed } = await look(tokenApp(''), { as: [{ ...anna, password: 'wrong-password-4711' }], browser: true });
    expect(told).toEqual(['unknown low anna']);
    expect(pagesAs(mixed, 'anna')).toEqual([]);
  });

  it('a page whose script never ends holds up nobody', async () => {
    const begun = performance.now();
    const endless = page('<script>for (;;);</script>');
    const { mixed, told } = await look(cookieApp({ ...clean, '/settings': endless }), { browser: true });
    expect(told).toEqual(['unknown low anna, further pages']);
    expect(pagesAs(mixed, 'anna')).toContain('/home');
    expect(performance.now() - begun).toBeLessThan(75_000);
  }, 90_000);

  it('links without end are not all followed, and those that are left are named', async () => {
    const links = Array.from(
      { length: 40 },
      (_, nth) => `<a href="/part-${String.fromCharCode(97 + (nth % 26))}${nth > 25 ? 'x' : ''}/list">x</a>`,
    ).join('');
    const many = Object.fromEntries(
      Array.from({ length: 40 }, (_, nth) => [`/part-${String.fromCharCode(97 + (nth % 26))}${nth > 25 ? 'x' : ''}/list`, page(links)]),
    );
    const { told, mixed } = await look(cookieApp({ '/home': page(links), ...many }), { browser: true });
    expect(told).toEqual(['unknown low anna, further pages']);
    expect(mixed.unseen?.[0]?.why).toMatch(/^\d\d pages that anna is shown were not opened/);
  }, 60_000);
});
