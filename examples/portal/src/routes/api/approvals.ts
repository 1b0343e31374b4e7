import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { approvalMail } from '../../mail/messages.ts';
import { inBackground, sendMail } from '../../mail/send.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { HttpError, notFound } from '../../middleware/errors.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import type { Approval } from '../../records.ts';
import { onlyOwn } from '../../request.ts';

export const approvalApi = Router();

const COLUMNS = 'id, case_id, client_id, title, details, status, created_at, decided_at';

approvalApi.use(requireUser, requireCsrf);

approvalApi.get('/', requireRole('owner', 'staff', 'client'), async (req, res) => {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approvals
     where organisation_id = $1 and ($2::uuid is null or client_id = $2)
     order by created_at`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.json({ data: rows });
});

approvalApi.post('/', requireRole('owner', 'staff'), async (req, res) => {
  const { rows } = await db.query<Approval>(
    `insert into approvals (organisation_id, case_id, client_id, title, details, requested_by)
     select organisation_id, id, client_id, $3, $4, $5 from cases where id = $1 and organisation_id = $2
     returning ${COLUMNS}`,
    [
      input.uuid(req.body?.case_id),
      req.user.organisationId,
      input.text(req.body, 'title'),
      input.optionalText(req.body, 'details'),
      req.user.id,
    ],
  );
  const approval = rows[0];
  if (!approval) throw new HttpError(422, 'case_id is not one of your cases');
  inBackground('approval_mail', () => mailClient(approval, req.user.organisationName!));
  res.status(201).location(`/api/approvals/${approval.id}`).json(approval);
});

approvalApi.get('/:id', requireRole('owner', 'staff', 'client'), async (req, res) => {
  const { rows } = await db.query<Approval>(
    `select ${COLUMNS} from approvals
     where id = $1 and organisation_id = $2 and ($3::uuid is null or client_id = $3)`,
    [input.uuid(req.params['id']), req.user.organisationId, onlyOwn(req.user)],
  );
  res.json(rows[0] ?? notFound());
});

approvalApi.post('/:id/decision', requireRole('client'), async (req, res) => {
  const { rows } = await db.query<Approval>(
    `update approvals set status = $4, decided_at = now()
     where id = $1 and organisation_id = $2 and client_id = $3 and status = 'pending'
     returning ${COLUMNS}`,
    [input.uuid(req.params['id']), req.user.organisationId, req.user.id, input.oneOf(req.body, 'decision', ['approved', 'rejected'])],
  );
  if (!rows[0]) throw new HttpError(409, 'There is nothing to decide any more');
  res.json(rows[0]);
});

async function mailClient(approval: Approval, organisation: string): Promise<void> {
  const { rows } = await db.query<{ email: string }>('select email from users where id = $1', [approval.client_id]);
  await sendMail(approvalMail(rows[0]!.email, organisation, approval.title));
}
