import { db } from '../db.ts';
import type { SignedInUser } from '../request.ts';
import { findMembership } from './sessions.ts';
import { hashToken, randomToken } from './tokens.ts';

/** The prefix lets secret scanners recognise a token that leaked. */
const PREFIX = 'fwp_';

/** Creates a token that acts for the user in the organisation they work in now. It is shown once and stored hashed. */
export async function createApiToken(user: SignedInUser, name: string): Promise<string> {
  const token = `${PREFIX}${randomToken()}`;
  await db.query(
    `insert into api_tokens (token_hash, name, user_id, organisation_id, expires_at)
     values ($1, $2, $3, $4, now() + interval '90 days')`,
    [hashToken(token), name, user.id, user.organisationId],
  );
  return token;
}

/** Finds who a token acts for, with the role they have today. */
export async function findApiUser(token: string): Promise<SignedInUser | undefined> {
  const { rows } = await db.query<SignedInUser & { organisationId: string }>(
    `update api_tokens t set last_used_at = now()
     from users u
     where t.token_hash = $1 and u.id = t.user_id and t.revoked_at is null and t.expires_at > now()
     returning u.id, u.email, u.name, false as "isPlatformAdmin", t.organisation_id as "organisationId", null as "csrfToken"`,
    [hashToken(token)],
  );
  const user = rows[0];
  const membership = user && (await findMembership(user.id, user.organisationId));
  return user && membership && { ...user, ...membership };
}
