import { Router } from 'express';
import { startSession } from '../auth/sessions.ts';
import { hashToken, randomToken } from '../auth/tokens.ts';
import { config } from '../config.ts';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { log, logAuthFailure } from '../log.ts';
import { magicLinkMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { requireSameOrigin } from '../middleware/csrf.ts';
import { HttpError } from '../middleware/errors.ts';
import { byAddress, byEmail, rateLimit } from '../middleware/rate-limit.ts';
import { checkYourMailPage, magicLinkPage } from '../views/account.ts';

export const magicLinkRoutes = Router();

const limitPerAccount = rateLimit({ name: 'magic-link', max: 5, windowSeconds: 3600, by: byEmail });
const limitPerAddress = rateLimit({ name: 'magic-link-address', max: 20, windowSeconds: 3600, by: byAddress });

async function mailMagicLink(email: string): Promise<void> {
  const { rows } = await db.query<{ id: string }>('select id from users where email = $1', [email]);
  if (!rows[0]) return;
  const token = randomToken();
  await db.query(`insert into magic_links (token_hash, user_id, expires_at) values ($1, $2, now() + make_interval(secs => $3))`, [
    hashToken(token),
    rows[0].id,
    config.magicLinkSeconds,
  ]);
  await sendMail(magicLinkMail(email, `${config.appUrl}/login/magic/${token}`, config.magicLinkSeconds));
}

magicLinkRoutes.post('/login/magic-link', requireSameOrigin, limitPerAddress, limitPerAccount, (req, res) => {
  const email = input.email(req.body);
  inBackground('magic_link', () => mailMagicLink(email));
  res.send(checkYourMailPage());
});

magicLinkRoutes.get('/login/magic/:token', (req, res) => {
  res.send(magicLinkPage(req.params.token));
});

magicLinkRoutes.post('/login/magic/:token', requireSameOrigin, limitPerAddress, async (req, res) => {
  const { rows } = await db.query<{ user_id: string }>(
    `update magic_links set used_at = now()
     where token_hash = $1
       and used_at is null
       and expires_at > now()
     returning user_id`,
    [hashToken(String(req.params['token']))],
  );
  const link = rows[0];
  if (!link) {
    logAuthFailure(req, 'bad_magic_link');
    throw new HttpError(400, 'This sign-in link was used already or has expired. Ask for a new one');
  }
  await startSession(req, res, link.user_id);
  log.info('signed_in', { userId: link.user_id, method: 'magic_link' });
  res.redirect(303, '/');
});
