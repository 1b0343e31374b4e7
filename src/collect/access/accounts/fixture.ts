import { randomBytes, randomInt } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { openJournal } from '../journal/journal.ts';
import type { Mail, Mailbox } from '../mail/mailbox.ts';
import { findAskDoors } from '../people/ask-doors.ts';
import { mailDoors } from '../people/by-mail.ts';
import { findDoors } from '../people/doors.ts';
import type { Person } from '../people/person.ts';
import { signIn } from '../people/sign-in.ts';
import type { Operation } from '../surface/operation.ts';
import { openSender } from '../wire/sender.ts';
import { askAccounts } from './ask.ts';

/** How the small app lets people into their accounts. What is left out is done right. */
export interface Habits {
  /** Pages are drawn by scripts: each address answers the same, and forms are sent as JSON. */
  readonly spa?: true;
  /** Mails bring a code of six digits, and no link. */
  readonly codes?: true;
  readonly reusable?: 'reset' | 'magic' | 'invite';
  /** What the mails say of how long a link is good for; an hour where absent. `kept`: links end by then, but for these. */
  readonly lasts?: { readonly seconds: number; readonly kept: true | 'but reset' | 'but magic' | 'but invite' };
  /** The page of a link that should have ended shows no form, whatever the server takes. */
  readonly hides?: true;
  /** Header that says where links lead. */
  readonly trusts?: 'host' | 'x-forwarded-host';
  readonly token?: () => string;
  readonly survives?: true;
  readonly unlimited?: true;
  /** Answers as always, but sends no more than three mails to an address. */
  readonly silent?: true;
  /** After ten wrong passwords the right one is refused as well, in the same words. */
  readonly locks?: true;
  readonly setsUnproven?: true;
  /** The answer to asking for a mail holds the token of it. */
  readonly handsOut?: true;
  readonly entersUnproven?: true;
  /** Milliseconds that a mail takes; 0: none is ever sent. */
  readonly mailMs?: number;
  /** What it loads from elsewhere on the page of a reset link. */
  readonly loads?: string;
  /** An invitation is one link for a whole team, and asks who comes. */
  readonly teamLink?: true;
  /** Answers 200 to whatever it does not know. */
  readonly agreeable?: true;
  /** Answers 503 to sessions from before a reset, to links that were used, or to the right password after many wrong ones. */
  readonly breaksAfter?: 'reset' | 'magic' | 'guesses';
  /** Nobody has a password. */
  readonly passwordless?: true;
}

const anna = { email: 'anna@acme.example', password: 'right-password-1' };
const page = (body: string): string => `<!doctype html><html><body>${body}</body></html>`;
const form = (action: string, fields: string): string => `<form method="post" action="${action}">${fields}<button>Go</button></form>`;
const email = '<input type="email" name="email">';
const secret = '<input type="password" name="password">';

interface User {
  password: string;
}

