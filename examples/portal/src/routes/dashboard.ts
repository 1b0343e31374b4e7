import { Router } from 'express';
import { db } from '../db.ts';
import { requireSession } from '../middleware/guards.ts';
import { onlyOwn } from '../request.ts';
import { dashboardPage } from '../views/dashboard.ts';
import type { Figures } from '../views/dashboard.ts';

export const dashboardRoutes = Router();

dashboardRoutes.get('/', requireSession, async (req, res) => {
  if (!req.user.role) return res.redirect(303, '/admin');
  const { rows } = await db.query<Figures>(
    `select
       (select count(*)::int from invoices where organisation_id = $1 and ($2::uuid is null or client_id = $2) and status = 'sent') as open_invoices,
       (select coalesce(sum(amount_cents), 0)::int from invoices
         where organisation_id = $1 and ($2::uuid is null or client_id = $2) and status = 'sent' and currency = 'EUR') as open_cents,
       (select count(*)::int from cases where organisation_id = $1 and ($2::uuid is null or client_id = $2) and status <> 'closed') as open_cases,
       (select count(*)::int from approvals where organisation_id = $1 and ($2::uuid is null or client_id = $2) and status = 'pending') as pending_approvals`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  const due = await db.query<{ id: number; number: string; title: string; due_on: string }>(
    `select id, number, title, to_char(due_on, 'YYYY-MM-DD') as due_on from invoices
     where organisation_id = $1 and ($2::uuid is null or client_id = $2) and status = 'sent'
     order by due_on limit 5`,
    [req.user.organisationId, onlyOwn(req.user)],
  );
  res.send(dashboardPage(req.user, rows[0]!, due.rows));
});
