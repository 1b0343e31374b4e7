import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** Files that take half a minute and more: begun last, one of them would keep the others waiting at the end. */
const slow = [
  'src/collect/database/prove-hostile.test.ts',
  'test/cli-flows.test.ts',
  'src/collect/edge/mixed/signed-in.test.ts',
  'test/live/mail.test.ts',
  'examples/domain/domain.test.ts',
  'test/live/portal.test.ts',
  'src/collect/database/rebuild/hostile.test.ts',
  'src/collect/mail/picture/camera.test.ts',
  'test/twins/settled.test.ts',
  'test/live/generate.test.ts',
  'test/live/webhooks.test.ts',
  'test/twins/isolation.test.ts',
  'src/collect/access/prove.test.ts',
  'src/collect/access/people/totp.test.ts',
  'src/collect/access/accounts/accounts.test.ts',
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const nth = slow.indexOf(relative(import.meta.dirname, moduleId).replaceAll('\\', '/'));
      return nth < 0 ? slow.length : nth;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**', 'examples/supabase-portal/**'],
    // Processes, not threads: some tests start servers and databases and must be able to end with their file.
    pool: 'forks',
    setupFiles: ['test/loopback-only.mjs'],
    sequence: { sequencer: SlowFirst },
    // One more than a small machine has cores: many files wait for servers, browsers and clocks half of their time.
    maxWorkers: 3,
    // It loads `graphql` as Node does, and the tests as bundlers do: two copies of it refuse each other's schemas.
    server: { deps: { inline: ['graphql-http'] } },
    // Generous because CI machines are slow and shared; no test measures time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], exclude: ['**/*.test.ts'] },
  },
});
