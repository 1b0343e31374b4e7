import { Router } from 'express';
import { hashPassword, newPassword } from '../auth/password.ts';
import { startSession } from '../auth/sessions.ts';
import { hashToken, randomToken } from '../auth/tokens.ts';
import { config } from '../config.ts';
import { db, transaction } from '../db.ts';
import * as input from '../input.ts';
import { log, logAuthFailure } from '../log.ts';
import { inviteMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { requireCsrf, requireSameOrigin } from '../middleware/csrf.ts';
import { HttpError } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import { byAddress, rateLimit } from '../middleware/rate-limit.ts';
import type { Role } from '../request.ts';
import { invitePage } from '../views/account.ts';

export const inviteRoutes = Router();

const limitSending = rateLimit({ name: 'invite', max: 30, windowSeconds: 3600, by: (req) => req.user.id });
const limitAccepting = rateLimit({ name: 'invite-accept', max: 30, windowSeconds: 3600, by: byAddress });

interface Invite {
  organisation_id: string;
  email: string;
  role: Role;
}

/** Stores an invitation and mails its link. */
export async function sendInvite(
  organisationId: string,
  organisation: string,
  inviter: { id: string; name: string },
  to: string,
  role: Role,
): Promise<void> {
  const token = randomToken();
  await db.query(
    `insert into invites (token_hash, organisation_id, email, role, invited_by, expires_at)
     values ($1, $2, $3, $4, $5, now() + interval '7 days')`,
    [hashToken(token), organisationId, to, role, inviter.id],
  );
  inBackground('invite', () => sendMail(inviteMail(to, organisation, inviter.name, `${config.appUrl}/invites/accept/${token}`)));
}

inviteRoutes.post('/invites', requireSession, requireRole('owner', 'staff'), requireCsrf, limitSending, async (req, res) => {
  const to = input.email(req.body);
  // Staff bring in clients; only owners decide who else runs the organisation.
  const role = input.oneOf<Role>(req.body, 'role', req.user.role === 'owner' ? ['owner', 'staff', 'client'] : ['client']);
  await sendInvite(req.user.organisationId!, req.user.organisationName!, req.user, to, role);
  log.info('invited', { userId: req.user.id, role });
  res.redirect(303, '/members?invited=1');
});

inviteRoutes.get('/invites/accept/:token', async (req, res) => {
  const { rows } = await db.query<{ email: string; organisation: string; has_account: boolean }>(
    `select i.email, o.name as organisation, exists (select 1 from users u where u.email = i.email) as has_account
     from invites i join organisations o on o.id = i.organisation_id
     where i.token_hash = $1 and i.used_at is null and i.expires_at > now()`,
    [hashToken(req.params.token)],
  );
  if (!rows[0]) throw new HttpError(400, 'This invitation was used already or has expired. Ask for a new one');
  res.send(invitePage({ token: req.params.token, hasAccount: rows[0].has_account, ...rows[0] }));
});

inviteRoutes.post('/invites/accept/:token', requireSameOrigin, limitAccepting, async (req, res) => {
  const tokenHash = hashToken(String(req.params['token']));
  const { userId, organisationId } = await transaction(async (client) => {
    const { rows } = await client.query<Invite>(
      `update invites set used_at = now()
       where token_hash = $1
         and used_at is null
         and expires_at > now()
       returning organisation_id, email, role`,
      [tokenHash],
    );
    const invite = rows[0];
    if (!invite) {
      logAuthFailure(req, 'bad_invite');
      throw new HttpError(400, 'This invitation was used already or has expired. Ask for a new one');
    }
    const existing = await client.query<{ id: string }>('select id from users where email = $1', [invite.email]);
    const user =
      existing.rows[0] ??
      (
        await client.query<{ id: string }>('insert into users (email, name, password_hash) values ($1, $2, $3) returning id', [
          invite.email,
          input.text(req.body, 'name', 120),
          await hashPassword(newPassword(req.body)),
        ])
      ).rows[0]!;
    await client.query(
      `insert into memberships (organisation_id, user_id, role) values ($1, $2, $3)
       on conflict (organisation_id, user_id) do update set
         role = case when memberships.deactivated_at is null then memberships.role else excluded.role end,
         deactivated_at = null`,
      [invite.organisation_id, user.id, invite.role],
    );
    return { userId: user.id, organisationId: invite.organisation_id };
  });
  await startSession(req, res, userId, organisationId);
  log.info('invite_accepted', { userId });
  res.redirect(303, '/');
});
