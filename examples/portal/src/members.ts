import { db } from './db.ts';
import { HttpError } from './middleware/errors.ts';
import type { Member } from './records.ts';

/** The clients a record can be made for. */
export async function listClients(organisationId: string | null): Promise<Member[]> {
  const { rows } = await db.query<Member>(
    `select m.user_id, u.name, u.email, m.role, m.deactivated_at
     from memberships m join users u on u.id = m.user_id
     where m.organisation_id = $1 and m.role = 'client' and m.deactivated_at is null
     order by u.name`,
    [organisationId],
  );
  return rows;
}

/** A client of this organisation. Throws 422 for anybody else, so that no record is ever made out to a stranger. */
export async function clientOf(organisationId: string | null, userId: string): Promise<Member> {
  const client = (await listClients(organisationId)).find((member) => member.user_id === userId);
  if (!client) throw new HttpError(422, 'client_id is not a client of your organisation');
  return client;
}
