import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFiles, generatedFiles, root, stalePages } from '../scripts/generate.ts';
import { checks } from '../src/checks/index.ts';

describe('generated files', () => {
  it('are what npm run generate would write', async () => {
    const wanted = generatedFiles(await checkFiles(), checks);
    expect(wanted.size).toBe(checks.length + 3);
    for (const [path, content] of wanted)
      expect(await readFile(join(root, path), 'utf8').catch(() => ''), `${path}: run npm run generate`).toBe(content);
    expect(await stalePages(wanted)).toEqual([]);
  });
});
