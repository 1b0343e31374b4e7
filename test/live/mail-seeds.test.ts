import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailArrives } from '../../src/checks/email/mail-arrives.ts';
import { mailHandedOver } from '../../src/checks/email/mail-handed-over.ts';
import { mailPlacement } from '../../src/checks/email/mail-placement.ts';
import { openDns } from '../../src/collect/dns/client.ts';
import { startDns, zoned } from '../../src/collect/dns/fixture.ts';
import { mailProofCollector } from '../../src/collect/mail/proof/collector.ts';
import { startApp } from '../../src/collect/mail/proof/fixture.ts';
import type { GivenAppMail, GivenSeed } from '../../src/core/target.ts';
import { createVault } from '../../src/core/vault.ts';
import { seedBlocks } from '../../src/deliver/email-setup-seeds.ts';
import type { MailProof } from '../../src/evidence/mail-proof.ts';
import { createTransport } from 'nodemailer';
import { lacking, type MailServers, rightZone as right, startMailServers } from './mail-servers.ts';

const why = lacking();
if (why !== undefined) process.stderr.write(`Skipped: real mail servers, since ${why}.\n`);

describe.skipIf(why !== undefined)('seed boxes on dovecot', () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers();
  });
  afterAll(() => servers?.stop());

  const seed = (name: string, user: string, address: string, change: Partial<GivenSeed> = {}): GivenSeed => ({
    kind: 'imap',
    name,
    host: '127.0.0.1',
    port: servers.imap,
    user,
    password: servers.password,
    passwordFrom: `${name.toUpperCase()}_PASSWORD`,
    tls: false,
    address,
    ...change,
  });

  async function proofOf(
    seeds: readonly GivenSeed[],
    { alone = false, mails = [], url, wait = 20 }: { alone?: boolean; mails?: readonly GivenAppMail[]; url?: URL; wait?: number } = {},
  ): Promise<{ proof: MailProof; scrubbed: string }> {
    const dns = await startDns(zoned(right(servers.key)));
    const vault = createVault();
    try {
      const proof = await mailProofCollector.collect(
        { dns: openDns({ servers: [dns.server], waitMs: 500, tries: 2 }) },
        {
          target: {
            scope: { hosts: [], requests: 300, history: false },
            writes: true,
            ...(url && { url }),
            domains: { apex: 'acme.test', drafted: false, hosts: [], mail: [{ name: 'acme.test' }] },
            ...(!alone && {
              mail: {
                kind: 'imap',
                host: '127.0.0.1',
                port: servers.imap,
                user: 'anna',
                password: servers.password,
                tls: false,
                address: 'inbox-{id}@box.test',
              },
            }),
            email: {
              mails,
              waitSeconds: wait,
              seeds,
              send: { host: '127.0.0.1', port: servers.smtp, tls: false, from: 'Acme, Inc. <app@acme.test>' },
            },
          },
          vault,
          signal: new AbortController().signal,
          progress: () => undefined,
        },
      );
      return { proof, scrubbed: vault.scrub(servers.password) };
    } finally {
      await dns.stop();
    }
  }
  const told = (proof: MailProof): string[] =>
    [...mailPlacement.evaluate({ proof })].map(({ outcome, subject }) => `${outcome} ${subject}`);

  it('tells for each box where the mail ended, and what that receiver makes of it', async () => {
    const { proof, scrubbed } = await proofOf([
      seed('bert', 'bert', 'box-bert-{id}@box.test'),
      seed('carl', 'carl', 'junk-carl-{id}@box.test'),
      // One address, which had a mail before.
      seed('dora', 'dora', 'box-dora@box.test'),
    ]);
    expect(
      proof.seeds.map(({ name, mails }) => [
        name,
        mails.map(({ outcome, folder, dmarc, spf }) => [outcome, folder, spf.result, dmarc.result]),
      ]),
    ).toEqual([
      ['bert', [['arrived', 'inbox', 'pass', 'pass']]],
      ['carl', [['arrived', 'spam', 'pass', 'pass']]],
      ['dora', [['arrived', 'inbox', 'pass', 'pass']]],
    ]);
    expect(proof.mails).toMatchObject([{ outcome: 'arrived', folder: 'inbox', from: 'acme.test' }]);
    expect(proof.mails[0]?.formFaults).toBeUndefined();
    expect(told(proof)).toEqual(['pass bert', 'fail carl', 'pass dora', 'unknown providers without a box']);
    expect([...mailArrives.evaluate({ proof })].map(({ outcome }) => outcome)).toEqual(['pass']);
    // Handed in on this machine: nothing is said of TLS and names.
    expect([...mailHandedOver.evaluate({ proof })]).toEqual([]);
    expect(scrubbed).toMatch(/hidden/);
    const [table] = seedBlocks(proof).flatMap((block) => (block.kind === 'table' ? [block] : []));
    expect(table?.columns).toEqual(['Mail', 'mailbox', 'bert', 'carl', 'dora']);
    expect(table?.rows[0]?.[3]).toMatch(/^SPAM after \d+\.\d s; SPF, DKIM and DMARC pass; it does not say what it makes of it$/);
  }, 60_000);

  it('judges the others where one cannot be opened, and says what to set', async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    try {
      const { proof } = await proofOf(
        [
          seed('bert', 'bert', 'box-bert-{id}@box.test'),
          seed('carl', 'carl', 'box-carl-{id}@box.test', { password: 'another-password' }),
          seed('gone', 'dora', 'box-dora-{id}@box.test', { port: 1 }),
          seed('silent', 'dora', 'box-dora-{id}@box.test', { port: (silent.address() as AddressInfo).port }),
          seed('plain', 'dora', 'box-dora-{id}@box.test', { tls: true }),
        ],
        { alone: true },
      );
      // Where there is no mailbox, the first box that got mails is judged as it.
      expect(proof).toMatchObject({ mailboxAt: { seed: 'bert' }, mails: [{ outcome: 'arrived', folder: 'inbox' }] });
      expect(told(proof)).toEqual(['unknown carl', 'unknown gone', 'unknown silent', 'unknown plain', 'unknown providers without a box']);
      const [carl, gone, quiet, plain] = proof.seeds.map(({ fault }) => `${fault?.why} | ${fault?.remedy}`);
      expect(carl).toMatch(/^127\.0\.0\.1 refuses this user and password.*\| .*CARL_PASSWORD.*app password/);
      expect(gone).toMatch(/nothing takes connections at port 1/);
      expect(quiet).toMatch(/takes the connection and then says nothing \| .*leave email\.seeds \(silent\)\.tls out/);
      expect(plain).toMatch(/does not speak TLS from the start \| .*email\.seeds \(plain\)\.tls to false/);
    } finally {
      silent.close();
    }
  }, 60_000);

  it('has the app send there what it sends to any address, and takes no other mail for it', async () => {
    const way = createTransport({ host: '127.0.0.1', port: servers.smtp, ignoreTLS: true });
    const write = (to: string, subject: string, from = 'app@acme.test') =>
      void way.sendMail({ from, to, subject, text: 'https://app.acme.test/' });
    const app = await startApp(
      [],
      (to, subject) => {
        // A mail of somebody else comes to the box that is in use, just before.
        if (subject === 'Invite' && to === 'junk-dora@box.test') write(to, 'News', 'news@other.test');
        setTimeout(() => write(to, subject), 300);
      },
      () => undefined,
    );
    try {
      const { proof } = await proofOf([seed('bert', 'bert', 'box-bert-{id}@box.test'), seed('dora', 'dora', 'junk-dora@box.test')], {
        url: new URL(app.origin),
        wait: 5,
        mails: [
          { name: 'invite', request: 'POST /invites', body: '{"to":"{address}"}' },
          { name: 'digest', request: 'POST /invites', body: '{"to":"anna@box.test"}' },
        ],
      });
      expect(proof.seeds.map(({ name, mails }) => [name, mails.map((mail) => [mail.name, mail.folder, mail.from])])).toEqual([
        [
          'bert',
          [
            ['test mail', 'inbox', 'acme.test'],
            ['invite', 'inbox', 'acme.test'],
          ],
        ],
        [
          'dora',
          [
            ['test mail', 'spam', 'acme.test'],
            ['invite', 'spam', 'acme.test'],
          ],
        ],
      ]);
      expect(proof.leftovers.filter((one) => one.includes('/invites made for'))).toHaveLength(4);
      expect(told(proof)).toContain('fail dora');
    } finally {
      app.stop();
      way.close();
    }
  }, 120_000);
});
