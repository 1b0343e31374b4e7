import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, folderWith, launchReady } from './command-line.ts';

afterAll(cleanUp);

const app = (port: number): string =>
  `import { createServer } from 'node:http'; import { writeFileSync } from 'node:fs'; writeFileSync('ran', '');
   createServer((_, response) => response.end('a page')).listen(${port}, '127.0.0.1');`;
const config = (command: string): string => `access:\n  start:\n    command: ${command}\n    ready: /health\n    seconds: 20\n`;

describe('access --start', () => {
  it('starts the app, tries it and ends it', async () => {
    const port = 20_000 + (process.pid % 20_000);
    const folder = folderWith({ 'launch-ready.yaml': config('node app.mjs'), 'app.mjs': app(port) });
    const url = `http://127.0.0.1:${port}/`;
    const { code, stdout, stderr } = await launchReady(['access', url, '--allow-writes', '--start'], { cwd: folder });
    expect([code, existsSync(join(folder, 'ran'))]).toEqual([3, true]);
    expect(stderr).toContain('Starting the app: node app.mjs');
    expect(stdout).toContain('Nobody could be signed up');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('runs nothing of the config without the flag', async () => {
    const folder = folderWith({ 'launch-ready.yaml': config('touch ran') });
    await launchReady(['access', 'http://127.0.0.1:9/', '--allow-writes'], { cwd: folder });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it.each<[string, string, RegExp]>([
    ['the app does not come up', config('echo no database; exit 1'), /ended before it answered, with 1\.\nThe last it said:\nno database/],
    ['nobody says how', 'access: {}', /--start needs to know how the app is started/],
  ])('is a wrong call where %s', async (_, yaml, message) => {
    const { code, stderr } = await launchReady(['access', 'http://127.0.0.1:9/', '--allow-writes', '--start'], {
      cwd: folderWith({ 'launch-ready.yaml': yaml }),
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});
