import { Router } from 'express';
import { db } from '../../db.ts';
import * as input from '../../input.ts';
import { invoiceMail } from '../../mail/messages.ts';
import { inBackground, sendMail } from '../../mail/send.ts';
import { clientOf } from '../../members.ts';
import { requireCsrf } from '../../middleware/csrf.ts';
import { HttpError, notFound } from '../../middleware/errors.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import { CURRENCIES } from '../../records.ts';
import type { Invoice } from '../../records.ts';
import { onlyOwn } from '../../request.ts';

export const invoiceApi = Router();

const staff = requireRole('owner', 'staff');
const member = requireRole('owner', 'staff', 'client');

const COLUMNS = `id, number, title, amount_cents, currency, status, to_char(due_on, 'YYYY-MM-DD') as due_on, paid_at, client_id`;

invoiceApi.use(requireUser, requireCsrf);

invoiceApi.get('/', member, async (req, res) => {
  const { rows } = await db.query<Invoice>(
    `select ${COLUMNS} from invoices
     where organisation_id = $1 and ($2::uuid is null or (client_id = $2 and status <> 'draft'))
     order by id`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.json({ data: rows });
});

invoiceApi.post('/', staff, async (req, res) => {
  const client = await clientOf(req.user.organisationId, input.text(req.body, 'client_id'));
  const { rows } = await db.query<Invoice>(
    `insert into invoices (organisation_id, client_id, number, title, amount_cents, currency, due_on)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (organisation_id, number) do nothing
     returning ${COLUMNS}`,
    [
      req.user.organisationId,
      client.user_id,
      input.text(req.body, 'number', 40),
      input.text(req.body, 'title'),
      input.cents(req.body, 'amount_cents'),
      input.oneOf(req.body, 'currency', CURRENCIES),
      input.day(req.body, 'due_on'),
    ],
  );
  if (!rows[0]) throw new HttpError(409, 'There is an invoice with this number already');
  res.status(201).location(`/api/invoices/${rows[0].id}`).json(rows[0]);
});

invoiceApi.get('/:id', member, async (req, res) => {
  const { rows } = await db.query<Invoice>(
    `select ${COLUMNS} from invoices
     where id = $1 and organisation_id = $2
       and ($3::uuid is null or (client_id = $3 and status <> 'draft'))`,
    [input.invoiceId(req.params.id), req.user.organisationId, onlyOwn(req.user)],
  );
  res.json(rows[0] ?? notFound());
});

invoiceApi.patch('/:id', staff, async (req, res) => {
  const id = input.invoiceId(req.params['id']);
  const { rows } = await db.query<Invoice>(
    `update invoices set title = $3, amount_cents = $4, due_on = $5
     where id = $1 and organisation_id = $2 and status = 'draft'
     returning ${COLUMNS}`,
    [id, req.user.organisationId, input.text(req.body, 'title'), input.cents(req.body, 'amount_cents'), input.day(req.body, 'due_on')],
  );
  res.json(rows[0] ?? (await refuseUnlessDraft(id, req.user.organisationId)));
});

invoiceApi.delete('/:id', staff, async (req, res) => {
  const id = input.invoiceId(req.params['id']);
  const { rowCount } = await db.query(`delete from invoices where id = $1 and organisation_id = $2 and status = 'draft'`, [
    id,
    req.user.organisationId,
  ]);
  if (rowCount === 0) await refuseUnlessDraft(id, req.user.organisationId);
  res.status(204).end();
});

invoiceApi.post('/:id/send', staff, async (req, res) => {
  const id = input.invoiceId(req.params['id']);
  const { rows } = await db.query<{ id: number; number: string; status: string; email: string }>(
    `update invoices i set status = 'sent' from users u
     where i.id = $1 and i.organisation_id = $2 and i.status = 'draft' and u.id = i.client_id
     returning i.id, i.number, i.status, u.email`,
    [id, req.user.organisationId],
  );
  const { email, ...sent } = rows[0] ?? (await refuseUnlessDraft(id, req.user.organisationId));
  inBackground('invoice_mail', () => sendMail(invoiceMail(email, req.user.organisationName!, sent.number, sent.id)));
  res.json(sent);
});

/** Tells an invoice that is not there (404) from one that is no draft any more (409). */
async function refuseUnlessDraft(id: number, organisationId: string | null): Promise<never> {
  const { rowCount } = await db.query('select 1 from invoices where id = $1 and organisation_id = $2', [id, organisationId]);
  throw rowCount === 0 ? new HttpError(404, 'Not found') : new HttpError(409, 'Only a draft can be changed');
}
