import { Router } from 'express';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { log } from '../log.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { HttpError, notFound } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import type { Member } from '../records.ts';
import type { Role } from '../request.ts';
import { membersPage } from '../views/members.ts';

export const memberRoutes = Router();

memberRoutes.use(requireSession, requireCsrf);

memberRoutes.get('/', requireRole('owner', 'staff'), async (req, res) => {
  const { rows } = await db.query<Member>(
    `select m.user_id, u.name, u.email, m.role, m.deactivated_at
     from memberships m join users u on u.id = m.user_id
     where m.organisation_id = $1
     order by m.deactivated_at is not null, array_position(array['owner', 'staff', 'client'], m.role), u.name`,
    [req.user.organisationId],
  );
  const notice = req.query['invited'] === '1' ? 'The invitation is on its way.' : undefined;
  res.send(membersPage(req.user, rows, notice));
});

memberRoutes.post('/:userId/role', requireRole('owner'), async (req, res) => {
  const role = input.oneOf<Role>(req.body, 'role', ['owner', 'staff', 'client']);
  const userId = refuseSelf(req.user.id, req.params['userId']);
  const { rowCount } = await db.query('update memberships set role = $3 where user_id = $1 and organisation_id = $2', [
    userId,
    req.user.organisationId,
    role,
  ]);
  if (rowCount === 0) notFound();
  log.info('role_changed', { userId: req.user.id, memberId: userId, role });
  res.redirect(303, '/members');
});

memberRoutes.post('/:userId/deactivate', requireRole('owner'), async (req, res) => {
  const userId = refuseSelf(req.user.id, req.params['userId']);
  const { rowCount } = await db.query('update memberships set deactivated_at = now() where user_id = $1 and organisation_id = $2', [
    userId,
    req.user.organisationId,
  ]);
  if (rowCount === 0) notFound();
  log.info('member_deactivated', { userId: req.user.id, memberId: userId });
  res.redirect(303, '/members');
});

/** Owners cannot change themselves, so that every organisation keeps one. */
function refuseSelf(self: string, id: unknown): string {
  const userId = input.uuid(id);
  if (userId === self) throw new HttpError(409, 'Ask another owner to change your own membership');
  return userId;
}
