import type { WebhookProvider } from '../../../core/given-webhook.ts';

/** What a message says that we make up. */
export interface MadeUp {
  /** Hexadecimal digits, new with each message. */
  readonly id: string;
  /** A text that nothing else holds. */
  readonly mark: string;
  /** An amount that is not likely to stand anywhere. */
  readonly amount: number;
}

/** An invoice number no app has reached; it fits a 32-bit integer, or databases refuse it before anything is looked at. */
const noInvoice = 2_000_000_011;

/**
 * A message in the provider's shape about things that do not exist: ids of ours, an address of example.com (RFC 2606), so that an app that
 * believes it finds nobody to act on.
 */
export function madeUpEvent(provider: WebhookProvider, { id, mark, amount }: MadeUp): string {
  const now = Math.floor(Date.now() / 1000);
  const email = `${mark}@example.com`;
  if (provider === 'twilio')
    return new URLSearchParams({
      MessageSid: `SM${id}`,
      AccountSid: `AC${id}`,
      From: '+15005550006',
      To: '+15005550006',
      Body: `Launch Ready ${mark}`,
      MessageStatus: 'delivered',
    }).toString();
  return JSON.stringify(shapes[provider]({ id, mark, amount, now, email }));
}

type Facts = MadeUp & { readonly now: number; readonly email: string };

const generic = ({ id, mark, amount, now, email }: Facts) => ({
  id: `evt_${id}`,
  type: 'payment.succeeded',
  event: 'payment.succeeded',
  created: now,
  data: { id: `pay_${id}`, invoice_id: noInvoice, amount, amount_cents: amount, currency: 'EUR', email, name: `Launch Ready ${mark}` },
});

const shapes: Readonly<Record<Exclude<WebhookProvider, 'twilio'>, (facts: Facts) => unknown>> = {
  stripe: ({ id, mark, amount, now, email }) => ({
    id: `evt_${id}`,
    object: 'event',
    api_version: '2024-06-20',
    created: now,
    livemode: false,
    type: 'invoice.paid',
    data: {
      object: {
        id: `in_${id}`,
        object: 'invoice',
        customer: `cus_${id}`,
        customer_email: email,
        subscription: `sub_${id}`,
        amount_paid: amount,
        currency: 'eur',
        status: 'paid',
        metadata: { note: `Launch Ready ${mark}` },
      },
    },
  }),
  github: ({ mark, amount }) => ({
    action: 'opened',
    issue: { id: amount, number: amount, title: `Launch Ready ${mark}`, body: '' },
    repository: { id: noInvoice, full_name: `launch-ready/${mark}` },
    sender: { id: noInvoice, login: mark },
  }),
  svix: ({ id, mark, now, email }) => ({
    type: 'user.updated',
    object: 'event',
    timestamp: now,
    data: { id: `user_${id}`, email_addresses: [{ email_address: email }], first_name: 'Launch', last_name: `Ready ${mark}` },
  }),
  slack: ({ id, mark, now }) => ({
    type: 'event_callback',
    team_id: `T${id.slice(0, 8).toUpperCase()}`,
    event_id: `Ev${id.slice(0, 8).toUpperCase()}`,
    event_time: now,
    event: { type: 'app_mention', user: 'U00000000', channel: 'C00000000', text: `Launch Ready ${mark}`, ts: `${now}.000100` },
  }),
  shopify: ({ mark, amount, email }) => ({
    id: noInvoice,
    email,
    name: `Launch Ready ${mark}`,
    total_price: `${amount}.00`,
    currency: 'EUR',
    financial_status: 'paid',
  }),
  gohighlevel: ({ id, mark, email }) => ({
    type: 'ContactUpdate',
    webhookId: id,
    locationId: `loc${id.slice(0, 17)}`,
    id: `con${id.slice(0, 17)}`,
    email,
    name: `Launch Ready ${mark}`,
  }),
  calendly: ({ id, mark, email }) => ({
    event: 'invitee.canceled',
    payload: { uri: `https://api.calendly.com/scheduled_events/${id}`, email, name: `Launch Ready ${mark}` },
  }),
  generic,
  'generic-timed': generic,
};

/** What some providers say of a message beside its signature, as they do. */
export function extraHeaders(provider: WebhookProvider, id: string): Readonly<Record<string, string>> {
  if (provider === 'github') return { 'x-github-event': 'issues', 'x-github-delivery': id };
  if (provider === 'shopify')
    return { 'x-shopify-topic': 'orders/paid', 'x-shopify-webhook-id': id, 'x-shopify-shop-domain': 'none.example' };
  return {};
}
