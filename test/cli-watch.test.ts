import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startDomain } from '../examples/domain/start.ts';
import type { Records } from '../examples/domain/zone.ts';
import type { GivenDomains } from '../src/core/target.ts';
import { cleanUp, folderWith, launchReady } from './command-line.ts';
import { type Moment, startWatched } from './edge-dns/watched-zone.ts';

afterAll(cleanUp);
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

const folderOf = (domains: object, more: object = {}): string => folderWith({ 'launch-ready.yaml': JSON.stringify({ domains, ...more }) });

/** The example domain, as a user has it in the config. */
async function example(flaws: readonly string[] = [], change: Partial<GivenDomains> = {}): Promise<string> {
  const domain = await startDomain({ flaws });
  running.push(domain);
  const { apex, hosts, mail, resolvers, roots } = domain.domains;
  return folderOf({ apex, hosts, mail, resolvers, roots, ...change });
}

async function acme(now: (ms: number) => Moment, domains: object = {}): Promise<string> {
  const zone = await startWatched(now);
  running.push(zone);
  return folderOf({ apex: 'acme.io', hosts: [{ name: 'new.acme.io', role: 'app' }], ...zone.reached, ...domains });
}

const there: Records = { 'new.acme.io': [{ type: 'A', data: '192.0.2.7' }] };
interface Document {
  readonly domain: string;
  readonly outcome: string;
  readonly rounds: number;
  readonly wanted: readonly {
    readonly label: string;
    readonly is: string;
    readonly sights: readonly { readonly by: string; readonly is: string }[];
  }[];
  readonly untold: readonly string[];
}

describe('email verify', () => {
  it('finds every record of the example domain, and so does email --watch', async () => {
    const cwd = await example();
    const { code, stdout, stderr } = await launchReady(['email', 'verify'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^✓ there: SPF of harbourline\.example\n {4}wanted: .*\n {4}✓ there: v=spf1 .*\n {8}at ns1\.harbourline\.example \(127\.61\.1\.1\), ns2.*, resolver/,
    );
    expect(stdout).toContain('All 8 are there, as 3 servers say.');
    const watching = await launchReady(['email', '.', '--watch'], { cwd });
    expect([watching.code, watching.stdout]).toEqual([0, `After 0 s\n${stdout}`]);
    expect((await launchReady(['email', 'verify', '.', '--watch'], { cwd })).stdout).toBe(watching.stdout);
  }, 60_000);

  it('ends with 1 where a record is missing, and gives one JSON document', async () => {
    const cwd = await example(['dkim-key-missing']);
    const { code, stdout, stderr } = await launchReady(['email', 'verify', '.', '--format', 'json', '--quiet'], { cwd });
    const { domain, outcome, wanted } = JSON.parse(stdout) as Document;
    expect([code, stderr, domain, outcome]).toEqual([1, '', 'harbourline.example', 'not-there']);
    expect(wanted.filter(({ is }) => is !== 'there').map(({ label }) => label)).toEqual(['DKIM key google of harbourline.example']);
  }, 60_000);

  it('ends with 3 where nobody said who sends, and says at once what to write', async () => {
    const cwd = await acme(() => ({
      first: {
        'acme.io': [
          { type: 'TXT', data: 'v=spf1 -all' },
          { type: 'MX', data: { preference: 0, exchange: '.' } },
        ],
        '_dmarc.acme.io': [{ type: 'TXT', data: 'v=DMARC1; p=reject' }],
      },
    }));
    const { code, stdout } = await launchReady(['email', '.', '--watch'], { cwd });
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^Nobody said who sends mail for acme\.io: .*\nAfter 0 s\n/)]);
    expect(stdout).toContain('All 3 are there, as 3 servers say.\nNot all that mail needs could be looked for: see above.\n');
  }, 60_000);

  it.each([
    [
      'nothing is wanted',
      ['email', '.', '--watch'],
      'Nothing is wanted of the DNS: launch-ready.yaml names no mail of app.lovable.app.\nWrite under domains.mail who sends',
    ],
    [
      'a format that it does not have',
      ['email', 'verify', '.', '--format', 'html'],
      '--format html: what is watched is shown as terminal or json.\n',
    ],
    [
      'a file that nothing would go to',
      ['edge', '.', '--watch', '--output', 'x.json'],
      '--output is not for it.\nWrite it to a file with > FILE.\n',
    ],
    ['a time that nobody can wait', ['edge', '.', '--watch', '--timeout', 'soon'], '--timeout soon: give the seconds'],
  ])('ends with 2 at once: %s', async (_, args, words) => {
    const cwd = folderOf({ apex: 'app.lovable.app', resolvers: ['127.0.0.1:9'] });
    const { code, stdout, stderr } = await launchReady(args, { cwd });
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)]);
  });

  it('needs no secret of the config', async () => {
    const zone = await startWatched(() => ({ first: {} }));
    running.push(zone);
    const cwd = folderOf(
      { apex: 'acme.io', mail: [{ name: 'acme.io', senders: [] }], ...zone.reached },
      { access: { mail: { address: 'a+{id}@acme.io', imap: { host: 'imap.acme.io', user: 'a', passwordFrom: 'NOT_SET_ANYWHERE' } } } },
    );
    const { stdout } = await launchReady(['email', 'verify', '.', '--format', 'json'], { cwd });
    expect((JSON.parse(stdout) as Document).outcome).toBe('not-there');
  });
});

