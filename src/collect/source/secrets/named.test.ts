import { describe, expect, it } from 'vitest';
import { forge } from './fixtures/synthetic.ts';
import { isGenerated, normaliseName } from './named.ts';
import { findSecrets, type ReadAs } from './scan-text.ts';

const now = Date.UTC(2026, 10, 23);
const asCode: ReadAs = { names: true, lines: false, code: true, certainOnly: false, now };
const asLines: ReadAs = { names: true, lines: true, code: false, certainOnly: false, now };
const f = forge(31);
const random = f.text('alnum', 32);
const told = (text: string, read = asCode): string[] => findSecrets(text, read).map(({ kind, variable }) => `${kind} ${variable}`);

describe('values under telling names', () => {
  it.each([
    [`const JWT_SECRET = "${random}"`, 'signing-secret JWT_SECRET'],
    [`  jwtSecret: '${random}',`, 'signing-secret jwtSecret'],
    [`process.env.SESSION_SECRET || "${random}"`, 'signing-secret SESSION_SECRET'],
    [`os.environ.get("JWT_SECRET", "${random}")`, 'signing-secret JWT_SECRET'],
    [`app.use(session({ secret: '${random}', resave: false }))`, 'signing-secret secret'],
    [`TWILIO_AUTH_TOKEN: "${f.text('hex', 32)}"`, 'twilio-auth-token TWILIO_AUTH_TOKEN'],
    [`POSTMARK_API_TOKEN = "${f.uuid()}"`, 'service-key POSTMARK_API_TOKEN'],
    [`const CLOUDFLARE_API_TOKEN = '${f.text('alnum', 40)}'`, 'cloudflare-token CLOUDFLARE_API_TOKEN'],
    [`AWS_SECRET_ACCESS_KEY = "${f.text('base64', 40)}"`, 'aws-secret-key AWS_SECRET_ACCESS_KEY'],
    [`dbPassword: "${f.text('alnum', 20)}"`, 'database-password dbPassword'],
    [`smtp_password = "Tr0ub4dor&3xyz"`, 'mail-password smtp_password'],
    [`clientSecret: "${random}"`, 'oauth-client-secret clientSecret'],
    [`"x-api-key": "${random}"`, 'generic-secret x-api-key'],
    [`if (password === "Spr1ng!Time77") {`, 'password password'],
  ])('%s', (text, expected) => {
    expect(told(text)).toEqual([expected]);
  });

  it('are read without quotes where lines are NAME=value', () => {
    expect(told(`API_SECRET=${random}\n`, asLines)).toEqual(['generic-secret API_SECRET']);
    expect(told(`EVOLUTION_API_KEY=${f.uuid()}\nCLIENT_TOKEN=${f.uuid()}\n`, asLines)).toEqual(['generic-secret EVOLUTION_API_KEY']);
    expect(told(`  api_token: ${random} # prod\n`, asLines)).toEqual(['generic-secret api_token']);
    expect(told(`SMTP_PASS=abcd efgh ijkl mnop\nNEXTAUTH_SECRET="${random}"\n`, asLines)).toEqual(['signing-secret NEXTAUTH_SECRET']);
  });
});

describe('guessable signing secrets in code', () => {
  it('are a fault when used, a lesser one as a fallback', () => {
    expect(told('const JWT_SECRET = "secret123"')).toEqual(['guessable-signing-secret JWT_SECRET']);
    expect(told('jwt.sign({ id }, "my-secret")')).toEqual(['guessable-signing-secret undefined']);
    const [hit] = findSecrets('const s = process.env.JWT_SECRET || "your-secret-key"', asCode);
    expect(hit).toMatchObject({ kind: 'fallback-signing-secret', meaning: 'used whenever JWT_SECRET is not set' });
  });

  it('are none where nothing runs, and none when it is a name, an option or another variable', () => {
    expect(told('JWT_SECRET=changeme\n', asLines)).toEqual([]);
    expect(told('jwt.verify(token, "RS256")')).toEqual([]);
    expect(told('secretKey: "JWT_SECRET"')).toEqual([]);
    expect(told('const JWT_SECRET = "process.env.JWT_SECRET"')).toEqual([]);
    expect(told('const { JWT_SECRET } = process.env')).toEqual([]);
  });
});

describe('look-alikes stay silent', () => {
  it.each([
    'type="password" placeholder="Password"',
    'password: "auth.password"',
    "passwordField: 'currentPassword'",
    'errors.password = "Password must be 8 characters"',
    'const TOKEN_KEY = "supabase.auth.token"',
    'localStorage.getItem("access_token")',
    `token: "${f.uuid()}"`,
    `const secret = useSecret("abc")`,
    `integrity: "sha512-${f.text('base64', 86)}=="`,
    `apiKey: process.env.API_KEY`,
    `"apiKey": "YOUR_API_KEY_HERE"`,
    'API_KEY="<your key>"',
    'secret: "********"',
    `passwordHash: "$2b$10$${f.text('alnum', 53)}"`,
    `csrfToken: "${random}"`,
    `const nextPageToken = "${random}"`,
    `VITE_SUPABASE_ANON_KEY="${random}"`,
    `NEXT_PUBLIC_STRIPE_PUBLISHABLE_KEY="${random}"`,
    'token: "/api/auth/token/refresh/v2"',
    `tokenUrl: "https://auth.acme.io/oauth2/v1/token"`,
    'apiKey: "a".repeat(32)',
    `key: "${random}"`,
    `const hash = "${f.text('hex', 64)}"`,
    `id: "${random}"`,
    `TEST_API_KEY="${random}"`,
    'secretName: "projects/acme/secrets/stripe-key/versions/1"',
    `"token": "colors.primary.500"`,
    'password: "Password123"',
    'password: "test1234"',
    'ADMIN_PASSWORD="admin123"',
    "insert into x values ('credential', '${random}')",
  ])('%s', (text) => {
    expect(told(text)).toEqual([]);
  });
});

describe('names and generated text', () => {
  it('come in one form', () => {
    expect(['supabaseServiceKey', 'x-api-key', 'config.jwtSecret', 'VITE_API_KEY', 'awsSECRETKey'].map(normaliseName)).toEqual([
      'SUPABASE_SERVICE_KEY',
      'X_API_KEY',
      'JWT_SECRET',
      'API_KEY',
      'AWS_SECRET_KEY',
    ]);
  });
  it('is long and mixed, no path, address, version, date or identifier', () => {
    expect(isGenerated(random)).toBe(true);
    for (const value of [
      'short1',
      '/etc/ssl/private/key1.pem',
      'v1.2.3-beta.20260101',
      '2026-11-23T10:00:00Z',
      'user1@portal.example.org',
      f.uuid(),
      'getServerSideProps2',
      `u!${Buffer.from('https://drive.acme.io/x7Kq').toString('base64')}`,
    ])
      expect(isGenerated(value), value).toBe(false);
  });
});
