import { Router } from 'express';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { approvalMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { HttpError } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import type { Approval, Case } from '../records.ts';
import { onlyOwn } from '../request.ts';
import { approvalsPage } from '../views/approvals.ts';

export const approvalRoutes = Router();

approvalRoutes.use(requireSession, requireCsrf);

approvalRoutes.get('/', requireRole('owner', 'staff', 'client'), async (req, res) => {
  const { rows } = await db.query<Approval>(
    `select a.id, a.case_id, a.title, a.details, a.status, a.created_at, a.decided_at, u.name as client_name
     from approvals a join users u on u.id = a.client_id
     where a.organisation_id = $1
       and ($2::uuid is null or a.client_id = $2)
     order by a.status <> 'pending', a.created_at desc`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  const cases = await db.query<Case>(
    `select id, title from cases where organisation_id = $1 and status <> 'closed' and $2 <> 'client' order by title`,
    [req.user.organisationId, req.user.role],
  );
  res.send(approvalsPage(req.user, rows, cases.rows));
});

approvalRoutes.post('/', requireRole('owner', 'staff'), async (req, res) => {
  const { rows } = await db.query<{ title: string; email: string }>(
    `with requested as (
       insert into approvals (organisation_id, case_id, client_id, title, details, requested_by)
       select organisation_id, id, client_id, $3, $4, $5 from cases where id = $1 and organisation_id = $2
       returning title, client_id)
     select r.title, u.email from requested r join users u on u.id = r.client_id`,
    [
      input.uuid(req.body?.case_id),
      req.user.organisationId,
      input.text(req.body, 'title'),
      input.optionalText(req.body, 'details'),
      req.user.id,
    ],
  );
  const requested = rows[0];
  if (!requested) throw new HttpError(422, 'Choose one of your cases');
  inBackground('approval_mail', () => sendMail(approvalMail(requested.email, req.user.organisationName!, requested.title)));
  res.redirect(303, '/approvals');
});

/** Only the client the question was put to decides it, and only once. */
approvalRoutes.post('/:id/decision', requireRole('client'), async (req, res) => {
  const { rowCount } = await db.query(
    `update approvals set status = $4, decided_at = now()
     where id = $1 and organisation_id = $2 and client_id = $3 and status = 'pending'`,
    [input.uuid(req.params['id']), req.user.organisationId, req.user.id, input.oneOf(req.body, 'decision', ['approved', 'rejected'])],
  );
  if (rowCount === 0) throw new HttpError(409, 'There is nothing to decide any more');
  res.redirect(303, '/approvals');
});

approvalRoutes.post('/:id/withdraw', requireRole('owner', 'staff'), async (req, res) => {
  const { rowCount } = await db.query(
    `update approvals set status = 'withdrawn', decided_at = now()
     where id = $1 and organisation_id = $2 and status = 'pending'`,
    [input.uuid(req.params['id']), req.user.organisationId],
  );
  if (rowCount === 0) throw new HttpError(409, 'There is nothing to withdraw any more');
  res.redirect(303, '/approvals');
});