interface Granted {
  readonly email: string;
  readonly kind: 'reset' | 'magic' | 'invite';
  used: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const operation = (method: string, path: string, ...fields: string[]): Operation => ({
  id: `${method} ${path}`,
  method,
  path,
  parameters: [],
  ...(fields.length > 0 && {
    body: { type: 'json', schema: { type: 'object', properties: Object.fromEntries(fields.map((name) => [name, { type: 'string' }])) } },
  }),
  sources: ['openapi'],
});

/** What the app says of itself: pages drawn by scripts have no forms that could be read. */
const operationsOf = ({ spa, passwordless }: Habits): Operation[] => [
  operation('GET', '/me'),
  ...(spa
    ? [
        ...(passwordless ? [] : [operation('POST', '/login', 'email', 'password'), operation('POST', '/forgot-password', 'email')]),
        operation('POST', '/reset/enter', 'token', 'password'),
        operation('POST', '/magic', 'email'),
        operation('POST', '/magic/enter', 'token'),
        operation('POST', '/password', 'current', 'password'),
        operation('POST', '/invites', 'email'),
        operation('POST', '/invite/{token}', 'password'),
      ]
    : []),
];

/** Everything that is asked of an app with these habits, by an expendable Anna who is signed in to it; and the password she has at the end. */
export async function askedOf(
  habits: Habits,
  options: { readonly mailbox?: false; readonly writes?: false; readonly expendable?: false } = {},
): Promise<{
  readonly trials: AccountTrial[];
  readonly password: string;
  readonly left: readonly string[];
  readonly outcome: (question: string) => string;
}> {
  const users = new Map<string, User>([[anna.email, { password: anna.password }]]);
  const sessions = new Map<string, string>();
  const granted = new Map<string, Granted>();
  const breaking = new Set<string>();
  const wrong = new Map<string, number>();
  const sent = new Map<string, number>();
  const mails: { readonly to: string; readonly mail: Mail }[] = [];
  const team = randomBytes(16).toString('hex');
  const token =
    habits.token ?? ((): string => (habits.codes ? String(randomInt(100_000, 999_999)) : randomBytes(24).toString('base64url')));

  const mail = (to: string, text: string): void => {
    const { mailMs = 5 } = habits;
    if (mailMs > 0)
      setTimeout(
        () => mails.push({ to, mail: { id: String(mails.length), subject: 'Hello', text, html: '', raw: new Uint8Array() } }),
        mailMs,
      );
  };
  const grant = (kind: Granted['kind'], to: string, request: IncomingMessage): void => {
    const key = kind === 'invite' && habits.teamLink ? team : token();
    granted.set(key, { kind, email: to, used: false, at: Date.now() });
    const lied = habits.trusts && request.headers[habits.trusts];
    const lifetime = habits.lasts ? `${habits.lasts.seconds} seconds` : undefined;
    const host = typeof lied === 'string' ? lied : 'app.example';
    mail(
      to,
      habits.codes
        ? `Your code is valid for ${lifetime ?? '10 minutes'}:\n${key}`
        : `Go on within ${lifetime ?? 'an hour'}: http://${host}/${kind}/${key}\n\nhttp://app.example/help`,
    );
  };
  const isOver = (key: string): boolean =>
    habits.lasts !== undefined && Date.now() - (granted.get(key)?.at ?? Infinity) > habits.lasts.seconds * 1_000;
  const use = (kind: Granted['kind'], key: string): Granted | undefined => {
    const one = granted.get(key);
    if (!one || one.kind !== kind || (one.used && habits.reusable !== kind && !(kind === 'invite' && habits.teamLink))) return undefined;
    if (habits.lasts?.kept !== `but ${kind}` && isOver(key)) return undefined;
    one.used = true;
    return one;
  };
  const enter = (response: ServerResponse, who: string): void => {
    const id = randomBytes(16).toString('hex');
    sessions.set(id, who);
    response.setHeader('set-cookie', `sid=${id}; Path=/; HttpOnly`);
    response.end('{"ok":true}');
  };
  const refuse = (response: ServerResponse, status = 400, text = 'no'): void => void response.writeHead(status).end(text);
  const count = (of: Map<string, number>, who: string): number => {
    of.set(who, (of.get(who) ?? 0) + 1);
    return of.get(who) ?? 0;
  };

  const pages: Readonly<Record<string, string>> = {
    '/': '<a href="/login">Sign in</a>',
    '/login': `${habits.passwordless ? '' : form('/login', email + secret)}${form('/magic', email)}`,
    '/forgot-password': habits.passwordless ? '' : form('/forgot-password', email),
  };
  const get = (path: string, who: string | undefined, response: ServerResponse): void => {
    if (path === '/me') return who === undefined ? refuse(response, 401) : void response.end(JSON.stringify({ email: who }));
    response.setHeader('content-type', 'text/html');
    if (path === '/settings' && who !== undefined && !habits.spa)
      return void response.end(page(form('/password', `<input type="password" name="current">${secret}`) + form('/invites', email)));
    const [, kind = '', key = ''] = path.split('/');
    if (habits.spa || (habits.hides && isOver(key))) return void response.end(page('<div id="root"></div>'));
    if (habits.loads !== undefined && kind === 'reset')
      return void response.end(page(`<script src="${habits.loads}"></script>${form(path, secret)}`));
    if (habits.passwordless && key !== '' && kind !== 'magic') return refuse(response, 404);
    if (key !== '' && kind === 'magic') return void response.end(page(form(path, '')));
    if (key !== '') return void response.end(page(form(path, (habits.teamLink && kind === 'invite' ? email : '') + secret)));
    const text = pages[path];
    return text === undefined ? refuse(response, 404) : void response.end(page(text));
  };

  const logIn = (to: string, password: string, response: ServerResponse): void => {
    const tries = wrong.get(to) ?? 0;
    if (habits.locks && tries >= 10) return refuse(response, 401);
    if (!habits.unlimited && !habits.locks && tries >= 10) return refuse(response, 429);
    if (users.get(to)?.password === password)
      return habits.breaksAfter === 'guesses' && tries > 9 ? refuse(response, 503) : enter(response, to);
    count(wrong, to);
    return refuse(response, 401);
  };
  const sendMail = (kind: 'reset' | 'magic', to: string, request: IncomingMessage, response: ServerResponse): void => {
    const asked = count(sent, `${kind} ${to}`);
    if (asked > 6 && !habits.unlimited && !habits.silent) return refuse(response, 429);
    if ((users.has(to) || habits.passwordless) && !(habits.silent && asked > 4)) grant(kind, to, request);
    const newest = [...granted].at(-1)?.[0] ?? '';
    if (habits.handsOut) return void response.end(JSON.stringify({ ok: true, token: newest }));
    const typed = `<input type="hidden" name="email" value="${to}"><input name="code">${kind === 'magic' ? '' : secret}`;
    return void response.end(habits.codes && !habits.spa ? page(form(`/${kind}/enter`, typed)) : '{"ok":true}');
  };
  const setPassword = (who: string, password: string, kept: string): void => {
    users.set(who, { password });
    if (habits.breaksAfter === 'reset') for (const [id, whose] of sessions) if (whose === who) breaking.add(id);
    if (!habits.survives) for (const [id, whose] of sessions) if (whose === who && !kept.includes(id)) sessions.delete(id);
  };
  const spend = (one: Granted, to: string, password: string, response: ServerResponse): void => {
    const whose = one.kind === 'invite' && habits.teamLink ? to : one.email;
    if (one.kind === 'reset') {
      setPassword(whose, password, '');
      return void response.end('{"ok":true}');
    }
    if (!users.has(whose)) users.set(whose, { password });
    return enter(response, whose);
  };
  type Sent = Readonly<Record<string, string>>;
  const post = (path: string, fields: Sent, who: string | undefined, request: IncomingMessage, response: ServerResponse): void => {
    const { email: to = '', password = '', code = '', current } = fields;
    if (path === '/login' && !habits.passwordless) return logIn(to, password, response);
    if (path === '/forgot-password') return sendMail('reset', to, request, response);
    if (path === '/magic') return sendMail('magic', to, request, response);
    if (path === '/invites' && who !== undefined) {
      grant('invite', to, request);
      return void response.end('{"ok":true}');
    }
    if (path === '/password' && who !== undefined) {
      if (users.get(who)?.password !== current) return refuse(response, 403);
      setPassword(who, password, request.headers.cookie ?? '');
      return void response.end('{"ok":true}');
    }
    if (path === '/setup-password' && habits.setsUnproven && users.has(to)) {
      users.set(to, { password });
      return void response.end('{"ok":true}');
    }
    if (path === '/dev-login' && habits.entersUnproven && users.has(to)) return enter(response, to);
    const [, kind = '', key = ''] = path.split('/');
    if (habits.breaksAfter === kind && granted.get(key)?.used) return refuse(response, 503);
    const one = kind === 'reset' || kind === 'magic' || kind === 'invite' ? use(kind, key === 'enter' ? code : key) : undefined;
    if (one) return spend(one, to, password, response);
    return habits.agreeable || habits.spa ? void response.end(page('<div id="root"></div>')) : refuse(response, key === '' ? 404 : 400);
  };

  const server = createServer((request, response) => {
    const id = /sid=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      const json = request.headers['content-type']?.includes('json') === true;
      const body = json ? (JSON.parse(text || '{}') as Record<string, string>) : Object.fromEntries(new URLSearchParams(text));
      if (path === '/me' && breaking.has(id)) refuse(response, 503);
      else if (request.method === 'GET') get(path, sessions.get(id), response);
      else post(path, body, sessions.get(id), request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = openSender({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: 900, userAgent: 'test' });
  const mailbox: Mailbox = {
    pollMs: 2,
    patienceMs: 1500,
    mails: (to) => Promise.resolve(mails.flatMap((one) => (one.to === to ? [one.mail] : []))),
    newAddress: () => `lr-${randomBytes(4).toString('hex')}@example.com`,
    close: () => Promise.resolve(),
  };
  try {
    const operations = operationsOf(habits);
    const asking = await findAskDoors(sender, operations, true, openJournal());
    const plain = await findDoors(sender, operations, [], true, openJournal());
    const given = options.mailbox === false ? undefined : mailbox;
    const doors = { signUp: [], signIn: [...plain.signIn, ...mailDoors(asking, operations, given)] };
    const account = habits.passwordless ? { email: anna.email } : anna;
    const way = await signIn(sender, doors.signIn, account, operations);
    if (!way) throw new Error('the small app did not let its account in');
    const path = '/settings';
    if (!habits.spa) way.seen.sights.set(path, { path, status: 200, content: { values: [] } });
    const { expendable = true } = options;
    const person: Person = { name: 'anna', tenant: 'Acme', administrator: false, from: 'config', expendable, account, ...way };
    const left: string[] = [];
    const trials = await askAccounts({
      sender,
      doors,
      asking,
      operations,
      people: [person],
      journal: openJournal(),
      writes: options.writes ?? true,
      left,
      ...(given && { mailbox: given }),
    });
    const outcome = (question: string): string =>
      trials
        .filter((one) => one.question === question)
        .map((one) => one.outcome)
        .join(' ');
    return { trials, password: users.get(anna.email)?.password ?? '', left, outcome };
  } finally {
    await sender.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
