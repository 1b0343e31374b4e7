// Everything that must hold before a change lands, apart from the tests: `npm run check`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
/** @type {[string, string, string[]][]} */
const steps = [
  ['format', 'npx', ['oxfmt', '--check', '.']],
  ['lint', 'npx', ['oxlint', '--type-aware']],
  ['types', 'npx', ['tsc', '--noEmit', '-p', '.']],
  ['unused code', 'npx', ['knip']],
  ['generated files', 'npm', ['run', '--silent', 'generate', '--', '--check']],
  ['build', 'npm', ['run', '--silent', 'build']],
  ['package', 'npx', ['publint', '--strict']],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed += 1;
  console.log([stdout, stderr].join('').trimEnd());
}
if (failed > 0) console.log(`\n${failed} of ${steps.length} failed.`);
process.exitCode = failed > 0 ? 1 : 0;
