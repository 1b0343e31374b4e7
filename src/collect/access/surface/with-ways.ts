import type { Route } from '../../../evidence/routes.ts';
import type { Person } from '../people/person.ts';
import { asRest, proceduresIn } from '../traffic/as-rest.ts';
import type { Recording } from '../traffic/exchange.ts';
import { noteTraffic } from '../traffic/notes.ts';
import type { Sender } from '../wire/sender.ts';
import type { WaySender } from '../wire/ways.ts';
import { graphqlEndpoints, graphqlPaths, operationsOfGraphql } from './graphql/discover.ts';
import { merged, type Operation } from './operation.ts';
import { operationsOfCalls, proceduresOfCode } from './trpc.ts';

/** What an app offers by name alone. */
export interface Offer {
  readonly operations: readonly Operation[];
  /** Documents that follow what the others lead to. */
  readonly links: readonly Operation[];
  /** What pages sent, with calls by name at the addresses of these operations. */
  readonly recordings: readonly Recording[];
}

/** Finds what an app offers through GraphQL and tRPC; the sender knows it from then on. */
export interface Offers {
  /** To visitors, by what the code says and what pages sent. */
  readonly open: Offer;
  /** To those who are signed in as well; what their pages sent is part of what they have seen afterwards. */
  to(people: readonly Person[], recordings: readonly Recording[]): Promise<Offer>;
}

/** Looks for GraphQL where the code, scripts and habit have it, and for procedures of tRPC in the code and in recordings. */
export async function offersByName(
  sender: Sender & Pick<WaySender, 'teach'>,
  routes: readonly Route[],
  scripted: readonly string[],
  writes: boolean,
  recorded: readonly Recording[] = [],
): Promise<Offers> {
  const paths = graphqlPaths(routes, scripted);
  const endpoints = await graphqlEndpoints(sender, paths, writes);
  const schema = await operationsOfGraphql(sender, endpoints, [undefined]);
  const ofCode = proceduresOfCode(routes);

  async function offer(described: readonly Operation[], links: readonly Operation[], recordings: readonly Recording[]): Promise<Offer> {
    // Where a schema is shown, it says more than what pages ask for.
    const known = new Set(described.map(({ way }) => way?.at));
    const called = [...(await proceduresIn(recordings)), ...ofCode].filter(({ at }) => !known.has(at));
    const operations = merged([...described, ...operationsOfCalls(called)]);
    sender.teach([...operations, ...links]);
    return { operations, links, recordings: await Promise.all(recordings.map((one) => asRest(one, operations))) };
  }

  return {
    open: await offer(schema.operations, schema.links, recorded),
    async to(people, recordings) {
      // What an administrator is shown comes last: its documents ask for what others must not see.
      const sessions = people
        .filter(({ account }) => account)
        .toSorted((a, b) => Number(a.administrator) - Number(b.administrator))
        .map(({ session }) => session);
      const more = await graphqlEndpoints(sender, paths, writes, sessions);
      const shown = await operationsOfGraphql(sender, [...new Set([...endpoints, ...more])], sessions);
      const all = await offer(merged([...shown.operations, ...schema.operations]), merged([...shown.links, ...schema.links]), recordings);
      for (const recording of all.recordings)
        for (const person of people) if (person.name === recording.who) noteTraffic(person, recording);
      return all;
    },
  };
}
