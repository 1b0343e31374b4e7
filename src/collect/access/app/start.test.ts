import { freePort } from './free-port.ts';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AppDidNotStart, startApp } from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'launch-ready-app-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Answers 503 for a while, then 401; its shell starts it as a child. */
const app = (port: number): string => {
  writeFileSync(
    join(folder, 'app.mjs'),
    `import { createServer } from 'node:http'; const at = Date.now();
     createServer((_, response) => response.writeHead(Date.now() - at < 400 ? 503 : 401).end()).listen(${port}, '127.0.0.1');`,
  );
  return 'echo starting; node app.mjs & wait';
};
const at = (port: number) => ({ folder, url: new URL(`http://127.0.0.1:${port}/`) });

describe('starting the app', () => {
  it('waits until it works, and ends it with all it started (trap: ready before the routes are there)', async () => {
    const port = await freePort();
    const { stop } = await startApp({ command: app(port), restore: 'echo restored >> snapshot' }, at(port));
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(401);
    expect(readFileSync(join(folder, 'snapshot'), 'utf8')).toBe('restored\n');
    await stop();
    // Once more at the end: nothing of the run is left.
    expect(readFileSync(join(folder, 'snapshot'), 'utf8')).toBe('restored\nrestored\n');
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
  });

  it.each<[string, string, RegExp]>([
    ['ends at once', 'echo "DATABASE_URL is missing" >&2; exit 3', /ended before it answered, with 3/],
    ['never answers', 'sleep 30', /did not answer at .* within 1 seconds/],
  ])('is told with its last words where it %s', async (_, command, message) => {
    const failed = await startApp({ command, seconds: 1 }, at(await freePort())).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(AppDidNotStart);
    expect((failed as AppDidNotStart).message).toMatch(message);
    if (command.startsWith('echo')) expect((failed as AppDidNotStart).words).toBe('DATABASE_URL is missing');
  });

  it('does not take another app for it', async () => {
    const port = await freePort();
    const { stop } = await startApp({ command: app(port) }, at(port));
    await expect(startApp({ command: 'true' }, at(port))).rejects.toThrow('answers at');
    await stop();
  });

  it('says so where the snapshot cannot be put back', async () => {
    await expect(startApp({ command: 'true', restore: 'exit 2' }, at(await freePort()))).rejects.toThrow(
      'access.start.restore ended with 2',
    );
  });
});
