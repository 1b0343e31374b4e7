-- What the payment provider told us was paid, each event once. A client may pay an invoice twice; who runs the books has to see it and pay it back.
create table payments (
  id integer primary key generated always as identity,
  organisation_id uuid not null references organisations (id) on delete cascade,
  invoice_id integer not null references invoices (id) on delete cascade,
  reference text not null,
  amount_cents integer not null check (amount_cents > 0),
  currency text not null,
  received_at timestamptz not null default now()
);
create index payments_invoice on payments (invoice_id);
