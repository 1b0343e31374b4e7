create table invoices (
  id integer primary key generated always as identity,
  organisation_id uuid not null references organisations (id) on delete cascade,
  client_id uuid not null,
  number text not null,
  title text not null check (length(title) between 1 and 200),
  amount_cents integer not null check (amount_cents > 0),
  currency text not null default 'EUR' check (currency in ('EUR', 'GBP', 'USD')),
  status text not null default 'draft' check (status in ('draft', 'sent', 'paid', 'void')),
  due_on date not null,
  created_at timestamptz not null default now(),
  paid_at timestamptz,
  unique (organisation_id, number),
  foreign key (organisation_id, client_id) references memberships (organisation_id, user_id)
);
create index invoices_client on invoices (organisation_id, client_id);

-- Events of the payment provider we have handled: a repeated delivery must not count twice.
create table webhook_events (
  id text primary key,
  type text not null,
  received_at timestamptz not null default now()
);
