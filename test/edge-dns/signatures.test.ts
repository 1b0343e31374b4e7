import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dnssecBroken } from '../../src/checks/edge/dnssec-broken.ts';
import { openDns } from '../../src/collect/dns/client.ts';
import { zoneCollector } from '../../src/collect/dns/zone/collector.ts';
import { dnssecCollector } from '../../src/collect/dns/zone/dnssec.ts';
import type { CollectContext } from '../../src/core/collector.ts';
import type { DnssecFacts } from '../../src/evidence/dnssec.ts';
import { mapOf } from './judge.ts';
import { addresses, type Lab, type LabZone, missing, port, startLab } from './lab.ts';

if (missing) process.stderr.write(`skipped, signatures of real name servers: ${missing}\n`);

const records = [
  '@ A 192.0.2.7',
  'www CNAME @',
  'app A 192.0.2.8',
  'app A 192.0.2.18',
  'app AAAA 2001:db8::8',
  'case CNAME App',
  'away CNAME ns1.hoster.test.',
  '* A 192.0.2.9',
].join('\n');
const labels = ['', 'www', 'app', 'case', 'away', 'any.where'];
/** The same record at one server or at both, after it was signed. */
const moved = (text: string): string => text.replace('192.0.2.18', '192.0.2.66');
const past = (text: string): string =>
  text.replaceAll(/\b20\d{12} (20\d{12} )/g, '20200601000000 $1').replaceAll(/(20200601000000) 20\d{12} /g, '$1 20200501000000 ');

const algorithms = ['rsasha256', 'rsasha512', 'ecdsap256sha256', 'ecdsap384sha384', 'ed25519', 'ed448'] as const;
const zones: Readonly<Record<string, LabZone>> = {
  ...Object.fromEntries(algorithms.map((algorithm) => [`${algorithm}.test`, { records, signed: true, ds: 'right', algorithm } as const])),
  'before.test': { records, signed: 'before', ds: 'right' },
  'moved.test': { records, signed: 'before', ds: 'right', change: moved },
  'apart.test': { records, signed: 'before', ds: 'right', change: (text, server) => (server === 'second' ? moved(text) : text) },
  'stale.test': { records, signed: 'before', ds: 'right', change: (text, server) => (server === 'second' ? past(text) : text) },
  'bare.test': {
    records,
    signed: 'before',
    ds: 'right',
    change: (text, server) => (server === 'second' ? text.replaceAll(/^app\S*\s.*RRSIG\s+A .*$/gm, '') : text),
  },
  'unproven.test': { records, signed: 'before', ds: 'right', change: (text) => text.replaceAll(/^.*RRSIG\s+NSEC .*$/gm, '') },
  'parent.test': { records: `${records}\nsub NS ns1.hoster.test.\nsub NS ns2.hoster.test.`, signed: true, ds: 'right' },
  'sub.parent.test': { records: 'app A 192.0.2.10', delegation: '' },
};

/** What is known of the signatures of a zone of the lab, and what the check says. */
async function look(apex: string, { hosts = labels, resolver = addresses.resolver as string } = {}) {
  const domains = mapOf(apex, hosts, { roots: [`${addresses.root}:${port}`] });
  const dns = openDns({ servers: [{ address: resolver, port }], waitMs: 1_000 });
  const context = { target: { domains }, signal: new AbortController().signal } as unknown as CollectContext;
  const zone = await zoneCollector.collect({ dns }, context);
  const before = dns.sent();
  const dnssec = await dnssecCollector.collect({ dns, zone }, context);
  const [told] = [...dnssecBroken.evaluate({ dnssec })];
  return { dnssec, told: told!, asked: dns.sent() - before };
}

const not = ({ computed }: DnssecFacts, what = 'holds') =>
  computed.filter(({ is }) => is !== what).map(({ server, name, type, is }) => `${server.split(' ')[0]} ${name} ${type} ${is}`);
const unboundOf = ({ names }: DnssecFacts) => names.filter(({ is }) => is !== 'secure').map(({ name, is }) => `${name} ${is}`);

