import { Router } from 'express';
import { db } from '../db.ts';
import * as input from '../input.ts';
import { invoiceMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { clientOf, listClients } from '../members.ts';
import { requireCsrf } from '../middleware/csrf.ts';
import { HttpError, notFound } from '../middleware/errors.ts';
import { requireRole, requireSession } from '../middleware/guards.ts';
import { CURRENCIES } from '../records.ts';
import type { Invoice, Payment } from '../records.ts';
import { onlyOwn } from '../request.ts';
import { invoicePage, invoicesPage, newInvoicePage } from '../views/invoices.ts';

export const invoiceRoutes = Router();

const staff = requireRole('owner', 'staff');
const member = requireRole('owner', 'staff', 'client');

invoiceRoutes.use(requireSession, requireCsrf);

invoiceRoutes.get('/', member, async (req, res) => {
  const { rows } = await db.query<Invoice>(
    `select i.id, i.number, i.title, i.amount_cents, i.currency, i.status, to_char(i.due_on, 'YYYY-MM-DD') as due_on, u.name as client_name
     from invoices i join users u on u.id = i.client_id
     where i.organisation_id = $1
       and ($2::uuid is null or (i.client_id = $2 and i.status <> 'draft'))
     order by i.due_on desc, i.id desc`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.send(invoicesPage(req.user, rows));
});

invoiceRoutes.get('/new', staff, async (req, res) => {
  res.send(newInvoicePage(req.user, await listClients(req.user.organisationId)));
});

invoiceRoutes.post('/', staff, async (req, res) => {
  const client = await clientOf(req.user.organisationId, input.text(req.body, 'client_id'));
  const { rows } = await db.query<{ id: number }>(
    `insert into invoices (organisation_id, client_id, number, title, amount_cents, currency, due_on)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (organisation_id, number) do nothing
     returning id`,
    [
      req.user.organisationId,
      client.user_id,
      input.text(req.body, 'number', 40),
      input.text(req.body, 'title'),
      input.cents(req.body, 'amount'),
      input.oneOf(req.body, 'currency', CURRENCIES),
      input.day(req.body, 'due_on'),
    ],
  );
  if (!rows[0]) throw new HttpError(409, 'There is an invoice with this number already');
  res.redirect(303, `/invoices/${rows[0].id}`);
});

invoiceRoutes.get('/:id', member, async (req, res) => {
  const { rows } = await db.query<Invoice>(
    `select i.id, i.number, i.title, i.amount_cents, i.currency, i.status, to_char(i.due_on, 'YYYY-MM-DD') as due_on, i.paid_at, u.name as client_name
     from invoices i join users u on u.id = i.client_id
     where i.id = $1 and i.organisation_id = $2
       and ($3::uuid is null or (i.client_id = $3 and i.status <> 'draft'))`,
    [input.invoiceId(req.params.id), req.user.organisationId, onlyOwn(req.user)],
  );
  const invoice = rows[0] ?? notFound();
  const payments = await db.query<Payment>(
    'select id, invoice_id, reference, amount_cents, currency, received_at from payments where invoice_id = $1 order by id',
    [invoice.id],
  );
  res.send(invoicePage(req.user, invoice, payments.rows));
});

invoiceRoutes.post('/:id/send', staff, async (req, res) => {
  const { rows } = await db.query<{ id: number; number: string; email: string }>(
    `update invoices i set status = 'sent' from users u
     where i.id = $1 and i.organisation_id = $2 and i.status = 'draft' and u.id = i.client_id
     returning i.id, i.number, u.email`,
    [input.invoiceId(req.params['id']), req.user.organisationId],
  );
  const sent = rows[0];
  if (!sent) throw new HttpError(409, 'Only a draft can be sent');
  inBackground('invoice_mail', () => sendMail(invoiceMail(sent.email, req.user.organisationName!, sent.number, sent.id)));
  res.redirect(303, `/invoices/${sent.id}`);
});

invoiceRoutes.post('/:id/void', staff, async (req, res) => {
  const { rows } = await db.query<{ id: number }>(
    `update invoices set status = 'void'
     where id = $1 and organisation_id = $2 and status in ('draft', 'sent')
     returning id`,
    [input.invoiceId(req.params['id']), req.user.organisationId],
  );
  if (!rows[0]) throw new HttpError(409, 'Only a draft or a sent invoice can be voided');
  res.redirect(303, `/invoices/${rows[0].id}`);
});
