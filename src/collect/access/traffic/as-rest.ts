import { type Operation } from '../surface/operation.ts';
import type { Procedure } from '../surface/trpc.ts';
import { answerAsRest } from '../wire/ways.ts';
import { callsIn, type RecordedCall } from './calls.ts';
import type { Exchange, Recording } from './exchange.ts';
import { withoutSecrets } from './secrets.ts';
import { schemaOfSent } from './sent.ts';
import { record } from '../surface/schema.ts';

/** What the pages of an app call by name. */
export async function proceduresIn(recordings: readonly Recording[]): Promise<Procedure[]> {
  const groups = new Map<string, RecordedCall[]>();
  for (const exchange of recordings.flatMap(({ exchanges }) => exchanges))
    for (const call of (await callsIn(exchange)) ?? [])
      groups.set(`${call.at} ${call.name}`, [...(groups.get(`${call.at} ${call.name}`) ?? []), call]);
  return [...groups.values()].map((calls): Procedure => {
    const last = calls.at(-1)!;
    const bodies = calls.flatMap(({ body }) => body ?? []);
    return {
      at: last.at,
      kind: last.kind,
      name: last.name,
      about: last.about ?? false,
      source: 'traffic',
      way: last.way,
      ...(bodies.length > 0 && { body: { type: 'json', schema: schemaOfSent(bodies), sample: record(withoutSecrets(bodies.at(-1))) } }),
    };
  });
}

/** A recording as if the app were a REST API: calls by name stand at the addresses of their operations. What has none is left out. */
export async function asRest({ who, exchanges }: Recording, operations: readonly Operation[]): Promise<Recording> {
  const known = new Map(operations.flatMap((one) => (one.way ? [[`${one.way.at} ${one.way.name}`, one] as const] : [])));
  const all = await Promise.all(
    exchanges.map(async (exchange): Promise<readonly Exchange[]> => {
      const calls = await callsIn(exchange);
      if (!calls) return [exchange];
      return calls.flatMap((call) => {
        const operation = known.get(`${call.at} ${call.name}`);
        if (!operation?.way || (operation.path.includes('{') && call.id === undefined)) return [];
        const { status, text } = exchange.status === 0 ? exchange : answerAsRest(call.way, { ...exchange, text: call.answer });
        return [
          {
            method: operation.method,
            path: operation.path.replace(/\{[^}]+\}/, encodeURIComponent(call.id ?? '')),
            ...(call.body && { sent: { contentType: 'application/json', text: JSON.stringify(call.body) } }),
            status,
            text,
          },
        ];
      });
    }),
  );
  return { who, exchanges: all.flat() };
}
