import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GivenAppMail, GivenPerson } from '../../../../core/target.ts';
import { openJournal } from '../../../access/journal/journal.ts';
import type { Mail, Mailbox } from '../../../access/mail/mailbox.ts';
import { openSender } from '../../../access/wire/sender.ts';
import { type AppMails, askForMails } from '../app-mails.ts';

type Kind = 'reset' | 'magic' | 'invite' | 'confirm';

/** How the links of a small app behave. What is left out is done right. */
export interface LinkHabits {
  /** Works again after it was used. */
  readonly again?: Kind;
  /** The page itself uses the link up: a sign-in signs in at once, other pages have what goes on. */
  readonly byOpening?: Kind;
  /** What pages of links answer instead. */
  readonly answers?: (response: ServerResponse, path: string) => void;
  /** A sign-in link works only in the browser in which it was asked for. */
  readonly bound?: true;
  /** Nobody gets in before his address is confirmed. */
  readonly confirms?: true;
  /** The first link that is mailed of each kind is broken. */
  readonly firstFails?: true;
  /** All invitations have one link, for everybody. */
  readonly team?: true;
  readonly signUpClosed?: true;
  /** Where links lead to. */
  readonly host?: string;
  /** A cache keeps what somebody who is signed in is shown, for everybody. */
  readonly cached?: true;
  /** Body of the start page. */
  readonly start?: string;
  /** What mails of `POST /tell` lead to. */
  readonly leadsTo?: string;
  /** The page of a new password is drawn by scripts, and nothing tells what they send. */
  readonly scripted?: true;
}

interface Granted {
  readonly kind: Kind;
  readonly email: string;
  readonly browser: string;
  used: boolean;
}

/** What the app was asked, besides what came of the mails. */
export interface LinksTried extends AppMails {
  /** Mails by kind. */
  readonly mailed: Readonly<Record<string, number>>;
  readonly passwords: ReadonlyMap<string, string>;
  readonly asked: readonly string[];
}

export const ada: GivenPerson = { name: 'ada', email: 'ada@acme.example', password: 'right-password-1', expendable: true };
export const invite: GivenAppMail = { name: 'invite', request: 'POST /invites', body: '{"email":"{address}"}' };
export const tell: GivenAppMail = { name: 'receipt', request: 'POST /tell', body: '{"email":"{address}"}' };

const page = (body: string): string => `<!doctype html><html><head><title>App</title></head><body>${body}</body></html>`;
const form = (action: string, ...fields: readonly string[]): string =>
  page(
    `<form method="post" action="${action}">${fields.map((name) => `<input name="${name}" type="${name}">`).join('')}<button>Go</button></form>`,
  );

