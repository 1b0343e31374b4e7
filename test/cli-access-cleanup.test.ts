import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type SmallApp, startSmallApp } from '../src/collect/access/fixture.ts';
import { cleanUp, folderWith, launchReady, type Outcome } from './command-line.ts';

afterAll(cleanUp);

const journals = (state: string): string[] => readdirSync(join(state, 'journals'));
const call = (state: string, ...args: string[]): Promise<Outcome> =>
  launchReady(args, { cwd: folderWith({ 'a.txt': '' }), env: { LAUNCH_READY_STATE: state } });

/** A run that is stopped as soon as it has made a few things. */
async function stopped(app: SmallApp, state: string, signal: NodeJS.Signals): Promise<Outcome> {
  const run = launchReady(['access', `${app.origin}/`, '--allow-writes', '--quiet'], {
    cwd: folderWith({ 'a.txt': '' }),
    env: { LAUNCH_READY_STATE: state },
    during: (child) => {
      const timer = setInterval(() => app.notes() >= 2 && child.kill(signal), 2);
      child.once('exit', () => clearInterval(timer));
    },
  });
  return run;
}

describe('access cleanup', () => {
  it.each<NodeJS.Signals>(['SIGKILL', 'SIGINT'])(
    'removes what a run left that was ended by %s',
    async (signal) => {
      const app = await startSmallApp(['slow-writes']);
      const state = folderWith({});
      try {
        const broken = await stopped(app, state, signal);
        expect(broken.code).not.toBe(0);
        if (signal === 'SIGINT') expect(broken.stderr).toContain('launch-ready access cleanup removes what can be removed');
        expect(app.notes()).toBeGreaterThanOrEqual(2);
        const { code, stdout } = await call(state, 'access', 'cleanup');
        expect([code, app.notes()]).toEqual([0, 0]);
        expect(stdout).toMatch(/removed {3}\/notes\/[0-9a-f-]{36}/);
        expect(stdout).toMatch(/stays {5}the account launch-ready-\w+@example\.com, which was signed up by POST \/register\n/);
        expect(stdout).toContain('remove it by hand');
        expect(journals(state)).toEqual([]);
        expect((await call(state, 'access', 'cleanup')).stdout).toBe('Nothing is left of earlier runs.\n');
      } finally {
        await app.stop();
      }
    },
    60_000,
  );

  it('keeps the journal where the app does not answer, and says what to do', async () => {
    const app = await startSmallApp(['slow-writes']);
    const state = folderWith({});
    await stopped(app, state, 'SIGKILL');
    await app.stop();
    const { code, stdout } = await call(state, 'access', 'cleanup');
    expect([code, journals(state).length]).toEqual([1, 1]);
    expect(stdout).toContain('Start the app and run launch-ready access cleanup again');
  }, 60_000);

  it('says so where what earlier runs left cannot be read', async () => {
    const { code, stderr } = await call(folderWith({ journals: 'a file' }), 'access', 'cleanup');
    expect([code, stderr]).toEqual([2, expect.stringContaining('a part of its path is a file')]);
  });

  it('has nothing to do after a run that came to its end', async () => {
    const app = await startSmallApp();
    const state = folderWith({});
    const { stderr } = await call(state, 'access', `${app.origin}/`, '--allow-writes');
    await app.stop();
    expect(stderr).not.toContain('cleanup');
    expect(journals(state)).toEqual([]);
  }, 60_000);
});
