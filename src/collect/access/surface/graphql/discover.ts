import type { IntrospectionQuery } from 'graphql';
import type { Route } from '../../../../evidence/routes.ts';
import { contentOf } from '../../wire/content.ts';
import type { Sender } from '../../wire/sender.ts';
import type { Session } from '../../wire/session.ts';
import { merged, type Operation } from '../operation.ts';
import { list, record } from '../schema.ts';

/** Where frameworks and people put it. */
const usual = [
  '/graphql',
  '/api/graphql',
  '/v1/graphql',
  '/api/v1/graphql',
  '/graphql/v1',
  '/query',
  '/gql',
  '/api/gql',
  '/graphql/system',
  '/api',
];

/**
 * Addresses that answer GraphQL, to somebody of `sessions`: those the code and the scripts of pages name, and the usual ones. `{ __typename }` asks for
 * nothing of anybody. `writes` false: nothing is posted to an address that is only usual before its answer to a GET says that GraphQL is there.
 */
export async function graphqlEndpoints(
  sender: Sender,
  named: readonly string[],
  writes: boolean,
  sessions: readonly (Session | undefined)[] = [undefined],
): Promise<string[]> {
  const found: string[] = [];
  for (const path of new Set([...named, ...usual]))
    for (const session of sessions) {
      if (!writes && !named.includes(path) && !(await saysGraphql(sender, path, session))) continue;
      const answer = await sender.send(
        { method: 'POST', path, body: { type: 'json', value: { query: '{ __typename }' } }, harmless: true },
        session,
      );
      if (!answer.ok || answer.value.status === 404 || answer.value.status === 405) break;
      const said = record(contentOf(answer.value.text).json);
      if (typeof record(said['data'])['__typename'] !== 'string') continue;
      found.push(path);
      break;
    }
  return found;
}

/**
 * Whether an address answers a GET with a query as GraphQL does (GraphQL over HTTP, §7.2): by data, by an error of its own, by its explorer, or by saying
 * that it takes other methods only.
 */
async function saysGraphql(sender: Sender, path: string, session: Session | undefined): Promise<boolean> {
  const answer = await sender.send({ method: 'GET', path: `${path}?query=${encodeURIComponent('{ __typename }')}` }, session);
  if (!answer.ok) return false;
  const { status, text } = answer.value;
  if (status === 405) return true;
  const { data, errors } = record(contentOf(text).json);
  return (
    data !== undefined ||
    Array.isArray(errors) ||
    (status !== 404 && status >= 200 && (status < 300 || status >= 400) && /graph(?:i?ql)/i.test(text))
  );
}

/** Paths of the code and of scripts that are a GraphQL endpoint by their name or by what is known of them. */
export const graphqlPaths = (routes: readonly Route[], scripted: readonly string[]): string[] =>
  [
    ...new Set([
      ...routes.flatMap(({ kind, path }) => (kind === 'graphql' ? [path.split('#')[0] ?? ''] : [])),
      ...scripted.filter((path) => /\/(?:graphql|gql)(?:\/|$)/i.test(path)),
    ]),
  ].filter((path) => path.startsWith('/') && !path.includes('{'));

/** `links`: what the others lead to; asked for to see what somebody gets at that way, and for nothing else. */
export interface SchemaOffers {
  readonly operations: readonly Operation[];
  readonly links: readonly Operation[];
}

/** What the schemas at these addresses offer to a visitor and to each of `sessions`: some show each what he may do. The first to be shown something tells. */
export async function operationsOfGraphql(
  sender: Sender,
  endpoints: readonly string[],
  sessions: readonly (Session | undefined)[],
): Promise<SchemaOffers> {
  const operations: Operation[] = [];
  const links: Operation[] = [];
  if (endpoints.length === 0) return { operations, links };
  const { buildClientSchema, getIntrospectionQuery } = await import('graphql');
  const { linksOfSchema, operationsOfSchema } = await import('./operations.ts');
  const query = getIntrospectionQuery({ descriptions: false });
  // The same schema at two addresses is one API.
  const read = new Set<string>();
  for (const path of endpoints)
    for (const session of sessions) {
      const answer = await sender.send({ method: 'POST', path, body: { type: 'json', value: { query } }, harmless: true }, session);
      if (!answer.ok) continue;
      const { data } = record(contentOf(answer.value.text).json);
      if (list(record(record(data)['__schema'])['types']).length === 0 || read.has(answer.value.text)) continue;
      read.add(answer.value.text);
      try {
        const schema = buildClientSchema(data as IntrospectionQuery, { assumeValid: true });
        operations.push(...operationsOfSchema(schema, path));
        links.push(...linksOfSchema(schema, path));
      } catch {
        // A schema that the reference implementation does not take is not read.
      }
    }
  return { operations: merged(operations), links: merged(links) };
}
