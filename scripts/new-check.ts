// `npm run new-check audit/some-name`: writes a check and its test, and puts it into the index. The test fails until the check is filled in.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stages } from '../src/core/stage.ts';

const root = join(import.meta.dirname, '..');

/** Why this cannot be a new check's id; nothing when it can. */
export function problemWith(id: string | undefined): string | undefined {
  if (id === undefined) return 'Name the check: npm run new-check audit/some-name';
  const [stage = '', name = '', ...more] = id.split('/');
  if (!stages.some((known) => known === stage)) return `There is no stage "${stage}". Stages: ${stages.join(', ')}.`;
  if (more.length > 0 || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    return `"${name}" is no name for a check: lower-case words with dashes, like webhook-unverified.`;
  if (existsSync(join(root, `src/checks/${id}.ts`))) return `src/checks/${id}.ts exists already.`;
  return undefined;
}

const variable = (id: string): string => (id.split('/')[1] ?? '').replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A check with everything still to say. */
export const checkSource = (id: string): string => `import { defineCheck } from '../../core/check.ts';
import { sourceStack } from '../../evidence/source.ts';

export const ${variable(id)} = defineCheck({
  id: '${id}',
  severity: 'high',
  covers: [],
  doc: {
    title: '',
    why: '',
    fix: '',
    effort: 'hours',
  },
  needs: { stack: sourceStack },
  examples: {
    passes: [],
    fails: [],
  },
  *evaluate({ stack }) {
    for (const { name } of stack.frameworks) yield { outcome: 'unknown', subject: name, message: \`\${name} was not judged.\`, toKnow: 'Write this check.' };
  },
});
`;

export const testSource = (id: string): string => `import { describe, expect, it } from 'vitest';
import { ${variable(id)} } from './${id.split('/')[1]}.ts';

// What every check must hold (examples, empty evidence, odd evidence) is tested in test/checks.test.ts. Here stands what is special to this one.
describe('${id}', () => {
  it('says what the examples are about', () => {
    const messages = ${variable(id)}.examples.fails.flatMap(({ given }) => [...${variable(id)}.evaluate(given)]).map(({ message }) => message);
    expect(messages).not.toEqual([]);
  });
});
`;

async function main(id: string | undefined): Promise<void> {
  const problem = problemWith(id);
  if (problem !== undefined || id === undefined) {
    console.error(problem);
    process.exitCode = 2;
    return;
  }
  const file = join(root, `src/checks/${id}.ts`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, checkSource(id));
  await writeFile(file.replace(/\.ts$/, '.test.ts'), testSource(id));
  execFileSync('npm', ['run', '--silent', 'generate'], { cwd: root, stdio: 'inherit' });
  console.log(
    `wrote src/checks/${id}.ts and its test.\nNext: fill it in, run npm run generate, then npx vitest run src/checks/${id}.test.ts test/checks.test.ts`,
  );
}

if (process.argv[1] === import.meta.filename) await main(process.argv[2]);
