import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

const form = (action: string, ...fields: readonly string[]): string =>
  `<!doctype html><html><body><form method="post" action="${action}">${fields.map((name) => `<input name="${name}" type="${name}">`).join('')}<button>Go</button></form></body></html>`;

/**
 * Ways in which the app differs: signing in asks for the address first and then for the password; nobody can sign up; resets are never mailed, or late, or
 * one is mailed with a link that works and none after it.
 */
export type Quirk = 'two-step' | 'silent-reset' | 'late-reset' | 'one-reset' | 'sign-up-closed' | 'silent-invites';

/** Whoever is known to an app that nobody can sign up to. */
export const known = { name: 'ada', email: 'ada@acme.io', password: 'right-password-1', expendable: true } as const;

/** An app that signs people up, mails resets and takes invitations; `before` is called with each POST before it is answered. */
export async function startApp(quirks: readonly Quirk[], mail: (to: string, subject: string) => void, before: (path: string) => void) {
  const people = new Map<string, string>(quirks.includes('sign-up-closed') ? [[known.email, known.password]] : []);
  const link = '/reset/q8Zr1T0vKp5xWm3uYb7cNf9hJd2gLs4e';
  let resets = 0;
  const server = createServer(
    (request, response) =>
      void answered(request).then(([status, body, headers = {}]) =>
        response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body),
      ),
  );
  function mailReset(email: string, host: string): void {
    resets += 1;
    if (quirks.includes('late-reset')) setTimeout(() => mail(email, 'Reset'), 650).unref();
    else if (quirks.includes('one-reset') && resets === 1) mail(email, `Set a new password: http://${host}${link}`);
    else if (!quirks.some((one) => one === 'silent-reset' || one === 'one-reset')) mail(email, 'Reset');
  }
  function opened(method: string, password: string): [number, string, Record<string, string>?] {
    if (method === 'GET') return [200, form(link, 'password')];
    people.set(known.email, password);
    return [302, '', { location: '/login' }];
  }
  function invite(body: string): void {
    if (!quirks.includes('silent-invites')) mail((JSON.parse(body) as { to: string }).to, 'Invite');
  }

  async function answered(request: IncomingMessage): Promise<[number, string, Record<string, string>?]> {
    const { method = '', url = '' } = request;
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const given = new URLSearchParams(text);
    const email = given.get('email') ?? '';
    const who = decodeURIComponent(/who=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    const entered = (): [number, string, Record<string, string>] => [
      302,
      '',
      { location: '/home', 'set-cookie': `who=${encodeURIComponent(email)}` },
    ];
    if (method === 'POST') before(url);
    if (method === 'GET' && url === '/register' && !quirks.includes('sign-up-closed')) return [200, form('/register', 'email', 'password')];
    if (method === 'GET' && url === '/login')
      return [200, quirks.includes('two-step') ? form('/login', 'email') : form('/login', 'email', 'password')];
    if (method === 'GET' && url === '/forgot-password') return [200, form('/forgot-password', 'email')];
    if (method === 'GET' && url === '/home') return who === '' ? [302, '', { location: '/login' }] : [200, `<html>Hello ${who}</html>`];
    if (method === 'POST' && url === '/register' && !quirks.includes('sign-up-closed') && email !== '') {
      people.set(email, given.get('password') ?? '');
      mail(email, 'Welcome');
      return entered();
    }
    if (method === 'POST' && url === '/login') {
      if (quirks.includes('two-step') && !given.has('password')) return [200, form('/login', 'email', 'password')];
      return people.get(email) === given.get('password') && email !== '' ? entered() : [401, 'wrong'];
    }
    if (url === link && resets === 1) return opened(method, given.get('password') ?? '');
    if (method === 'POST' && url === '/forgot-password' && email !== '') {
      mailReset(email, request.headers.host ?? '');
      return [200, '<html>Look into your mailbox</html>'];
    }
    if (method === 'POST' && url === '/invites') {
      invite(text);
      return [201, '{}'];
    }
    return [404, ''];
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
