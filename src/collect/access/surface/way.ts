import type { CallValue as Slot } from '../../../evidence/live-recipes.ts';

export type { Slot };

interface Called {
  /** Address of the endpoint: `/graphql`, `/api/trpc`. */
  readonly at: string;
  readonly kind: 'query' | 'mutation';
  /** As the API calls it: `updateOrder`, `order.byId`. */
  readonly name: string;
}

export interface GraphqlWay extends Called {
  readonly is: 'graphql';
  readonly document: string;
  readonly variables: Readonly<Record<string, Slot>>;
  /** Keys that lead from `data` to the value. */
  readonly keys: readonly string[];
}

export interface TrpcWay extends Called {
  readonly is: 'trpc';
  /** What may be sent, the likeliest first: the protocol does not tell, the first one taken is kept. Empty: nothing is. */
  readonly inputs: readonly Slot[];
}

/**
 * How an operation is sent that has no address of its own: all of GraphQL and tRPC goes to one. Such an operation is known by the address it would have
 * if it were REST (`GET /graphql/orders/{id}`), so that whatever tries the one tries the other; `wire/ways.ts` sends it as it is.
 */
export type Way = GraphqlWay | TrpcWay;

/** What a slot stands for; `undefined` where nothing was given for it, and it is left out. */
export function valueIn(slot: Slot, id: string | undefined, body: unknown): unknown {
  switch (slot.is) {
    case 'id':
      return id !== undefined && slot.number && Number.isFinite(Number(id)) ? Number(id) : id;
    case 'body':
      return body;
    case 'field':
      return body !== null && typeof body === 'object' ? (body as Record<string, unknown>)[slot.name] : undefined;
    case 'plain':
      return slot.value;
    case 'list':
      return [valueIn(slot.item, id, body)];
    case 'record': {
      const fields = Object.entries(slot.fields).map(([name, one]) => [name, valueIn(one, id, body)] as const);
      const sent = slot.body && body !== null && typeof body === 'object' ? body : {};
      return { ...sent, ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
    }
  }
}

/** `MUTATION /graphql#updateOrder`, `GET /api/trpc/order.byId`: as the routes of the code are called (`evidence/routes.ts`). */
export const wayName = ({ is, at, kind, name }: Way): string =>
  is === 'graphql' ? `${kind.toUpperCase()} ${at}#${name}` : `${kind === 'query' ? 'GET' : 'POST'} ${at === '/' ? '' : at}/${name}`;
