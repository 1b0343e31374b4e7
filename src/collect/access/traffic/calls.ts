import type { DocumentNode, OperationDefinitionNode, ValueNode } from 'graphql';
import { deedNamed, isIdName } from '../surface/names.ts';
import type { NamedCall } from '../surface/placed.ts';
import { record } from '../surface/schema.ts';
import type { Slot, Way } from '../surface/way.ts';
import { contentOf } from '../wire/content.ts';
import { isWrapped } from '../wire/trpc.ts';
import type { Exchange } from './exchange.ts';

/** A call of GraphQL or tRPC that a page made. */
export interface RecordedCall extends NamedCall {
  readonly way: Way;
  /** Of the thing it was about. */
  readonly id?: string;
  /** What was sent beside that. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** The answer to this call alone, as it would have come. */
  readonly answer: string;
}

/** The calls in a request; `undefined` where it is none of them. One that cannot be told apart from others gives none. */
export async function callsIn(exchange: Exchange): Promise<RecordedCall[] | undefined> {
  return trpcIn(exchange) ?? (await graphqlIn(exchange));
}

/** `/api/trpc/order.byId,user.me?batch=1&input={"0":{"json":{"id":7}}}` (tRPC's HTTP protocol, versions 10 and 11). */
function trpcIn({ method, path, sent, text }: Exchange): RecordedCall[] | undefined {
  const [plain = '', search = ''] = path.split('?');
  const query = new URLSearchParams(search);
  const [, at = '', called = ''] = /^(.*)\/([A-Za-z_$][\w$.-]*(?:,[\w$.-]+)*)$/.exec(plain) ?? [];
  const isBatch = query.get('batch') === '1';
  if (
    called === '' ||
    (method !== 'GET' && method !== 'POST') ||
    !(isBatch || /\/trpc$/.test(at) || (query.has('input') && called.includes('.')))
  )
    return undefined;
  const input = contentOf(method === 'GET' ? (query.get('input') ?? '') : (sent?.text ?? '')).json;
  const answers = contentOf(text).json;
  return called.split(',').map((name, nth): RecordedCall => {
    const one = isBatch ? record(input)[String(nth)] : input;
    const value = isWrapped(one) ? record(one)['json'] : one;
    const kind = method === 'GET' ? 'query' : 'mutation';
    const { slot, ...rest } = slotFor(value ?? undefined, kind, name);
    return {
      at: at === '' ? '/' : at,
      kind,
      name,
      ...rest,
      way: { is: 'trpc', at: at === '' ? '/' : at, kind, name, inputs: slot ? [slot] : [] },
      answer: JSON.stringify((isBatch && Array.isArray(answers) ? answers[nth] : answers) ?? null),
    };
  });
}

