import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execute, inside } from './execute.ts';
import type { Rival } from './rival.ts';

const config = `import security from 'eslint-plugin-security';
import parser from '@typescript-eslint/parser';
export default [
  { ...security.configs.recommended, files: ['**/*.{js,mjs,cjs,jsx,ts,tsx}'], languageOptions: { parser, parserOptions: { ecmaFeatures: { jsx: true } } } },
];
`;

/** eslint-plugin-security with its recommended rules. */
export const eslintSecurity: Rival = {
  name: 'eslint-plugin-security',
  packages: { eslint: '9.39.5', 'eslint-plugin-security': '4.1.0', '@typescript-eslint/parser': '8.73.0', typescript: '5.9.3' },
  perFile: true,
  async scan(folder, files, home) {
    const sources = files?.filter((file) => /\.(?:[cm]?js|jsx|tsx?)$/.test(file));
    if (sources?.length === 0) return [];
    const settings = join(home, 'eslint.security.config.mjs');
    await writeFile(settings, config);
    const args = [
      '--no-config-lookup',
      '-c',
      settings,
      '--no-inline-config',
      '--no-error-on-unmatched-pattern',
      '--no-warn-ignored',
      '-f',
      'json',
    ];
    const output = await execute(join(home, 'node_modules/eslint/bin/eslint.js'), [...args, ...(sources ?? ['.'])], folder, home);
    const report = JSON.parse(output) as { filePath: string; messages: { ruleId: string | null; message: string; fatal?: boolean }[] }[];
    return report.flatMap(({ filePath, messages }) =>
      messages.map((message) => {
        if (message.ruleId === null) throw new Error(`eslint cannot read ${filePath}: ${message.message}`);
        return { file: inside(folder, filePath), rule: message.ruleId };
      }),
    );
  },
};
