import { Router } from 'express';
import type { Request } from 'express';
import { SESSION_COOKIE, cookieOptions } from '../auth/cookies.ts';
import { verifyPassword } from '../auth/password.ts';
import { endSession, startSession } from '../auth/sessions.ts';
import { config } from '../config.ts';
import { db } from '../db.ts';
import { log, logAuthFailure } from '../log.ts';
import { requireCsrf, requireSameOrigin } from '../middleware/csrf.ts';
import { requireSession } from '../middleware/guards.ts';
import { byAddress, byAddressAndEmail, rateLimit } from '../middleware/rate-limit.ts';
import { loginPage } from '../views/account.ts';

export const loginRoutes = Router();

const limitPerAccount = rateLimit({ name: 'login', max: 10, windowSeconds: 900, by: byAddressAndEmail });
const limitPerAddress = rateLimit({ name: 'login-address', max: 100, windowSeconds: 900, by: byAddress });

/** Where to go after sign-in: a path of this site and nothing else ("//evil.example" is another site). */
function safeNext(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])[\w\-/?=&%.]*$/.test(value) ? value : '/';
}

function page(req: Request, error?: string): string {
  const next = safeNext(req.query['next'] ?? req.body?.next);
  return loginPage({
    next,
    singleSignOn: config.oidc !== undefined,
    ...(error && { error }),
    ...(req.query['reset'] === 'done' && { notice: 'Your new password is saved. Sign in with it.' }),
  });
}

loginRoutes.get('/login', (req, res) => {
  res.send(page(req));
});

loginRoutes.post('/login', requireSameOrigin, limitPerAddress, limitPerAccount, async (req, res) => {
  const email = String(req.body?.email ?? '')
    .trim()
    .toLowerCase();
  const password = String(req.body?.password ?? '');
  const { rows } = await db.query<{ id: string; password_hash: string | null }>('select id, password_hash from users where email = $1', [
    email,
  ]);
  const user = rows[0];
  if (!(await verifyPassword(password, user?.password_hash)) || !user) {
    logAuthFailure(req, 'bad_credentials');
    res.status(401).send(page(req, 'Email or password is not right.'));
    return;
  }
  await startSession(req, res, user.id);
  log.info('signed_in', { userId: user.id, method: 'password' });
  res.redirect(303, safeNext(req.body?.next));
});

loginRoutes.post('/logout', requireSession, requireCsrf, async (req, res) => {
  await endSession(req);
  res.clearCookie(SESSION_COOKIE, cookieOptions);
  res.redirect(303, '/login');
});
