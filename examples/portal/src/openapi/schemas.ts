import { day, time, uuid } from './build.ts';

const text = { type: 'string' };
const orNull = (schema: { type: string }): Record<string, unknown> => ({ ...schema, type: [schema.type, 'null'] });

const record = (properties: Record<string, unknown>): Record<string, unknown> => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

export const schemas = {
  Error: record({ error: record({ message: text, requestId: uuid }) }),
  Me: record({
    id: uuid,
    email: text,
    name: text,
    role: { enum: ['owner', 'staff', 'client', null] },
    organisation: record({ id: orNull(uuid), name: orNull(text) }),
  }),
  Invoice: record({
    id: { type: 'integer' },
    number: text,
    title: text,
    amount_cents: { type: 'integer', minimum: 1 },
    currency: { enum: ['EUR', 'GBP', 'USD'] },
    status: { enum: ['draft', 'sent', 'paid', 'void'] },
    due_on: day,
    paid_at: orNull(time),
    client_id: uuid,
  }),
  Payment: record({
    id: { type: 'integer' },
    invoice_id: { type: 'integer' },
    reference: text,
    amount_cents: { type: 'integer', minimum: 1 },
    currency: text,
    received_at: time,
  }),
  Case: record({
    id: uuid,
    title: text,
    description: text,
    status: { enum: ['open', 'waiting', 'closed'] },
    client_id: uuid,
    created_at: time,
  }),
  Task: record({ id: uuid, case_id: uuid, title: text, due_on: orNull(day), done_at: orNull(time) }),
  Approval: record({
    id: uuid,
    case_id: uuid,
    client_id: uuid,
    title: text,
    details: text,
    status: { enum: ['pending', 'approved', 'rejected', 'withdrawn'] },
    created_at: time,
    decided_at: orNull(time),
  }),
  File: record({ id: uuid, case_id: uuid, name: text, media_type: text, size_bytes: { type: 'integer' }, created_at: time }),
  Member: record({ user_id: uuid, name: text, email: text, role: { enum: ['owner', 'staff', 'client'] }, deactivated_at: orNull(time) }),
  Organisation: record({ id: uuid, name: text, created_at: time, suspended_at: orNull(time) }),
};
