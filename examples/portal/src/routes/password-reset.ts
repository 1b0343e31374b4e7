import { Router } from 'express';
import type { Request } from 'express';
import { hashPassword, newPassword } from '../auth/password.ts';
import { endAllSessions } from '../auth/sessions.ts';
import { hashToken, randomToken } from '../auth/tokens.ts';
import { config } from '../config.ts';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { log, logAuthFailure } from '../log.ts';
import { passwordChangedMail, resetMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { requireSameOrigin } from '../middleware/csrf.ts';
import { HttpError } from '../middleware/errors.ts';
import { byAddress, byEmail, rateLimit } from '../middleware/rate-limit.ts';
import { checkYourMailPage, forgotPasswordPage, newPasswordPage } from '../views/account.ts';

export const passwordResetRoutes = Router();

const limitPerAccount = rateLimit({ name: 'reset', max: 5, windowSeconds: 3600, by: byEmail });
const limitPerAddress = rateLimit({ name: 'reset-address', max: 20, windowSeconds: 3600, by: byAddress });

async function mailResetLink(email: string, baseUrl: string): Promise<void> {
  const { rows } = await db.query<{ id: string }>('select id from users where email = $1', [email]);
  if (!rows[0]) return;
  const token = randomToken();
  await db.query(`insert into password_resets (token_hash, user_id, expires_at) values ($1, $2, now() + interval '30 minutes')`, [
    hashToken(token),
    rows[0].id,
  ]);
  await sendMail(resetMail(email, `${baseUrl}/reset-password/${token}`));
}

passwordResetRoutes.get('/forgot-password', (_req, res) => {
  res.send(forgotPasswordPage());
});

passwordResetRoutes.post('/forgot-password', requireSameOrigin, limitPerAddress, limitPerAccount, async (req, res) => {
  const email = input.email(req.body);
  inBackground('password_reset', () => mailResetLink(email, config.appUrl));
  res.send(checkYourMailPage());
});

passwordResetRoutes.get('/reset-password/:token', (req, res) => {
  res.send(newPasswordPage(req.params.token));
});

passwordResetRoutes.post('/reset-password/:token', requireSameOrigin, limitPerAddress, async (req, res) => {
  const password = newPassword(req.body);
  const userId = await useResetToken(req);
  await db.query('update users set password_hash = $2 where id = $1', [userId, await hashPassword(password)]);
  // Other links that are still on their way stop working, too.
  await db.query('delete from password_resets where user_id = $1 and used_at is null', [userId]);
  await endAllSessions(userId);
  const { rows } = await db.query<{ email: string }>('select email from users where id = $1', [userId]);
  inBackground('password_changed_mail', () => sendMail(passwordChangedMail(rows[0]!.email)));
  log.info('password_changed', { userId, method: 'reset' });
  res.redirect(303, '/login?reset=done');
});

/** Uses the token up and returns whose it was: of two requests at the same moment, one gets nothing. */
async function useResetToken(req: Request): Promise<string> {
  const { rows } = await db.query<{ user_id: string }>(
    `update password_resets set used_at = now()
     where token_hash = $1
       and used_at is null
       and expires_at > now()
     returning user_id`,
    [hashToken(String(req.params['token']))],
  );
  if (!rows[0]) {
    logAuthFailure(req, 'bad_reset_token');
    throw new HttpError(400, 'This link was used already or has expired. Ask for a new one');
  }
  return rows[0].user_id;
}
