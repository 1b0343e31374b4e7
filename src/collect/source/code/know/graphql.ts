import type { Value } from '../interpret/value.ts';
import { graphqlDirectives } from './graphql-directives.ts';
import { graphqlMakers } from './graphql-make.ts';
import { nexusPackage } from './graphql-nexus.ts';
import { graphqlObjects } from './graphql-objects.ts';
import { pothosPackage } from './graphql-pothos.ts';
import { graphqlServers } from './graphql-server.ts';
import { typeGraphqlPackage } from './graphql-type.ts';
import { graphqlWrappers } from './graphql-wrap.ts';

/** What packages around GraphQL export. */
export const graphqlPackage = (packageName: string, name: string): Value | undefined =>
  graphqlServers(packageName, name) ??
  graphqlMakers(packageName, name) ??
  graphqlObjects(packageName, name) ??
  pothosPackage(packageName, name) ??
  nexusPackage(packageName, name) ??
  typeGraphqlPackage(packageName, name) ??
  graphqlWrappers(packageName, name) ??
  graphqlDirectives(packageName, name);
