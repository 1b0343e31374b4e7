import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanUp, folderWith, launchReady } from './command-line.ts';

afterAll(cleanUp);

const app = folderWith({ 'package.json': '{"name":"app"}', 'index.ts': 'export const a = 1;\n' });

describe('launch-ready', () => {
  it('shows its help, of itself and of each command', async () => {
    const { code, stdout, stderr } = await launchReady(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect((await launchReady([])).stdout).toBe(stdout);
    expect((await launchReady(['help'])).stdout).toBe(stdout);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2}/gm)].map(([, name]) => name ?? '');
    expect(commands).toEqual([
      'audit',
      'access',
      'access cleanup',
      'edge',
      'edge plan',
      'edge apply',
      'edge undo',
      'email',
      'email verify',
      'email reports',
      'record',
      'regress',
      'generate',
      'explain',
      'replay',
      'gate',
      'init',
      'demo',
    ]);
    for (const command of commands) {
      const page = await launchReady([...command.split(' '), '--help']);
      expect([page.code, page.stderr]).toEqual([0, '']);
      expect(page.stdout).toContain(`launch-ready ${command}`);
      // A command to copy stays in one line.
      for (const line of page.stdout.split('\n').filter((one) => !one.startsWith('  $ '))) expect(line.length).toBeLessThanOrEqual(100);
      expect((await launchReady(['help', ...command.split(' ')])).stdout).toBe(page.stdout);
    }
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
    expect(await launchReady(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('does not mind a reader that leaves early', async () => {
    const { code, stderr } = await launchReady(['explain'], { during: (child) => child.stdout?.destroy() });
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('a wrong call ends with 2, before any work, and says what to do', () => {
  it.each<[string, string[], RegExp]>([
    ['an unknown command', ['adit'], /There is no command adit\.\nDid you mean audit\?/],
    ['a folder as command', ['./my-app'], /Did you mean launch-ready audit \.\/my-app\?/],
    ['an unknown option', ['audit', '--fromat', 'json'], /Did you mean --format\?/],
    ['an unknown format', ['audit', app, '--format', 'htm'], /There is no format htm\.\nDid you mean html\?/],
    [
      'an unknown check',
      ['audit', app, '--only', 'audit/rls-disable'],
      /There is no check audit\/rls-disable\.\nDid you mean audit\/rls-disabled\?/,
    ],
    ['an unknown check to explain', ['explain', 'audit/webhook-unverifed'], /Did you mean audit\/webhook-unverified\?/],
    ['an unknown severity', ['audit', app, '--fail-on', 'severe'], /one of blocker, high, medium, low/],
    ['a folder that is not there', ['audit', join(app, 'none')], /cannot be opened: it does not exist/],
    ['a file as folder', ['audit', join(app, 'index.ts')], /is a file, not a folder/],
    ['an empty folder', ['audit', folderWith({})], /is empty/],
    ['a bad address', ['audit', 'https://'], /is not a web address/],
    ['an address with a password', ['audit', 'https://jane:hunter22@app.example.com'], /holds a user name or password/],
    ['a bad number of requests', ['audit', app, '--requests', 'many'], /--requests many: give a whole number/],
    ['a bad timeout', ['audit', app, '--timeout', '0'], /--timeout 0: give the seconds/],
    [
      'an output that is a folder of nobody',
      ['audit', app, '--output', join(app, 'none/report.html')],
      /report\.html cannot be written: there is no folder/,
    ],
    ['an output below a file', ['audit', app, '--output', `${join(app, 'index.ts')}/`], /is a file, not a folder/],
    ['an output without format', ['audit', app, '--output', join(app, 'report')], /Which format should/],
    ['several formats on one screen', ['audit', app, '--format', 'json', '--format', 'html'], /Several formats need a folder/],
    [
      'a baseline that is not there',
      ['audit', app, '--baseline', join(app, 'none.json')],
      /The baseline .* cannot be read: it does not exist/,
    ],
    ['a baseline that is none', ['audit', app, '--baseline', join(app, 'package.json')], /is no baseline/],
    ['evidence that is not there', ['audit', '--evidence', join(app, 'none')], /cannot be read: it does not exist/],
    ['a folder without evidence', ['audit', '--evidence', app], /holds no saved evidence/],
    ['a config that is not there', ['audit', app, '--config', join(app, 'none.yaml')], /config .* cannot be read: it does not exist/],
    ['a config that is a program', ['audit', app, '--config', 'launch-ready.config.ts'], /does not run code/],
    ['a replay without id', ['replay'], /Which finding\?/],
    ['a replay whose id a shell cut off', ['replay', 'audit/rls-disabled', app], /is no finding's id.*\n.*quotes/],
    ['tests of what nobody tried', ['generate', app, '--output', join(app, 'tests')], /Nobody is named|which running app/i],
    ['tests for an unknown runner', ['generate', app, '--runner', 'jst'], /There is no runner jst\.\nDid you mean jest\?/],
    ['init of two addresses', ['init', 'https://app.example.com', 'https://www.example.com'], /Two addresses were given/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await launchReady(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/hunter22|\n {4}at /);
    expect([code, stdout]).toEqual([2, '']);
  });

  it.each<[string, string, RegExp]>([
    ['broken YAML', 'url: [\n', /launch-ready\.yaml:2:1: this is no valid YAML/],
    ['an unknown setting', 'gate:\n  failon: high\n', /launch-ready\.yaml:2:3: gate has no setting failon\.\nDid you mean failOn\?/],
    [
      'a tag that would run code',
      'url: !!js/function \'function () { require("fs").writeFileSync("pwned", "") }\'\n',
      /launch-ready\.yaml:1:\d+: /,
    ],
    ['an alias bomb', `a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n`, /anchors|aliases/],
    ['an unknown check', 'off:\n  - check: audit/nonsense\n    reason: r\n', /there is no check audit\/nonsense/],
  ])('a config with %s', async (_, text, message) => {
    const folder = folderWith({ 'launch-ready.yaml': text, 'index.ts': 'export const a = 1;\n' });
    const { code, stdout, stderr } = await launchReady(['audit', folder], { cwd: folder });
    expect(stderr).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});

describe('a config that is a program', () => {
  it('is not run; the audit says so and goes on', async () => {
    const folder = folderWith({
      'launch-ready.config.ts': "require('fs').writeFileSync('pwned', '');\n",
      'index.ts': 'export const a = 1;\n',
    });
    const { code, stdout, stderr } = await launchReady(['audit', '.', '--no-history'], { cwd: folder });
    expect(stderr).toContain('launch-ready.config.ts was not read: launch-ready does not run code of the repo it looks at.');
    expect(stdout).toContain('Launch risk list');
    expect([0, 1, 3]).toContain(code);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });
});
