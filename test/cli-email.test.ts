import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
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
