import { afterAll, describe, expect, it } from 'vitest';
import { type Quirk, startSmallApp } from '../src/collect/access/fixture.ts';
import { cleanUp, folderWith, launchReady } from './command-line.ts';

afterAll(cleanUp);

const lineOf = (stdout: string, nr: number): string => stdout.split('\n').find((line) => line.startsWith(`${nr}  `)) ?? '';

async function regressed(quirks: readonly Quirk[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const app = await startSmallApp(quirks);
  try {
    return await launchReady(['regress', `${app.origin}/`, '--allow-writes', '--quiet'], { cwd: folderWith({ 'a.txt': '' }) });
  } finally {
    await app.stop();
  }
}

describe('regress', () => {
  it('shows the five points, and says of what could not be tried that it is not known', async () => {
    const { code, stdout } = await regressed([]);
    expect(stdout.trim().split('\n').length).toBe(5);
    expect(lineOf(stdout, 1)).toMatch(/Requests without a session +holds +\d routes refused/);
    expect(lineOf(stdout, 2)).toMatch(/Records of other customers +holds/);
    expect(lineOf(stdout, 3)).toMatch(/not known +POST \/logout was not taken/);
    expect(lineOf(stdout, 4)).toMatch(/none +no webhook was found/);
    expect(lineOf(stdout, 5)).toMatch(/not known +the app was not started by us/);
    expect(code).toBe(3);
  });

  it.each<[Quirk, number]>([
    ['leak-read-to-visitors', 1],
    ['leak-read', 2],
    ['leak-delete', 2],
  ])('turns red for %s, in its own line', async (quirk, nr) => {
    const { code, stdout } = await regressed([quirk]);
    expect(code).toBe(1);
    expect(lineOf(stdout, nr)).toContain('BROKEN');
    expect(stdout.match(/BROKEN/g)?.length).toBe(1);
  });

  it.each<[string, string, RegExp, number]>([
    ['names it', "if (!process.env.SECRET) throw new Error('SECRET is not set');", /holds +1 setting taken away in turn/, 3],
    ['only fails', 'if (!process.env.SECRET) process.exit(1);', /BROKEN +without SECRET it does not start, and does not say why/, 1],
    ['starts all the same', '', /BROKEN +it starts without SECRET/, 1],
  ])(
    'starts the app without a setting, and it %s',
    async (_, guard, expected, exit) => {
      const port = 40_000 + (process.pid % 9_000);
      const folder = folderWith({
        'launch-ready.yaml': 'access:\n  start: { command: node app.mjs, seconds: 20, required: [SECRET] }\n',
        'app.mjs': `import { createServer } from 'node:http'; ${guard} createServer((_, response) => response.end('a page')).listen(${port}, '127.0.0.1');`,
      });
      const { code, stdout } = await launchReady(['regress', `http://127.0.0.1:${port}/`, '--allow-writes', '--start', '--quiet'], {
        cwd: folder,
        env: { SECRET: 'x' },
      });
      expect(lineOf(stdout, 5)).toMatch(expected);
      expect(code).toBe(exit);
    },
    60_000,
  );
});
