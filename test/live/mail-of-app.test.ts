import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { accounts, demoPassword, type Portal, startPortal } from '../../examples/portal/start.ts';
import { mailLinkDead } from '../../src/checks/email/mail-link-dead.ts';
import { mailLinkReusable } from '../../src/checks/email/mail-link-reusable.ts';
import { openDns } from '../../src/collect/dns/client.ts';
import { startDns, zoned } from '../../src/collect/dns/fixture.ts';
import { mailProofCollector } from '../../src/collect/mail/proof/collector.ts';
import { createVault } from '../../src/core/vault.ts';
import type { MailProof } from '../../src/evidence/mail-proof.ts';

let portal: Portal | undefined;
afterEach(() => portal?.stop());

/** A port that nobody had a moment ago. */
const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });

/** What comes of the mails of the portal with these flaws, read by SMTP. */
async function provenMails(flaws: readonly string[]): Promise<MailProof> {
  const port = await freePort();
  portal = await startPortal({ flaws, smtpUrl: `smtp://127.0.0.1:${port}` });
  const url = new URL(portal.url);
  const dns = await startDns(zoned({}));
  const ada = accounts.find(({ email }) => email.startsWith('ada@'))!;
  try {
    return await mailProofCollector.collect(
      { dns: openDns({ servers: [dns.server] }) },
      {
        target: {
          url,
          scope: { hosts: [url.host], requests: 300, history: false },
          writes: true,
          people: [{ name: 'ada', email: ada.email, password: demoPassword, expendable: true }],
          domains: { apex: 'fieldwork.example', drafted: false, hosts: [], mail: [{ name: 'fieldwork.example' }] },
          mail: { kind: 'smtp', host: '127.0.0.1', port, address: 'launch-ready-{id}@example.com' },
          email: { waitSeconds: 10, mails: [{ name: 'gone', request: 'POST /api/not-there', body: '{"to":"{address}"}' }] },
        },
        vault: createVault(),
        signal: new AbortController().signal,
        progress: () => undefined,
      },
    );
  } finally {
    await dns.stop();
  }
}

it('makes the portal send its mails, and tells what is in them without their secrets', async () => {
  const proof = await provenMails([]);
  const told = Object.fromEntries(proof.mails.map((mail) => [mail.name, mail]));
  const once = { works: { outcome: 'holds' }, once: { outcome: 'holds' }, looked: { outcome: 'holds' } };
  expect(told['password reset']).toMatchObject({
    outcome: 'arrived',
    caught: true,
    links: [{ inMap: true }],
    spf: { result: 'unclear' },
    link: { purpose: 'password reset', ...once },
  });
  expect(told['sign-in link']).toMatchObject({ outcome: 'arrived', caught: true, link: { purpose: 'sign-in by mail', ...once } });
  expect(told['gone']).toMatchObject({ outcome: 'unsent', why: expect.stringContaining('404') as string });
  expect(JSON.stringify(proof)).not.toMatch(/token=|\/reset\/|\/magic\//);
  // Ada has her own password again.
  expect(proof.leftovers).toEqual([]);
});

it('sees which links of the portal work again', async () => {
  const proof = await provenMails(['reset-link-reusable', 'magic-link-reusable']);
  const told = [...mailLinkReusable.evaluate({ proof })].map(({ outcome, message }) => `${outcome}: ${message}`);
  expect(told).toEqual([
    'fail: The link of the mail “password reset” sets a password again after it was used.',
    'fail: The link of the mail “sign-in link” signs in again after it was used.',
  ]);
  expect([...mailLinkDead.evaluate({ proof })].map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  expect(proof.leftovers).toEqual([]);
});
