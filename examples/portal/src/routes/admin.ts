import { Router } from 'express';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { log } from '../log.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { notFound } from '../middleware/errors.ts';
import { requirePlatformAdmin, requireSession } from '../middleware/guards.ts';
import { adminPage } from '../views/admin.ts';
import type { AdminOrganisation } from '../views/admin.ts';
import { sendInvite } from './invites.ts';

export const adminRoutes = Router();

adminRoutes.use(requireSession, requirePlatformAdmin, requireCsrf);

adminRoutes.get('/', async (req, res) => {
  const { rows } = await db.query<AdminOrganisation>(
    `select o.id, o.name, o.created_at, o.suspended_at,
       (select count(*)::int from memberships m where m.organisation_id = o.id and m.deactivated_at is null) as members
     from organisations o order by o.name`,
  );
  res.send(adminPage(req.user, rows));
});

adminRoutes.post('/organisations', async (req, res) => {
  const name = input.text(req.body, 'name', 120);
  const owner = input.email(req.body, 'owner_email');
  const { rows } = await db.query<{ id: string }>('insert into organisations (name) values ($1) returning id', [name]);
  await sendInvite(rows[0]!.id, name, req.user, owner, 'owner');
  log.info('organisation_created', { userId: req.user.id, organisationId: rows[0]!.id });
  res.redirect(303, '/admin');
});

/** Members of a suspended organisation cannot sign in to it, and their sessions and API tokens stop working at once. */
adminRoutes.post('/organisations/:id/suspend', async (req, res) => {
  const { rowCount } = await db.query('update organisations set suspended_at = now() where id = $1', [input.uuid(req.params['id'])]);
  if (rowCount === 0) notFound();
  log.info('organisation_suspended', { userId: req.user.id, organisationId: req.params['id'] });
  res.redirect(303, '/admin');
});

adminRoutes.post('/organisations/:id/resume', async (req, res) => {
  const { rowCount } = await db.query('update organisations set suspended_at = null where id = $1', [input.uuid(req.params['id'])]);
  if (rowCount === 0) notFound();
  log.info('organisation_resumed', { userId: req.user.id, organisationId: req.params['id'] });
  res.redirect(303, '/admin');
});
