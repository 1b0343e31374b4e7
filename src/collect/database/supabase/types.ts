/** The input and output of text, taking any type modifier such as `(1536)` or `(Point, 4326)`: enough for tables, functions and policies. */
const textLike = (name: string): string => `
CREATE TYPE extensions.${name};
CREATE FUNCTION extensions.${name}_in(cstring) RETURNS extensions.${name} LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION extensions.${name}_out(extensions.${name}) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE TYPE extensions.${name} (INPUT = extensions.${name}_in, OUTPUT = extensions.${name}_out, TYPMOD_IN = extensions.any_modifier,
  INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = extended);
CREATE CAST (text AS extensions.${name}) WITHOUT FUNCTION AS ASSIGNMENT;
CREATE CAST (extensions.${name} AS text) WITHOUT FUNCTION AS ASSIGNMENT;
`;

const vector = ['vector', 'halfvec', 'sparsevec'];
const spatial = ['geometry', 'geography'];
const distances: Readonly<Record<string, string>> = {
  l2_distance: '<->',
  cosine_distance: '<=>',
  inner_product: '<#>',
  l1_distance: '<+>',
};

const distance = (type: string): string =>
  Object.entries(distances)
    .map(
      ([name, operator]) => `
CREATE FUNCTION extensions.${name}(extensions.${type}, extensions.${type}) RETURNS double precision LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN $1::text = $2::text THEN 0 ELSE 0.5 END::double precision;
CREATE OPERATOR extensions.${operator} (LEFTARG = extensions.${type}, RIGHTARG = extensions.${type}, FUNCTION = extensions.${name});`,
    )
    .join('');

/** `name(arguments) returns`, each as a function that answers the given expression. */
const answers = (list: readonly (readonly [signature: string, returns: string, expression: string])[]): string =>
  list
    .map(
      ([signature, returns, expression]) =>
        `CREATE FUNCTION extensions.${signature} RETURNS ${returns} LANGUAGE sql IMMUTABLE RETURN ${expression};`,
    )
    .join('\n');

const g = 'extensions.geometry';
const spatialFunctions = (type: string): string =>
  answers([
    [`st_distance(extensions.${type}, extensions.${type})`, 'double precision', '0::double precision'],
    [`st_dwithin(extensions.${type}, extensions.${type}, double precision)`, 'boolean', 'true'],
    [`st_intersects(extensions.${type}, extensions.${type})`, 'boolean', 'true'],
    [`st_area(extensions.${type})`, 'double precision', '0::double precision'],
    [`st_length(extensions.${type})`, 'double precision', '0::double precision'],
    [`st_asgeojson(extensions.${type})`, 'text', `'{}'`],
    [`st_astext(extensions.${type})`, 'text', '$1::text'],
  ]);

/** The types of each extension that stand-ins were made for. */
const typesOf: Readonly<Record<string, readonly string[]>> = { vector, postgis: spatial };

/** Moves the stand-ins of an extension, with their functions and operators, to where the repo puts it; `undefined` when there are none. */
export function moveSql(extension: string, schema: string): string | undefined {
  const types = typesOf[extension];
  if (types === undefined || schema === 'extensions') return undefined;
  const list = types.map((name) => `'extensions.${name}'::regtype::oid`).join(', ');
  const target = schema.replaceAll("'", "''");
  return `DO $move$
DECLARE
  types oid[] := ARRAY[${list}];
  one record;
BEGIN
  FOR one IN SELECT oid::regprocedure::text AS name FROM pg_catalog.pg_proc
    WHERE pronamespace = 'extensions'::regnamespace AND (prorettype = ANY (types) OR proargtypes::oid[] && types) LOOP
    EXECUTE format('ALTER FUNCTION %s SET SCHEMA %I', one.name, '${target}');
  END LOOP;
  -- Repos that go through all functions of a schema leave those out that belong to an extension.
  FOR one IN SELECT oid::regprocedure::text AS name FROM pg_catalog.pg_proc
    WHERE pronamespace = '${target}'::regnamespace AND (prorettype = ANY (types) OR proargtypes::oid[] && types) LOOP
    EXECUTE format('ALTER EXTENSION plpgsql ADD FUNCTION %s', one.name);
  END LOOP;
  FOR one IN SELECT oid::regoperator::text AS name FROM pg_catalog.pg_operator
    WHERE oprnamespace = 'extensions'::regnamespace AND oprleft = ANY (types) LOOP
    EXECUTE format('ALTER OPERATOR %s SET SCHEMA %I', one.name, '${target}');
  END LOOP;
  FOR one IN SELECT unnest(types)::regtype::text AS name LOOP
    EXECUTE format('ALTER TYPE %s SET SCHEMA %I', one.name, '${target}');
  END LOOP;
END
$move$`;
}

/** Types of extensions that are not built here: pgvector and PostGIS, with their commonest functions. Distances mean nothing. */
export const typesSql = `
CREATE FUNCTION extensions.any_modifier(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'array_ndims';
${[...vector, ...spatial].map(textLike).join('')}
${vector.map(distance).join('')}
CREATE CAST (extensions.geometry AS extensions.geography) WITHOUT FUNCTION AS IMPLICIT;
CREATE CAST (extensions.geography AS extensions.geometry) WITHOUT FUNCTION AS ASSIGNMENT;
${spatial.map(spatialFunctions).join('\n')}
${answers([
  ['vector_dims(extensions.vector)', 'integer', '0'],
  ['st_makepoint(double precision, double precision)', g, `('POINT(' || $1 || ' ' || $2 || ')')::text::${g}`],
  ['st_point(double precision, double precision)', g, `('POINT(' || $1 || ' ' || $2 || ')')::text::${g}`],
  ['st_setsrid(extensions.geometry, integer)', g, '$1'],
  ['st_transform(extensions.geometry, integer)', g, '$1'],
  ['st_geomfromtext(text, integer DEFAULT 0)', g, `$1::${g}`],
  ['st_geogfromtext(text)', 'extensions.geography', '$1::extensions.geography'],
  ['st_geomfromgeojson(text)', g, `$1::${g}`],
  ['st_x(extensions.geometry)', 'double precision', '0::double precision'],
  ['st_y(extensions.geometry)', 'double precision', '0::double precision'],
  ['st_within(extensions.geometry, extensions.geometry)', 'boolean', 'true'],
  ['st_contains(extensions.geometry, extensions.geometry)', 'boolean', 'true'],
  ['st_buffer(extensions.geometry, double precision)', g, '$1'],
  ['st_centroid(extensions.geometry)', g, '$1'],
  [
    'st_makeenvelope(double precision, double precision, double precision, double precision, integer DEFAULT 0)',
    g,
    `'POLYGON EMPTY'::text::${g}`,
  ],
])}
`;
