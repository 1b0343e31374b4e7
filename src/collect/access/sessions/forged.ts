import { createHmac } from 'node:crypto';
import type { SessionTrial } from '../../../evidence/live-sessions.ts';
import { type SignedIn, type Standing, standingOf } from '../people/sign-in.ts';
import { nobodyLike, type Session } from '../wire/session.ts';
import { claimsOf } from '../wire/claims.ts';
import { type Ground, unclear } from './trial.ts';

/** Secrets that tutorials and generators sign with. */
const knownSecrets = [
  'secret',
  'your-256-bit-secret',
  'your-secret-key',
  'changeme',
  'jwt_secret',
  'mysecret',
  'supersecret',
  'password',
  'random',
  'test',
  'dev',
  'secretkey',
  'super-secret-jwt-token-with-at-least-32-characters-long',
];

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Forgery {
  readonly how: string;
  readonly token: string;
}

/**
 * Whether the app believes a JSON web token that nobody signed (RFC 8725, section 3.1): without a signature, with one of another text, or signed
 * with a secret that everybody knows. Where the app gives out none, one is made up that names the account.
 */
export async function forgedToken(ground: Ground): Promise<SessionTrial> {
  const { account, way } = ground;
  const forgeries = way.session.token !== undefined && claimsOf(way.session.token) ? altered(way.session.token) : madeUp(account, way);
  const steps: string[] = [];
  let doubt: Standing | undefined;
  for (const { how, token } of forgeries) {
    const session = nobodyLike(way.session);
    session.token = token;
    const standing = await believed(ground, session);
    const { is, answered } = standing;
    steps.push(
      `GET ${way.witness.path} with ${how} → ${answered}, ${is === 'his' ? 'the account' : is === 'unclear' ? 'which says nothing' : 'refused'}`,
    );
    if (is === 'his') return { question: 'forged-token', outcome: 'broken', text: `the app believes ${how}`, steps };
    if (is === 'unclear') doubt = standing;
  }
  if (doubt) return unclear('forged-token', doubt, steps);
  return { question: 'forged-token', outcome: 'holds', text: 'no token that we had not been given was believed', steps };
}

/** Whether a session is taken for his. Many an app breaks on a token that it cannot read: where only that token breaks it, and each time, it is refused. */
async function believed({ sender, way }: Ground, session: Session): Promise<Standing> {
  const first = await standingOf(sender, session, way.witness);
  if (first.is !== 'unclear' || first.answered !== '500') return first;
  const his = await standingOf(sender, way.session, way.witness);
  const again = await standingOf(sender, session, way.witness);
  return his.is === 'his' && again.answered === first.answered ? { ...again, is: 'not his' } : again;
}

function altered(token: string): Forgery[] {
  const [header = '', claims = '', signature = ''] = token.split('.');
  const none = part({ alg: 'none', typ: 'JWT' });
  const wrong = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  const known = knownSecrets.find((secret) => createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url') === signature);
  return [
    { how: 'a token whose signature was taken away', token: `${header}.${claims}.` },
    { how: 'a token that says it needs no signature (alg none)', token: `${none}.${claims}.` },
    { how: 'a token with another signature', token: `${header}.${claims}.${wrong}` },
    ...(known === undefined
      ? []
      : [{ how: `a token we signed ourselves with the well-known secret “${known}”`, token: resigned(header, claims, known) }]),
  ];
}

/** A claim of ours, so that it is no copy of what was given. */
function resigned(header: string, claims: string, secret: string): string {
  const own = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as object), jti: 'launch-ready' };
  const text = `${header}.${part(own)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function madeUp({ email, username }: Ground['account'], { seen }: SignedIn): Forgery[] {
  const ids = seen.keyed.get('id') ?? [];
  const now = Math.floor(Date.now() / 1000);
  const claims = part({ sub: ids[0] ?? email, id: ids[0], userId: ids[0], email, username: username ?? email, iat: now, exp: now + 3600 });
  return [
    { how: 'a token we made up, with a signature of nobody', token: `${part({ alg: 'HS256', typ: 'JWT' })}.${claims}.${'A'.repeat(43)}` },
    { how: 'a token we made up that says it needs no signature (alg none)', token: `${part({ alg: 'none', typ: 'JWT' })}.${claims}.` },
  ];
}
