import type { Flaw } from '../../flaws.ts';

/** Signing in: what it asks for, how often it may be tried, what it tells. */
export const signInFlaws: Flaw[] = [
  {
    id: 'login-by-email-alone',
    title: 'Knowing somebody’s email address is enough to be signed in as them: the mobile app’s way in asks for nothing else.',
    stages: ['audit', 'access'],
    checks: ['audit/login-without-proof'],
    tried: ['access/login-without-proof'],
    edits: [
      {
        file: 'src/app.ts',
        find: `import { memberRoutes } from './routes/members.ts';`,
        replace: `import { memberRoutes } from './routes/members.ts';\nimport { mobileRoutes } from './routes/mobile.ts';`,
      },
      { file: 'src/app.ts', find: '  app.use(oidcRoutes);\n', replace: '  app.use(oidcRoutes);\n  app.use(mobileRoutes);\n' },
    ],
    adds: [
      {
        file: 'src/routes/mobile.ts',
        text: `import { Router } from 'express';
import { startSession } from '../auth/sessions.ts';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { log } from '../log.ts';
import { HttpError } from '../middleware/errors.ts';
import { byAddress, rateLimit } from '../middleware/rate-limit.ts';

export const mobileRoutes = Router();

/** The app has checked the fingerprint already. */
mobileRoutes.post('/login/mobile', rateLimit({ name: 'login-mobile', max: 100, windowSeconds: 900, by: byAddress }), async (req, res) => {
  const { rows } = await db.query<{ id: string }>('select id from users where email = $1', [input.email(req.body)]);
  if (!rows[0]) throw new HttpError(401, 'There is no such account');
  await startSession(req, res, rows[0].id);
  log.info('signed_in', { userId: rows[0].id, method: 'mobile' });
  res.redirect(303, '/');
});
`,
      },
    ],
  },
  {
    id: 'no-login-rate-limit',
    title: 'Passwords can be guessed without limit.',
    stages: ['audit', 'access'],
    checks: ['audit/no-rate-limit'],
    tried: ['access/login-not-throttled'],
    edits: [
      {
        file: 'src/routes/login.ts',
        find: `const limitPerAccount = rateLimit({ name: 'login', max: 10, windowSeconds: 900, by: byAddressAndEmail });
const limitPerAddress = rateLimit({ name: 'login-address', max: 100, windowSeconds: 900, by: byAddress });

`,
        replace: '',
      },
      {
        file: 'src/routes/login.ts',
        find: `loginRoutes.post('/login', requireSameOrigin, limitPerAddress, limitPerAccount, async`,
        replace: `loginRoutes.post('/login', requireSameOrigin, async`,
      },
      {
        file: 'src/routes/login.ts',
        find: `import { byAddress, byAddressAndEmail, rateLimit } from '../middleware/rate-limit.ts';\n`,
        replace: '',
      },
    ],
  },
  {
    id: 'user-enumeration',
    title: 'Sign-in and password reset tell which addresses have an account.',
    stages: ['access'],
    checks: [],
    tried: ['access/account-enumeration'],
    edits: [
      {
        file: 'src/routes/login.ts',
        find: '  if (!(await verifyPassword(password, user?.password_hash)) || !user) {',
        replace: `  if (!user) {
    res.status(401).send(page(req, 'There is no account with this email address.'));
    return;
  }
  if (!(await verifyPassword(password, user.password_hash))) {`,
      },
      {
        file: 'src/routes/password-reset.ts',
        find: '  const email = input.email(req.body);\n',
        replace: `  const email = input.email(req.body);
  const { rowCount } = await db.query('select 1 from users where email = $1', [email]);
  if (rowCount === 0) throw new HttpError(404, 'There is no account with this email address');
`,
      },
    ],
  },
];
