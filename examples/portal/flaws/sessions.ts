import type { Flaw } from '../../flaws.ts';

/** Staying signed in, signing out, and ways in by others. */
export const sessionFlaws: Flaw[] = [
  {
    id: 'no-csrf',
    title: 'A foreign page can change settings, members and invoices in the name of whoever opens it.',
    stages: ['audit', 'access'],
    checks: ['audit/csrf-missing'],
    tried: ['access/cross-site-write'],
    edits: [
      ...['settings', 'invoice', 'member', 'approval'].map((name) => ({
        file: `src/routes/${name === 'settings' ? name : `${name}s`}.ts`,
        find: `${name}Routes.use(requireSession, requireCsrf);`,
        replace: `${name}Routes.use(requireSession);`,
      })),
      ...['settings', 'invoices', 'members', 'approvals'].map((name) => ({
        file: `src/routes/${name}.ts`,
        find: `import { requireCsrf } from '../middleware/csrf.ts';\n`,
        replace: '',
      })),
      { file: 'src/auth/cookies.ts', find: `  sameSite: 'lax',\n`, replace: '' },
    ],
  },
  {
    id: 'session-survives-logout',
    title: 'Signing out deletes the cookie, but a copy of it still works.',
    stages: ['access'],
    checks: [],
    tried: ['access/session-after-logout'],
    edits: [
      { file: 'src/routes/login.ts', find: '  await endSession(req);\n', replace: '' },
      {
        file: 'src/routes/login.ts',
        find: `import { endSession, startSession } from '../auth/sessions.ts';`,
        replace: `import { startSession } from '../auth/sessions.ts';`,
      },
      {
        file: 'src/routes/login.ts',
        find: `loginRoutes.post('/logout', requireSession, requireCsrf, async (req, res)`,
        replace: `loginRoutes.post('/logout', requireSession, requireCsrf, (_req, res)`,
      },
    ],
  },
  {
    id: 'session-survives-password-change',
    title: 'Whoever got into an account stays signed in after its owner has chosen a new password.',
    stages: ['access'],
    checks: [],
    tried: ['access/session-after-password-change'],
    edits: [
      { file: 'src/routes/password-reset.ts', find: '  await endAllSessions(userId);\n', replace: '' },
      { file: 'src/routes/password-reset.ts', find: `import { endAllSessions } from '../auth/sessions.ts';\n`, replace: '' },
      { file: 'src/routes/settings.ts', find: '  await endAllSessions(req.user.id);\n', replace: '' },
      {
        file: 'src/routes/settings.ts',
        find: `import { endAllSessions, findMembership, startSession }`,
        replace: `import { findMembership, startSession }`,
      },
    ],
  },
  {
    id: 'session-survives-removal',
    title: 'Whoever was deactivated cannot sign in any more, but stays signed in where he is.',
    stages: ['access'],
    checks: [],
    tried: ['access/session-after-removal'],
    edits: [
      {
        file: 'src/auth/sessions.ts',
        find: 'where m.user_id = $1 and m.organisation_id = $2 and m.deactivated_at is null and o.suspended_at is null`',
        replace: 'where m.user_id = $1 and m.organisation_id = $2 and o.suspended_at is null`',
      },
    ],
  },
  {
    id: 'session-no-expiry',
    title: 'A session never ends by itself.',
    stages: ['access'],
    checks: [],
    tried: ['access/session-without-end'],
    edits: [
      {
        file: 'src/auth/sessions.ts',
        find: `       and s.created_at > now() - make_interval(hours => $2)
       and s.last_seen_at > now() - make_interval(mins => $3)
`,
        replace: '',
      },
      {
        file: 'src/auth/sessions.ts',
        find: '[hashToken(token), config.sessionMaxHours, config.sessionIdleMinutes]',
        replace: '[hashToken(token)]',
      },
      {
        file: 'src/auth/sessions.ts',
        find: 'maxAge: config.sessionMaxHours * 3_600_000',
        replace: 'maxAge: 10 * 365 * 24 * 3_600_000',
      },
      { file: 'src/auth/sessions.ts', find: `import { config } from '../config.ts';\n`, replace: '' },
    ],
  },
  {
    id: 'session-fixation',
    title: 'Signing in keeps the session id the browser brought along, which somebody else may have planted.',
    stages: ['access'],
    checks: [],
    tried: ['access/session-fixation'],
    edits: [
      {
        file: 'src/auth/sessions.ts',
        find: '  await endSession(req);\n  const organisation',
        replace: '  const organisation',
      },
      {
        file: 'src/auth/sessions.ts',
        find: '  const token = randomToken();',
        replace: '  const token = readCookie(req, SESSION_COOKIE) ?? randomToken();\n  await endSession(req);',
      },
    ],
  },
  {
    id: 'cookie-not-httponly',
    title: 'Scripts in the page can read the session cookie.',
    stages: ['access'],
    checks: [],
    tried: ['access/session-cookie-readable'],
    edits: [{ file: 'src/auth/cookies.ts', find: 'httpOnly: true', replace: 'httpOnly: false' }],
  },
  {
    id: 'cookie-for-every-visitor',
    title: 'The sign-in page hands every visitor a session cookie that scripts can read and that leaves without encryption too.',
    stages: ['audit', 'access'],
    checks: [],
    live: ['audit/insecure-session-cookie'],
    edits: [
      { file: 'src/auth/cookies.ts', find: `servedOverHttps ? '__Host-' : ''`, replace: `''` },
      {
        file: 'src/routes/login.ts',
        find: `import { SESSION_COOKIE, cookieOptions } from '../auth/cookies.ts';`,
        replace: `import { SESSION_COOKIE, cookieOptions, readCookie } from '../auth/cookies.ts';`,
      },
      {
        file: 'src/routes/login.ts',
        find: `import { config } from '../config.ts';`,
        replace: `import { randomToken } from '../auth/tokens.ts';\nimport { config } from '../config.ts';`,
      },
      {
        file: 'src/routes/login.ts',
        find: `loginRoutes.get('/login', (req, res) => {\n`,
        replace: `loginRoutes.get('/login', (req, res) => {
  if (!readCookie(req, SESSION_COOKIE)) res.cookie(SESSION_COOKIE, randomToken());
`,
      },
    ],
  },
  {
    id: 'open-redirect',
    title: 'A sign-in link can send people on to any other site.',
    stages: ['edge'],
    checks: [],
    edits: [
      {
        file: 'src/routes/login.ts',
        find: `  return typeof value === 'string' && /^\\/(?![/\\\\])[\\w\\-/?=&%.]*$/.test(value) ? value : '/';`,
        replace: `  return typeof value === 'string' && value ? value : '/';`,
      },
    ],
  },
  {
    id: 'oidc-no-state',
    title: 'Company sign-in does not check that this browser asked for it, so a victim can be signed in as the attacker.',
    stages: ['access'],
    checks: [],
    tried: ['access/sso-state-unchecked', 'access/sso-request-unbound'],
    edits: [
      {
        file: 'src/auth/oidc.ts',
        find: `  const id = randomToken();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const codeVerifier = client.randomPKCECodeVerifier();
  await db.query(
    \`insert into oidc_logins (id_hash, state, nonce, code_verifier, expires_at)
     values ($1, $2, $3, $4, now() + make_interval(mins => $5))\`,
    [hashToken(id), state, nonce, codeVerifier, LOGIN_MINUTES],
  );
  res.cookie(OIDC_COOKIE, id, { ...cookieOptions, maxAge: LOGIN_MINUTES * 60_000 });
`,
        replace: '',
      },
      {
        file: 'src/auth/oidc.ts',
        find: `    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
`,
        replace: '',
      },
      {
        file: 'src/auth/oidc.ts',
        find: `  const id = readCookie(req, OIDC_COOKIE) ?? '';
  res.clearCookie(OIDC_COOKIE, cookieOptions);
  const { rows } = await db.query<{ state: string; nonce: string; code_verifier: string }>(
    'delete from oidc_logins where id_hash = $1 and expires_at > now() returning state, nonce, code_verifier',
    [hashToken(id)],
  );
  const login = rows[0];
  if (!login) throw new Error('no sign-in was started in this browser');
`,
        replace: '',
      },
      {
        file: 'src/auth/oidc.ts',
        find: `    expectedState: login.state,
    expectedNonce: login.nonce,
    pkceCodeVerifier: login.code_verifier,
`,
        replace: '    expectedState: client.skipStateCheck,\n',
      },
    ],
  },
];
