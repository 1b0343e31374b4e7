import { expect, it } from 'vitest';
import { createVault } from '../../../core/vault.ts';
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
