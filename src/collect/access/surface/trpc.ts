import type { RouteSource } from '../../../evidence/live-access.ts';
import type { Route } from '../../../evidence/routes.ts';
import { deedNamed, isNamedAfter } from './names.ts';
import { operationId, type Operation } from './operation.ts';
import type { Schema } from './schema.ts';
import type { Slot, TrpcWay } from './way.ts';

/** A procedure as far as it is known. */
export interface Procedure {
  /** Address of the endpoint: `/api/trpc`. */
  readonly at: string;
  readonly kind: 'query' | 'mutation';
  /** `order.byId`. */
  readonly name: string;
  readonly source: RouteSource;
  /** Names of what it takes, by the code or by what pages sent; types are not known. */
  readonly fields?: readonly string[];
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

const entrance = /(?:^|[._])(?:log-?_?in|log-?_?out|sign-?_?(?:in|up|out)|register|auth\w*|password|reset|session|verify)(?:$|[._])/i;

/**
 * Procedures at the addresses that they would have in a REST API, by their names: `order.list`, `order.byId`, `order.create` and the like; other mutations of
 * a router are deeds on one of its things (`/api/trpc/order/{id}/close`). The protocol does not say what a procedure takes: see `TrpcWay.inputs`.
 */
export function operationsOfTrpc(procedures: readonly Procedure[]): Operation[] {
  const named = procedures.map((one) => ({ ...one, ...deedNamed(one.name) }));
  const places = new Map(
    named.flatMap(({ at, deed, kind, noun }) => (kind === 'query' && deed ? [[`${below(at)}/${noun}`, noun] as const] : [])),
  );
  const taken = new Set<string>();
  return named.flatMap((one): Operation[] => {
    const all = addressesOf(one, places);
    const free = all.find(({ method, path }) => !taken.has(operationId(method, path)));
    if (!free) return [];
    const { method, path } = free;
    taken.add(operationId(method, path));
    const { at, kind, name, fields = [], noun } = one;
    const way: TrpcWay = { is: 'trpc', at, kind, name, inputs: inputsFor(method, path, noun) };
    const schema: Schema | undefined =
      method === 'GET' || method === 'DELETE' || fields.length === 0
        ? undefined
        : { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, {}])) };
    return [
      {
        id: operationId(method, path),
        method,
        path,
        parameters: [],
        ...(schema && { body: { type: 'json', schema } }),
        sources: [one.source],
        way,
      },
    ];
  });
}

interface Address {
  readonly method: string;
  readonly path: string;
}

const himself = /(?:^|[a-z_])(?:me|myself|self|profile|account)$/i;

/** Where a procedure may stand, the likeliest first. */
function addressesOf(
  { at, kind, name, deed, noun }: Procedure & ReturnType<typeof deedNamed>,
  places: ReadonlyMap<string, string>,
): Address[] {
  const base = below(at);
  const own = `${base}/${name.replaceAll('.', '/')}`;
  const list = `${base}/${noun}`;
  const mine = himself.test(name.split('.').at(-1) ?? '') || himself.test(noun);
  if (kind === 'query') {
    if (mine)
      return [
        { method: 'GET', path: deed === 'get' ? list : own },
        { method: 'GET', path: own },
      ];
    if (deed === 'list')
      return [
        { method: 'GET', path: list },
        { method: 'GET', path: own },
      ];
    return deed === 'get'
      ? [
          { method: 'GET', path: `${list}/{id}` },
          { method: 'GET', path: `${own}/{id}` },
        ]
      : [{ method: 'GET', path: own }];
  }
  if (mine && deed === 'update') return [{ method: 'PATCH', path: `${base}/me` }];
  const plainPath = { method: 'POST', path: own };
  const place = entrance.test(name) ? undefined : [...places].find(([, thing]) => isNamedAfter(noun, thing))?.[0];
  if (place === undefined) return [plainPath];
  if (deed === 'create') return [{ method: 'POST', path: place }, plainPath];
  const onThing = { method: 'POST', path: `${place}/{id}/${name.split('.').at(-1)}` };
  if (deed === 'update') return [{ method: 'PATCH', path: `${place}/{id}` }, onThing];
  return deed === 'delete' ? [{ method: 'DELETE', path: `${place}/{id}` }, onThing] : [onThing];
}

const below = (at: string): string => (at === '/' ? '' : at);

const plain = (value?: unknown): Slot => ({ is: 'plain', value });

/** What a procedure may take, by what it does; the likeliest first. */
function inputsFor(method: string, path: string, noun: string): Slot[] {
  const key = `${noun.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}Id`;
  const ids: Slot[] = [{ is: 'id' }, { is: 'id', number: true }];
  const isAbout = path.includes('{');
  if (!isAbout) return method === 'GET' ? [plain(), plain({}), plain({ limit: 50 })] : [{ is: 'body' }];
  const records = ['id', key].flatMap((name) => ids.map((id) => ({ [name]: id })));
  if (method === 'GET' || method === 'DELETE') return [...records.slice(0, 2), ...ids, ...records.slice(2)].map(asSlot);
  return [
    ...records.slice(0, 2).map((fields): Slot => ({ is: 'record', fields, body: true })),
    ...records.slice(0, 2).map((fields): Slot => ({ is: 'record', fields: { ...fields, data: { is: 'body' } } })),
    ...ids,
    ...records.slice(2).map((fields): Slot => ({ is: 'record', fields, body: true })),
  ];
}

const asSlot = (one: Slot | Readonly<Record<string, Slot>>): Slot =>
  'is' in one && typeof one.is === 'string' ? (one as Slot) : { is: 'record', fields: one as Readonly<Record<string, Slot>> };
