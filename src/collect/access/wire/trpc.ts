import type { Result } from '../../../core/evidence.ts';
import { list, record } from '../surface/schema.ts';
import { type Slot, type TrpcWay, valueIn } from '../surface/way.ts';
import { contentOf } from './content.ts';
import type { Answer, Sender } from './sender.ts';
import type { Session } from './session.ts';
import type { Call, Calling } from './ways.ts';

/**
 * Calls tRPC procedures over HTTP, one at a time. Whether the app wraps its data with superjson, and in which form it takes an id, its first answers tell:
 * input that is not taken never reaches the procedure.
 */
export function fromTrpc(sender: Sender): Calling<TrpcWay> {
  const wrapped = new Map<string, boolean>();
  const taken = new Map<string, Slot>();

  async function once(way: TrpcWay, input: unknown, { headers, harmless }: Call, session: Session | undefined): Promise<Result<Answer>> {
    const value = input === undefined ? undefined : wrapped.get(way.at) ? { json: input } : input;
    const path = `${way.at === '/' ? '' : way.at}/${way.name}`;
    const query = value === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(value))}`;
    // What a query is called was judged with the operation.
    return way.kind === 'query'
      ? sender.send({ method: 'GET', path: `${path}${query}`, deliberate: true, ...(headers && { headers }) }, session)
      : sender.send(
          { method: 'POST', path, body: { type: 'json', value: value ?? {} }, ...(headers && { headers }), ...(harmless && { harmless }) },
          session,
        );
  }

  return async (way, call, session) => {
    const known = taken.get(call.operation.id);
    const inputs = known ? [known] : way.inputs;
    let last: Answer | undefined;
    for (const slot of inputs.length > 0 ? inputs : [undefined]) {
      const input = slot && valueIn(slot, call.id, call.body);
      let sent = await once(way, input, call, session);
      if (!sent.ok) return sent;
      if (wraps(sent.value) && !wrapped.get(way.at)) {
        wrapped.set(way.at, true);
        // It was read as nothing at all.
        if (input !== undefined && sent.value.status === 400) sent = await once(way, input, call, session);
        if (!sent.ok) return sent;
      }
      last = answerOfTrpc(way, sent.value);
      if (slot && last.status < 300) taken.set(call.operation.id, slot);
      if (last.status !== 400) break;
    }
    return { ok: true, value: last! };
  };
}

/** Whether superjson wrapped a value: it puts what it sends under `json`, and what types it had under `meta`. */
export const isWrapped = (value: unknown): boolean =>
  'json' in record(value) && Object.keys(record(value)).every((key) => key === 'json' || key === 'meta');

/** Whether an answer is wrapped: errors are too. */
function wraps({ text }: Answer): boolean {
  const said = record(contentOf(text).json);
  return isWrapped('error' in said ? said['error'] : record(said['result'])['data']);
}

/** An answer of tRPC as a REST API would give it: the data alone, or what is wrong with the request. */
export function answerOfTrpc({ kind }: TrpcWay, answer: Answer): Answer {
  const said = record(contentOf(answer.text).json);
  if ('result' in said) {
    const { data } = record(said['result']);
    const value = wraps(answer) ? record(data)['json'] : data;
    if (value === null || value === undefined) return { ...answer, status: kind === 'query' ? 404 : 204, text: '' };
    return { ...answer, status: 200, text: JSON.stringify(typeof value === 'object' ? value : { value }) };
  }
  if (!('error' in said)) return answer.status < 300 ? { ...answer, status: 502, text: '' } : answer;
  const error = wraps(answer) ? record(record(said['error'])['json']) : record(said['error']);
  const { httpStatus, zodError } = record(error['data']);
  const status = typeof httpStatus === 'number' ? httpStatus : answer.status >= 400 ? answer.status : 400;
  const { message } = error;
  // Zod's issues are the message, as JSON.
  const issues = typeof message === 'string' ? list(contentOf(message).json) : [];
  const errors = issues.length > 0 ? issues : [{ message }];
  return { ...answer, status, text: JSON.stringify({ errors, ...record(record(zodError)['fieldErrors']) }) };
}
