import type { Around, Meaning } from './rule.ts';

/** Keys that Supabase prints in its docs for everybody's local stack: an issuer, or this one pair of dates. */
const demoIssuer = 'supabase-demo';
const demoDates = { iat: 1_641_769_200, exp: 1_799_535_600 };

const supabaseRotate =
  'Supabase dashboard, Project Settings, API Keys: create a new secret key, put it on the server, then disable the legacy keys (or roll the JWT secret, which also replaces the anon key).';

/** Decodes one part of a JWT; `undefined` when it is not a JSON object. */
export function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** What a JSON Web Token is for, read from its claims; `undefined` for samples, broken ones and those long expired. */
export function judgeJwt(value: string, { now, variable }: Around): Partial<Meaning> | undefined {
  const [head = '', body = '', signature = ''] = value.split('.');
  const header = decodePart(head);
  const claims = decodePart(body);
  if (!header || !claims || typeof header['alg'] !== 'string' || header['alg'].toLowerCase() === 'none') return undefined;
  if (!plausibleSignature(header['alg'], signature) || isSample(claims)) return undefined;
  const expiry = typeof claims['exp'] === 'number' ? claims['exp'] * 1000 : undefined;
  const expired = expiry !== undefined && expiry < now;
  const until =
    expiry === undefined ? 'never expires' : `${expired ? 'expired' : 'valid until'} ${new Date(expiry).toISOString().slice(0, 10)}`;
  return supabaseKey(claims, until, expired) ?? otherToken({ claims, until, expired, expiry, now, variable });
}

function supabaseKey(claims: Record<string, unknown>, until: string, expired: boolean): Partial<Meaning> | undefined {
  const { role, iss, ref } = claims;
  if (typeof role !== 'string' || (iss !== 'supabase' && typeof ref !== 'string')) return undefined;
  const project = typeof ref === 'string' && /^[a-z0-9-]{8,40}$/.test(ref) ? `project ${ref}, ` : '';
  const real = typeof ref === 'string' && /^[a-z]{20}$/.test(ref) && !/abcdef|xyzxyz|(.)\1{4}/.test(ref);
  const meaning = `${project}role ${role.slice(0, 40)}, ${until}`;
  if (role === 'anon') return { kind: 'supabase-anon', label: 'Supabase anon key', sensitivity: 'public', power: 'limited', meaning };
  if (role !== 'service_role') return undefined;
  return {
    kind: 'supabase-service-role',
    label: 'Supabase service_role key',
    sensitivity: expired ? 'low' : 'secret',
    power: expired ? 'limited' : 'total',
    harm: 'Whoever has it can read, change and delete every row of every table and every file: row-level security does not stop it.',
    rotate: supabaseRotate,
    meaning,
    ...(typeof ref === 'string' && { opens: `supabase ${ref.slice(0, 40)} service_role` }),
    certain: real,
  };
}

interface Other {
  readonly claims: Record<string, unknown>;
  readonly until: string;
  readonly expired: boolean;
  readonly expiry: number | undefined;
  readonly now: number;
  readonly variable: string | undefined;
}

const month = 30 * 24 * 3600 * 1000;

function otherToken({ claims, until, expired, expiry, now, variable }: Other): Partial<Meaning> | undefined {
  // A session token that has run out opens nothing any more.
  if (expired) return undefined;
  if (typeof claims['location_id'] === 'string' || (typeof claims['company_id'] === 'string' && claims['version'] !== undefined))
    return {
      kind: 'gohighlevel-api-key',
      label: 'GoHighLevel API key',
      harm: 'Whoever has it can read and change the contacts, conversations and payments of that GoHighLevel account.',
      rotate:
        'GoHighLevel, Settings, Business Profile (or agency API keys): regenerate the key; better, move to a private integration token.',
      meaning: until,
    };
  const issuer = typeof claims['iss'] === 'string' ? claims['iss'].replace(/^https?:\/\//, '').slice(0, 60) : undefined;
  const long = expiry === undefined || expiry - now > month;
  const named = variable !== undefined && /key|secret|token|bearer|auth/i.test(variable);
  return {
    sensitivity: long && named ? 'secret' : 'low',
    power: long && named ? 'service' : 'limited',
    meaning: [issuer && `issued by ${issuer}`, until].filter(Boolean).join(', '),
  };
}

// HMAC signatures have one exact length; the others are never short.
function plausibleSignature(algorithm: string, signature: string): boolean {
  const exact = { HS256: 43, HS384: 64, HS512: 86, ES256: 86, ES384: 128 }[algorithm];
  return exact === undefined ? signature.length >= 80 : signature.length === exact;
}

function isSample(claims: Record<string, unknown>): boolean {
  if (claims['iss'] === demoIssuer || (claims['iat'] === demoDates.iat && claims['exp'] === demoDates.exp)) return true;
  // jwt.io's sample, copied into every tutorial.
  return claims['sub'] === '1234567890' || claims['name'] === 'John Doe' || claims['iss'] === 'example.com';
}
