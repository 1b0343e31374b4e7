import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
import { findBrowser } from '../../browser/find.ts';
import { openDns } from '../../dns/client.ts';
import { mailProofCollector } from './collector.ts';

it('opens no mailbox and sends nothing where it may not write', async () => {
  const proof = await mailProofCollector.collect(
    { dns: openDns({ servers: [] }) },
    {
      target: {
        scope: { hosts: [], requests: 1, history: false },
        // Nothing listens at these ports: whoever connects there fails.
        mail: { kind: 'imap', host: '127.0.0.1', port: 1, user: 'a', password: 'b', tls: false, address: 'a-{id}@box.test' },
        email: { mails: [], send: { host: '127.0.0.1', port: 1, tls: false, from: 'a@acme.io' } },
      },
      vault: createVault(),
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  );
  expect(proof).toMatchObject({ mailbox: true, sending: true, mails: [] });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it.each([
  ['not asked for', false],
  ['asked for', true],
] as const)('has pictures of mails where they are %s', async (_, browser) => {
  const port = await freePort();
  const { mails } = await mailProofCollector.collect(
    { dns: openDns({ servers: [] }) },
    {
      target: {
        scope: { hosts: [], requests: 1, history: false },
        writes: true,
        browser,
        mail: { kind: 'smtp', host: '127.0.0.1', port, address: 'a-{id}@box.test' },
        email: { mails: [], waitSeconds: 5, send: { host: '127.0.0.1', port, tls: false, from: 'a@acme.io' } },
      },
      vault: createVault(),
      signal: new AbortController().signal,
      progress: () => undefined,
    },
  );
  expect(mails).toMatchObject([{ outcome: 'arrived', hasText: true, hasHtml: true }]);
  const look = mails[0]?.look;
  if (!browser) expect(look).toBeUndefined();
  else if (findBrowser() === undefined) expect(look).toMatchObject({ pictures: [], why: expect.stringMatching(/Chromium/) as string });
  else expect(look?.pictures.map(({ width }) => width)).toEqual([600, 390]);
});
