create table organisations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  logo_key text,
  logo_type text,
  suspended_at timestamptz,
  created_at timestamptz not null default now()
);

create table users (
  id uuid primary key default gen_random_uuid(),
  email text not null check (email = lower(email)),
  name text not null default '',
  -- null for people who only use magic links or single sign-on
  password_hash text,
  is_platform_admin boolean not null default false,
  created_at timestamptz not null default now()
);
create unique index users_email_key on users (email);

create table memberships (
  organisation_id uuid not null references organisations (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  role text not null check (role in ('owner', 'staff', 'client')),
  deactivated_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (organisation_id, user_id)
);
create index memberships_user on memberships (user_id);

-- Tokens and links are stored as SHA-256 only: whoever reads this database cannot sign in with what it holds.
create table sessions (
  token_hash text primary key,
  user_id uuid not null references users (id) on delete cascade,
  organisation_id uuid references organisations (id) on delete cascade,
  csrf_token text not null,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now()
);
create index sessions_user on sessions (user_id);

create table api_tokens (
  id uuid primary key default gen_random_uuid(),
  token_hash text not null unique,
  name text not null,
  user_id uuid not null,
  organisation_id uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  foreign key (organisation_id, user_id) references memberships (organisation_id, user_id) on delete cascade
);

create table invites (
  token_hash text primary key,
  organisation_id uuid not null references organisations (id) on delete cascade,
  email text not null,
  role text not null check (role in ('owner', 'staff', 'client')),
  invited_by uuid references users (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index invites_organisation on invites (organisation_id);

create table magic_links (
  token_hash text primary key,
  user_id uuid not null references users (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table password_resets (
  token_hash text primary key,
  user_id uuid not null references users (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);

-- One row per sign-in that is under way at the identity provider.
create table oidc_logins (
  id_hash text primary key,
  state text not null,
  nonce text not null,
  code_verifier text not null,
  expires_at timestamptz not null
);

create table user_identities (
  issuer text not null,
  subject text not null,
  user_id uuid not null references users (id) on delete cascade,
  primary key (issuer, subject)
);

create table rate_limits (
  key text primary key,
  window_started_at timestamptz not null default now(),
  hits integer not null
);
