import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { log } from '../../log.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { HttpError, notFound } from '../../middleware/errors.ts';
import { requirePlatformAdmin, requireUser } from '../../middleware/guards.ts';

export const adminApi = Router();

adminApi.use(requireUser, requireCsrf);

adminApi.get('/organisations', requirePlatformAdmin, async (_req, res) => {
  const { rows } = await db.query('select id, name, created_at, suspended_at from organisations order by name');
  res.json({ data: rows });
});

adminApi.patch('/organisations/:id', requirePlatformAdmin, async (req, res) => {
  const suspended: unknown = req.body?.suspended;
  if (typeof suspended !== 'boolean') throw new HttpError(422, 'suspended must be true or false');
  const { rows } = await db.query(
    `update organisations set suspended_at = case when $2 then coalesce(suspended_at, now()) end
     where id = $1 returning id, name, created_at, suspended_at`,
    [input.uuid(req.params['id']), suspended],
  );
  log.info(suspended ? 'organisation_suspended' : 'organisation_resumed', { userId: req.user.id, organisationId: req.params['id'] });
  res.json(rows[0] ?? notFound());
});
