import { operationId, type Operation, type Parameter, pathParameters } from '../surface/operation.ts';
import { templateOf } from '../surface/template.ts';
import { type Exchange, isTelling, type Recording } from './exchange.ts';
import { withoutSecrets } from './secrets.ts';
import { schemaOfSent, sentBody } from './sent.ts';
import { record } from '../surface/schema.ts';

/** The operations that the pages of an app use: addresses with their ids taken out, what was asked in the query, and bodies with an example. */
export function observedOperations(recordings: readonly Recording[] = []): Operation[] {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of recordings.flatMap(({ exchanges }) => exchanges)) {
    // What nobody answers is no route, but what was held back may be one.
    if (!isTelling(exchange) || exchange.status === 404 || exchange.status === 405) continue;
    const { template } = templateOf(exchange.path.split('?')[0] ?? '');
    const key = operationId(exchange.method, template);
    groups.set(key, [...(groups.get(key) ?? []), exchange]);
  }
  return [...groups.values()].map(operationOf);
}

function operationOf(all: readonly Exchange[]): Operation {
  const [{ method, path }] = all as [Exchange, ...Exchange[]];
  const { template } = templateOf(path.split('?')[0] ?? '');
  const bodies = all.flatMap((one) => sentBody(one) ?? []);
  const body = bodies.at(-1);
  return {
    id: operationId(method, template),
    method,
    path: template,
    parameters: [...pathParameters(template).map((name): Parameter => ({ name, in: 'path', required: true })), ...queryOf(all)],
    ...(body && {
      body: {
        type: body.type,
        schema: schemaOfSent(bodies.filter(({ type }) => type === body.type).map(({ value }) => value)),
        sample: record(withoutSecrets(body.value)),
      },
    }),
    sources: ['traffic'],
  };
}

/** Parameters of the query; those that were always there are required. */
function queryOf(all: readonly Exchange[]): Parameter[] {
  const queries = all.map(({ path }) => new URLSearchParams(path.split('?')[1] ?? ''));
  const names = [...new Set(queries.flatMap((query) => [...query.keys()]))];
  return names.map((name) => ({ name, in: 'query', required: queries.every((query) => query.has(name)), schema: { type: 'string' } }));
}
