/** Functions of extensions that are not built here: web requests (http), JWT (pgjwt), JSON schemas (pg_jsonschema). Requests are answered with status 0. */
export const standInsSql = `
CREATE TYPE extensions.http_header AS (field varchar, value varchar);
CREATE TYPE extensions.http_response AS (status integer, content_type varchar, headers extensions.http_header[], content varchar);
CREATE TYPE extensions.http_request AS (method text, uri varchar, headers extensions.http_header[], content_type varchar, content varchar);
CREATE FUNCTION extensions.http_header(field varchar, value varchar) RETURNS extensions.http_header LANGUAGE sql AS
  $$ SELECT ROW(field, value)::extensions.http_header $$;
CREATE FUNCTION extensions.http(request extensions.http_request) RETURNS extensions.http_response LANGUAGE sql AS
  $$ SELECT ROW(0, NULL, NULL, NULL)::extensions.http_response $$;
CREATE FUNCTION extensions.http_get(uri varchar) RETURNS extensions.http_response LANGUAGE sql AS
  $$ SELECT ROW(0, NULL, NULL, NULL)::extensions.http_response $$;
CREATE FUNCTION extensions.http_delete(uri varchar) RETURNS extensions.http_response LANGUAGE sql AS
  $$ SELECT ROW(0, NULL, NULL, NULL)::extensions.http_response $$;
CREATE FUNCTION extensions.http_post(uri varchar, content varchar, content_type varchar) RETURNS extensions.http_response LANGUAGE sql AS
  $$ SELECT ROW(0, NULL, NULL, NULL)::extensions.http_response $$;
CREATE FUNCTION extensions.http_post(uri varchar, data jsonb) RETURNS extensions.http_response LANGUAGE sql AS
  $$ SELECT ROW(0, NULL, NULL, NULL)::extensions.http_response $$;
CREATE FUNCTION extensions.http_set_curlopt(curlopt varchar, value varchar) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;
CREATE FUNCTION extensions.urlencode(string text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$ SELECT string $$;

CREATE FUNCTION extensions.url_encode(data bytea) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT translate(encode(data, 'base64'), E'+/=\\n', '-_') $$;
CREATE FUNCTION extensions.url_decode(data text) RETURNS bytea LANGUAGE sql IMMUTABLE AS
  $$ SELECT decode(rpad(translate(data, '-_', '+/'), 4 * ((length(data) + 3) / 4), '='), 'base64') $$;
CREATE FUNCTION extensions.algorithm_sign(signables text, secret text, algorithm text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT extensions.url_encode(extensions.hmac(signables, secret, 'sha' || substr(algorithm, 3)))
$$;
CREATE FUNCTION extensions.sign(payload json, secret text, algorithm text DEFAULT 'HS256') RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT body || '.' || extensions.algorithm_sign(body, secret, algorithm) FROM (
    SELECT extensions.url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'UTF8')) || '.' ||
      extensions.url_encode(convert_to(payload::text, 'UTF8')) AS body) AS made
$$;
CREATE FUNCTION extensions.verify(token text, secret text, algorithm text DEFAULT 'HS256')
RETURNS TABLE (header json, payload json, valid boolean) LANGUAGE sql IMMUTABLE AS $$
  SELECT convert_from(extensions.url_decode(part[1]), 'UTF8')::json, convert_from(extensions.url_decode(part[2]), 'UTF8')::json,
    part[3] = extensions.algorithm_sign(part[1] || '.' || part[2], secret, algorithm) FROM string_to_array(token, '.') AS part
$$;
CREATE FUNCTION extensions.json_matches_schema(schema json, instance json) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT true $$;
CREATE FUNCTION extensions.jsonb_matches_schema(schema json, instance jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT true $$;
`;
