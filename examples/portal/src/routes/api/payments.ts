import { Router } from 'express';
import { db } from '../../db.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import type { Payment } from '../../records.ts';
import { onlyOwn } from '../../request.ts';

export const paymentApi = Router();

paymentApi.use(requireUser, requireCsrf);

paymentApi.get('/', requireRole('owner', 'staff', 'client'), async (req, res) => {
  const { rows } = await db.query<Payment>(
    `select p.id, p.invoice_id, p.reference, p.amount_cents, p.currency, p.received_at
     from payments p join invoices i on i.id = p.invoice_id
     where p.organisation_id = $1 and ($2::uuid is null or i.client_id = $2)
     order by p.id`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.json({ data: rows });
});
