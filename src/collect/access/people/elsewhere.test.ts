import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import * as client from 'openid-client';
import { describe, expect, it } from 'vitest';
import type { GivenIdentity } from '../../../core/target.ts';
import type { LiveAccess } from '../../../evidence/live-access.ts';
import { claimsOf } from '../wire/claims.ts';
import { proveLive } from '../prove.ts';
import { openSender } from '../wire/sender.ts';
import { elsewhereDoor } from './elsewhere.ts';
import { anna, asked, bert, got, type Habits, type Member, sending, startNotes, triedAs, type WayIn } from './fixture.ts';

const members = [anna, bert];
const people = members.map(({ email, password, tenant }) => ({ name: tenant, tenant, email, password }));

/** A run on the small app, whose people sign in elsewhere. */
async function tried(way: WayIn, identity: GivenIdentity, origin?: (address: string) => void, habits: Habits = {}): Promise<LiveAccess> {
  const app = await startNotes(way, habits);
  origin?.(app.origin);
  const senders = [app.origin, identity.url.origin].map((one) => openSender({ origin: one, requests: 3_000, userAgent: 'test' }));
  try {
    const input = { sender: senders[0]!, routes: [], people, writes: true, parts: ['routes', 'sessions'] };
    return await proveLive({ ...input, elsewhere: elsewhereDoor(identity, senders[1]!) });
  } finally {
    for (const one of senders) await one.close();
    await app.stop();
  }
}

