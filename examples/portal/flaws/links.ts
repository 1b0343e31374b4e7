import type { Flaw } from '../../flaws.ts';

/** Links that are mailed: resets, invitations, sign-in links. */
export const linkFlaws: Flaw[] = [
  {
    id: 'reset-link-reusable',
    title: 'A password reset link works again after it was used.',
    stages: ['access'],
    checks: [],
    tried: ['access/reset-link-reusable'],
    edits: [{ file: 'src/routes/password-reset.ts', find: '       and used_at is null\n', replace: '' }],
  },
  {
    id: 'reset-link-host-header',
    title: 'The reset link points wherever the request’s Host header says, so an attacker can have it mailed with their own site in it.',
    stages: ['access'],
    checks: [],
    tried: ['access/mail-link-host'],
    edits: [
      {
        file: 'src/routes/password-reset.ts',
        find: '() => mailResetLink(email, config.appUrl)',
        replace: "() => mailResetLink(email, `${req.protocol}://${req.get('host')}`)",
      },
      { file: 'src/routes/password-reset.ts', find: `import { config } from '../config.ts';\n`, replace: '' },
    ],
  },
  {
    id: 'no-reset-rate-limit',
    title: 'Reset mails can be sent to somebody without limit.',
    stages: ['audit', 'access'],
    checks: ['audit/no-rate-limit'],
    tried: ['access/reset-not-throttled'],
    edits: [
      {
        file: 'src/routes/password-reset.ts',
        find: `const limitPerAccount = rateLimit({ name: 'reset', max: 5, windowSeconds: 3600, by: byEmail });
const limitPerAddress = rateLimit({ name: 'reset-address', max: 20, windowSeconds: 3600, by: byAddress });

`,
        replace: '',
      },
      {
        file: 'src/routes/password-reset.ts',
        find: `'/forgot-password', requireSameOrigin, limitPerAddress, limitPerAccount, async`,
        replace: `'/forgot-password', requireSameOrigin, async`,
      },
      {
        file: 'src/routes/password-reset.ts',
        find: `'/reset-password/:token', requireSameOrigin, limitPerAddress, async`,
        replace: `'/reset-password/:token', requireSameOrigin, async`,
      },
      {
        file: 'src/routes/password-reset.ts',
        find: `import { byAddress, byEmail, rateLimit } from '../middleware/rate-limit.ts';\n`,
        replace: '',
      },
    ],
  },
  {
    id: 'password-set-without-proof',
    title: 'Anybody can set the password of any account by naming its email address.',
    stages: ['audit', 'access'],
    checks: ['audit/password-set-without-proof'],
    tried: ['access/password-without-proof'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { settingsRoutes } from './routes/settings.ts';`,
        replace: `import { settingsRoutes } from './routes/settings.ts';\nimport { setupRoutes } from './routes/setup-password.ts';`,
      },
      { file: 'src/app.ts', find: '  app.use(inviteRoutes);\n', replace: '  app.use(inviteRoutes);\n  app.use(setupRoutes);\n' },
    ],
    adds: [
      {
        file: 'src/routes/setup-password.ts',
        text: `import { Router } from 'express';
import { hashPassword, newPassword } from '../auth/password.ts';
import { db } from '../db.ts';
import * as input from '../input.ts';

export const setupRoutes = Router();

/** First password of people who came by magic link. */
setupRoutes.post('/setup-password', async (req, res) => {
  const email = input.email(req.body);
  await db.query('update users set password_hash = $2 where email = $1', [email, await hashPassword(newPassword(req.body))]);
  res.redirect(303, '/login');
});
`,
      },
    ],
  },
  {
    id: 'invite-link-reusable',
    title: 'An invitation signs in everybody who has the link, again and again.',
    stages: ['access'],
    checks: [],
    tried: ['access/invite-link-reusable'],
    edits: [{ file: 'src/routes/invites.ts', find: '         and used_at is null\n', replace: '' }],
  },
  {
    id: 'magic-link-no-expiry',
    title: 'A sign-in link that was never used works for ever.',
    stages: ['access'],
    checks: [],
    tried: ['access/mail-link-after-expiry'],
    edits: [{ file: 'src/routes/magic-link.ts', find: '       and expires_at > now()\n', replace: '' }],
  },
  {
    id: 'magic-link-reusable',
    title: 'A sign-in link signs in whoever finds it in the mailbox, again and again.',
    stages: ['access'],
    checks: [],
    tried: ['access/magic-link-reusable'],
    edits: [{ file: 'src/routes/magic-link.ts', find: '       and used_at is null\n', replace: '' }],
  },
  {
    id: 'reset-token-guessable',
    title: 'The token of a reset link is the time at which it was asked for.',
    stages: ['access'],
    checks: [],
    tried: ['access/mail-token-guessable'],
    edits: [
      { file: 'src/routes/password-reset.ts', find: 'const token = randomToken();', replace: 'const token = String(Date.now());' },
      {
        file: 'src/routes/password-reset.ts',
        find: `import { hashToken, randomToken } from '../auth/tokens.ts';`,
        replace: `import { hashToken } from '../auth/tokens.ts';`,
      },
    ],
  },
  {
    id: 'reset-page-leaks-token',
    title: 'The page to choose a new password counts visitors with another firm, and tells it the address with the token.',
    stages: ['access'],
    checks: [],
    tried: ['access/reset-page-leaks-token'],
    edits: [
      {
        file: 'src/routes/password-reset.ts',
        find: '  res.send(newPasswordPage(req.params.token));',
        replace: `  res.removeHeader('Content-Security-Policy');
  res.removeHeader('Referrer-Policy');
  res.send(newPasswordPage(req.params.token));`,
      },
      {
        file: 'src/views/account.ts',
        find: '      <h1>Choose a new password</h1>',
        replace: '      <script async src="https://stats.example.com/count.js"></script>\n      <h1>Choose a new password</h1>',
      },
    ],
  },
];
