import type { Request, Response } from 'express';
import * as client from 'openid-client';
import { config } from '../config.ts';
import { db } from '../db.ts';
import { OIDC_COOKIE, cookieOptions, readCookie } from './cookies.ts';
import { hashToken, randomToken } from './tokens.ts';

export interface Identity {
  issuer: string;
  subject: string;
  /** Only when the provider says that it has verified the address. */
  verifiedEmail: string | undefined;
}

const redirectUri = `${config.appUrl}/login/oidc/callback`;
const LOGIN_MINUTES = 10;

let discovered: Promise<client.Configuration> | undefined;

/** Reads the provider's metadata once; a failure is not remembered. */
function provider(): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret } = config.oidc!;
  const url = new URL(issuer);
  // Plain HTTP only for a provider on this machine, in development.
  const options = ['localhost', '127.0.0.1'].includes(url.hostname) ? { execute: [client.allowInsecureRequests] } : {};
  discovered ??= client.discovery(url, clientId, clientSecret, undefined, options).catch((error: unknown) => {
    discovered = undefined;
    throw error;
  });
  return discovered;
}

/** Starts a sign-in at the provider: remembers its secrets, ties it to this browser, and returns where to send it. */
export async function beginOidc(res: Response): Promise<string> {
  const settings = await provider();
  const id = randomToken();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const codeVerifier = client.randomPKCECodeVerifier();
  await db.query(
    `insert into oidc_logins (id_hash, state, nonce, code_verifier, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(mins => $5))`,
    [hashToken(id), state, nonce, codeVerifier, LOGIN_MINUTES],
  );
  res.cookie(OIDC_COOKIE, id, { ...cookieOptions, maxAge: LOGIN_MINUTES * 60_000 });
  const url = client.buildAuthorizationUrl(settings, {
    redirect_uri: redirectUri,
    scope: 'openid email profile',
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
  });
  return url.href;
}

/** Finishes the sign-in that this browser started. Rejects when it started none, or when anything does not match. */
export async function finishOidc(req: Request, res: Response): Promise<Identity> {
  const id = readCookie(req, OIDC_COOKIE) ?? '';
  res.clearCookie(OIDC_COOKIE, cookieOptions);
  const { rows } = await db.query<{ state: string; nonce: string; code_verifier: string }>(
    'delete from oidc_logins where id_hash = $1 and expires_at > now() returning state, nonce, code_verifier',
    [hashToken(id)],
  );
  const login = rows[0];
  if (!login) throw new Error('no sign-in was started in this browser');
  const tokens = await client.authorizationCodeGrant(await provider(), new URL(req.originalUrl, config.appUrl), {
    expectedState: login.state,
    expectedNonce: login.nonce,
    pkceCodeVerifier: login.code_verifier,
    idTokenExpected: true,
  });
  const claims = tokens.claims()!;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    verifiedEmail: claims['email_verified'] === true && typeof claims['email'] === 'string' ? claims['email'].toLowerCase() : undefined,
  };
}
