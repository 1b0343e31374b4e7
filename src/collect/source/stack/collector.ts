import { defineCollector } from '../../../core/collector.ts';
import { type Marker, type Stack, sourceStack } from '../../../evidence/source.ts';
import { sourceTree, type Tree } from '../tree.ts';
import { findBuilders } from './builders.ts';
import { type Dependency, readDependencies } from './packages.ts';
import { findSourceMaps } from './source-maps.ts';

const frameworks: Readonly<Record<string, string>> = {
  next: 'Next.js',
  express: 'Express',
  fastify: 'Fastify',
  hono: 'Hono',
  koa: 'Koa',
  '@nestjs/core': 'NestJS',
  '@remix-run/node': 'Remix',
  '@remix-run/react': 'Remix',
  '@react-router/node': 'React Router',
  '@sveltejs/kit': 'SvelteKit',
  nuxt: 'Nuxt',
  '@trpc/server': 'tRPC',
  graphql: 'GraphQL',
  astro: 'Astro',
  vite: 'Vite',
  expo: 'Expo',
  'react-native': 'React Native',
};

const backends: Readonly<Record<string, string>> = {
  '@supabase/supabase-js': 'Supabase',
  '@supabase/ssr': 'Supabase',
  firebase: 'Firebase',
  'firebase-admin': 'Firebase',
  '@prisma/client': 'Prisma',
  'drizzle-orm': 'Drizzle',
  pg: 'PostgreSQL',
  postgres: 'PostgreSQL',
  '@neondatabase/serverless': 'Neon',
  mysql2: 'MySQL',
  mongoose: 'MongoDB',
  mongodb: 'MongoDB',
  typeorm: 'TypeORM',
  '@base44/sdk': 'Base44',
  convex: 'Convex',
  stripe: 'Stripe',
  openai: 'OpenAI',
  resend: 'Resend',
};

/** What the dependencies say, one marker a name. */
function markers(dependencies: readonly Dependency[], names: Readonly<Record<string, string>>): Marker[] {
  const found = new Map<string, Marker>();
  for (const dependency of dependencies) {
    const name = names[dependency.name];
    if (name === undefined) continue;
    const known = found.get(name);
    const evidence = { place: { file: dependency.manifest }, what: `${dependency.name} ${dependency.range}` };
    const version = known?.version ?? dependency.version;
    found.set(name, { name, ...(version !== undefined && { version }), evidence: [...(known?.evidence ?? []), evidence].slice(0, 4) });
  }
  return [...found.values()];
}

/** Reads what the project is built with. */
export function readStack(tree: Tree): Stack {
  const dependencies = readDependencies(tree);
  const functions = tree.files.some((file) => /(^|\/)supabase\/functions\/[^/]+\/index\.[tj]s$/.test(file.path));
  const found = markers(dependencies, frameworks);
  if (functions)
    found.push({ name: 'Supabase Edge Functions', evidence: [{ place: { file: 'supabase/functions' }, what: 'functions of Supabase' }] });
  return {
    builders: findBuilders(tree),
    frameworks: found,
    backends: markers(dependencies, backends),
    next: nextVersions(dependencies),
    sourceMaps: findSourceMaps(tree),
  };
}

const nextVersions = (dependencies: readonly Dependency[]): Stack['next'] =>
  dependencies
    .filter((dependency) => dependency.name === 'next')
    .map(({ manifest, range, version, locked }) => ({
      place: { file: manifest },
      range,
      ...(version !== undefined && { version }),
      ...(locked && { locked }),
    }));

export const stackCollector = defineCollector({
  provides: sourceStack,
  wants: 'repo',
  needs: { tree: sourceTree },
  effects: 'none',
  timeoutMs: 30_000,
  async collect({ tree }) {
    return readStack(tree);
  },
});
