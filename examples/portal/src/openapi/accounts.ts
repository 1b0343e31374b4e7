import { answer, body, day, idIn, listOf, operation, ref, uuid } from './build.ts';

const title = { type: 'string', maxLength: 200 };
const amount = { type: 'integer', minimum: 1 };

/** Who one is, invoices, members, and the platform's administration. */
export const accountPaths = {
  '/api/me': {
    get: operation({ id: 'getMe', summary: 'Who the token or session belongs to', ok: [200, answer('You', ref('Me'))] }),
    patch: operation({
      id: 'updateMe',
      summary: 'Change your name',
      requestBody: body({ name: { type: 'string', maxLength: 120 } }, ['name']),
      ok: [
        200,
        answer('You', {
          type: 'object',
          required: ['id', 'email', 'name'],
          properties: { id: uuid, email: { type: 'string' }, name: { type: 'string' } },
        }),
      ],
      errors: [403, 422],
    }),
  },
  '/api/invoices': {
    get: operation({
      id: 'listInvoices',
      summary: 'Invoices; clients get those sent to them',
      ok: [200, answer('Invoices', listOf('Invoice'))],
      errors: [403],
    }),
    post: operation({
      id: 'createInvoice',
      summary: 'Draft an invoice for a client (owner, staff)',
      requestBody: body(
        {
          client_id: uuid,
          number: { type: 'string', maxLength: 40 },
          title,
          amount_cents: amount,
          currency: { enum: ['EUR', 'GBP', 'USD'] },
          due_on: day,
        },
        ['client_id', 'number', 'title', 'amount_cents', 'currency', 'due_on'],
      ),
      ok: [201, answer('The draft', ref('Invoice'))],
      errors: [403, 409, 422],
    }),
  },
  '/api/payments': {
    get: operation({
      id: 'listPayments',
      summary: 'Payments received; clients get their own',
      ok: [200, answer('Payments', listOf('Payment'))],
      errors: [403],
    }),
  },
  '/api/invoices/{id}': {
    parameters: [idIn('id', { type: 'integer' })],
    get: operation({ id: 'getInvoice', summary: 'One invoice', ok: [200, answer('The invoice', ref('Invoice'))], errors: [403, 404] }),
    patch: operation({
      id: 'updateInvoice',
      summary: 'Change a draft (owner, staff)',
      requestBody: body({ title, amount_cents: amount, due_on: day }, ['title', 'amount_cents', 'due_on']),
      ok: [200, answer('The draft', ref('Invoice'))],
      errors: [403, 404, 409, 422],
    }),
    delete: operation({
      id: 'deleteInvoice',
      summary: 'Delete a draft (owner, staff)',
      ok: [204, answer('Deleted')],
      errors: [403, 404, 409],
    }),
  },
  '/api/invoices/{id}/send': {
    parameters: [idIn('id', { type: 'integer' })],
    post: operation({
      id: 'sendInvoice',
      summary: 'Send a draft to its client (owner, staff)',
      ok: [
        200,
        answer('The invoice', {
          type: 'object',
          required: ['id', 'number', 'status'],
          properties: { id: { type: 'integer' }, number: { type: 'string' }, status: { const: 'sent' } },
        }),
      ],
      errors: [403, 404, 409],
    }),
  },
  '/api/export/invoices.csv': {
    get: operation({
      id: 'exportInvoices',
      summary: 'All invoices as CSV (owner)',
      ok: [200, answer('CSV with a header line', { type: 'string' }, 'text/csv')],
      errors: [403],
    }),
  },
  '/api/members': {
    get: operation({ id: 'listMembers', summary: 'Members (owner, staff)', ok: [200, answer('Members', listOf('Member'))], errors: [403] }),
  },
  '/api/members/{userId}': {
    parameters: [idIn('userId', uuid)],
    patch: operation({
      id: 'changeRole',
      summary: 'Change the role of another member (owner)',
      requestBody: body({ role: { enum: ['owner', 'staff', 'client'] } }, ['role']),
      ok: [
        200,
        answer('The membership', {
          type: 'object',
          required: ['user_id', 'role', 'deactivated_at'],
          properties: {
            user_id: uuid,
            role: { enum: ['owner', 'staff', 'client'] },
            deactivated_at: { type: ['string', 'null'], format: 'date-time' },
          },
        }),
      ],
      errors: [403, 404, 409, 422],
    }),
  },
  '/api/admin/organisations': {
    get: operation({
      id: 'listOrganisations',
      summary: 'All organisations (platform administrators, session only)',
      ok: [200, answer('Organisations', listOf('Organisation'))],
      errors: [403],
    }),
  },
  '/api/admin/organisations/{id}': {
    parameters: [idIn('id', uuid)],
    patch: operation({
      id: 'suspendOrganisation',
      summary: 'Suspend or resume an organisation (platform administrators, session only)',
      requestBody: body({ suspended: { type: 'boolean' } }, ['suspended']),
      ok: [200, answer('The organisation', ref('Organisation'))],
      errors: [403, 404, 422],
    }),
  },
};
