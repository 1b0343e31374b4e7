import type { Route } from '../../../evidence/routes.ts';
import type { Sender } from '../wire/sender.ts';
import type { Session } from '../wire/session.ts';
import { changesStored, operationPath } from './changing.ts';
import { merged, operationId, type Operation, pathParameters } from './operation.ts';
import { operationsIn, usualPlaces } from './openapi.ts';

/** The operations an app describes itself to visitors. */
export const describedOperations = async (sender: Sender): Promise<readonly Operation[]> =>
  (await description(sender, usualPlaces)).operations;

/** What it describes to those who are signed in: some show the description to nobody else, or to each what he may do. */
export async function describedTo(sender: Sender, sessions: readonly Session[]): Promise<Operation[]> {
  const found: Operation[] = [];
  let places = usualPlaces;
  for (const session of sessions) {
    const { operations, at } = await description(sender, places, session);
    found.push(...operations);
    // Where it is not for one, it is for none.
    places = at === undefined ? [] : [at];
  }
  return merged(found);
}

async function description(
  sender: Sender,
  places: readonly string[],
  session?: Session,
): Promise<{ readonly operations: readonly Operation[]; readonly at?: string }> {
  for (const path of places) {
    const answer = await sender.send({ method: 'GET', path }, session);
    if (!answer.ok || answer.value.status >= 300) continue;
    const operations = operationsIn(await parsed(answer.value.text), sender.origin);
    if (operations.length > 0) return { operations, at: path };
  }
  return { operations: [] };
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
  return routes.flatMap(({ kind, method, path, data, changesOnGet }): Operation[] => {
    if (kind !== 'http' && kind !== 'page' && kind !== 'openapi') return [];
    const plain = operationPath(path);
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
      ...(changesOnGet && { danger: changesStored }),
    }));
  });
}
