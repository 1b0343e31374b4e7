import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { clientOf } from '../../members.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { notFound } from '../../middleware/errors.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import { CASE_STATUSES } from '../../records.ts';
import type { Case } from '../../records.ts';
import { onlyOwn } from '../../request.ts';

export const caseApi = Router();

const staff = requireRole('owner', 'staff');
const member = requireRole('owner', 'staff', 'client');

caseApi.use(requireUser, requireCsrf);

caseApi.get('/', member, async (req, res) => {
  const { rows } = await db.query<Case>(
    `select id, title, description, status, client_id, created_at from cases
     where organisation_id = $1
       and ($2::uuid is null or client_id = $2)
     order by created_at`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.json({ data: rows });
});

caseApi.post('/', member, async (req, res) => {
  const clientId =
    req.user.role === 'client' ? req.user.id : (await clientOf(req.user.organisationId, input.text(req.body, 'client_id'))).user_id;
  const { rows } = await db.query<Case>(
    `insert into cases (organisation_id, client_id, title, description) values ($1, $2, $3, $4)
     returning id, title, description, status, client_id, created_at`,
    [req.user.organisationId, clientId, input.text(req.body, 'title'), input.optionalText(req.body, 'description')],
  );
  res.status(201).location(`/api/cases/${rows[0]!.id}`).json(rows[0]);
});

caseApi.get('/:id', member, async (req, res) => {
  const { rows } = await db.query<Case>(
    `select id, title, description, status, client_id, created_at from cases
     where id = $1 and organisation_id = $2
       and ($3::uuid is null or client_id = $3)`,
    [input.uuid(req.params.id), req.user.organisationId, onlyOwn(req.user)],
  );
  res.json(rows[0] ?? notFound());
});

caseApi.patch('/:id', staff, async (req, res) => {
  const { rows } = await db.query<Case>(
    `update cases set status = $3, updated_at = now()
     where id = $1 and organisation_id = $2
     returning id, title, description, status, client_id, created_at`,
    [input.uuid(req.params['id']), req.user.organisationId, input.oneOf(req.body, 'status', CASE_STATUSES)],
  );
  res.json(rows[0] ?? notFound());
});
