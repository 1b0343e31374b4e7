import { Router, raw } from 'express';
import { isSignedByProvider } from '../auth/webhook-signature.ts';
import { config } from '../config.ts';
import { transaction } from '../db.ts';
import { log, logAuthFailure } from '../log.ts';
import { receiptMail } from '../mail/messages.ts';
import { inBackground, sendMail } from '../mail/send.ts';
import { HttpError } from '../middleware/errors.ts';
import { money } from '../views/format.ts';

export const webhookRoutes = Router();

interface PaymentEvent {
  id: string;
  type: string;
  data: { invoice_id: number; amount_cents: number; currency: string };
}

interface PaidInvoice {
  number: string;
  amount_cents: number;
  currency: string;
  email: string;
  organisation: string;
}

webhookRoutes.post('/payments', raw({ type: '*/*', limit: '256kb' }), async (req, res) => {
  const body: Buffer = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const signature = req.get('payment-signature');
  if (!isSignedByProvider(body, signature, config.webhookSecret)) {
    logAuthFailure(req, 'bad_webhook_signature');
    throw new HttpError(400, 'The signature does not match');
  }
  const event = parseEvent(body);
  const paid = await transaction(async (client) => {
    const first = await client.query('insert into webhook_events (id, type) values ($1, $2) on conflict do nothing', [
      event.id,
      event.type,
    ]);
    if (first.rowCount === 0 || event.type !== 'payment.succeeded') return undefined;
    await client.query(
      `insert into payments (organisation_id, invoice_id, reference, amount_cents, currency)
       select organisation_id, id, $1, $3, currency from invoices
       where id = $2 and currency = $4 and status in ('sent', 'paid')`,
      [event.id, event.data.invoice_id, event.data.amount_cents, event.data.currency],
    );
    const { rows } = await client.query<PaidInvoice>(
      `update invoices i set status = 'paid', paid_at = now()
       from users u, organisations o
       where i.id = $1 and i.amount_cents = $2 and i.currency = $3 and i.status = 'sent'
         and u.id = i.client_id and o.id = i.organisation_id
       returning i.number, i.amount_cents, i.currency, u.email, o.name as organisation`,
      [event.data.invoice_id, event.data.amount_cents, event.data.currency],
    );
    if (!rows[0]) log.warn('payment_without_invoice', { eventId: event.id });
    return rows[0];
  });
  if (paid) {
    inBackground('receipt', () =>
      sendMail(receiptMail(paid.email, paid.organisation, paid.number, money(paid.amount_cents, paid.currency))),
    );
    log.info('invoice_paid', { eventId: event.id });
  }
  // Repeated and unknown events are acknowledged, or the provider would deliver them for days.
  res.json({ received: true });
});

function parseEvent(body: Buffer): PaymentEvent {
  try {
    const event = JSON.parse(body.toString('utf8')) as PaymentEvent;
    if (typeof event.id === 'string' && typeof event.type === 'string') return event;
  } catch {
    // Answered below.
  }
  throw new HttpError(400, 'This is not an event');
}
