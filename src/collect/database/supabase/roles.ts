/**
 * The roles of a Supabase project. They belong to the whole server, so this runs once a sandbox. The migrations run as `postgres`, which is no
 * superuser there either: CREATEROLE, BYPASSRLS, and a member of the roles that own auth and storage, so that it can hang triggers and policies on them.
 */
export const rolesSql = `
DO $roles$
DECLARE
  made text;
BEGIN
  FOREACH made IN ARRAY ARRAY[
    'anon', 'authenticated', 'service_role', 'authenticator', 'postgres', 'dashboard_user', 'pgbouncer', 'supabase_auth_admin',
    'supabase_storage_admin', 'supabase_realtime_admin', 'supabase_functions_admin', 'supabase_replication_admin', 'supabase_etl_admin',
    'supabase_read_only_user', 'pgsodium_keyiduser', 'pgsodium_keyholder', 'pgsodium_keymaker'
  ] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = made) THEN EXECUTE format('CREATE ROLE %I', made); END IF;
  END LOOP;
END
$roles$;
ALTER ROLE service_role BYPASSRLS;
ALTER ROLE authenticator LOGIN NOINHERIT;
ALTER ROLE dashboard_user CREATEDB CREATEROLE;
ALTER ROLE supabase_auth_admin NOINHERIT CREATEROLE LOGIN;
ALTER ROLE supabase_storage_admin NOINHERIT CREATEROLE LOGIN;
ALTER ROLE supabase_realtime_admin NOINHERIT;
ALTER ROLE supabase_functions_admin NOINHERIT CREATEROLE LOGIN;
ALTER ROLE supabase_read_only_user LOGIN BYPASSRLS;
GRANT anon, authenticated, service_role TO authenticator;
GRANT pg_read_all_data TO supabase_read_only_user;
ALTER ROLE supabase_auth_admin SET search_path = auth;
ALTER ROLE supabase_storage_admin SET search_path = storage;
ALTER ROLE ALL SET search_path = "$user", public, extensions;
`;

/** Makes `postgres` what it is on Supabase. Only where a superuser of another name is there. */
export const ownerSql = `
ALTER ROLE postgres NOSUPERUSER CREATEROLE LOGIN BYPASSRLS NOCREATEDB NOREPLICATION;
GRANT anon, authenticated, service_role, authenticator, supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin,
  supabase_functions_admin, pg_read_all_data, pg_monitor TO postgres WITH INHERIT TRUE, SET TRUE;
-- supautils allows these on Supabase; who fills tables needs the first one.
GRANT SET ON PARAMETER session_replication_role TO postgres;
`;
