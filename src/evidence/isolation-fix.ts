/**
 * Statements of a correction as a migration that can be run twice, and after another one that makes the same: a policy that is made is dropped first.
 */
export const migrationText = (statements: readonly string[]): string =>
  [...new Set(statements)]
    .flatMap((sql) => {
      const [, policy] = /^CREATE POLICY ((?:"(?:[^"]|"")*"|\w+) ON \S+)/.exec(sql) ?? [];
      return policy === undefined ? [`${sql};`] : [`DROP POLICY IF EXISTS ${policy};`, `${sql};`];
    })
    .join('\n');
