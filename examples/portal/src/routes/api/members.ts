import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { log } from '../../log.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { HttpError, notFound } from '../../middleware/errors.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import type { Member } from '../../records.ts';
import type { Role } from '../../request.ts';

export const memberApi = Router();

memberApi.use(requireUser, requireCsrf);

memberApi.get('/', requireRole('owner', 'staff'), async (req, res) => {
  const { rows } = await db.query<Member>(
    `select m.user_id, u.name, u.email, m.role, m.deactivated_at
     from memberships m join users u on u.id = m.user_id
     where m.organisation_id = $1 order by u.email`,
    [req.user.organisationId],
  );
  res.json({ data: rows });
});

memberApi.patch('/:userId', requireRole('owner'), async (req, res) => {
  const userId = input.uuid(req.params['userId']);
  const role = input.oneOf<Role>(req.body, 'role', ['owner', 'staff', 'client']);
  if (userId === req.user.id) throw new HttpError(409, 'Ask another owner to change your own membership');
  const { rows } = await db.query<Member>(
    'update memberships set role = $3 where user_id = $1 and organisation_id = $2 returning user_id, role, deactivated_at',
    [userId, req.user.organisationId, role],
  );
  log.info('role_changed', { userId: req.user.id, memberId: userId, role });
  res.json(rows[0] ?? notFound());
});