/** Starts the app, has it send its mails and uses their links. */
export async function triedLinks(
  habits: LinkHabits = {},
  {
    given = [],
    people = [],
    isOurs = () => true,
  }: {
    readonly given?: readonly GivenAppMail[];
    readonly people?: readonly GivenPerson[];
    readonly isOurs?: (host: string) => boolean;
  } = {},
): Promise<LinksTried> {
  const users = new Map<string, string>(people.map(({ email, password = '' }) => [email, password]));
  const pending = new Map<string, string>();
  const sessions = new Map<string, string>();
  const granted = new Map<string, Granted>();
  const box: { readonly to: string; readonly mail: Mail }[] = [];
  const mailed: Record<string, number> = {};
  const asked: string[] = [];
  const team = randomBytes(16).toString('hex');

  const write = (kind: string, to: string, link: string): void => {
    mailed[kind] = (mailed[kind] ?? 0) + 1;
    const text = `Go on: ${link}\n`;
    box.push({ to, mail: { id: String(box.length), subject: kind, text, html: '', raw: Buffer.from('') } });
  };
  const grant = (kind: Kind, email: string, browser: string): string => {
    const token = kind === 'invite' && habits.team ? team : randomBytes(16).toString('hex');
    granted.set(token, { kind, email, browser, used: habits.firstFails === true && (mailed[kind] ?? 0) === 0 });
    return token;
  };
  const send = (kind: Kind, email: string, browser: string): void =>
    write(kind, email, `${habits.host ?? 'http://app.example'}/${kind}/${grant(kind, email, browser)}`);
  const usable = (kind: string, token: string, browser: string): Granted | undefined => {
    const found = granted.get(token);
    const isOver = found?.used && habits.again !== kind && !(kind === 'invite' && habits.team);
    return found?.kind !== kind || isOver || (habits.bound && kind === 'magic' && found.browser !== browser) ? undefined : found;
  };

  let kept: string | undefined;
  let opened = false;
  type Said = readonly [status: number, body: string, headers?: Record<string, string>];
  const go = (location: string, cookie?: string): Said => [303, '', { location, ...(cookie !== undefined && { 'set-cookie': cookie }) }];
  const enter = (email: string): Said => {
    const id = randomBytes(8).toString('hex');
    sessions.set(id, email);
    return go('/home', `sid=${id}; Path=/`);
  };
  function use({ kind, email }: Granted, password: string): Said {
    if (kind === 'magic') return enter(email);
    if (kind === 'confirm') {
      users.set(email, pending.get(email) ?? users.get(email) ?? '');
      return enter(email);
    }
    users.set(email, password);
    return go('/login');
  }
  function linked(method: string, kind: string, token: string, browser: string, password: string): Said {
    opened = true;
    const found = usable(kind, token, browser);
    if (!found) return [410, page('This link is over.')];
    if (method === 'POST') {
      found.used = true;
      return use(found, password);
    }
    if (habits.byOpening === kind || kind === 'confirm') {
      found.used = true;
      if (kind === 'magic' || kind === 'confirm') return use(found, '');
      return [200, form(`/${kind}/${grant(found.kind, found.email, browser)}`, 'password')];
    }
    if (habits.scripted) return [200, page('<div id="root"></div><script src="/app.js"></script>')];
    return [200, form(`/${kind}/${token}`, ...(kind === 'magic' ? [] : ['password']))];
  }
  function answered(method: string, path: string, fields: Readonly<Record<string, string>>, cookies: string): Said {
    const { email = '', password = '' } = fields;
    const who = sessions.get(/sid=(\w+)/.exec(cookies)?.[1] ?? '');
    const browser = /browser=(\w+)/.exec(cookies)?.[1] ?? '';
    const [, kind = '', token] = path.split('/');
    if (token !== undefined && /^(?:reset|magic|invite|confirm)$/.test(kind)) return linked(method, kind, token, browser, password);
    if (path === '/home') {
      if (habits.cached && opened) kept ??= who && page(`Hello ${who}`);
      return kept !== undefined ? [200, kept] : who === undefined ? go('/login') : [200, page(`Hello ${who}`)];
    }
    if (method === 'GET') {
      if (path === '/login') return [200, form('/login', 'email', 'password')];
      if (path === '/register' && !habits.signUpClosed) return [200, form('/register', 'email', 'password')];
      if (path === '/forgot-password') return [200, form('/forgot-password', 'email')];
      if (path === '/magic-link') return [200, form('/magic-link', 'email'), { 'set-cookie': `browser=${randomBytes(8).toString('hex')}` }];
      return path === '/' ? [200, habits.start ?? page('<a href="/login">Sign in</a>')] : [404, 'nothing here'];
    }
    if (path === '/login') return users.get(email) === password && password !== '' ? enter(email) : [401, 'wrong'];
    if (path === '/register' && !habits.signUpClosed) {
      if (!habits.confirms) users.set(email, password);
      pending.set(email, password);
      send('confirm', email, browser);
      return habits.confirms ? [200, page('Look into your mailbox')] : enter(email);
    }
    const asks = { '/forgot-password': 'reset', '/magic-link': 'magic', '/invites': 'invite' } as const;
    if (path in asks) {
      const what = asks[path as keyof typeof asks];
      if (what === 'invite' || users.has(email)) send(what, email, browser);
      return [200, page('Look into your mailbox')];
    }
    if (path === '/tell') write('tell', email, habits.leadsTo ?? 'http://app.example/home');
    return path === '/tell' ? [202, '{}'] : [404, 'nothing here'];
  }

  const server = createServer((request, response) => void respond(request, response));
  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '/', headers } = request;
    const path = url.split('?')[0] ?? '/';
    let text = '';
    for await (const part of request) text += String(part);
    asked.push(`${method} ${path}`);
    if (habits.answers && /^\/(?:reset|magic|invite|confirm)\/|^\/told/.test(path)) return habits.answers(response, path);
    const isJson = headers['content-type']?.includes('json') === true;
    const fields = isJson ? (JSON.parse(text || '{}') as Record<string, string>) : Object.fromEntries(new URLSearchParams(text));
    const [status, body, more = {}] = answered(method, path, fields, headers.cookie ?? '');
    response.writeHead(status, { 'content-type': 'text/html', ...more }).end(body);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  let nth = 0;
  const mailbox: Mailbox = {
    pollMs: 5,
    patienceMs: 300,
    mails: (to) => Promise.resolve(box.filter((one) => one.to === to).map(({ mail }) => mail)),
    newAddress: () => `lr-${(nth += 1)}@box.test`,
    close: () => Promise.resolve(),
  };
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sender = openSender({ origin, requests: 600, userAgent: 'test', changes: true });
  try {
    const came = await askForMails({
      sender,
      mailbox,
      journal: openJournal(),
      people,
      given,
      reaches: () => true,
      isOurs,
      patience: { usual: 400, until: Infinity },
    });
    return { ...came, mailed, passwords: users, asked };
  } finally {
    await sender.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
