import type { Codebase } from '../codebase.ts';
import type { Machine } from '../interpret/value.ts';
import type { RouteSpec } from './assemble.ts';
import { awsRoutes } from './functions-aws.ts';
import { firebaseRoutes } from './functions-firebase.ts';
import { netlifyRoutes } from './functions-netlify.ts';
import { vercelRoutes } from './functions-vercel.ts';
import type { Documents } from './openapi-documents.ts';

/** Functions that a platform serves one by one: Netlify, Vercel, AWS Lambda and Firebase. */
export function* functionRoutes(code: Codebase, machine: Machine, documents: Documents): Generator<RouteSpec> {
  const taken = new Set<string>();
  yield* netlifyRoutes(code, machine, taken);
  yield* vercelRoutes(code, machine, taken);
  yield* awsRoutes(code, machine, documents);
  yield* firebaseRoutes(code, machine);
}
