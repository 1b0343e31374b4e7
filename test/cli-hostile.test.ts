import { type ChildProcess, execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, folderWith, launchReady, serve } from './command-line.ts';

afterAll(cleanUp);

/** The audit got to its end: a verdict, no error of ours. */
const ended = ({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): void => {
  expect(`${stdout}${stderr}`).not.toMatch(/error of ours|error of its own/);
  expect([0, 1, 3]).toContain(code);
  expect(stdout).toContain('"verdict"');
};
const audit = (...args: string[]): ReturnType<typeof launchReady> =>
  launchReady(['audit', ...args, '--format', 'json', '--requests', '20']);

describe('a hostile repo', () => {
  it('of links in circles, binary junk, broken code, odd names and no git is audited to the end', async () => {
    const junk = new Uint8Array(5000).map((_, index) => (index * 7919) % 251);
    const folder = folderWith({
      'src/junk.ts': junk,
      'src/broken.tsx': 'export const a = <div>{;\n`unclosed ${',
      'src/utf16.js': Buffer.from('\ufeffexport const a = 1;', 'utf16le'),
      'src/empty.ts': '',
      'src/\u001b[31mred\n::error::x\u202e.ts': 'export const a = 1;',
      'src/$(touch pwned)\'`".ts': 'export const a = 1;',
      'package.json': '{ "name": ',
      'supabase/migrations/1_a.sql': 'CREATE TABLE (((; \u0000 $$',
      '.env': 'A',
    });
    symlinkSync(folder, join(folder, 'src/loop'));
    symlinkSync('/etc', join(folder, 'src/etc'));
    symlinkSync(join(folder, 'src/self'), join(folder, 'src/self'));
    const outcome = await audit(folder);
    ended(outcome);
    const screen = await launchReady(['audit', folder, '--verbose']);
    expect(screen.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]|^::error/m);
  });

  it('with a corrupt .git is audited, and the history is said to be unread', async () => {
    const folder = folderWith({
      'index.ts': 'export const a = 1;',
      '.git/HEAD': 'garbage',
      '.git/objects/pack/x.pack': 'junk',
      '.git/index': 'junk',
    });
    ended(await audit(folder));
  });

  it('whose git would run a program is read without running it', async () => {
    const folder = folderWith({ 'index.ts': 'export const a = 1;' });
    const git = (...args: string[]): Buffer =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: folder });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'a');
    writeFileSync(join(folder, 'run.sh'), `#!/bin/sh\ntouch '${join(folder, 'pwned')}'\n`, { mode: 0o755 });
    for (const key of ['core.fsmonitor', 'core.pager', 'diff.external', 'core.sshCommand']) git('config', key, join(folder, 'run.sh'));
    git('config', 'diff.x.textconv', join(folder, 'run.sh'));
    appendFileSync(join(folder, '.gitattributes'), '*.ts diff=x\n');
    ended(await audit(folder));
    expect(() => readFileSync(join(folder, 'pwned'))).toThrow('ENOENT');
  });

  it('with a 200 MB minified file and very deep folders ends in bounded memory', async () => {
    const folder = folderWith({ 'index.ts': 'export const a = 1;' });
    const part = `var a="${'x'.repeat(1000)}";`.repeat(1000);
    for (let megabyte = 0; megabyte < 200; megabyte += 1) appendFileSync(join(folder, 'bundle.min.js'), part);
    let deep = folder;
    for (let depth = 0; depth < 60; depth += 1) deep = join(deep, 'd');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'a.ts'), 'export const a = 1;');
    const outcome = await launchReady(['audit', folder, '--format', 'json'], { env: { NODE_OPTIONS: '--max-old-space-size=900' } });
    ended(outcome);
  });
});

describe('a hostile address', () => {
  it.each<[string, Parameters<typeof serve>[0]]>([
    ['that never answers', () => undefined],
    [
      'that redirects in a circle',
      (request, response) => void response.writeHead(302, { location: request.url === '/' ? '/a' : '/' }).end(),
    ],
    [
      'that streams without end',
      (_, response) => {
        const chunk = Buffer.alloc(64 * 1024, 'x');
        response.writeHead(200, { 'content-type': 'text/html' });
        const pump = (): void => {
          while (!response.destroyed && response.write(chunk));
          if (!response.destroyed) response.once('drain', pump);
        };
        pump();
      },
    ],
    ['that answers garbage', (request) => void request.socket.end('\u0000\u0001garbage\r\n\r\n')],
    ['that hangs up', (request) => void request.socket.destroy()],
    [
      'that sends broken compression',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('no gzip'),
    ],
  ])('%s gives a clear answer: could not tell', async (_, listener) => {
    const outcome = await launchReady(['audit', await serve(listener), '--requests', '10', '--timeout', '5']);
    expect(outcome.stdout).toContain('CANNOT TELL');
    expect(outcome.code).toBe(3);
    expect(`${outcome.stdout}${outcome.stderr}`).not.toMatch(/error of ours|error of its own/);
  });

  it('where nobody listens gives a clear answer', async () => {
    const { code, stdout } = await launchReady(['audit', 'http://127.0.0.1:9/']);
    expect(stdout).toContain('CANNOT TELL');
    expect(code).toBe(3);
  });
});

describe('the user', () => {
  it('can stop it with Ctrl-C: no report, exit code 130', async () => {
    let child: ChildProcess | undefined;
    const url = await serve(() => void child?.kill('SIGINT'));
    const { code, stdout, stderr } = await launchReady(['audit', url], { during: (started) => (child = started) });
    expect(stderr).toContain('Stopping.');
    expect([code, stdout]).toEqual([130, '']);
  });

  it('is told in short of an error of ours, and how to report it', async () => {
    const folder = folderWith({ 'bug.cjs': "URL.parse = () => { throw new TypeError('boom'); };" });
    const env = { NODE_OPTIONS: `--require=${join(folder, 'bug.cjs')}` };
    const { code, stdout, stderr } = await launchReady(['audit', 'https://app.example.com'], { env });
    expect([code, stdout]).toEqual([70, '']);
    expect(stderr).toMatch(/^launch-ready stopped with an error of its own: boom\nPlease report it.*LAUNCH_READY_DEBUG=1/);
    // Who made things in an app before cannot know.
    expect(stderr).not.toContain('was changed');
    const debug = await launchReady(['audit', 'https://app.example.com'], { env: { ...env, LAUNCH_READY_DEBUG: '1' } });
    expect(debug.stderr).toMatch(/\n {4}at /);
  });
});
