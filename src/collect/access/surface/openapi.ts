import { operationId, type Operation, type Parameter, pathParameters } from './operation.ts';
import { list, record, resolved, schemaOf } from './schema.ts';

/** Where frameworks and people put the description of an API. */
export const usualPlaces: readonly string[] = [
  '/openapi.json',
  '/api/openapi.json',
  '/swagger.json',
  '/api/swagger.json',
  '/api-docs',
  '/api-docs.json',
  '/api/docs.json',
  '/docs/openapi.json',
  '/docs-json',
  '/api-json',
  '/v3/api-docs',
  '/swagger/v1/swagger.json',
  '/api/v1/openapi.json',
  '/server/specs/oas',
  '/openapi.yaml',
];

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Reads an OpenAPI 3 or Swagger 2 document; nothing where it is none. `origin`: the app's; a server elsewhere is another app's. */
export function operationsIn(document: unknown, origin: string): Operation[] {
  const root = record(document);
  if (typeof root['openapi'] !== 'string' && typeof root['swagger'] !== 'string') return [];
  const base = baseOf(root, origin);
  return Object.entries(record(root['paths'])).flatMap(([path, item]) => {
    const shared = list(record(item)['parameters']);
    return Object.entries(resolved(item, root)).flatMap(([method, raw]): Operation[] => {
      if (!methods.includes(method)) return [];
      const described = record(raw);
      const all = [...shared, ...list(described['parameters'])].map((one) => resolved(one, root));
      const full = `${base}${path}`;
      const body = bodyOf(described, all, root);
      return [
        {
          id: operationId(method.toUpperCase(), full),
          method: method.toUpperCase(),
          path: full,
          parameters: parametersOf(full, all, root),
          ...(body && { body }),
          sources: ['openapi'],
        },
      ];
    });
  });
}

/** `localhost:8055/api`: a server that somebody wrote down without its scheme. */
const hostAlone = /^[a-z\d.-]+:\d+(?=\/|$)/i;

function baseOf(root: Readonly<Record<string, unknown>>, origin: string): string {
  const told = record(list(root['servers'])[0])['url'];
  const server = typeof told === 'string' ? told.replace(hostAlone, '') : undefined;
  const path =
    typeof server === 'string' ? (URL.parse(server, origin)?.pathname ?? '') : typeof root['basePath'] === 'string' ? root['basePath'] : '';
  return path.replace(/\/+$/, '');
}

function parametersOf(path: string, all: readonly Readonly<Record<string, unknown>>[], root: unknown): Parameter[] {
  const told = all.flatMap((one): Parameter[] => {
    const where = one['in'];
    if ((where !== 'path' && where !== 'query' && where !== 'header') || typeof one['name'] !== 'string') return [];
    return [
      {
        name: one['name'],
        in: where,
        required: where === 'path' || one['required'] === true,
        schema: schemaOf(one['schema'] ?? one, root),
      },
    ];
  });
  const missing = pathParameters(path).filter((name) => !told.some((one) => one.in === 'path' && one.name === name));
  return [...told, ...missing.map((name): Parameter => ({ name, in: 'path', required: true }))];
}

function bodyOf(
  described: Readonly<Record<string, unknown>>,
  parameters: readonly Readonly<Record<string, unknown>>[],
  root: unknown,
): Operation['body'] {
  const content = record(resolved(described['requestBody'], root)['content']);
  for (const [type, kind] of [
    ['application/json', 'json'],
    ['application/x-www-form-urlencoded', 'form'],
    ['multipart/form-data', 'multipart'],
  ] as const) {
    const found = Object.entries(content).find(([name]) => name.toLowerCase().startsWith(type));
    if (found) return { type: kind, schema: schemaOf(record(found[1])['schema'], root) };
  }
  const whole = parameters.find((one) => one['in'] === 'body');
  if (whole) return { type: 'json', schema: schemaOf(whole['schema'], root) };
  const fields = parameters.filter((one) => one['in'] === 'formData');
  if (fields.length === 0) return undefined;
  return {
    type: 'form',
    schema: {
      type: 'object',
      properties: Object.fromEntries(fields.map((one) => [String(one['name']), schemaOf(one, root)])),
      required: fields.filter((one) => one['required'] === true).map((one) => String(one['name'])),
    },
  };
}
