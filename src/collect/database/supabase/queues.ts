/** A stand-in for pgmq: queues are tables, as in the extension. */
export const queuesSql = `
CREATE SCHEMA pgmq;
GRANT USAGE ON SCHEMA pgmq TO postgres;
GRANT CREATE ON SCHEMA pgmq TO postgres;
CREATE TYPE pgmq.message_record AS (msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb, headers jsonb);
CREATE TYPE pgmq.queue_record AS (queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);
CREATE TABLE pgmq.meta (
  queue_name varchar UNIQUE NOT NULL, is_partitioned boolean NOT NULL DEFAULT false, is_unlogged boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
GRANT ALL ON pgmq.meta TO postgres;
CREATE FUNCTION pgmq.create(queue_name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TABLE IF NOT EXISTS pgmq.%I (msg_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, read_ct integer NOT NULL DEFAULT 0,
    enqueued_at timestamptz NOT NULL DEFAULT now(), vt timestamptz NOT NULL DEFAULT now(), message jsonb, headers jsonb)', 'q_' || lower(queue_name));
  EXECUTE format('CREATE TABLE IF NOT EXISTS pgmq.%I (msg_id bigint PRIMARY KEY, read_ct integer NOT NULL DEFAULT 0,
    enqueued_at timestamptz NOT NULL DEFAULT now(), archived_at timestamptz NOT NULL DEFAULT now(), vt timestamptz NOT NULL DEFAULT now(),
    message jsonb, headers jsonb)', 'a_' || lower(queue_name));
  INSERT INTO pgmq.meta (queue_name) VALUES (lower(queue_name)) ON CONFLICT DO NOTHING;
END
$$;
CREATE FUNCTION pgmq.create_non_partitioned(queue_name text) RETURNS void LANGUAGE sql AS $$ SELECT pgmq.create(queue_name) $$;
CREATE FUNCTION pgmq.create_unlogged(queue_name text) RETURNS void LANGUAGE sql AS $$ SELECT pgmq.create(queue_name) $$;
CREATE FUNCTION pgmq.send(queue_name text, msg jsonb, delay integer DEFAULT 0) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('INSERT INTO pgmq.%I (vt, message) VALUES (now() + $2 * interval ''1 second'', $1) RETURNING msg_id',
    'q_' || lower(queue_name)) USING msg, delay;
END
$$;
CREATE FUNCTION pgmq.send_batch(queue_name text, msgs jsonb[], delay integer DEFAULT 0) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('INSERT INTO pgmq.%I (vt, message) SELECT now() + $2 * interval ''1 second'', unnest($1) RETURNING msg_id',
    'q_' || lower(queue_name)) USING msgs, delay;
END
$$;
CREATE FUNCTION pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb DEFAULT '{}') RETURNS SETOF pgmq.message_record
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('UPDATE pgmq.%1$I AS one SET vt = now() + $1 * interval ''1 second'', read_ct = read_ct + 1
    WHERE msg_id IN (SELECT msg_id FROM pgmq.%1$I WHERE vt <= now() ORDER BY msg_id LIMIT $2)
    RETURNING msg_id, read_ct, enqueued_at, one.vt, message, headers', 'q_' || lower(queue_name)) USING vt, qty;
END
$$;
CREATE FUNCTION pgmq.pop(queue_name text) RETURNS SETOF pgmq.message_record LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format('DELETE FROM pgmq.%1$I WHERE msg_id = (SELECT min(msg_id) FROM pgmq.%1$I WHERE vt <= now())
    RETURNING msg_id, read_ct, enqueued_at, vt, message, headers', 'q_' || lower(queue_name));
END
$$;
CREATE FUNCTION pgmq.delete(queue_name text, msg_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM pgmq.%I WHERE msg_id = $1', 'q_' || lower(queue_name)) USING msg_id;
  RETURN true;
END
$$;
CREATE FUNCTION pgmq.archive(queue_name text, msg_id bigint) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('WITH gone AS (DELETE FROM pgmq.%I WHERE msg_id = $1 RETURNING msg_id, read_ct, enqueued_at, vt, message)
    INSERT INTO pgmq.%I (msg_id, read_ct, enqueued_at, vt, message) SELECT * FROM gone', 'q_' || lower(queue_name), 'a_' || lower(queue_name))
    USING msg_id;
  RETURN true;
END
$$;
CREATE FUNCTION pgmq.purge_queue(queue_name text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DELETE FROM pgmq.%I', 'q_' || lower(queue_name));
  RETURN 0;
END
$$;
CREATE FUNCTION pgmq.drop_queue(queue_name text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('DROP TABLE IF EXISTS pgmq.%I, pgmq.%I', 'q_' || lower(queue_name), 'a_' || lower(queue_name));
  DELETE FROM pgmq.meta AS one WHERE one.queue_name = lower(drop_queue.queue_name);
  RETURN true;
END
$$;
CREATE FUNCTION pgmq.list_queues() RETURNS SETOF pgmq.queue_record LANGUAGE sql AS $$
  SELECT queue_name, is_partitioned, is_unlogged, created_at FROM pgmq.meta
$$;
`;