async function listening(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What the app does wrong with the answer of its provider. */
interface Flaws {
  /** Neither state nor PKCE nor a nonce ties it to a browser. */
  readonly ignoresState?: boolean;
  /** An answer that came once is taken again, without asking the provider. */
  readonly replays?: boolean;
  /** A nonce goes along, and no PKCE: it is looked at, or not. */
  readonly nonceAlone?: 'checked' | 'ignored';
  /** From the so-many-th time on that somebody comes back, the app answers with this status. */
  readonly busy?: readonly [from: number, status: number];
  /** What the provider takes for the registered address: any, or what begins like it. */
  readonly loose?: 'any' | 'prefix';
}

/** The real provider of npm, with its own forms for signing in and for agreeing, and an app that uses it by the library for clients. */
async function withProvider<T>(
  { ignoresState = false, replays = false, nonceAlone, busy: [busyFrom, busyStatus] = [Infinity, 0], loose }: Flaws,
  use: (way: WayIn, issuer: string, at: (origin: string) => void) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => void callback?.(request, response));
  const issuer = await listening(server);
  let callback: ReturnType<Provider['callback']> | undefined;
  let settings: client.Configuration;
  let app = '';
  const started = new Map<string, { readonly state: string; readonly nonce: string; readonly verifier: string }>();
  const sessions = new Map<string, Member>();
  const known = new Map<string, Member>();
  let came = 0;
  const way: WayIn = {
    who: ({ cookies }) => sessions.get(cookies['sid'] ?? ''),
    async answer({ path, query, cookies }, send) {
      if (path === '/login') send(200, '<a href="/auth/company">Sign in with your company account</a>');
      else if (path === '/auth/company') {
        const id = randomUUID();
        const login = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() };
        started.set(id, login);
        const bound = {
          state: login.state,
          nonce: login.nonce,
          ...(!nonceAlone && { code_challenge: await client.calculatePKCECodeChallenge(login.verifier), code_challenge_method: 'S256' }),
        };
        const request = { redirect_uri: `${app}/auth/callback`, scope: 'openid email', ...(!ignoresState && bound) };
        send(303, '', { location: client.buildAuthorizationUrl(settings, request).href, 'set-cookie': `login=${id}; Path=/; HttpOnly` });
      } else if (path === '/auth/callback') {
        const login = started.get(cookies['login'] ?? '');
        if ((came += 1) >= busyFrom) return (send(busyStatus, 'Come back later.'), true);
        if (!replays) started.delete(cookies['login'] ?? '');
        const who = (replays && known.get(query.get('code') ?? '')) || (await member(query, login).catch(() => undefined));
        if (!who) send(400, 'That did not work.');
        else {
          if (replays) known.set(query.get('code') ?? '', who);
          const id = randomUUID();
          sessions.set(id, who);
          send(303, '', { location: '/', 'set-cookie': `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
        }
      } else return false;
      return true;
    },
  };
  async function member(
    query: URLSearchParams,
    login: { state: string; nonce: string; verifier: string } | undefined,
  ): Promise<Member | undefined> {
    if (!login && !ignoresState) return undefined;
    if (nonceAlone === 'ignored' && query.get('state') !== login?.state) return undefined;
    if (nonceAlone === 'ignored') return whoeverHas(query.get('code') ?? '');
    const checks = ignoresState
      ? { idTokenExpected: true }
      : {
          expectedState: login!.state,
          expectedNonce: login!.nonce,
          ...(!nonceAlone && { pkceCodeVerifier: login!.verifier }),
          idTokenExpected: true,
        };
    const tokens = await client.authorizationCodeGrant(settings, new URL(`${app}/auth/callback?${query.toString()}`), checks);
    return members.find(({ email }) => email === tokens.claims()?.sub);
  }
  /** Trades the code in, and looks at nothing but the name in what comes. */
  async function whoeverHas(code: string): Promise<Member | undefined> {
    const answer = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('notes:a-secret-of-the-client-notes').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: `${app}/auth/callback` }),
    });
    const { id_token: token = '' } = (await answer.json()) as { id_token?: string };
    return members.find(({ email }) => email === claimsOf(token)?.['sub']);
  }
  try {
    return await use(way, issuer, (origin) => {
      app = origin;
      const provider = new Provider(issuer, {
        clients: [{ client_id: 'notes', client_secret: 'a-secret-of-the-client-notes', redirect_uris: [`${app}/auth/callback`] }],
        pkce: { required: () => false },
        findAccount: (_, id) => (members.some(({ email }) => email === id) ? { accountId: id, claims: () => ({ sub: id }) } : undefined),
        cookies: { keys: ['a-key-for-cookies'] },
      });
      if (loose !== undefined)
        // As the library has it for apps that need more than its exact comparison.
        (provider.Client.prototype as { redirectUriAllowed: (uri: string) => boolean }).redirectUriAllowed = (uri) =>
          loose === 'any' || uri.startsWith(`${app}/auth/callback`);
      callback = provider.callback();
      settings = new client.Configuration(
        {
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          id_token_signing_alg_values_supported: ['RS256'],
        },
        'notes',
        'a-secret-of-the-client-notes',
      );
      client.allowInsecureRequests(settings);
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('people who sign in at an identity provider', () => {
  it.each<[string, Flaws, string, Habits?]>([
    ['are signed in by its forms', {}, 'sso-bound holds, sso-code holds, sso-redirect holds, sso-state holds'],
    [
      'may end the sign-in of another browser',
      { ignoresState: true },
      'sso-bound broken, sso-code holds, sso-redirect holds, sso-state broken',
    ],
    ['are led wherever a request says', { loose: 'any' }, 'sso-bound holds, sso-code holds, sso-redirect broken, sso-state holds'],
    [
      'are led to what begins like the address',
      { loose: 'prefix' },
      'sso-bound holds, sso-code holds, sso-redirect broken, sso-state holds',
    ],
    ['may come back twice', { replays: true }, 'sso-bound holds, sso-code broken, sso-redirect holds, sso-state holds'],
    [
      'are tied to the request by a nonce',
      { nonceAlone: 'checked' },
      'sso-bound holds, sso-code holds, sso-redirect holds, sso-state holds',
    ],
    [
      'send a nonce that nobody looks at',
      { nonceAlone: 'ignored' },
      'sso-bound broken, sso-code holds, sso-redirect holds, sso-state holds',
    ],
    // The first three come back to sign in; from then on nothing is known of what is refused.
    ['are too many for the app', { busy: [4, 429] }, 'sso-bound unknown, sso-code unknown, sso-redirect holds, sso-state unknown'],
    ['are shut out after a while', { busy: [6, 403] }, 'sso-bound unknown, sso-code unknown, sso-redirect holds, sso-state unknown'],
  ])(
    '%s',
    async (_, flaws, expected) => {
      const live = await withProvider(flaws, (way, issuer, at) => tried(way, { kind: 'oidc', url: new URL(issuer) }, at));
      expect(live.people.map(({ proof }) => proof)).toEqual([
        expect.stringMatching(/identity provider 127.*GET \/me names the account/),
        expect.stringMatching(/identity provider 127.*GET \/me names the account/),
      ]);
      expect(got(live)).toEqual([]);
      const told = live.sessions.flatMap(({ question, outcome }) => (question.startsWith('sso-') ? [`${question} ${outcome}`] : []));
      expect(told.toSorted().join(', ')).toBe(expected);
    },
    60_000,
  );
});

it('of whom some may sign in at a provider elsewhere send nothing there', async () => {
  const known = new Map<string, Member>();
  const way: WayIn = {
    who: ({ cookies }) => known.get(cookies['sid'] ?? ''),
    answer({ path, method, body }, send) {
      if (path === '/auth/company')
        send(303, '', { location: 'https://id.example/authorize?client_id=notes&redirect_uri=http%3A%2F%2Flocalhost%2Fcallback' });
      else if (path === '/login' && method === 'POST') {
        const who = members.find(({ email, password }) => email === body['email'] && password === body['password']);
        const id = randomUUID();
        if (who) known.set(id, who);
        send(who ? 303 : 401, '', who && { location: '/', 'set-cookie': `sid=${id}; Path=/; HttpOnly; SameSite=Lax` });
      } else if (path === '/login')
        send(
          200,
          '<form method="post" action="/login"><input name="email"><input type="password" name="password"></form><a href="/auth/company">Company account</a>',
        );
      else return false;
      return true;
    },
  };
  const live = await triedAs(people, way);
  expect(live.sessions.filter(({ question }) => question.startsWith('sso-'))).toEqual([
    {
      question: 'sso-redirect',
      outcome: 'unknown',
      text: 'people may sign in at id.example, and only an identity provider on this machine is sent altered requests',
      steps: [],
      toKnow: expect.stringContaining('access.identityProvider') as string,
    },
  ]);
});

/** A stand-in for what Supabase Auth and the emulator of Firebase Authentication answer to a sign-in by password. */
async function withTokens<T>(kind: 'supabase' | 'firebase', use: (way: WayIn, url: URL) => Promise<T>): Promise<T> {
  const tokens = new Map<string, Member>();
  const server = createServer((request, response) => {
    void asked(request).then(({ method, path, query, headers, body }) => {
      const send = sending(response);
      const who = members.find(({ email, password }) => email === body['email'] && password === body['password']);
      const token = randomUUID();
      if (who) tokens.set(token, who);
      if (kind === 'supabase') {
        // Supabase's gateway (Kong) asks for the key before Auth does.
        if (path !== '/auth/v1/token' || method !== 'POST' || query.get('grant_type') !== 'password') return send(404, {});
        if (headers['apikey'] !== 'public-key') return send(401, { message: 'No API key found in request' });
        if (!who) return send(400, { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' });
        return send(200, {
          access_token: token,
          token_type: 'bearer',
          expires_in: 3600,
          refresh_token: randomUUID(),
          user: { email: who.email },
        });
      }
      if (path !== '/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword' || query.get('key') !== 'public-key')
        return send(404, { error: { code: 404, message: 'NOT_FOUND' } });
      if (!who) return send(400, { error: { code: 400, message: 'INVALID_LOGIN_CREDENTIALS' } });
      return send(200, {
        kind: 'identitytoolkit#VerifyPasswordResponse',
        localId: who.tenant,
        email: who.email,
        idToken: token,
        refreshToken: randomUUID(),
        expiresIn: '3600',
      });
    });
  });
  const url = new URL(await listening(server));
  const way: WayIn = { who: ({ headers }) => tokens.get((headers.authorization ?? '').replace('Bearer ', '')) };
  try {
    return await use(way, url);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe.each(['supabase', 'firebase'] as const)('people with tokens of %s', (kind) => {
  it('are signed in to the app by them, and what others get is found', async () => {
    for (const leaks of [false, true]) {
      const live = await withTokens(kind, (way, url) => tried(way, { kind, url, key: 'public-key' }, undefined, { leaks }));
      expect(live.people.map(({ proof }) => proof.split(';')[0])).toEqual(
        Array(2).fill(kind === 'supabase' ? 'Supabase Auth' : 'Firebase Authentication'),
      );
      expect(got(live)).toEqual(leaks ? ['stranger read GET /notes/{id}'] : []);
    }
  }, 60_000);

  it('are not let in with another key', async () => {
    const run = withTokens(kind, (way, url) => tried(way, { kind, url, key: 'wrong' }));
    await expect(run).rejects.toThrow(/could not be signed in/);
  });
});
