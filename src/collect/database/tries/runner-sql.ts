/** Never raised by PostgreSQL itself: marks the end of a try, which undoes all of it. */
const undo = 'LR000';
/** The statement left another role behind than it was run in: what came of it says nothing of the caller. */
const strayed = 'LR001';
/** As PostgREST sets it. A name without a schema is looked for there. */
const searchPath = 'public, extensions';

/**
 * A try is a list of steps that is undone as a whole; a step that fails undoes only itself. It runs inside the database: thousands of tries cost
 * a round trip a hundred, and PGlite and PostgreSQL answer the same.
 */
export const runnerSql = `
CREATE SCHEMA launch_ready;
CREATE FUNCTION launch_ready.run(steps jsonb) RETURNS jsonb LANGUAGE plpgsql AS $run$
DECLARE
  step jsonb;
  inner_try jsonb;
  inner_results jsonb;
  results jsonb := '[]';
  rows jsonb;
  state text;
  said text;
  stack text;
  wanted text;
  claims jsonb;
  -- Assignments, because PERFORM runs a query of its own for each.
  was text;
BEGIN
  BEGIN
    FOR nth IN 0 .. pg_catalog.jsonb_array_length(steps) - 1 LOOP
      step := steps -> nth;
      rows := NULL;
      BEGIN
        IF step ? 'tries' THEN
          inner_results := '[]';
          -- Each time this changes, and is undone, PostgreSQL forgets all plans: the tries within find it as they leave it.
          was := pg_catalog.set_config('session_replication_role', 'origin', true);
          FOR inner_try IN SELECT value FROM pg_catalog.jsonb_array_elements(step -> 'tries') LOOP
            inner_results := inner_results || pg_catalog.jsonb_build_array(launch_ready.run(inner_try));
          END LOOP;
          results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('tries', inner_results));
          CONTINUE;
        END IF;
        wanted := coalesce(step ->> 'role', 'none');
        claims := (step ->> 'claims')::jsonb;
        was := pg_catalog.set_config('session_replication_role', CASE WHEN step ? 'unchecked' THEN 'replica' ELSE 'origin' END, true);
        was := pg_catalog.set_config('request.jwt.claims', coalesce(step ->> 'claims', ''), true);
        was := pg_catalog.set_config('request.jwt.claim.sub', coalesce(claims ->> 'sub', ''), true);
        was := pg_catalog.set_config('request.jwt.claim.role', coalesce(claims ->> 'role', ''), true);
        was := launch_ready.search_as(wanted);
        was := pg_catalog.set_config('role', wanted, true);
        IF step ? 'rows' AND step ? 'plan' THEN
          EXECUTE 'EXECUTE ' || (step ->> 'plan') INTO rows;
        ELSIF step ? 'rows' THEN
          EXECUTE launch_ready.asking(step ->> 'sql', step ->> 'find') INTO rows;
        ELSE
          EXECUTE CASE WHEN step ? 'plan' THEN 'EXECUTE ' || (step ->> 'plan') ELSE step ->> 'sql' END;
          -- What is deferred to the end of the transaction would never be seen: we never get there.
          EXECUTE 'SET CONSTRAINTS ALL IMMEDIATE';
        END IF;
        IF pg_catalog.current_setting('role') IS DISTINCT FROM wanted THEN
          RAISE EXCEPTION 'it changes the role it runs in, which says nothing of what % may do', wanted USING ERRCODE = '${strayed}';
        END IF;
        was := pg_catalog.set_config('role', 'none', true);
        results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('rows', rows));
        EXIT WHEN step ->> 'vital' = 'rows' AND rows = '[]';
      EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, said = MESSAGE_TEXT, stack = PG_EXCEPTION_CONTEXT;
        results := results || pg_catalog.jsonb_build_array(pg_catalog.jsonb_build_object('code', state, 'message', said, 'context', pg_catalog.left(stack, 600)));
        EXIT WHEN step ? 'vital';
      END;
    END LOOP;
    RAISE EXCEPTION 'undo' USING ERRCODE = '${undo}';
  EXCEPTION WHEN SQLSTATE '${undo}' THEN NULL;
  END;
  RETURN results;
END
$run$;
-- The rows of a statement, each as one text. The odd name is for results that have a column of a usual one.
CREATE FUNCTION launch_ready.asking(statement text, find text) RETURNS text LANGUAGE sql IMMUTABLE AS $asking$
  SELECT 'SELECT coalesce(pg_catalog.jsonb_agg(said), ''[]'') FROM (SELECT pg_catalog.left(launch_ready_row::text, ' || CASE WHEN find IS NULL THEN '20000' ELSE '200000' END || ') AS said FROM ('
    || statement || E'\n) launch_ready_row'
    || coalesce(' WHERE pg_catalog.strpos(launch_ready_row::text, ' || pg_catalog.quote_literal(find) || ') > 0 LIMIT 50', ' LIMIT 500') || ') launch_ready_rows'
$asking$;
-- What the auth server does not qualify is looked for in its own schema.
CREATE FUNCTION launch_ready.search_as(who text) RETURNS text LANGUAGE plpgsql AS $search$
DECLARE wanted text := CASE who WHEN 'supabase_auth_admin' THEN 'auth' ELSE '${searchPath}' END;
BEGIN
  IF pg_catalog.current_setting('search_path') <> wanted THEN wanted := pg_catalog.set_config('search_path', wanted, true); END IF;
  RETURN wanted;
END
$search$;
-- Everybody may be in the middle of a step when its text is made.
GRANT USAGE ON SCHEMA launch_ready TO PUBLIC;
GRANT EXECUTE ON FUNCTION launch_ready.asking(text, text) TO PUBLIC;
-- Plans are kept for statements that many people run; false where PostgreSQL does not take the statement.
CREATE FUNCTION launch_ready.plan(name text, statement text, asks boolean, find text, who text) RETURNS boolean LANGUAGE plpgsql AS $plan$
DECLARE was text;
BEGIN
  -- As who runs it first: made as another, it would be taken apart a second time, because policies are part of it.
  was := pg_catalog.set_config('role', who, true);
  EXECUTE 'PREPARE ' || name || ' AS ' || CASE WHEN asks THEN launch_ready.asking(statement, find) ELSE statement END;
  was := pg_catalog.set_config('role', 'none', true);
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  RETURN false;
END
$plan$;`;
