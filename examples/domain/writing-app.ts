import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CachedApp } from '../../src/collect/edge/cache/fixture.ts';
import type { GivenAppMail } from '../../src/core/target.ts';
import type { LetterName, Letters } from './letters.ts';
import type { Post } from './post.ts';
import { html, type Shown, to, type Visit } from './web.ts';

/** Mails of the app that nobody finds by himself, as the config has them under `email.mails`. */
export const appMails: readonly GivenAppMail[] = [
  { name: 'invite', request: 'POST /api/invites', body: '{"email":"{address}"}' },
  { name: 'newsletter', request: 'POST /api/newsletter', body: '{"email":"{address}"}', bulk: true },
];

const form = (action: string, fields: readonly string[], hidden = ''): string =>
  `<form method="post" action="${action}">${hidden}${fields.map((name) => `<input name="${name}" type="${name}">`).join('')}<button>Go</button></form>`;

const pages: Readonly<Record<string, string>> = {
  '/register': form('/register', ['email', 'password']),
  '/forgot-password': form('/forgot-password', ['email']),
  '/magic-link': form('/magic-link', ['email']),
  '/news': '<p>Berths in December.</p>',
};
const writing = new Set(['/register', '/forgot-password', '/magic-link', ...appMails.map(({ request }) => request.split(' ')[1] ?? '')]);

/** Where links of mails lead to, and what their pages ask for. */
const linked: Readonly<Record<string, { readonly letter: LetterName; readonly fields: readonly string[] }>> = {
  '/reset': { letter: 'reset', fields: ['password'] },
  '/join': { letter: 'invite', fields: ['password'] },
  '/enter': { letter: 'sign-in', fields: [] },
};

/** What a mailed link is good for. */
interface Granted {
  readonly letter: LetterName;
  readonly email: string;
  used: boolean;
}

/** The part of the app that writes to people, and takes them in by the links of its mails. What it does not know it leaves to the rest: false. */
export function writingApp(app: CachedApp, post: Post, { of }: Letters) {
  const granted = new Map<string, Granted>();

  return ({ path, method, url }: Visit, asked: IncomingMessage, response: ServerResponse): boolean => {
    const isWritten = method === 'POST' && (writing.has(path) || path in linked);
    const shown =
      method === 'POST' ? undefined : path in linked ? opened(path, tokenIn(url)) : path in pages && html('Harbourline', pages[path]);
    if (!isWritten && !shown) return false;
    void (shown ? Promise.resolve(shown) : written(path, asked)).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(method === 'HEAD' ? undefined : body),
      () => response.writeHead(502).end(),
    );
    return true;
  };

  function grant(letter: LetterName, email: string): string {
    const token = randomBytes(16).toString('hex');
    granted.set(token, { letter, email, used: false });
    return token;
  }

  /** Whoever has the token may; it is used up by that. */
  function spend(letter: LetterName, token: string): Granted | undefined {
    const found = granted.get(token);
    if (found?.letter !== letter || (found.used && !of[letter].worksAgain)) return undefined;
    found.used = true;
    return found;
  }

  /** The page of a link. */
  function opened(path: string, token: string): Shown {
    const { letter, fields } = linked[path]!;
    const found = granted.get(token);
    if (found?.letter !== letter || (found.used && !of[letter].worksAgain)) return refusal;
    if (of[letter].spentBy === 'pressing the button') return html('Harbourline', form(path, fields, hidden(token)));
    found.used = true;
    // Who opened it goes on with what the page has.
    return letter === 'sign-in' ? entered(found) : html('Harbourline', form(path, fields, hidden(grant(letter, found.email))));
  }

  function entered({ email }: Granted): Shown {
    const cookie = app.enter(email);
    return cookie === undefined ? refusal : { status: 303, headers: { location: '/account', 'set-cookie': cookie } };
  }

  async function written(at: string, request: IncomingMessage): Promise<Shown> {
    let text = '';
    for await (const part of request) text += String(part);
    const isJson = request.headers['content-type']?.startsWith('application/json') === true;
    const given = isJson ? (JSON.parse(text || '{}') as Record<string, string>) : Object.fromEntries(new URLSearchParams(text));
    const { email = '', password = '', token = '' } = given;
    const link = linked[at];
    if (link) {
      const found = spend(link.letter, token);
      if (!found) return refusal;
      if (link.letter === 'sign-in') return entered(found);
      app.join(found.email, found.email, password);
      return to(303, '/login');
    }
    if (!email.includes('@')) return { status: 400, body: 'Which address?' };
    if (at === '/register') {
      app.join(email, email, password);
      await post.write('sign-up', email);
      return to(303, '/login');
    }
    if (at === '/forgot-password' || at === '/magic-link') {
      const letter = at === '/magic-link' ? 'sign-in' : 'reset';
      await post.write(letter, email, grant(letter, email));
      return html('Harbourline', '<p>Look into your mailbox.</p>');
    }
    if (at === '/api/invites') await post.write('invite', email, grant('invite', email));
    else await post.write('newsletter', email);
    return { status: 202, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };
  }
}

const hidden = (token: string): string => `<input type="hidden" name="token" value="${token}">`;
const tokenIn = (url: string): string => new URLSearchParams(url.split('?')[1] ?? '').get('token') ?? '';
const refusal = html('Harbourline', '<p>This link was used already, or is too old.</p>', 410);
