import type { Request, Response } from 'express';
import { config } from '../config.ts';
import { db } from '../db.ts';
import { HttpError } from '../middleware/errors.ts';
import type { SignedInUser } from '../request.ts';
import { SESSION_COOKIE, cookieOptions, readCookie } from './cookies.ts';
import { hashToken, randomToken } from './tokens.ts';

/**
 * Starts a session for a user who has just proved who they are. The token is always new: one that the browser brought
 * along may have been planted by somebody else.
 */
export async function startSession(req: Request, res: Response, userId: string, organisationId?: string): Promise<void> {
  await endSession(req);
  const organisation = organisationId ?? (await firstOrganisation(userId));
  const token = randomToken();
  await db.query('insert into sessions (token_hash, user_id, organisation_id, csrf_token) values ($1, $2, $3, $4)', [
    hashToken(token),
    userId,
    organisation,
    randomToken(),
  ]);
  res.cookie(SESSION_COOKIE, token, { ...cookieOptions, maxAge: config.sessionMaxHours * 3_600_000 });
}

/** Where a user starts: their oldest membership. Only platform administrators may work outside any organisation. */
async function firstOrganisation(userId: string): Promise<string | null> {
  const { rows } = await db.query<{ organisation_id: string | null; is_platform_admin: boolean }>(
    `select o.id as organisation_id, u.is_platform_admin
     from users u
     left join memberships m on m.user_id = u.id and m.deactivated_at is null
     left join organisations o on o.id = m.organisation_id and o.suspended_at is null
     where u.id = $1
     order by o.id is null, m.created_at limit 1`,
    [userId],
  );
  if (!rows[0]?.organisation_id && !rows[0]?.is_platform_admin) {
    throw new HttpError(403, 'Your account has no active organisation. Ask the people who invited you');
  }
  return rows[0].organisation_id;
}

/** Finds who a session belongs to. Expired ones, suspended organisations and deactivated members find nobody. */
export async function findSession(req: Request): Promise<SignedInUser | undefined> {
  const token = readCookie(req, SESSION_COOKIE);
  if (!token) return undefined;
  const { rows } = await db.query<SignedInUser>(
    `update sessions s set last_seen_at = now()
     from users u
     where s.token_hash = $1
       and u.id = s.user_id
       and s.created_at > now() - make_interval(hours => $2)
       and s.last_seen_at > now() - make_interval(mins => $3)
       and (s.organisation_id is not null or u.is_platform_admin)
     returning u.id, u.email, u.name, u.is_platform_admin as "isPlatformAdmin", s.organisation_id as "organisationId",
       s.csrf_token as "csrfToken", null as role, null as "organisationName"`,
    [hashToken(token), config.sessionMaxHours, config.sessionIdleMinutes],
  );
  const user = rows[0];
  if (!user?.organisationId) return user;
  const membership = await findMembership(user.id, user.organisationId);
  return membership && { ...user, ...membership };
}

/** Role and organisation of an active member of an organisation that is not suspended. */
export async function findMembership(
  userId: string,
  organisationId: string,
): Promise<Pick<SignedInUser, 'role' | 'organisationName'> | undefined> {
  const { rows } = await db.query<Pick<SignedInUser, 'role' | 'organisationName'>>(
    `select m.role, o.name as "organisationName"
     from memberships m join organisations o on o.id = m.organisation_id
     where m.user_id = $1 and m.organisation_id = $2 and m.deactivated_at is null and o.suspended_at is null`,
    [userId, organisationId],
  );
  return rows[0];
}

/** Ends the session the request carries, on the server: a copied cookie is worthless from now on. */
export async function endSession(req: Request): Promise<void> {
  const token = readCookie(req, SESSION_COOKIE);
  if (token) await db.query('delete from sessions where token_hash = $1', [hashToken(token)]);
}

/** Signs a user out everywhere, after a new password. */
export async function endAllSessions(userId: string): Promise<void> {
  await db.query('delete from sessions where user_id = $1', [userId]);
}
