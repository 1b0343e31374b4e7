import type { CallRecipe, CallValue } from '../evidence/live-recipes.ts';
import { comment, key, literal, quoted } from './literal.ts';
import type { typed } from './typed.ts';

type Typed = ReturnType<typeof typed>;

/**
 * The part of the shared file that sends operations of GraphQL and tRPC, for tests in which each has an address: whoever calls `send` with that sends
 * the operation, and is answered as by REST. Nothing where there are none.
 */
export function callsCode(calls: readonly CallRecipe[], t: Typed): string {
  if (calls.length === 0) return '';
  const protocols = new Set(calls.map(({ is }) => is));
  return [
    '// All operations of GraphQL and tRPC go to one address. Here each has its own, and `send` calls it as the app has it.',
    ...(t('x') === '' ? [] : [types, '']),
    `const operations${t(': readonly Operation[]')} = [`,
    ...calls.flatMap(operationLines),
    '];',
    '',
    ...(protocols.has('graphql') ? [valueOfGraphql(t), ''] : []),
    ...(protocols.has('trpc') ? [valueOfTrpc(t), ''] : []),
    callOf(t),
  ].join('\n');
}

const types = `interface Called {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** What of the answer counts; \`undefined\` where it refuses. */
  readonly value: (said: Row) => unknown;
}

interface Operation {
  readonly method: string;
  readonly path: RegExp;
  readonly call: (id: string, body: Row) => Called;
}`;

function operationLines(call: CallRecipe): string[] {
  const [method = '', path = ''] = call.address.split(' ', 2);
  const body = (value: CallValue): string => valueCode(value);
  const lines =
    call.is === 'graphql'
      ? [
          `method: 'POST',`,
          `path: ${quoted(call.at)},`,
          'body: {',
          `  query: ${quoted(call.document)},`,
          `  variables: { ${Object.entries(call.variables)
            .map(([name, value]) => `${key(name)}: ${body(value)}`)
            .join(', ')} },`,
          '},',
          `value: (said) => valueOfGraphql(said, [${call.keys.map(quoted).join(', ')}]),`,
        ]
      : trpcLines(call, call.input && body(call.input));
  return [
    `  ${comment(call.route)}`,
    '  {',
    `    method: ${quoted(method)},`,
    `    path: new RegExp(${quoted(pattern(path))}),`,
    `    call: (${takenBy(call)}) => ({`,
    ...lines.map((line) => `      ${line}`),
    '    }),',
    '  },',
  ];
}

/** The parameters that a call needs. */
function takenBy(call: CallRecipe): string {
  const values = call.is === 'graphql' ? Object.values(call.variables) : call.input ? [call.input] : [];
  const takes = (wanted: 'id' | 'body', value: CallValue): boolean => {
    if (value.is === 'record')
      return (wanted === 'body' && value.body === true) || Object.values(value.fields).some((one) => takes(wanted, one));
    if (value.is === 'list') return takes(wanted, value.item);
    return wanted === 'id' ? value.is === 'id' : value.is === 'body' || value.is === 'field';
  };
  const id = values.some((one) => takes('id', one));
  return values.some((one) => takes('body', one)) ? `${id ? 'id' : '_id'}, body` : id ? 'id' : '';
}

function trpcLines({ at, name, query, wrapped }: CallRecipe & { readonly is: 'trpc' }, input: string | undefined): string[] {
  const path = `${at === '/' ? '' : at}/${name}`;
  const sent = input === undefined ? undefined : wrapped ? `{ json: ${input} }` : input;
  return [
    `method: ${query ? `'GET'` : `'POST'`},`,
    query && sent !== undefined
      ? `path: ${quoted(`${path}?input=`)} + encodeURIComponent(JSON.stringify(${sent})),`
      : `path: ${quoted(path)},`,
    ...(query ? [] : [`body: ${sent ?? '{}'},`]),
    'value: valueOfTrpc,',
  ];
}

/** A pattern of an address, whose group is the id. */
const pattern = (path: string): string =>
  `^${path
    .split(/\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('([^/?]+)')}$`;

function valueCode(value: CallValue): string {
  switch (value.is) {
    case 'id':
      return value.number ? 'Number(id)' : 'id';
    case 'body':
      return 'body';
    case 'field':
      return `body[${quoted(value.name)}]`;
    case 'plain':
      return literal(value.value);
    case 'list':
      return `[${valueCode(value.item)}]`;
    case 'record': {
      const fields = Object.entries(value.fields).map(([name, one]) => `${key(name)}: ${valueCode(one)}`);
      return `{ ${[...(value.body ? ['...body'] : []), ...fields].join(', ')} }`;
    }
  }
}

const valueOfGraphql = (t: Typed): string => `/** The value at these keys, lists without their pages; a payload that complains refuses. */
function valueOfGraphql(said${t(': Row')}, keys${t(': readonly string[]')})${t(': unknown')} {
  let value${t(': unknown')} = said${t(`['data']`) || '.data'};
  for (const key of keys) value = value !== null && typeof value === 'object' ? ${t('(')}value${t(' as Row)')}[key] : undefined;
  return value === null || value === false ? undefined : withoutPages(value);
}

function withoutPages(value${t(': unknown')})${t(': unknown')} {
  if (Array.isArray(value)) return value.map(withoutPages);
  if (value === null || typeof value !== 'object') return value;
  const { edges, ...rest } = value${t(' as Row')};
  if (Array.isArray(edges)) return edges.map((edge) => withoutPages(edge?.node ?? edge));
  return Object.fromEntries(Object.entries({ ...rest, ...(edges === undefined ? {} : { edges }) }).map(([name, one]) => [name, withoutPages(one)]));
}`;

const valueOfTrpc = (t: Typed): string => `/** The data of an answer; superjson puts it under \`json\`. */
function valueOfTrpc(said${t(': Row')})${t(': unknown')} {
  if (!('result' in said)) return undefined;
  const { data } = said${t(`['result'] as Row`) || '.result'};
  const value = data !== null && typeof data === 'object' && 'json' in data ? data.json : data;
  return value ?? {};
}`;

const callOf = (t: Typed): string => `/** How an address of these tests is called; \`undefined\` for one that the app has itself. */
async function callOf(method${t(': string')}, path${t(': string')}, body${t('?: Body')})${t(': Promise<Called | undefined>')} {
  for (const operation of operations) {
    const found = operation.method === method ? operation.path.exec(path) : null;
    if (!found) continue;
    const given = body instanceof Blob ? parsed(await body.text()) : body ? Object.fromEntries(body${t(' as URLSearchParams')}) : {};
    return operation.call(decodeURIComponent(found[1] ?? ''), given${t(' as Row')});
  }
  return undefined;
}

/** An answer as an address of its own would give it: the value, or a status that refuses and all that was said with it. */
function answered(called${t(': Called')}, { status, text, location }${t(': Answer')})${t(': Answer')} {
  const said = parsed(text);
  if (said === null || typeof said !== 'object') return { status: status < 300 ? 502 : status, text, location };
  const value = called.value(said${t(' as Row')});
  if (value === undefined) return { status: status < 400 ? 403 : status, text, location };
  return { status: 200, text: JSON.stringify(value !== null && typeof value === 'object' ? value : { token: value }), location };
}`;
