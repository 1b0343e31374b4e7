import { Router } from 'express';
import { createApiToken } from '../auth/api-tokens.ts';
import { hashPassword, newPassword, verifyPassword } from '../auth/password.ts';
import { endAllSessions, findMembership, startSession } from '../auth/sessions.ts';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { log, logAuthFailure } from '../log.ts';
import { passwordChangedMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { HttpError, notFound } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import { rateLimit } from '../middleware/rate-limit.ts';
import type { SignedInUser } from '../request.ts';
import { settingsPage } from '../views/settings.ts';
import type { ApiToken, Organisation } from '../views/settings.ts';

export const settingsRoutes = Router();

const limitGuessing = rateLimit({ name: 'password-change', max: 10, windowSeconds: 900, by: (req) => req.user.id });

settingsRoutes.use(requireSession, requireCsrf);

async function settings(user: SignedInUser, extra: { notice?: string; newToken?: string } = {}): Promise<string> {
  const organisations = await db.query<Organisation>(
    `select o.id, o.name from organisations o join memberships m on m.organisation_id = o.id
     where m.user_id = $1 and m.deactivated_at is null and o.suspended_at is null order by o.name`,
    [user.id],
  );
  const tokens = await db.query<ApiToken>(
    `select id, name, created_at, last_used_at, expires_at from api_tokens
     where user_id = $1 and organisation_id = $2 and revoked_at is null and expires_at > now() order by created_at`,
    [user.id, user.organisationId],
  );
  return settingsPage(user, organisations.rows, tokens.rows, extra);
}

settingsRoutes.get('/', async (req, res) => {
  res.send(await settings(req.user, req.query['saved'] === '1' ? { notice: 'Saved.' } : {}));
});

settingsRoutes.post('/profile', async (req, res) => {
  await db.query('update users set name = $2 where id = $1', [req.user.id, input.text(req.body, 'name', 120)]);
  res.redirect(303, '/settings?saved=1');
});

settingsRoutes.post('/password', limitGuessing, async (req, res) => {
  const { rows } = await db.query<{ password_hash: string | null }>('select password_hash from users where id = $1', [req.user.id]);
  if (!(await verifyPassword(String(req.body?.current_password ?? ''), rows[0]?.password_hash))) {
    logAuthFailure(req, 'bad_current_password');
    throw new HttpError(403, 'Your current password is not right');
  }
  await db.query('update users set password_hash = $2 where id = $1', [req.user.id, await hashPassword(newPassword(req.body))]);
  await endAllSessions(req.user.id);
  await startSession(req, res, req.user.id, req.user.organisationId ?? undefined);
  inBackground('password_changed_mail', () => sendMail(passwordChangedMail(req.user.email)));
  log.info('password_changed', { userId: req.user.id, method: 'settings' });
  res.redirect(303, '/settings?saved=1');
});

settingsRoutes.post('/organisation/switch', async (req, res) => {
  const organisationId = input.uuid(req.body?.organisation_id);
  if (!(await findMembership(req.user.id, organisationId))) notFound();
  await startSession(req, res, req.user.id, organisationId);
  res.redirect(303, '/');
});

settingsRoutes.post('/organisation', requireRole('owner'), async (req, res) => {
  await db.query('update organisations set name = $2 where id = $1', [req.user.organisationId, input.text(req.body, 'name', 120)]);
  res.redirect(303, '/settings?saved=1');
});

settingsRoutes.post('/api-tokens', requireRole('owner', 'staff', 'client'), async (req, res) => {
  const newToken = await createApiToken(req.user, input.text(req.body, 'name', 80));
  log.info('api_token_created', { userId: req.user.id });
  res.send(await settings(req.user, { newToken }));
});

settingsRoutes.post('/api-tokens/:id/revoke', async (req, res) => {
  const { rowCount } = await db.query('update api_tokens set revoked_at = now() where id = $1 and user_id = $2', [
    input.uuid(req.params['id']),
    req.user.id,
  ]);
  if (rowCount === 0) notFound();
  res.redirect(303, '/settings?saved=1');
});
