import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { frontendApiIn } from './clerk-key.ts';
import { elsewhereDoor } from './elsewhere.ts';
import { anna, asked, bert, got, type Habits, type Member, sending, triedAs, type WayIn } from './fixture.ts';
import { frontendApiOf } from './publishable-key.ts';
import { openSender } from '../wire/sender.ts';
import { authenticatorOf } from './totp.ts';

const members = [anna, bert];
const totp = 'JBSWY3DPEHPK3PXP';

interface ClerkHabits {
  /** How far the first request of a sign-in gets; `complete` where the password is taken with it. */
  readonly steps?: 'first-factor' | 'second-factor';
  readonly nativeDisabled?: true;
  /** How long a session token lives; 60 seconds at Clerk. */
  readonly seconds?: number;
}

/** What Clerk's Frontend API answers to its SDKs for phones: the token of the client goes along, changes with each answer, and no Origin may stand beside it. */
async function startClerk({ steps, nativeDisabled, seconds = 60 }: ClerkHabits = {}) {
  const clients = new Map<string, { sessions: Map<string, Member> }>();
  const attempts = new Map<string, { readonly who: Member | undefined; readonly identifier: string }>();
  const tokens = new Map<string, { readonly who: Member; readonly until: number }>();
  let brought = 0;
  const server = createServer((request, response) => {
    void asked(request).then(({ method, path, query, headers, body }) => {
      const send = sending(response);
      const refuse = (status: number, code: string): void => send(status, { errors: [{ code, message: code }], clerk_trace_id: 'none' });
      if (headers.origin !== undefined && headers.authorization !== undefined) return refuse(400, 'origin_authorization_headers_conflict');
      if (query.get('_is_native') !== '1') return refuse(401, 'dev_browser_unauthenticated');
      if (nativeDisabled) return refuse(400, 'native_api_disabled');
      if (method !== 'POST' || headers['content-type'] !== 'application/x-www-form-urlencoded')
        return refuse(415, 'content_type_unsupported');
      const client = clients.get(headers.authorization ?? '') ?? { sessions: new Map<string, Member>() };
      clients.delete(headers.authorization ?? '');
      const next = randomUUID();
      clients.set(next, client);
      response.setHeader('authorization', next);
      const attempt = (id: string, status: string, session: string | null): void =>
        send(200, { response: { object: 'sign_in_attempt', id, status, created_session_id: session }, client: { object: 'client' } });
      const complete = (id: string, who: Member): void => {
        const session = `sess_${randomUUID()}`;
        client.sessions.set(session, who);
        attempt(id, 'complete', session);
      };
      const [, , part, id = '', last] = path.split('/').slice(1);
      const known = attempts.get(id);
      const right = (identifier: string): Member | undefined =>
        body['strategy'] === 'password' ? members.find((one) => one.email === identifier && one.password === body['password']) : undefined;
      if (path === '/v1/client/sign_ins') {
        const who = right(body['identifier'] ?? '');
        const made = `sia_${randomUUID()}`;
        attempts.set(made, { who, identifier: body['identifier'] ?? '' });
        if (steps === 'first-factor') return attempt(made, 'needs_first_factor', null);
        if (!who) return refuse(422, 'form_password_incorrect');
        return steps === 'second-factor' ? attempt(made, 'needs_second_factor', null) : complete(made, who);
      }
      if (part === 'sign_ins' && known && last === 'attempt_first_factor') {
        const who = right(known.identifier);
        return who ? complete(id, who) : refuse(422, 'form_password_incorrect');
      }
      if (part === 'sign_ins' && known?.who && last === 'attempt_second_factor')
        return body['strategy'] === 'totp' && body['code'] === authenticatorOf(totp).generate()
          ? complete(id, known.who)
          : refuse(422, 'form_code_incorrect');
      const who = part === 'sessions' && last === 'tokens' ? client.sessions.get(id) : undefined;
      if (!who) return refuse(404, 'resource_not_found');
      brought += 1;
      const iat = Date.now() / 1000;
      const claims = Buffer.from(JSON.stringify({ sub: who.key, iat, exp: iat + seconds })).toString('base64url');
      const jwt = `eyJhbGciOiJSUzI1NiJ9.${claims}.${randomUUID().replaceAll('-', '')}`;
      tokens.set(jwt, { who, until: iat + seconds });
      return send(200, { object: 'token', jwt });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const way: WayIn = {
    who({ headers }) {
      const token = tokens.get((headers.authorization ?? '').replace('Bearer ', ''));
      return token && token.until > Date.now() / 1000 ? token.who : undefined;
    },
  };
  return { way, host, key: `pk_test_${Buffer.from(`${host}$`).toString('base64')}`, brought: () => brought };
}

type Clerk = Awaited<ReturnType<typeof startClerk>>;

async function tried({ way, key }: Clerk, habits: Habits = {}, password?: string) {
  const url = frontendApiOf(key)!;
  const provider = openSender({ origin: url.origin, requests: 1_000, userAgent: 'test' });
  onTestFinished(() => provider.close());
  const people = members.map((one) => ({
    name: one.tenant,
    tenant: one.tenant,
    email: one.email,
    password: password ?? one.password,
    totp,
  }));
  return triedAs(people, way, habits, { elsewhere: elsewhereDoor({ kind: 'clerk', url }, provider) });
}

it.each([
  ['with one request', undefined],
  ['with the password after the name', 'first-factor'],
  ['with the code of an authenticator app', 'second-factor'],
] as const)(
  'people are signed in at Clerk %s, and what others get of the app is found',
  async (_, steps) => {
    for (const leaks of [false, true]) {
      const live = await tried(await startClerk(steps && { steps }), { leaks });
      expect(live.people.map(({ proof }) => proof)).toEqual(Array(2).fill('Clerk; GET /me names the account'));
      expect(got(live)).toEqual(leaks ? ['stranger read GET /notes/{id}'] : []);
    }
  },
  90_000,
);

it('tokens that end while a run lasts are brought anew, and nothing is told of the session', async () => {
  const clerk = await startClerk({ seconds: 0.3 });
  const live = await tried(clerk, { leaks: true });
  expect(got(live)).toEqual(['stranger read GET /notes/{id}']);
  expect(live.cells.filter(({ why }) => why?.includes('lost the session'))).toEqual([]);
  expect(clerk.brought()).toBeGreaterThan(4);
  expect(live.leftovers).toEqual([]);
}, 30_000);

it('who has another password is not let in, nor is anybody where the API for phones is switched off', async () => {
  await expect(tried(await startClerk(), {}, 'wrong')).rejects.toThrow(/could not be signed in/);
  await expect(tried(await startClerk({ nativeDisabled: true }))).rejects.toThrow(/Native API, which is switched off/);
});

it('the key names the instance, and the app shows it to everybody', async () => {
  const key = (host: string, kind = 'test'): string => `pk_${kind}_${Buffer.from(`${host}$`).toString('base64')}`;
  expect(frontendApiOf(key('happy-fox-12.clerk.accounts.dev'))?.href).toBe('https://happy-fox-12.clerk.accounts.dev/');
  for (const other of [
    key('clerk.example.com', 'live'),
    key('clerk.example.com'),
    key('evil.example/.clerk.accounts.dev'),
    key('127.0.0.1@evil.example'),
    'pk_test_',
    'pk_test_aGFwcHktZm94',
  ])
    expect(frontendApiOf(other), other).toBeUndefined();
  const pages: Readonly<Record<string, string>> = {
    '/': '<!doctype html><script type="module" src="/assets/app.js"></script>',
    '/assets/app.js': `const live="${key('clerk.example.com', 'live')}",test="${key('127.0.0.1:4100')}";`,
  };
  const server = createServer(({ url = '' }, response) => {
    response.writeHead(url in pages ? 200 : 404).end(pages[url] ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sender = openSender({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests: 50, userAgent: 'test' });
  onTestFinished(async () => {
    await sender.close();
    server.close();
  });
  expect((await frontendApiIn(sender))?.href).toBe('http://127.0.0.1:4100/');
});
