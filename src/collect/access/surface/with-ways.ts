import type { Route } from '../../../evidence/routes.ts';
import type { Person } from '../people/person.ts';
import type { WaySender } from '../wire/ways.ts';
import { graphqlEndpoints, graphqlPaths, operationsOfGraphql, type SchemaOffers } from './graphql/discover.ts';
import { merged, type Operation } from './operation.ts';
import { operationsOfTrpc, proceduresOfCode } from './trpc.ts';

/** What an app offers through GraphQL and tRPC. */
export interface Offered {
  /** To visitors, and by what the code says. */
  readonly open: readonly Operation[];
  /** To those who are signed in, with what was open. */
  to(people: readonly Person[]): Promise<SchemaOffers>;
}

/** Finds what an app offers through GraphQL and tRPC; the sender knows it from then on. */
export async function offeredByWays(sender: WaySender, routes: readonly Route[], scripted: readonly string[]): Promise<Offered> {
  const paths = graphqlPaths(routes, scripted);
  const endpoints = await graphqlEndpoints(sender, paths);
  const schema = await operationsOfGraphql(sender, endpoints, [undefined]);
  const open = merged([...schema.operations, ...operationsOfTrpc(proceduresOfCode(routes))]);
  sender.teach(open);
  return {
    open,
    async to(people) {
      // What an administrator is shown comes last: its documents ask for what others must not see.
      const sessions = people
        .filter(({ account }) => account)
        .toSorted((a, b) => Number(a.administrator) - Number(b.administrator))
        .map(({ session }) => session);
      const more = await graphqlEndpoints(sender, paths, sessions);
      const shown = await operationsOfGraphql(sender, [...new Set([...endpoints, ...more])], sessions);
      const operations = merged([...shown.operations, ...open]);
      const links = merged([...shown.links, ...schema.links]);
      sender.teach([...operations, ...links]);
      return { operations, links };
    },
  };
}
