// Shorthand for the pieces of an OpenAPI 3.1 document that repeat in every operation.

type Json = Record<string, unknown>;

export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

export const listOf = (name: string): Json => ({
  type: 'object',
  required: ['data'],
  properties: { data: { type: 'array', items: ref(name) } },
});

export const body = (properties: Json, required: string[]): Json => ({
  required: true,
  content: { 'application/json': { schema: { type: 'object', properties, required, additionalProperties: false } } },
});

export const answer = (description: string, schema?: Json, type = 'application/json'): Json =>
  schema ? { description, content: { [type]: { schema } } } : { description };

export const idIn = (name: string, schema: Json): Json => ({ name, in: 'path', required: true, schema });

export const uuid = { type: 'string', format: 'uuid' };
export const day = { type: 'string', format: 'date' };
export const time = { type: 'string', format: 'date-time' };

const ERRORS: Record<number, string> = {
  401: 'Not signed in, or the token is not valid',
  403: 'Signed in, but not allowed to do this',
  404: 'Not there, or not yours',
  409: 'Not possible in the state the record is in',
  413: 'Too large',
  415: 'Not multipart/form-data',
  422: 'A value is missing or wrong',
};

interface Operation {
  id: string;
  summary: string;
  /** Status and answer of success. */
  ok: [number, Json];
  /** Error statuses besides 401, which every operation can answer. */
  errors?: number[];
  requestBody?: Json;
}

/** One operation. Every one needs a token or a session; writes with a session need the CSRF header as well. */
export function operation({ id, summary, ok, errors = [], requestBody }: Operation): Json {
  const failures = [401, ...errors].map((status) => [status, answer(ERRORS[status]!, ref('Error'))]);
  return {
    operationId: id,
    summary,
    ...(requestBody && { requestBody }),
    responses: { [ok[0]]: ok[1], ...(Object.fromEntries(failures) as Json) },
  };
}
