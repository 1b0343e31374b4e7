import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, inside } from './execute.ts';
import type { Rival } from './rival.ts';

const preset = '@secretlint/secretlint-rule-preset-recommend';

/** secretlint with its recommended rules. Version 13 needs Node 22. */
export const secretlint: Rival = {
  name: 'secretlint',
  packages: { secretlint: '11.7.1', [preset]: '11.7.1' },
  perFile: true,
  async scan(folder, files, home) {
    if (files?.length === 0) return [];
    const settings = join(home, 'secretlintrc.json');
    await writeFile(settings, JSON.stringify({ rules: [{ id: preset }] }));
    const script = join(home, 'node_modules/secretlint/bin/secretlint.js');
    const args = ['--format', 'json', '--no-color', '--secretlintrc', settings, ...(files ?? ['**/*'])];
    const output = await execute(script, args, folder, home);
    const report = JSON.parse(output) as { filePath: string; messages: { ruleId: string; messageId: string }[] }[];
    return report.flatMap(({ filePath, messages }) => messages.map(({ ruleId }) => ({ file: inside(folder, filePath), rule: ruleId })));
  },
};
