-- The composite keys make it impossible to hang a task, file or approval of one organisation on a case of another.
create table cases (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id) on delete cascade,
  client_id uuid not null,
  title text not null check (length(title) between 1 and 200),
  description text not null default '',
  status text not null default 'open' check (status in ('open', 'waiting', 'closed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organisation_id, id),
  foreign key (organisation_id, client_id) references memberships (organisation_id, user_id)
);

create table tasks (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id) on delete cascade,
  case_id uuid not null,
  title text not null check (length(title) between 1 and 200),
  due_on date,
  done_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (organisation_id, case_id) references cases (organisation_id, id) on delete cascade
);
create index tasks_case on tasks (organisation_id, case_id);

create table approvals (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id) on delete cascade,
  case_id uuid not null,
  client_id uuid not null,
  title text not null check (length(title) between 1 and 200),
  details text not null default '',
  status text not null default 'pending' check (status in ('pending', 'approved', 'rejected', 'withdrawn')),
  requested_by uuid references users (id) on delete set null,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  foreign key (organisation_id, case_id) references cases (organisation_id, id) on delete cascade,
  foreign key (organisation_id, client_id) references memberships (organisation_id, user_id)
);
create index approvals_organisation on approvals (organisation_id, status);

create table files (
  id uuid primary key default gen_random_uuid(),
  organisation_id uuid not null references organisations (id) on delete cascade,
  case_id uuid not null,
  uploaded_by uuid references users (id) on delete set null,
  name text not null,
  media_type text not null,
  size_bytes integer not null,
  storage_key text not null,
  created_at timestamptz not null default now(),
  foreign key (organisation_id, case_id) references cases (organisation_id, id) on delete cascade
);
create index files_case on files (organisation_id, case_id);
