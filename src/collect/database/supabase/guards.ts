/**
 * What Supabase forbids `postgres` although it may hang triggers and policies on these tables, and what a stranger's SQL must not do to us.
 * Event triggers, because such statements also stand inside of DO blocks and functions.
 */
export const guardsSql = `
CREATE SCHEMA sandbox_guard;
CREATE TABLE sandbox_guard.platform AS SELECT oid FROM pg_catalog.pg_class
  WHERE relkind = 'r' AND relnamespace IN ('auth'::regnamespace, 'storage'::regnamespace, 'realtime'::regnamespace);
CREATE FUNCTION sandbox_guard.keep_platform_tables() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found text;
BEGIN
  IF session_user <> 'postgres' THEN RETURN; END IF;
  SELECT one.object_identity INTO found FROM pg_event_trigger_ddl_commands() AS one
  WHERE one.object_type IN ('table', 'table column') AND one.objid IN (SELECT oid FROM sandbox_guard.platform) LIMIT 1;
  IF found IS NOT NULL THEN RAISE EXCEPTION 'must be owner of table %', found USING ERRCODE = '42501'; END IF;
END
$$;
CREATE FUNCTION sandbox_guard.keep_platform_objects() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found text;
BEGIN
  IF session_user <> 'postgres' THEN RETURN; END IF;
  SELECT one.object_identity INTO found FROM pg_event_trigger_dropped_objects() AS one
  WHERE one.objid IN (SELECT oid FROM sandbox_guard.platform) AND one.objsubid = 0 LIMIT 1;
  IF found IS NOT NULL THEN RAISE EXCEPTION 'must be owner of table %', found USING ERRCODE = '42501'; END IF;
END
$$;
CREATE EVENT TRIGGER keep_platform_tables ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION sandbox_guard.keep_platform_tables();
CREATE EVENT TRIGGER keep_platform_objects ON sql_drop EXECUTE FUNCTION sandbox_guard.keep_platform_objects();
`;

/** Waiting is of no use here, so it takes no time. The built-in function is set aside: PostgreSQL runs it by its number, whatever its body says. */
export const harmlessSql = `
ALTER FUNCTION pg_catalog.pg_sleep(double precision) RENAME TO pg_sleep_builtin;
REVOKE ALL ON FUNCTION pg_catalog.pg_sleep_builtin FROM PUBLIC;
CREATE FUNCTION pg_catalog.pg_sleep(double precision) RETURNS void LANGUAGE sql VOLATILE AS '';
CREATE OR REPLACE FUNCTION pg_catalog.pg_sleep_for(interval) RETURNS void LANGUAGE sql VOLATILE AS '';
CREATE OR REPLACE FUNCTION pg_catalog.pg_sleep_until(timestamptz) RETURNS void LANGUAGE sql VOLATILE AS '';
`;
