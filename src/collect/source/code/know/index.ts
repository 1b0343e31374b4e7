import { urlClass } from './address.ts';
import { fileStorePackage } from './file-stores.ts';
import type { PackageKnowledge } from '../interpret/names.ts';
import type { Value } from '../interpret/value.ts';
import { asyncContextPackage } from './async-context.ts';
import { authPackage } from './auth.ts';
import { betterAuthPackage } from './better-auth.ts';
import { cachePackage } from './cache.ts';
import { cryptoPackage, webCrypto } from './crypto.ts';
import { drizzlePackage } from './drizzle.ts';
import { effectPackage, fetchFunction, fetchPackage } from './effects.ts';
import { expressPackage } from './express.ts';
import { fastifyPackage } from './fastify.ts';
import { graphqlPackage } from './graphql.ts';
import { hashPackage } from './hashes.ts';
import { honoPackage } from './hono.ts';
import { koaPackage } from './koa.ts';
import { limiterPackage } from './limiters.ts';
import { lambdaPackage } from './lambda.ts';
import { firebaseAdminPackage } from './firebase-admin.ts';
import { firebasePackage } from './lambda-firebase.ts';
import { nuxtPackage } from './nuxt.ts';
import { nestPackage } from './nest.ts';
import { nextConnectPackage } from './next-connect.ts';
import { nodeServerPackage } from './node-server.ts';
import { ormPackage } from './orm.ts';
import { pathPackage, placeNames } from './repo-paths.ts';
import { remixPackage } from './remix.ts';
import { samlPackage } from './saml.ts';
import { sequelizePackage } from './sequelize.ts';
import { searchParamsClass, signInPackage } from './sign-in-with.ts';
import { sqlPackage } from './sql.ts';
import { staticPackage } from './static-files.ts';
import { tsPatternPackage } from './ts-pattern.ts';
import { trpcPackage } from './trpc.ts';
import { trpcAdapters } from './trpc-adapters.ts';
import { typeormPackage } from './typeorm.ts';
import { nuxtSupabase, supabasePackage } from './supabase.ts';
import { sveltekitPackage } from './sveltekit.ts';
import { responseClass, webPackage } from './web.ts';
import { validationPackage } from './validation.ts';
import { webhookPackage } from './webhooks.ts';

/** Knowledge of every package we know, first answer wins. */
export const packageKnowledge: PackageKnowledge = (packageName, exportName, specifier) =>
  webPackage(packageName, exportName) ??
  validationPackage(packageName, exportName) ??
  tsPatternPackage(packageName, exportName) ??
  supabasePackage(packageName, exportName) ??
  firebaseAdminPackage(packageName, exportName) ??
  authPackage(packageName, exportName, specifier) ??
  betterAuthPackage(packageName, exportName) ??
  cryptoPackage(packageName, exportName) ??
  hashPackage(packageName, exportName) ??
  drizzlePackage(packageName, exportName) ??
  sqlPackage(packageName, exportName) ??
  sequelizePackage(packageName, exportName) ??
  ormPackage(packageName, exportName) ??
  effectPackage(packageName, exportName) ??
  webhookPackage(packageName, exportName) ??
  cachePackage(packageName) ??
  limiterPackage(packageName) ??
  samlPackage(packageName) ??
  signInPackage(packageName, exportName) ??
  fetchPackage(packageName, exportName) ??
  fileStorePackage(packageName, exportName) ??
  koaPackage(packageName, exportName) ??
  expressPackage(packageName, exportName) ??
  staticPackage(packageName, exportName) ??
  fastifyPackage(packageName, exportName) ??
  honoPackage(packageName, exportName) ??
  asyncContextPackage(packageName, exportName) ??
  trpcPackage(packageName, exportName) ??
  trpcAdapters(packageName, exportName) ??
  nestPackage(packageName, exportName) ??
  graphqlPackage(packageName, exportName) ??
  nodeServerPackage(packageName, exportName) ??
  nextConnectPackage(packageName, exportName) ??
  typeormPackage(packageName, exportName) ??
  sveltekitPackage(packageName, exportName, specifier) ??
  remixPackage(packageName, exportName, specifier) ??
  nuxtPackage(packageName, exportName) ??
  lambdaPackage(packageName, exportName) ??
  firebasePackage(packageName, exportName) ??
  pathPackage(packageName, exportName);

/** Names in scope everywhere that matter to us. */
export const runtimeGlobals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['Response', responseClass],
  ['URL', urlClass],
  ['URLSearchParams', searchParamsClass],
  ['fetch', fetchFunction],
  ['$fetch', fetchFunction],
  ['crypto', webCrypto],
  ...nuxtSupabase,
  ...placeNames,
]);
