import { join } from 'node:path';
import { execute, inside } from './execute.ts';
import type { Rival } from './rival.ts';

/** ship-safe: secrets and 29 pattern "agents". Without its dependency audit and its calls to language models, which need the network. */
export const shipSafe: Rival = {
  name: 'ship-safe',
  packages: { 'ship-safe': '9.5.2' },
  perFile: false,
  async scan(folder, _files, home) {
    const script = join(home, 'node_modules/ship-safe/cli/bin/ship-safe.js');
    const output = await execute(script, ['audit', folder, '--json', '--no-deps', '--no-ai', '--no-cache'], folder, home);
    const report = JSON.parse(output.slice(output.indexOf('{'))) as {
      findings: { file: string; rule: string; category: string; severity: string }[];
    };
    // Its secret rules are named in prose; the category says what they are.
    return report.findings.map(({ file, rule, category }) => ({
      file: inside(folder, file),
      rule: category === 'secret' || category === 'secrets' ? `SECRET ${rule}` : rule,
    }));
  },
};
