import type { Route } from '../../../evidence/routes.ts';
import type { Sender } from '../wire/sender.ts';
import { operationId, type Operation, pathParameters } from './operation.ts';
import { operationsIn, usualPlaces } from './openapi.ts';

/** The operations an app describes itself, and where. */
export async function describedOperations(sender: Sender): Promise<Operation[]> {
  for (const path of usualPlaces) {
    const answer = await sender.send({ method: 'GET', path });
    if (!answer.ok || answer.value.status >= 300) continue;
    const operations = operationsIn(await parsed(answer.value.text), sender.origin);
    if (operations.length > 0) return operations;
  }
  return [];
}

async function parsed(text: string): Promise<unknown> {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (!/^\s*(?:openapi|swagger)\s*:/m.test(text)) return undefined;
    const { parse } = await import('yaml');
    try {
      return parse(text, { logLevel: 'silent', maxAliasCount: 1000 });
    } catch {
      return undefined;
    }
  }
}

/** The routes of the code as operations: what a client can call by an address. */
export function operationsOfCode(routes: readonly Route[]): Operation[] {
  return routes.flatMap(({ kind, method, path, data }): Operation[] => {
    if (kind !== 'http' && kind !== 'page' && kind !== 'openapi') return [];
    const plain = path.replace(/:(\w+)[?*+]?(?:\([^)]*\))?/g, '{$1}').replaceAll('\\', '');
    if (plain.includes('*') || !plain.startsWith('/')) return [];
    const query = [...new Set(data.flatMap(({ inputs }) => inputs.filter(({ source }) => source === 'query').map(({ column }) => column)))];
    return (method === 'ALL' ? ['GET', 'POST'] : [method]).map((verb) => ({
      id: operationId(verb, plain),
      method: verb,
      path: plain,
      parameters: [
        ...pathParameters(plain).map((name) => ({ name, in: 'path' as const, required: true })),
        ...query.map((name) => ({ name, in: 'query' as const, required: false })),
      ],
      sources: ['code'],
    }));
  });
}