interface Sent {
  readonly slot?: Slot;
  readonly about: boolean;
  readonly id?: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What of a value that was sent names the thing, and what is sent beside it. What makes a thing names others at most. */
function slotFor(value: unknown, kind: 'query' | 'mutation', name: string): Sent {
  const makes = kind === 'mutation' && deedNamed(name).deed === 'create';
  if (value === undefined) return { about: false };
  if (value === null || typeof value !== 'object') {
    if (makes || (typeof value !== 'string' && typeof value !== 'number')) return { slot: { is: 'plain', value }, about: false };
    return { slot: idSlot(value), about: true, id: String(value) };
  }
  const fields = Object.entries(value);
  const key = makes
    ? undefined
    : (fields.find(([one]) => /^_?(?:id|uuid)$/i.test(one)) ?? fields.find(([one, of]) => isIdName(one) && isScalar(of)))?.[0];
  const id = key === undefined ? undefined : record(value)[key];
  const rest = Object.fromEntries(fields.filter(([one]) => one !== key));
  if (key === undefined || !isScalar(id))
    return kind === 'mutation'
      ? { slot: { is: 'body' }, about: false, body: record(value) }
      : { slot: { is: 'plain', value }, about: false };
  const others = Object.entries(rest).map(([one, of]): [string, Slot] => [one, { is: 'plain', value: of }]);
  const slot: Slot =
    kind === 'mutation'
      ? { is: 'record', fields: { [key]: idSlot(id) }, body: true }
      : { is: 'record', fields: { ...Object.fromEntries(others), [key]: idSlot(id) } };
  return { slot, about: true, id: String(id), ...(kind === 'mutation' && Object.keys(rest).length > 0 && { body: rest }) };
}

const isScalar = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
const idSlot = (value: string | number): Slot => ({ is: 'id', ...(typeof value === 'number' && { number: true as const }) });

const isDocument = /^\s*(?:#[^\n]*\n\s*)*(?:query\b|mutation\b|subscription\b|fragment\b|\{)[\s\S]*\}\s*$/;

/** A document with its variables, or several in one request (GraphQL over HTTP). What is known by a hash alone cannot be read. */
async function graphqlIn({ method, path, sent, text }: Exchange): Promise<RecordedCall[] | undefined> {
  const [at = '', search = ''] = path.split('?');
  const asked: unknown =
    method === 'POST'
      ? contentOf(sent?.text ?? '').json
      : method === 'GET' && search.includes('query=')
        ? { query: new URLSearchParams(search).get('query'), variables: contentOf(new URLSearchParams(search).get('variables') ?? '').json }
        : undefined;
  const all = (Array.isArray(asked) ? asked : [asked]).map(record);
  const isPersisted = all.some((one) => 'persistedQuery' in record(one['extensions']));
  if (!all.every((one) => isPersisted || (typeof one['query'] === 'string' && isDocument.test(one['query'])))) return undefined;
  const answers = contentOf(text).json;
  const calls = await Promise.all(
    all.map(async ({ query, variables, operationName }, nth) => {
      const answer = JSON.stringify((Array.isArray(answers) ? answers[nth] : answers) ?? null);
      return typeof query === 'string' ? callOf(at, query, record(variables), operationName, answer) : undefined;
    }),
  );
  return calls.flatMap((one) => one ?? []);
}

async function callOf(
  at: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  operationName: unknown,
  answer: string,
): Promise<RecordedCall | undefined> {
  const { parse, print } = await import('graphql');
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch {
    return undefined;
  }
  const operations = document.definitions.filter((one): one is OperationDefinitionNode => one.kind === 'OperationDefinition');
  const operation = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  const [field, ...more] = operation?.selectionSet.selections ?? [];
  // What asks for several things at once is about none of them.
  if (!operation || operation.operation === 'subscription' || field?.kind !== 'Field' || more.length > 0) return undefined;
  const kind = operation.operation === 'mutation' ? 'mutation' : 'query';
  const name = field.name.value;
  const makes = kind === 'mutation' && deedNamed(name).deed === 'create';
  const slots: Record<string, Slot> = {};
  const body: Record<string, unknown> = {};
  let id: string | undefined;
  for (const { name: argument, value } of field.arguments ?? []) {
    for (const variable of variablesOf(value)) {
      const given = variables[variable];
      const key = value.kind === 'Variable' ? argument.value : variable;
      if (given === undefined) continue;
      if (!makes && id === undefined && isScalar(given) && isIdName(key)) {
        slots[variable] = idSlot(given);
        id = String(given);
      } else if (kind === 'query') slots[variable] = { is: 'plain', value: given };
      else if (given !== null && typeof given === 'object' && !Array.isArray(given)) {
        const within = slotFor(given, kind, name);
        slots[variable] = (id === undefined || within.id === undefined ? within.slot : undefined) ?? { is: 'body' };
        id ??= within.id;
        Object.assign(body, within.body ?? given);
      } else {
        slots[variable] = { is: 'field', name: variable };
        body[variable] = given;
      }
    }
  }
  return {
    at,
    kind,
    name,
    about: id !== undefined,
    ...(id !== undefined && { id }),
    ...(Object.keys(body).length > 0 && { body }),
    way: {
      is: 'graphql',
      at,
      kind,
      name,
      document: print({
        ...document,
        definitions: document.definitions.filter((one) => one.kind === 'FragmentDefinition' || one === operation),
      }),
      variables: slots,
      keys: [(field.alias ?? field.name).value],
    },
    answer,
  };
}

/** Names of the variables in an argument. */
function variablesOf(value: ValueNode): string[] {
  if (value.kind === 'Variable') return [value.name.value];
  if (value.kind === 'ListValue') return value.values.flatMap(variablesOf);
  return value.kind === 'ObjectValue' ? value.fields.flatMap((one) => variablesOf(one.value)) : [];
}
