import type { RouteSource } from '../../../evidence/live-access.ts';
import type { Route } from '../../../evidence/routes.ts';
import { operationId, type Operation } from './operation.ts';
import { type NamedCall, placed } from './placed.ts';
import type { Schema } from './schema.ts';
import type { Slot, Way } from './way.ts';

/** A procedure as far as it is known. */
export interface Procedure extends NamedCall {
  readonly source: RouteSource;
  /** Names of what it takes, by the code; types are not known. */
  readonly fields?: readonly string[];
  /** How pages call it. */
  readonly way?: Way;
  /** What pages send, as a schema and as it was. */
  readonly body?: Operation['body'];
}

/** The procedures of the code. */
export const proceduresOfCode = (routes: readonly Route[]): Procedure[] =>
  routes.flatMap(({ kind, method, path, id, data }): Procedure[] => {
    const name = id.replace(/^trpc /, '');
    if (kind !== 'trpc' || !path.endsWith(`/${name}`)) return [];
    const fields = [...new Set(data.flatMap(({ kind: of, chosen = [] }) => (of === 'table' ? chosen : [])))];
    return [
      {
        at: path.slice(0, -name.length - 1) || '/',
        kind: method === 'GET' ? 'query' : 'mutation',
        name,
        source: 'code',
        ...(fields.length > 0 && { fields }),
      },
    ];
  });

/** What is called by name as operations. Where nothing says what a procedure takes, several forms are tried: see `TrpcWay.inputs`. */
export function operationsOfCalls(procedures: readonly Procedure[]): Operation[] {
  const first = new Map(procedures.toReversed().map((one) => [`${one.at} ${one.name}`, one]));
  return placed([...first.values()]).map(({ at, kind, name, fields = [], source, way, body, noun, method, path }) => {
    const takesBody = method !== 'GET' && method !== 'DELETE';
    const schema: Schema = { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, {}])) };
    const told = body ?? (fields.length > 0 ? ({ type: 'json', schema } as const) : undefined);
    return {
      id: operationId(method, path),
      method,
      path,
      parameters: [],
      ...(takesBody && told && { body: told }),
      sources: [source],
      way: way ?? { is: 'trpc', at, kind, name, inputs: inputsFor(method, path, noun) },
    };
  });
}

const plain = (value?: unknown): Slot => ({ is: 'plain', value });

/** What a procedure may take, by what it does; the likeliest first. */
function inputsFor(method: string, path: string, noun: string): Slot[] {
  const key = `${noun.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`;
  const ids: Slot[] = [{ is: 'id' }, { is: 'id', number: true }];
  if (!path.includes('{')) return method === 'GET' ? [plain(), plain({}), plain({ limit: 50 })] : [{ is: 'body' }];
  const takesBody = method !== 'GET' && method !== 'DELETE';
  const within = (name: string): Slot[] => ids.map((id) => ({ is: 'record', fields: { [name]: id }, ...(takesBody && { body: true }) }));
  const apart = ids.map((id): Slot => ({ is: 'record', fields: { id, data: { is: 'body' } } }));
  return [...within('id'), ...(takesBody ? apart : []), ...ids, ...within(key)];
}
