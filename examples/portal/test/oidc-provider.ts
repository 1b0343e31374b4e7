import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Who the provider says has signed in; change it between sign-ins. */
export interface Person {
  sub: string;
  email: string;
  email_verified: boolean;
}

/** Somebody who signs in at the provider by its form. */
export type PersonWithPassword = Person & { password: string };

/** A tiny OpenID Connect provider on loopback that signs everybody in at once as `person`, or asks for a password where it knows several people. */
export interface OidcProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  person: Person;
  /** Addresses that it leads back to; any where none is registered, or where it is `loose`. */
  redirectUris: readonly string[];
  loose: boolean;
  stop(): Promise<void>;
}

const base64url = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

export async function startOidcProvider(person: Person, people: readonly PersonWithPassword[] = []): Promise<OidcProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, { asked: URLSearchParams; who: Person }>();

  const idToken = (issuer: string, asked: URLSearchParams, { sub, email, email_verified }: Person): string => {
    const now = Math.floor(Date.now() / 1000);
    const header = base64url(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: 'one' }));
    const claims = {
      iss: issuer,
      aud: asked.get('client_id'),
      iat: now,
      exp: now + 300,
      nonce: asked.get('nonce') ?? undefined,
      sub,
      email,
      email_verified,
    };
    const signed = `${header}.${base64url(JSON.stringify(claims))}`;
    return `${signed}.${base64url(createSign('RSA-SHA256').update(signed).sign(privateKey))}`;
  };

  const answers: Record<string, (url: URL, res: ServerResponse, body: URLSearchParams) => void> = {
    '/.well-known/openid-configuration': (_url, res) =>
      json(res, 200, {
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/authorize`,
        token_endpoint: `${provider.issuer}/token`,
        jwks_uri: `${provider.issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      }),
    '/jwks': (_url, res) => json(res, 200, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] }),
    '/authorize': (url, res, body) => {
      const wanted = url.searchParams.get('redirect_uri') ?? '';
      if (!provider.loose && provider.redirectUris.length > 0 && !provider.redirectUris.includes(wanted)) {
        json(res, 400, { error: 'invalid_request' });
        return;
      }
      const who =
        people.length === 0
          ? provider.person
          : people.find(({ email, password }) => email === body.get('email') && password === body.get('password'));
      if (!who) {
        const form = '<form method="post"><input name="email"><input type="password" name="password"><button>Sign in</button></form>';
        res.writeHead(200, { 'content-type': 'text/html' }).end(form);
        return;
      }
      const code = randomBytes(16).toString('hex');
      codes.set(code, { asked: url.searchParams, who });
      const back = new URL(wanted);
      back.searchParams.set('code', code);
      if (url.searchParams.has('state')) back.searchParams.set('state', url.searchParams.get('state')!);
      res.writeHead(302, { location: back.href }).end();
    },
    '/token': (_url, res, body) => {
      const { asked, who } = codes.get(body.get('code') ?? '') ?? {};
      codes.delete(body.get('code') ?? '');
      const challenge = asked?.get('code_challenge');
      const verified =
        !challenge ||
        challenge ===
          createHash('sha256')
            .update(body.get('code_verifier') ?? '')
            .digest('base64url');
      if (!asked || !who || !verified) json(res, 400, { error: 'invalid_grant' });
      else
        json(res, 200, { access_token: 'unused', token_type: 'Bearer', expires_in: 300, id_token: idToken(provider.issuer, asked, who) });
    },
  };

  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', provider.issuer);
    const answer = answers[url.pathname];
    if (!answer) res.writeHead(404).end();
    else void readBody(req).then((body) => answer(url, res, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const provider: OidcProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientId: 'fieldwork',
    clientSecret: randomBytes(16).toString('hex'),
    person,
    redirectUris: [],
    loose: false,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return provider;
}

async function readBody(req: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of req) body += String(chunk);
  return new URLSearchParams(body);
}

function json(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
