import { Router } from 'express';
import { db } from '../../db.ts';
import { requireRole, requireUser } from '../../middleware/guards.ts';
import type { Invoice } from '../../records.ts';

export const exportApi = Router();

/** All invoices of the organisation as CSV, for the accountant. */
exportApi.get('/invoices.csv', requireUser, requireRole('owner'), async (req, res) => {
  const { rows } = await db.query<Invoice & { client_email: string }>(
    `select i.number, i.title, i.amount_cents, i.currency, i.status, to_char(i.due_on, 'YYYY-MM-DD') as due_on, u.email as client_email
     from invoices i join users u on u.id = i.client_id
     where i.organisation_id = $1 order by i.id`,
    [req.user.organisationId],
  );
  const lines = rows.map((row) => [
    row.number,
    row.title,
    (row.amount_cents / 100).toFixed(2),
    row.currency,
    row.status,
    row.due_on,
    row.client_email,
  ]);
  res.attachment('invoices.csv').type('text/csv');
  res.send(
    [['number', 'title', 'amount', 'currency', 'status', 'due', 'client'], ...lines].map((line) => line.map(cell).join(',')).join('\r\n'),
  );
});

/** A cell that starts with one of =+-@ would be run as a formula by spreadsheets, so it is quoted as text. */
function cell(value: string): string {
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}
