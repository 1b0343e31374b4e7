import { afterEach, describe, expect, it } from 'vitest';
import { openDns } from '../../src/collect/dns/client.ts';
import { type DnsFixture, type Reply, startDns } from '../../src/collect/dns/fixture.ts';
import { checks } from '../../src/checks/index.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import { judge, mapOf, open } from './judge.ts';

/** Those that ask the DNS, and whatever answers at what it names. */
const ids = checks.flatMap(({ id, needs }) =>
  id.startsWith('edge/') && Object.values<Evidence>(needs).every((one) => /^(?:dns\.|edge\.(?:unclaimed|wildcard)$)/.test(one.id))
    ? [id]
    : [],
);
const zoneIds: readonly string[] = ['edge/name-server-broken', 'edge/name-servers-differ', 'edge/zone-out-of-step', 'edge/soa-values'];

const started: DnsFixture[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

/** What the checks say where one server plays the resolver, the root and all the rest; and how many messages that took. */
async function told(reply: (name: string, type: string) => Reply | undefined, only: readonly string[] = ids, labels = ['', 'app']) {
  const fixture = await startDns((name, type) => reply(name.toLowerCase(), type));
  started.push(fixture);
  const dns = openDns({ servers: [fixture.server], waitMs: 150, tries: 1 });
  const roots = [`127.0.0.1:${fixture.server.port}`];
  const all = await judge(
    dns,
    mapOf('example.com', labels, { roots, connect: { 'example.com': '127.0.0.1:1', 'app.example.com': '127.0.0.1:1' } }),
    only,
  );
  return { all, open: open(all), sent: dns.sent() };
}

const ns = (name: string, data: string) => ({ type: 'NS' as const, name, data });
const a = (name: string, data: string) => ({ type: 'A' as const, name, data });
const authoritative = 0x0400;

describe('the DNS checks against servers that lie, loop, or say nothing', () => {
  it.each<[string, (name: string, type: string) => Reply | undefined]>([
    ['nothing at all', () => undefined],
    ['failure', () => ({ rcode: 'SERVFAIL' })],
    ['refusal', () => ({ rcode: 'REFUSED' })],
    [
      'a referral to the zone below, over and over',
      (name) => ({ flags: 0, authorities: [ns(name.split('.').slice(1).join('.') || 'com', 'ns.loop.com')] }),
    ],
    [
      'aliases that go round',
      (name) => ({ answers: [{ type: 'CNAME', name, data: name === 'a.example.com' ? 'b.example.com' : 'a.example.com' }] }),
    ],
    ['a referral upwards', () => ({ flags: 0, authorities: [ns('.', 'a.root-servers.net')] })],
  ])('%s: no verdict, and no pass', async (_, reply) => {
    const { all, sent } = await told(reply);
    expect(all.filter(({ outcome }) => outcome === 'pass')).toEqual([]);
    // That a name is not there, or is an alias, is what such a server says.
    const said = ['edge/host-not-found', 'edge/mail-record-broken'];
    expect(all.filter(({ outcome, check }) => outcome === 'fail' && !said.includes(check))).toEqual([]);
    expect(all.some(({ outcome }) => outcome === 'unknown')).toBe(true);
    expect(sent).toBeLessThan(250);
  });

  it('something in the network that answers in place of the servers is no lame server', async () => {
    // Recursion available, not authoritative, and an answer to everything: what a captive network does.
    const reply = (name: string, type: string): Reply => ({
      answers: type === 'NS' ? [ns(name, 'ns1.example.net')] : type === 'A' ? [a(name, '127.0.0.1')] : [],
    });
    const { open: said } = await told(reply, zoneIds);
    expect(said.filter((one) => one.includes(' fail '))).toEqual([]);
  });

  it('something in the network that says of everything that it is not there is not believed', async () => {
    const { open: said } = await told(() => ({ rcode: 'NXDOMAIN' }), zoneIds);
    expect(said.filter((one) => one.includes(' fail '))).toEqual([]);
  });

  it('a server that answers from hearsay does not count as one of the zone', async () => {
    const soa = {
      mname: 'ns1.example.com',
      rname: 'h.example.com',
      serial: 1,
      refresh: 7_200,
      retry: 3_600,
      expire: 1_209_600,
      minimum: 300,
    };
    const served =
      (flags: number) =>
      (name: string, type: string): Reply => {
        if (name === 'example.com' && type === 'NS')
          return { flags: 0, authorities: [ns(name, 'ns1.example.com')], additionals: [a('ns1.example.com', '127.0.0.1')] };
        if (name === 'example.com' && type === 'SOA') return { flags, answers: [{ type: 'SOA', name, data: soa }] };
        return { flags, answers: type === 'A' ? [a(name, '127.0.0.1')] : [] };
      };
    expect((await told(served(0), ['edge/name-server-broken'])).open).toEqual(['edge/name-server-broken fail blocker']);
    expect((await told(served(authoritative), ['edge/name-server-broken'])).open).toEqual([]);
  });

  it.each([
    [true, ['edge/dnssec-broken fail blocker']],
    // It fails anyhow, and the zone above has no DS record.
    [false, []],
  ])('a resolver that fails, and answers where it need not validate: %s', async (answersUnchecked, expected) => {
    const fixture = await startDns((name, type, packet) => {
      const unchecked = ((packet.flags ?? 0) & 0x10) !== 0;
      if (type === 'DS') return { flags: authoritative };
      return type === 'A' && unchecked && answersUnchecked ? { answers: [a(name, '192.0.2.7')] } : { rcode: 'SERVFAIL' };
    });
    started.push(fixture);
    const dns = openDns({ servers: [fixture.server], waitMs: 150, tries: 1 });
    const ds = mapOf('example.com', ['app'], { roots: [`127.0.0.1:${fixture.server.port}`] });
    expect(open(await judge(dns, ds, ['edge/dnssec-broken']))).toEqual(expected);
  });

  it('a zone above that names two hundred servers does not have us ask them all', async () => {
    const many = Array.from({ length: 200 }, (_, nth) => `ns${nth}.example.com`);
    const reply = (name: string, type: string): Reply =>
      type === 'NS' && name === 'example.com'
        ? { flags: 0, authorities: many.map((one) => ns('example.com', one)), additionals: many.map((one) => a(one, '127.0.0.1')) }
        : type === 'A' && name.startsWith('ns')
          ? { flags: authoritative, answers: [a(name, '127.0.0.1')] }
          : { rcode: 'REFUSED', flags: 0 };
    const { sent } = await told(reply, zoneIds);
    expect(sent).toBeLessThan(120);
  });

  it.each([
    ['underscores and a name of 63 bytes', `_x.${'a'.repeat(63)}`],
    ['a name in Chinese', '例子'],
    ['a name that is too long to be asked for', Array.from({ length: 5 }, () => 'b'.repeat(60)).join('.')],
    ['an empty label', 'a..b'],
  ])('%s', async (_, label) => {
    const { all } = await told(() => ({ flags: authoritative, rcode: 'NXDOMAIN' }), ids, ['', label]);
    expect(all.length).toBeGreaterThan(0);
  });
});