describe('edge --watch', () => {
  it('waits for a record that one server has later than the other, and gives one JSON document', async () => {
    const cwd = await acme((ms) => ({
      first: ms < 1_000 ? {} : there,
      second: ms < 3_000 ? {} : there,
      resolver: ms < 3_000 ? {} : there,
    }));
    const { code, stdout, stderr } = await launchReady(['edge', '.', '--watch', '--format', 'json'], { cwd });
    const { outcome, rounds, wanted } = JSON.parse(stdout) as Document;
    expect([code, outcome, rounds > 1]).toEqual([0, 'there', true]);
    expect(wanted).toMatchObject([
      { label: 'new.acme.io', is: 'there', sights: [{ by: 'ns1.acme.io (127.71.0.11)', is: 'there' }, {}, {}] },
    ]);
    expect(stderr).toMatch(/After \d s\n✗ not there yet: new\.acme\.io[^]*✓ there: new\.acme\.io[^]*It is there, as 3 servers say\.\n$/);
  }, 60_000);

  it('does not call a host done that the example domain does not have', async () => {
    const cwd = await example([], { hosts: [{ name: 'nosuch.harbourline.example', role: 'app' }] });
    const { code, stdout } = await launchReady(['edge', '.', '--watch', '--timeout', '1'], { cwd });
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('Not there yet: nosuch.harbourline.example.\nWho asks too early remembers'),
    ]);
    const clean = await launchReady(['edge', '.', '--watch'], { cwd: await example() });
    expect([clean.code, clean.stdout]).toEqual([0, expect.stringContaining('All 4 are there, as 3 servers say.')]);
  }, 60_000);

  it.each([
    ['the screen', [], (text: string) => /\nStopped\.\nNot there yet: new\.acme\.io\./.test(text)],
    ['JSON', ['--format', 'json'], (text: string) => (JSON.parse(text) as Document).outcome === 'stopped'],
  ] as const)(
    'ends with 130 at Ctrl-C, and says what it saw (%s)',
    async (_, flags, isTold) => {
      const cwd = await acme(() => ({ first: {} }));
      const { code, stdout, stderr } = await launchReady(['edge', '.', '--watch', ...flags], {
        cwd,
        during: (child) => {
          const seen = (text: Buffer | string): void =>
            void (String(text).includes('After') && setTimeout(() => child.kill('SIGINT'), 200));
          child.stdout?.on('data', seen);
          child.stderr?.on('data', seen);
        },
      });
      expect([code, isTold(stdout)]).toEqual([130, true]);
      expect(stderr).toContain('Stopping. Press Ctrl-C again to leave at once.');
      expect(stderr).not.toContain('an error of its own');
    },
    60_000,
  );
});
