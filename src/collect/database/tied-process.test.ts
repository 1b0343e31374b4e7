import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startTied } from './tied-process.ts';

const environment = { PATH: process.env['PATH'] };

const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'launch-ready-test-'));
  folders.push(made);
  return made;
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A process that has ended but was not collected by its parent ("zombie") is not running. */
function isRunning(pid: number): boolean {
  const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return state !== '' && !state.startsWith('Z');
}

describe.runIf(process.platform !== 'win32')('startTied', () => {
  it('passes arguments through untouched and reports the exit code; the folder stays when the command ends by itself', async () => {
    const home = folder();
    const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1))); process.exit(7)';
    const tied = startTied(process.execPath, ['-e', script, '--', 'a b', '$(id)', "'"], {
      cwd: home,
      env: environment,
      stopSignal: 'TERM',
      removeAfter: home,
    });
    const [output] = (await once(tied.child.stdout, 'data')) as [Buffer];
    expect(JSON.parse(String(output))).toEqual(['a b', '$(id)', "'"]);
    expect(await tied.ended).toBe(7);
    expect(existsSync(home)).toBe(true);
    await tied.stop();
    expect(existsSync(home)).toBe(false);
  });

  it('sends the stop signal and removes the folder', async () => {
    const home = folder();
    const tied = startTied('/bin/sh', ['-c', 'trap "exit 3" TERM; echo up; while :; do sleep 0.05; done'], {
      cwd: home,
      env: environment,
      stopSignal: 'TERM',
      removeAfter: home,
    });
    await once(tied.child.stdout, 'data');
    await tied.stop();
    expect(await tied.ended).toBe(3);
    expect(existsSync(home)).toBe(false);
  });

  it('kills a command that ignores the stop signal', async () => {
    const home = folder();
    const tied = startTied('/bin/sh', ['-c', 'trap "" TERM; echo $$; while :; do sleep 0.05; done'], {
      cwd: home,
      env: environment,
      stopSignal: 'TERM',
      removeAfter: home,
    });
    const [pid] = (await once(tied.child.stdout, 'data')) as [Buffer];
    await tied.stop(100);
    expect(isRunning(Number(pid))).toBe(false);
    expect(existsSync(home)).toBe(false);
  });

  it('ends the command and removes the folder when we are killed with SIGKILL', async () => {
    const home = folder();
    const pidFile = join(folder(), 'pid');
    const program = join(folder(), 'parent.ts');
    writeFileSync(
      program,
      `import { startTied } from ${JSON.stringify(join(import.meta.dirname, 'tied-process.ts'))};
       startTied("/bin/sh", ["-c", 'echo $$ > "$0"; exec sleep 600', ${JSON.stringify(pidFile)}], { cwd: "/", env: process.env, stopSignal: "TERM", removeAfter: ${JSON.stringify(home)} });`,
    );
    const parent = spawn(process.execPath, ['--import', 'tsx', program], { stdio: 'ignore' });
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8').endsWith('\n'));
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(isRunning(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isRunning(pid) && !existsSync(home));
  });
});
