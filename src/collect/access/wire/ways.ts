import type { Result } from '../../../core/evidence.ts';
import type { CallRecipe } from '../../../evidence/live-recipes.ts';
import { whyHeld } from '../surface/allowed.ts';
import { operationKey, type Operation } from '../surface/operation.ts';
import { answerOfGraphql, fromGraphql } from './graphql.ts';
import { type Way, wayName } from '../surface/way.ts';
import type { Answer, Message, Sender } from './sender.ts';
import type { Session } from './session.ts';
import { answerOfTrpc, fromTrpc } from './trpc.ts';

/** Sends operations without an address of their own as they are sent, and answers as if they had one. */
export interface WaySender extends Sender {
  /** From now on these are known; those without a way need not be. */
  teach(operations: readonly Operation[]): void;
  /** How an operation was sent for a session when it worked; `undefined` for one that has an address of its own. */
  learned(operation: Operation, session: Session): CallRecipe | undefined;
}

/** What is called: the id of the address, and what is sent. */
export interface Call {
  readonly operation: Operation;
  readonly id: string | undefined;
  readonly body: unknown;
  readonly headers?: Message['headers'];
  readonly harmless?: true;
}

/** A sender that knows ways. Whatever has none goes out as it is. */
export function withWays(sender: Sender): WaySender {
  const known = new Map<string, Operation>();
  const kinds = new Set<string>();
  const graphql = fromGraphql(sender);
  const trpc = fromTrpc(sender);

  function find({ method, path }: Message): { readonly operation?: Operation; readonly id?: string } | undefined {
    const parts = (path.split('?')[0] ?? '').split('/');
    for (let nth = parts.length; nth > 1; nth -= 1) {
      const template = parts.map((part, at) => (at === nth ? '{}' : part)).join('/');
      if (!kinds.has(template)) continue;
      const operation = known.get(operationKey({ method, path: template }));
      const id = parts[nth];
      return { ...(operation && { operation }), ...(id !== undefined && { id: decoded(id) }) };
    }
    return undefined;
  }

  return {
    ...sender,
    teach(operations) {
      for (const operation of operations) {
        if (!operation.way) continue;
        const key = operationKey(operation);
        known.set(key, operation);
        const plain = key.slice(key.indexOf(' ') + 1);
        kinds.add(plain);
        // The list above a thing: it may have none.
        kinds.add(plain.replace(/\/\{\}.*$/, ''));
      }
    },
    learned({ id, way }, session) {
      if (!way) return undefined;
      const about = { address: id, route: wayName(way), at: way.at };
      if (way.is === 'trpc') return { ...about, is: way.is, query: way.kind === 'query', name: way.name, ...trpc.learned(way, id) };
      const { document, variables, keys } = graphql.learned(way, id, session);
      return { ...about, is: way.is, document, variables, keys };
    },
    async send(message, session) {
      const found = known.size > 0 ? find(message) : undefined;
      if (!found) return sender.send(message, session);
      const { operation, id } = found;
      if (!operation?.way) return { ok: true, value: nothingThere };
      const danger = message.deliberate ? undefined : whyHeld(operation);
      if (danger) return blocked(`${operation.way.name} was not sent: ${danger}.`);
      const call: Call = {
        operation,
        id,
        body: bodyOf(message),
        ...(message.headers && { headers: message.headers }),
        ...(message.harmless && { harmless: true }),
      };
      return operation.way.is === 'graphql' ? graphql(operation.way, call, session) : trpc(operation.way, call, session);
    },
  };
}

/** What a REST API says to a method that an address does not have. */
const nothingThere: Answer = { status: 405, headers: {}, setCookies: [], text: '' };

const blocked = (message: string): Result<Answer> => ({
  ok: false,
  fault: { kind: 'blocked', message, remedy: 'Nothing: it was not sent.' },
});

const bodyOf = ({ body }: Message): unknown =>
  body === undefined ? undefined : body.type === 'json' ? body.value : Object.fromEntries(body.fields);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A way of calling: one for each protocol. */
export type Calling<W> = (way: W, call: Call, session: Session | undefined) => Promise<Result<Answer>>;

/** An answer to a call as a REST API would give it. */
export function answerAsRest(way: Way, { status, text }: Pick<Answer, 'status' | 'text'>): Answer {
  const answer: Answer = { status, text, headers: {}, setCookies: [] };
  return way.is === 'graphql' ? answerOfGraphql(way, answer) : answerOfTrpc(way, answer);
}