describe.skipIf(missing)('signatures of zones, with knot and unbound', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(zones);
  });
  afterAll(() => lab?.stop());

  it.each(algorithms)('%s: all hold at both servers, and unbound says the same', async (algorithm) => {
    const apex = `${algorithm}.test`;
    const { dnssec, told } = await look(apex);
    expect(not(dnssec)).toEqual([]);
    const servers = [...new Set(dnssec.computed.map(({ server }) => server))];
    expect(servers.map((one) => one.split(' ')[0])).toEqual(['ns1.hoster.test', 'ns2.hoster.test']);
    for (const server of servers)
      expect(
        dnssec.computed
          .filter((one) => one.server === server)
          .map(({ name, type }) => `${type} ${name}`)
          .toSorted(),
      ).toEqual(
        [
          `A any.where.${apex}`,
          `A ${apex}`,
          `A app.${apex}`,
          `AAAA app.${apex}`,
          `CNAME away.${apex}`,
          `CNAME case.${apex}`,
          `CNAME www.${apex}`,
          `DNSKEY ${apex}`,
          `SOA ${apex}`,
        ].toSorted(),
      );
    expect(dnssec.uncomputed).toContain(`that there is no any.where.${apex}, so that the wildcard counts`);
    expect(dnssec.uncomputed).toContain(`that there is no AAAA record of ${apex}`);
    // Where it leads is not signed.
    expect(unboundOf(dnssec)).toEqual([`away.${apex} insecure`]);
    expect(told.outcome).toBe('pass');
  });

  it('a zone that was signed before holds as well', async () => {
    const { dnssec, told } = await look('before.test');
    expect([not(dnssec), told.outcome]).toEqual([[], 'pass']);
  });

  it('a record that was changed after it was signed is found at both servers, and refused by unbound', async () => {
    const { dnssec, told } = await look('moved.test');
    expect(not(dnssec)).toEqual(['ns1.hoster.test app.moved.test A broken', 'ns2.hoster.test app.moved.test A broken']);
    // What leads there cannot be had either.
    expect(unboundOf(dnssec)).toEqual(['app.moved.test bogus', 'case.moved.test bogus', 'away.moved.test insecure']);
    expect([told.outcome, told.message]).toEqual(['fail', expect.stringMatching(/app\.moved\.test.*made over other records/)]);
  });

  it.each([
    ['apart.test', 'ns2.hoster.test app.apart.test A broken', /made over other records/],
    ['bare.test', 'ns2.hoster.test app.bare.test A broken', /without a signature of the zone/],
  ])('%s: what is wrong at one server is found, where unbound asks the other and is content', async (apex, expected, why) => {
    const { dnssec, told } = await look(apex);
    expect(not(dnssec)).toEqual([expected]);
    expect(unboundOf(dnssec)).toEqual([`away.${apex} insecure`]);
    expect([told.outcome, told.message]).toEqual(['fail', expect.stringMatching(why)]);
    expect(told.message).toContain(`ns2.hoster.test (${addresses.second}`);
    expect(told.message).not.toContain(addresses.first);
    expect(told.message).toContain('The resolver that was asked is content');
  });

  it('signatures that ran out at one server are found, by date', async () => {
    const { dnssec, told } = await look('stale.test');
    expect(not(dnssec).length).toBe(9);
    expect(not(dnssec).every((one) => one.startsWith('ns2.hoster.test'))).toBe(true);
    expect(told.message).toContain('ran out on 2020-06-01');
  });

  it('a wildcard whose proof is missing is refused by unbound, which is believed', async () => {
    const { dnssec, told } = await look('unproven.test');
    expect(not(dnssec)).toEqual([]);
    expect(unboundOf(dnssec)).toEqual(['away.unproven.test insecure', 'any.where.unproven.test bogus']);
    expect(told.outcome).toBe('fail');
    expect(told.message).toMatch(
      /do not answer for any\.where\.unproven\.test\. What was computed here .* a proof that something is not there/,
    );
  });

  it('a host of a zone further down, at the same servers and without signatures, is none of it', async () => {
    const { dnssec, told } = await look('parent.test', { hosts: ['', 'app', 'app.sub'] });
    expect(not(dnssec)).toEqual([]);
    expect(dnssec.uncomputed).toContain('app.sub.parent.test, which belongs to a zone of its own');
    expect(told.outcome).not.toBe('fail');
  });

  it('without a resolver that can be asked, the servers alone tell', async () => {
    const good = await look('ed25519.test', { resolver: addresses.nobody });
    expect([good.dnssec.resolver, good.told.outcome]).toEqual(['unknown', 'pass']);
    expect(good.told.message).toContain('no resolver could be asked');
    const bad = await look('apart.test', { resolver: addresses.nobody });
    expect([bad.told.outcome, bad.told.message]).toEqual(['fail', expect.stringContaining('ns2.hoster.test')]);
  });

  it('takes no question more than before, but for keys', async () => {
    // DS of the zone above, keys of two servers, the root's SOA record, and a host each of the resolver.
    expect((await look('ecdsap256sha256.test')).asked).toBe(4 + labels.length);
  });
});
