import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { HttpError, notFound } from '../../middleware/errors.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import type { Task } from '../../records.ts';

export const taskApi = Router();

const staff = requireRole('owner', 'staff');

const COLUMNS = `id, case_id, title, to_char(due_on, 'YYYY-MM-DD') as due_on, done_at`;

taskApi.get('/', requireUser, staff, async (req, res) => {
  const { rows } = await db.query<Task>(`select ${COLUMNS} from tasks where organisation_id = $1 order by created_at`, [
    req.user.organisationId,
  ]);
  res.json({ data: rows });
});

taskApi.post('/', requireUser, requireCsrf, staff, async (req, res) => {
  const { rows } = await db.query<Task>(
    `insert into tasks (organisation_id, case_id, title, due_on)
     select organisation_id, id, $3, $4::date from cases where id = $1 and organisation_id = $2
     returning ${COLUMNS}`,
    [
      input.uuid(req.body?.case_id),
      req.user.organisationId,
      input.text(req.body, 'title'),
      req.body?.due_on ? input.day(req.body, 'due_on') : null,
    ],
  );
  if (!rows[0]) throw new HttpError(422, 'case_id is not one of your cases');
  res.status(201).location(`/api/tasks/${rows[0].id}`).json(rows[0]);
});

taskApi.get('/:id', requireUser, staff, async (req, res) => {
  const { rows } = await db.query<Task>(`select ${COLUMNS} from tasks where id = $1 and organisation_id = $2`, [
    input.uuid(req.params['id']),
    req.user.organisationId,
  ]);
  res.json(rows[0] ?? notFound());
});

taskApi.patch('/:id', requireUser, requireCsrf, staff, async (req, res) => {
  const { rows } = await db.query<Task>(
    `update tasks set title = $3, done_at = case when $4 then coalesce(done_at, now()) end
     where id = $1 and organisation_id = $2
     returning ${COLUMNS}`,
    [input.uuid(req.params['id']), req.user.organisationId, input.text(req.body, 'title'), req.body?.done === true],
  );
  res.json(rows[0] ?? notFound());
});

taskApi.delete('/:id', requireUser, requireCsrf, staff, async (req, res) => {
  const { rowCount } = await db.query('delete from tasks where id = $1 and organisation_id = $2', [
    input.uuid(req.params['id']),
    req.user.organisationId,
  ]);
  if (rowCount === 0) notFound();
  res.status(204).end();
});
