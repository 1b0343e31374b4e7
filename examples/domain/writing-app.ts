import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CachedApp } from '../../src/collect/edge/cache/fixture.ts';
import type { GivenAppMail } from '../../src/core/target.ts';
import type { Post } from './post.ts';
import { html, to, type Visit } from './web.ts';

/** Mails of the app that nobody finds by himself, as the config has them under `email.mails`. */
export const appMails: readonly GivenAppMail[] = [
  { name: 'invite', request: 'POST /api/invites', body: '{"email":"{address}"}' },
  { name: 'newsletter', request: 'POST /api/newsletter', body: '{"email":"{address}"}', bulk: true },
];

const form = (action: string, fields: readonly string[]): string =>
  `<form method="post" action="${action}">${fields.map((name) => `<input name="${name}" type="${name}">`).join('')}<button>Go</button></form>`;

const forms: Readonly<Record<string, string>> = {
  '/register': form('/register', ['email', 'password']),
  '/forgot-password': form('/forgot-password', ['email']),
};
const writing = new Set([...Object.keys(forms), ...appMails.map(({ request }) => request.split(' ')[1] ?? '')]);

/** The part of the app that writes to people. What it does not know it leaves to the rest: false. */
export const writingApp =
  (app: CachedApp, post: Post) =>
  ({ path, method }: Visit, asked: IncomingMessage, response: ServerResponse): boolean => {
    if (!writing.has(path) || (method !== 'POST' && !(path in forms))) return false;
    const answered = method === 'POST' ? written(path, asked) : Promise.resolve(html('Harbourline', forms[path]));
    void answered.then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(method === 'HEAD' ? undefined : body),
      () => response.writeHead(502).end(),
    );
    return true;

    async function written(at: string, request: IncomingMessage) {
      let text = '';
      for await (const part of request) text += String(part);
      const isJson = request.headers['content-type']?.startsWith('application/json') === true;
      const given = isJson ? (JSON.parse(text || '{}') as Record<string, string>) : Object.fromEntries(new URLSearchParams(text));
      const { email = '', password = '' } = given;
      if (!email.includes('@')) return { status: 400, body: 'Which address?' };
      if (at === '/register') {
        app.join(email, email, password);
        await post.write('sign-up', email);
        return to(303, '/login');
      }
      if (at === '/forgot-password') {
        await post.write('reset', email);
        return html('Harbourline', '<p>Look into your mailbox.</p>');
      }
      await post.write(at === '/api/invites' ? 'invite' : 'newsletter', email);
      return { status: 202, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };
    }
  };
