import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'examples/supabase-portal/**'],
    // Processes, not threads: some tests start servers and databases and must be able to end with their file.
    pool: 'forks',
    setupFiles: ['test/loopback-only.mjs'],
    maxWorkers: 2,
    // It loads `graphql` as Node does, and the tests as bundlers do: two copies of it refuse each other's schemas.
    server: { deps: { inline: ['graphql-http'] } },
    // Generous because CI machines are slow and shared; no test measures time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['**/*.test.ts'] },
  },
});
