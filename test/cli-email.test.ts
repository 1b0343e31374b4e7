import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { SMTPServer } from 'smtp-server';
import { startImapServer } from '../src/collect/access/mail/fixtures/imap-server.ts';
import { nameOf } from '../src/collect/dns/client.ts';
import { startDns, zoned } from '../src/collect/dns/fixture.ts';
import { startApp } from '../src/collect/mail/proof/fixture.ts';
import { cleanUp, folderWith, launchReady } from './command-line.ts';

afterAll(cleanUp);

/** A port that nobody had a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

describe('email reports', () => {
  it('says how many files it could not read, and which formats it has', async () => {
    const cwd = folderWith(
      Object.fromEntries(Array.from({ length: 7 }, (_, nth) => [`reports/a-report-of-some-receiver-${nth}.xml`, '<feedback>'])),
    );
    const { code, stdout } = await launchReady(['email', 'reports', 'reports'], { cwd });
    expect([code, stdout]).toEqual([3, expect.stringContaining('And 2 more that could not be read')]);
    const help = await launchReady(['email', 'reports', '--help']);
    expect(help.stdout).toMatch(/--format FORMAT +terminal or json\n/);
    const page = await launchReady(['email', 'reports', 'reports', '--format', 'html'], { cwd });
    expect([page.code, page.stderr]).toEqual([2, expect.stringContaining('--reports reports/ --format html makes a page of them')]);
  });
});

describe('a domain that is none', () => {
  it('is one clear mistake of the call, in both stages that ask about domains', async () => {
    for (const command of ['edge', 'email'])
      for (const name of ['☃.example', 'me@x.example', '127.0.0.1', 'example.com:8443', 'example.com/path', `${'a'.repeat(70)}.example`]) {
        const { code, stderr } = await launchReady([command, name]);
        expect([code, stderr.trim().split('\n').length]).toEqual([2, 2]);
        expect(stderr).not.toContain('folder');
      }
  }, 60_000);
});

describe('email --allow-writes', () => {
  it.each<NodeJS.Signals>(['SIGKILL', 'SIGINT'])(
    'leaves what access cleanup can read where it is ended by %s',
    async (signal) => {
      let stop: (() => void) | undefined;
      const app = await startApp(
        [],
        () => undefined,
        (path) => path === '/invites' && stop?.(),
      );
      const dns = await startDns(zoned({}));
      const state = folderWith({});
      const cwd = folderWith({
        'launch-ready.yaml': `access:
  mail: { smtp: '127.0.0.1:${await freePort()}', address: 'lr-{id}@box.test' }
email:
  waitSeconds: 5
  mails:
    - { name: invite, request: POST /invites, body: '{"to":"{address}"}' }
domains:
  apex: acme.io
  resolvers: ['${nameOf(dns.server)}']
`,
      });
      const env = { LAUNCH_READY_STATE: state };
      try {
        const { code, stderr } = await launchReady(['email', `${app.origin}/`, '--allow-writes', '--quiet'], {
          cwd,
          env,
          during: (child) => {
            stop = () => void child.kill(signal);
          },
        });
        expect(code).not.toBe(0);
        if (signal === 'SIGINT') expect(stderr).toContain('launch-ready access cleanup removes what can be removed');
        const cleaned = await launchReady(['access', 'cleanup'], { cwd, env });
        expect(cleaned.stdout).toMatch(/stays {5}the account lr-\w+@box\.test, which was signed up by POST \/register/);
        expect(cleaned.stdout).toMatch(
          /stays .*made by lr-\w+@box\.test at \/invites with lr-\w+@box\.test in it: the app has no way to remove it/,
        );
        expect(cleaned.code).toBe(0);
      } finally {
        app.stop();
        await dns.stop();
      }
    },
    90_000,
  );
});

describe('email.seeds', () => {
  it('shows each box in every format, tells once what is missing, and no password anywhere', async () => {
    const boxes = { GMAIL: 'app-password-of-gmail', OUTLOOK: 'token-of-outlook' };
    const gmail = await startImapServer('seed@gmail.com', boxes.GMAIL);
    const outlook = await startImapServer('seed@outlook.com', 'another-token');
    const own = await startImapServer('anna', boxes.GMAIL);
    const smtp = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onData(stream, _, done) {
        let raw = '';
        stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
        stream.on('end', () => {
          for (const box of [gmail, own]) box.deliver(`Authentication-Results: mx.google.com; spf=pass; dmarc=fail\r\n${raw}`, 'Junk');
          done();
        });
      },
    });
    const port = await new Promise<number>((resolve) => {
      smtp.listen(0, '127.0.0.1', () => resolve((smtp.server.address() as AddressInfo).port));
    });
    const dns = await startDns(zoned({}));
    const cwd = folderWith({
      'launch-ready.yaml': `email:
  waitSeconds: 5
  send: { host: 127.0.0.1, port: ${port}, from: 'Acme, Inc. <app@acme.io>' }
  seeds:
    - { name: gmail, host: 127.0.0.1, port: ${gmail.port}, tls: false, user: seed@gmail.com, passwordFrom: GMAIL }
    - { name: outlook, host: 127.0.0.1, port: ${outlook.port}, tls: false, user: seed@outlook.com, tokenFrom: OUTLOOK }
    - { name: own, host: 127.0.0.1, port: ${own.port}, tls: false, user: anna, passwordFrom: GMAIL, address: own@acme.io }
domains:
  apex: acme.io
  mail: [{ name: acme.io }]
  resolvers: ['${nameOf(dns.server)}']
`,
    });
    try {
      for (const format of ['terminal', 'markdown', 'html', 'json']) {
        const { code, stdout, stderr } = await launchReady(
          ['email', 'acme.io', '--allow-writes', '--quiet', '--verbose', '--format', format],
          {
            cwd,
            env: boxes,
          },
        );
        expect(code).toBe(1);
        for (const secret of Object.values(boxes)) expect(stdout + stderr).not.toContain(secret);
        const told = stdout.replace(/\s+/g, ' ');
        expect(told).toMatch(/SPAM after \d+\.\d s; .*it says spf=pass, dmarc=fail/);
        expect(told).toMatch(/box outlook could not be read: 127\.0\.0\.1 refuses this user and access token/);
        expect(told).toContain('OUTLOOK: it may have ended');
        if (format !== 'json') expect(told.match(/How mail arrives at Yahoo is not known/g)).toHaveLength(1);
      }
      const missing = await launchReady(['email', 'acme.io', '--allow-writes', '--quiet'], { cwd, env: { OUTLOOK: boxes.OUTLOOK } });
      expect(missing.code).toBe(2);
      expect(missing.stderr).toMatch(/seed box gmail .*GMAIL, which is not set/);
    } finally {
      smtp.close();
      await Promise.all([gmail.close(), own.close(), outlook.close(), dns.stop()]);
    }
  }, 120_000);
});
