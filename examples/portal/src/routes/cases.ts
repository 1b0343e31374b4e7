import { Router } from 'express';
import { db } from '../db.ts';
import { storeFile } from '../files.ts';
import * as input from '../input.ts';
import { clientOf, listClients } from '../members.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { notFound } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import { receiveUpload } from '../middleware/upload.ts';
import { CASE_STATUSES } from '../records.ts';
import type { Case, StoredFile, Task } from '../records.ts';
import { onlyOwn } from '../request.ts';
import type { SignedInUser } from '../request.ts';
import { casePage, casesPage } from '../views/cases.ts';

export const caseRoutes = Router();

const staff = requireRole('owner', 'staff');
const member = requireRole('owner', 'staff', 'client');

caseRoutes.use(requireSession);

/** A case this user may see; anything else does not exist for them. */
async function findCase(user: SignedInUser, id: unknown): Promise<Case> {
  const { rows } = await db.query<Case>(
    `select c.id, c.title, c.description, c.status, c.created_at, c.client_id, u.name as client_name
     from cases c join users u on u.id = c.client_id
     where c.id = $1 and c.organisation_id = $2
       and ($3::uuid is null or c.client_id = $3)`,
    [input.uuid(id), user.organisationId, onlyOwn(user)],
  );
  return rows[0] ?? notFound();
}

caseRoutes.get('/', member, async (req, res) => {
  const { rows } = await db.query<Case>(
    `select c.id, c.title, c.status, c.created_at, u.name as client_name
     from cases c join users u on u.id = c.client_id
     where c.organisation_id = $1
       and ($2::uuid is null or c.client_id = $2)
     order by c.status = 'closed', c.created_at desc`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  const clients = req.user.role === 'client' ? [] : await listClients(req.user.organisationId);
  res.send(casesPage(req.user, rows, clients));
});

caseRoutes.post('/', member, requireCsrf, async (req, res) => {
  const clientId =
    req.user.role === 'client' ? req.user.id : (await clientOf(req.user.organisationId, input.text(req.body, 'client_id'))).user_id;
  const { rows } = await db.query<{ id: string }>(
    'insert into cases (organisation_id, client_id, title, description) values ($1, $2, $3, $4) returning id',
    [req.user.organisationId, clientId, input.text(req.body, 'title'), input.optionalText(req.body, 'description')],
  );
  res.redirect(303, `/cases/${rows[0]!.id}`);
});

caseRoutes.get('/:id', member, async (req, res) => {
  const found = await findCase(req.user, req.params.id);
  const files = await db.query<StoredFile>(
    'select id, name, media_type, size_bytes, created_at from files where case_id = $1 and organisation_id = $2 order by created_at',
    [found.id, req.user.organisationId],
  );
  // Tasks are the organisation's own to-do list; clients do not see them.
  const tasks = await db.query<Task>(
    `select id, title, to_char(due_on, 'YYYY-MM-DD') as due_on, done_at from tasks
     where case_id = $1 and organisation_id = $2 and $3 <> 'client'
     order by done_at is not null, due_on nulls last, created_at`,
    [found.id, req.user.organisationId, req.user.role],
  );
  res.send(casePage(req.user, found, tasks.rows, files.rows));
});

caseRoutes.post('/:id/status', staff, requireCsrf, async (req, res) => {
  const { rowCount } = await db.query('update cases set status = $3, updated_at = now() where id = $1 and organisation_id = $2', [
    input.uuid(req.params['id']),
    req.user.organisationId,
    input.oneOf(req.body, 'status', CASE_STATUSES),
  ]);
  if (rowCount === 0) notFound();
  res.redirect(303, `/cases/${req.params['id']}`);
});

caseRoutes.post('/:id/tasks', staff, requireCsrf, async (req, res) => {
  const found = await findCase(req.user, req.params['id']);
  await db.query('insert into tasks (organisation_id, case_id, title, due_on) values ($1, $2, $3, $4)', [
    req.user.organisationId,
    found.id,
    input.text(req.body, 'title'),
    req.body?.due_on ? input.day(req.body, 'due_on') : null,
  ]);
  res.redirect(303, `/cases/${found.id}`);
});

caseRoutes.post('/:id/tasks/:taskId/done', staff, requireCsrf, async (req, res) => {
  const { rowCount } = await db.query('update tasks set done_at = now() where id = $1 and case_id = $2 and organisation_id = $3', [
    input.uuid(req.params['taskId']),
    input.uuid(req.params['id']),
    req.user.organisationId,
  ]);
  if (rowCount === 0) notFound();
  res.redirect(303, `/cases/${req.params['id']}`);
});

caseRoutes.post('/:id/files', member, receiveUpload, requireCsrf, async (req, res) => {
  const found = await findCase(req.user, req.params['id']);
  await storeFile(req.user, found.id, req.upload!);
  res.redirect(303, `/cases/${found.id}`);
});
