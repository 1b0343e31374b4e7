import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mailArrives } from '../../src/checks/email/mail-arrives.ts';
import { mailSigned } from '../../src/checks/email/mail-signed.ts';
import { openDns } from '../../src/collect/dns/client.ts';
import { startDns, type Zone, zoned } from '../../src/collect/dns/fixture.ts';
import { mailProofCollector } from '../../src/collect/mail/proof/collector.ts';
import { createVault } from '../../src/core/vault.ts';
import type { MailProof } from '../../src/evidence/mail-proof.ts';
import { lacking, type MailServers, rightZone as right, startMailServers, txt } from './mail-servers.ts';

const why = lacking();
if (why !== undefined) process.stderr.write(`Skipped: real mail servers, since ${why}.\n`);

describe.skipIf(why !== undefined)('a mail through postfix, opendkim and dovecot', () => {
  let servers: MailServers;
  beforeAll(async () => {
    servers = await startMailServers();
  });
  afterAll(() => servers?.stop());

  async function sent(zone: Zone, { address = 'inbox-{id}@box.test', port = servers.smtp } = {}): Promise<MailProof> {
    const dns = await startDns(zoned(zone));
    try {
      return await mailProofCollector.collect(
        { dns: openDns({ servers: [dns.server], waitMs: 500, tries: 2 }) },
        {
          target: {
            scope: { hosts: [], requests: 100, history: false },
            writes: true,
            domains: { apex: 'acme.test', drafted: false, hosts: [], mail: [{ name: 'acme.test' }] },
            mail: { kind: 'imap', host: '127.0.0.1', port: servers.imap, user: 'anna', password: servers.password, tls: false, address },
            email: { mails: [], waitSeconds: 20, send: { host: '127.0.0.1', port, tls: false, from: 'app@acme.test' } },
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
  const outcomes = (proof: MailProof): string[] => [...mailArrives.evaluate({ proof })].map(({ outcome }) => outcome);

  it('passes where the records are right', async () => {
    const proof = await sent(right(servers.key));
    expect(proof.mails).toMatchObject([
      {
        outcome: 'arrived',
        folder: 'inbox',
        from: 'acme.test',
        returnPath: 'acme.test',
        spf: { result: 'pass', ip: '127.0.0.1', aligned: 'strict' },
        dkim: [{ domain: 'acme.test', selector: 's1', result: 'pass', bits: 2048, aligned: 'strict' }],
        dmarc: { result: 'pass', policy: 'reject' },
        hasText: true,
        hasHtml: true,
      },
    ]);
    expect(proof.mails[0]?.seconds).toBeLessThan(20);
    expect(outcomes(proof)).toEqual(['pass']);
    expect([...mailSigned.evaluate({ proof })].map(({ outcome }) => outcome)).toEqual(['pass']);
  });

  it.each<readonly [name: string, change: Zone, spf: string, dkim: string]>([
    ['the key is not there and SPF refuses', { 's1._domainkey.acme.test': [], 'acme.test': [txt('v=spf1 -all')] }, 'fail', 'permerror'],
    ['nothing was ever set', { 's1._domainkey.acme.test': [], 'acme.test': [] }, 'none', 'permerror'],
    [
      'the key is another one and SPF is broken',
      {
        's1._domainkey.acme.test': [txt('v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=')],
        'acme.test': [txt('v=spf1 ipv4:127.0.0.1 -all')],
      },
      'permerror',
      'permerror',
    ],
  ])('fails where %s', async (_, change, spf, dkim) => {
    const proof = await sent({ ...right(servers.key), ...change });
    expect(proof.mails).toMatchObject([{ outcome: 'arrived', spf: { result: spf }, dkim: [{ result: dkim }], dmarc: { result: 'fail' } }]);
    expect(outcomes(proof)).toEqual(['fail']);
  });

  it('is not known where a name server does not answer', async () => {
    const proof = await sent({ ...right(servers.key), 's1._domainkey.acme.test': ['silent'], 'acme.test': ['silent'] });
    expect(proof.mails).toMatchObject([{ spf: { result: 'temperror' }, dkim: [{ result: 'temperror' }], dmarc: { result: 'temperror' } }]);
    expect(outcomes(proof)).toEqual(['unknown']);
  });

  it('passes by DKIM where SPF alone fails, and is told from spam', async () => {
    expect((await sent({ ...right(servers.key), 'acme.test': [txt('v=spf1 -all')] })).mails).toMatchObject([
      { dmarc: { result: 'pass' }, spf: { result: 'fail' } },
    ]);
    const spam = await sent(right(servers.key), { address: 'spam-{id}@box.test' });
    expect(spam.mails).toMatchObject([{ outcome: 'arrived', folder: 'spam' }]);
    expect(outcomes(spam)).toEqual(['fail']);
  });

  it('is not known where the server cannot be reached', async () => {
    const proof = await sent(right(servers.key), { address: 'a-{id}@gone.test', port: 1 });
    expect(proof.mails).toMatchObject([{ outcome: 'unsent', why: expect.stringMatching(/ECONNREFUSED/) as string }]);
    expect(outcomes(proof)).toEqual(['unknown']);
  });
});
