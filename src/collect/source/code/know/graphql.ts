import type { Value } from '../interpret/value.ts';
import { graphqlMakers } from './graphql-make.ts';
import { pothosPackage } from './graphql-pothos.ts';
import { graphqlServers } from './graphql-server.ts';

/** What packages around GraphQL export. */
export const graphqlPackage = (packageName: string, name: string): Value | undefined =>
  graphqlServers(packageName, name) ?? graphqlMakers(packageName, name) ?? pothosPackage(packageName, name);
