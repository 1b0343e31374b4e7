import { describe, expect, it } from 'vitest';
import { keysInUse } from '../../../evidence/dkim-use.ts';
import { sampleProof } from '../../../evidence/mail-samples.ts';
import { parseMail } from '../../access/mail/parse.ts';
import { appMail, newKey } from '../arc/fixtures/forwarder.ts';
import { openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { judgeMail } from '../proof/judge.ts';
import { dkimFacts } from './collector.ts';

const [one, other] = [newKey(), newKey(1024)];
const zone: Zone = {
  'k1._domainkey.acme.io': one.record,
  'k2._domainkey.acme.io': one.record,
  's1._domainkey.acme.io': other.record,
  's2._domainkey.acme.io': [{ type: 'CNAME', data: 's2.domainkey.u1.wl.sendgrid.net' }],
  's2.domainkey.u1.wl.sendgrid.net': one.record,
  's3._domainkey.acme.io': [{ type: 'CNAME', data: 'keys.acme.io' }],
  'keys.acme.io': other.record,
};

async function asking<T>(own: Zone, act: (dns: ReturnType<typeof openDns>) => Promise<T>): Promise<T> {
  const dns = await startDns(zoned(own));
  try {
    return await act(openDns({ servers: [dns.server], waitMs: 250, tries: 1 }));
  } finally {
    await dns.stop();
  }
}

describe('what can be seen of who changes a key', () => {
  it('is whether it is the same as another, and whose name it lies at', async () => {
    const { keys } = await asking(zone, (dns) => dkimFacts(dns, { name: 'acme.io', selectors: ['k1', 'k2', 's1', 's2', 's3'] }, []));
    const [k1, k2, s1, s2, s3] = keys;
    expect(k1?.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(k2?.fingerprint).toBe(k1?.fingerprint);
    expect(s1?.fingerprint).not.toBe(k1?.fingerprint);
    expect([k1, s1].map((key) => key?.runBy)).toEqual([undefined, undefined]);
    expect(s2).toMatchObject({ at: 's2.domainkey.u1.wl.sendgrid.net', runBy: 'sendgrid.net' });
    expect(s3?.at).toBe('keys.acme.io');
    expect(s3).not.toHaveProperty('runBy');
  });

  it.each<readonly [name: string, record: Zone[string], key: object]>([
    ['whole', other.record, { bits: 1024, revoked: false }],
    ['taken back', [{ type: 'TXT', data: 'v=DKIM1; p=' }], { revoked: true }],
  ])('is also with which key a mail that came was signed, and that it is %s', async (_, record, key) => {
    const own = { 's1._domainkey.acme.io': record };
    const raw = await appMail(other);
    const found = await asking(own, async (dns) => ({
      facts: await dkimFacts(dns, { name: 'acme.io' }, []),
      judged: await judgeMail(dns, await parseMail('1', Buffer.from(raw, 'latin1')), () => true),
    }));
    const proof = sampleProof({ name: 'reset', by: 'app', outcome: 'arrived', ...found.judged });
    expect(keysInUse(found.facts, proof)).toMatchObject([{ selector: 's1', told: 'mail', signed: true, state: 'found', ...key }]);
    // Nothing of a key but what lies in the DNS for everybody, and no object of Node's.
    expect(JSON.parse(JSON.stringify(found.judged.dkim))).toEqual(found.judged.dkim);
  });
});
