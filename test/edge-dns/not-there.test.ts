import { afterEach, describe, expect, it } from 'vitest';
import { openDns } from '../../src/collect/dns/client.ts';
import { startDns, type Zone, zoned } from '../../src/collect/dns/fixture.ts';
import { mailDomain } from '../../src/collect/mail/domains.ts';
import { spfFacts } from '../../src/collect/mail/spf/facts.ts';
import { judge, mapOf, open } from './judge.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function dnsOf(zone: Zone | 'servfail') {
  const dns = await startDns(zone === 'servfail' ? () => ({ rcode: 'SERVFAIL' }) : zoned(zone));
  stops.push(() => dns.stop());
  return openDns({ servers: [dns.server], waitMs: 300, tries: 1 });
}

/** All that judges records of mail, on a domain and a name below it that mail is sent from. */
const mailChecks = [
  'email/domain-not-found',
  'email/spf-missing',
  'email/spf-invalid',
  'email/spf-sender-missing',
  'email/dmarc-missing',
  'email/dmarc-policy',
  'email/dmarc-reporting',
  'email/dmarc-subdomains',
  'email/dkim-key',
  'email/mail-transport',
  'email/non-sending-domain',
];
const map = mapOf('nosuch.example', [''], {
  mail: [
    { name: 'nosuch.example', senders: [] },
    { name: 'mail.nosuch.example', senders: ['google'], selectors: ['google'] },
  ],
});

describe('a domain that is not there', () => {
  it('is told of once for each name, and nothing is advised for it', async () => {
    const all = await judge(await dnsOf({}), map, mailChecks);
    expect(open(all)).toEqual(['email/domain-not-found fail blocker', 'email/domain-not-found fail blocker']);
    expect(all.map(({ message }) => message)).toEqual([
      expect.stringContaining('There is no domain nosuch.example in the DNS'),
      expect.stringContaining('there is no domain nosuch.example in the DNS'),
    ]);
  });

  it('is another thing than one that has no records for mail, or that nobody can ask for', async () => {
    const there = open(await judge(await dnsOf({ 'nosuch.example': [{ type: 'A', data: '192.0.2.7' }] }), map, mailChecks));
    expect(there).not.toContain('email/domain-not-found fail blocker');
    expect(there).toContain('email/dmarc-missing fail high');
    const failing = open(await judge(await dnsOf('servfail'), map, mailChecks));
    expect(failing).toContain('email/domain-not-found unknown blocker');
    expect(failing.filter((one) => one.includes(' fail '))).toEqual([]);
  });

  it('costs no question more than SPF asks', async () => {
    const dns = await dnsOf({ 'example.com': [{ type: 'TXT', data: 'v=spf1 -all' }] });
    await mailDomain(dns, 'example.com');
    const sent = dns.sent();
    await spfFacts(dns, { domain: 'example.com' });
    expect([sent, (await mailDomain(dns, 'example.com')).exists]).toEqual([1, 'yes']);
    const without = await dnsOf({ 'example.com': [{ type: 'TXT', data: 'v=spf1 -all' }] });
    await spfFacts(without, { domain: 'example.com' });
    expect(dns.sent()).toBe(without.sent());
  });

  it('is to be registered, or spelled otherwise, and no record is to be added to it', async () => {
    const [found] = await judge(await dnsOf({}), mapOf('nosuch.example', ['']), ['edge/host-not-found']);
    expect(found).toMatchObject({ outcome: 'fail', fix: expect.stringMatching(/^Register it, or mend the spelling/) as string });
    const [below] = await judge(await dnsOf({ 'nosuch.example': [{ type: 'A', data: '192.0.2.7' }] }), mapOf('nosuch.example', ['app']), [
      'edge/host-not-found',
    ]);
    expect([below?.outcome, below?.fix]).toEqual(['fail', undefined]);
  });
});
