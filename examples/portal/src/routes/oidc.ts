import { Router } from 'express';
import { beginOidc, finishOidc } from '../auth/oidc.ts';
import type { Identity } from '../auth/oidc.ts';
import { startSession } from '../auth/sessions.ts';
import { config } from '../config.ts';
import { db } from '../db.ts';
import { log, logAuthFailure } from '../log.ts';
import { HttpError, notFound } from '../middleware/errors.ts';
import { byAddress, rateLimit } from '../middleware/rate-limit.ts';

export const oidcRoutes = Router();

const limitPerAddress = rateLimit({ name: 'oidc', max: 100, windowSeconds: 900, by: byAddress });

oidcRoutes.get('/login/oidc', limitPerAddress, async (_req, res) => {
  if (!config.oidc) notFound();
  res.redirect(303, await beginOidc(res));
});

oidcRoutes.get('/login/oidc/callback', limitPerAddress, async (req, res) => {
  if (!config.oidc) notFound();
  const identity = await finishOidc(req, res).catch((error: unknown) => {
    logAuthFailure(req, 'oidc', { message: (error as Error).message });
    throw new HttpError(400, 'Signing in with your company account did not work. Try again');
  });
  const userId = await findUser(identity);
  if (!userId) {
    logAuthFailure(req, 'oidc_unknown_user');
    throw new HttpError(403, 'There is no account for you here yet. Ask for an invitation');
  }
  await startSession(req, res, userId);
  log.info('signed_in', { userId, method: 'oidc' });
  res.redirect(303, '/');
});

/** Knows people by the provider's own id for them; the first time by an email address the provider has verified. */
async function findUser({ issuer, subject, verifiedEmail }: Identity): Promise<string | undefined> {
  const known = await db.query<{ user_id: string }>('select user_id from user_identities where issuer = $1 and subject = $2', [
    issuer,
    subject,
  ]);
  if (known.rows[0] || !verifiedEmail) return known.rows[0]?.user_id;
  const linked = await db.query<{ user_id: string }>(
    `insert into user_identities (issuer, subject, user_id) select $1, $2, id from users where email = $3 returning user_id`,
    [issuer, subject, verifiedEmail],
  );
  return linked.rows[0]?.user_id;
}
