import { afterEach, describe, expect, it } from 'vitest';
import { watched } from '../../src/cli/watch.ts';
import { domainWanted } from '../../src/collect/dns/wanted.ts';
import type { GivenDomains } from '../../src/core/target.ts';
import type { Records } from '../../examples/domain/zone.ts';
import { mapOf } from './judge.ts';
import { type Moment, places, startWatched, type WatchedZone } from './watched-zone.ts';

const started: WatchedZone[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

const a = (data: string) => ({ type: 'A', data, ttl: 60 });
const cname = (data: string) => ({ type: 'CNAME', data });
const app = (data = '192.0.2.7'): Records => ({ 'app.acme.io': [a(data)] });

/** Watches while the servers say what `now` gives of the milliseconds since the start. */
async function watch(
  now: (ms: number) => Moment,
  {
    change = {},
    limit = 30,
    signal = new AbortController().signal,
  }: { change?: Partial<GivenDomains>; limit?: number; signal?: AbortSignal } = {},
) {
  const zone = await startWatched(now, { 'cname.vercel-dns.com': [a('76.76.21.21')] });
  started.push(zone);
  const domains = mapOf('acme.io', ['app'], { ...zone.reached, ...change });
  let text = '';
  const seen = await watched(domains, domainWanted(domains), { pace: { limit, between: 0.2 }, signal, say: (more) => (text += more) });
  return { ...seen, text: text.replaceAll(/127\.0\.0\.1:\d+/g, 'R'), questions: zone.asked() };
}

const always = (moment: Moment) => (): Moment => moment;

describe('edge --watch', () => {
  it('ends at once where all say the same', async () => {
    const { outcome, text, rounds } = await watch(always({ first: app() }));
    expect([outcome, rounds]).toEqual(['there', 1]);
    expect(text).toBe(`After 0 s
✓ there: app.acme.io
    wanted: an address, the same everywhere
    ✓ there: A 192.0.2.7
        at ns1.acme.io (${places.first}), ns2.acme.io (${places.second}), resolver R

It is there, as 3 servers say.
`);
  });

  it('does not take a name that nobody has for done, and says for how long that is remembered', async () => {
    const { outcome, text } = await watch(always({ first: {} }), { limit: 1 });
    expect(outcome).toBe('not-there');
    expect(text).toContain('✗ not there yet: app.acme.io');
    expect(text).toContain('✗ not there: no such name');
    expect(text).toContain('resolver R for up to 90 s');
    expect(text).toContain(
      'The time is up (1 s).\nNot there yet: app.acme.io.\nWho asks too early remembers that there is nothing: resolvers for up to 90 s',
    );
  });

  it('waits for a new record on each server, one after the other, and for the resolver', async () => {
    const { outcome, text, rounds } = await watch((ms) => ({
      first: ms < 500 ? {} : app(),
      second: ms < 3_000 ? {} : app(),
      resolver: ms < 4_500 ? {} : app(),
    }));
    expect(outcome).toBe('there');
    expect(rounds).toBeGreaterThan(3);
    expect(text).toContain(`    ✓ there: A 192.0.2.7\n        at ns1.acme.io (${places.first})\n`);
    expect(text).toMatch(/After \d+ s\n✓ there: app/);
  });

  it('waits until the old address is gone everywhere', async () => {
    const { outcome, text } = await watch((ms) => ({ first: app('192.0.2.8'), ...(ms < 1_500 && { resolver: app() }) }));
    expect(text).toContain('✗ not the same everywhere: app.acme.io');
    expect(text).toContain('at resolver R for up to 60 s');
    expect(outcome).toBe('there');
  });

  it('cannot tell where a server is silent or the domain is nobody’s', async () => {
    const { outcome, text } = await watch(always({ first: app(), second: 'dead' }), { limit: 1 });
    expect(outcome).toBe('unknown');
    expect(text).toContain('no answer in 2000 ms');
    expect(text).toContain('Not known, because not all answered: app.acme.io.');
    const other = await watch(always({ first: app() }), {
      limit: 1,
      change: { apex: 'nobody.test', hosts: [{ name: 'nobody.test', role: 'app' }] },
    });
    expect([other.outcome, other.text]).toEqual([
      'not-there',
      expect.stringContaining('nobody.test is not registered, or has no name servers yet'),
    ]);
  });

  it('does not believe who does not serve the zone', async () => {
    const { outcome, text } = await watch(always({ first: app(), second: 'stand-in' }), { limit: 0.5 });
    expect([outcome, text]).toEqual(['unknown', expect.stringContaining('it answers without authority')]);
  });

  it.each<readonly [name: string, on: string, zone: Records, outcome: string, said: string]>([
    ['an alias of the service', 'vercel', { 'app.acme.io': [cname('cname.vercel-dns.com')] }, 'there', 'CNAME cname.vercel-dns.com'],
    ['an alias of another', 'netlify', { 'app.acme.io': [cname('cname.vercel-dns.com')] }, 'not-there', 'which is of Vercel'],
    ['an alias that ends nowhere', 'vercel', { 'app.acme.io': [cname('gone.vercel-dns.com')] }, 'not-there', 'which has no address'],
    ['an address that the service does not have', 'lovable', app(), 'not-there', 'A 192.0.2.7, which is not of Lovable'],
    ['the address of the service', 'lovable', app('185.158.133.1'), 'there', 'A 185.158.133.1'],
    ["Cloudflare's proxy in front", 'lovable', app('104.16.0.1'), 'there', 'A 104.16.0.1'],
    ['a service that nobody knows', 'hetzner', app(), 'there', 'A 192.0.2.7'],
  ])('looks whether a host leads to its service: %s', async (_, on, zone, outcome, said) => {
    const seen = await watch(always({ first: zone }), { limit: 0.5, change: { hosts: [{ name: 'app.acme.io', role: 'app', on }] } });
    expect([seen.outcome, seen.text]).toEqual([outcome, expect.stringContaining(said)]);
  });

  it.each<readonly [type: 'A' | 'AAAA' | 'CNAME' | 'MX' | 'TXT' | 'CAA', content: string, there: Records, instead: Records, said: string]>([
    [
      'A',
      '192.0.2.9',
      { 'x.acme.io': [a('192.0.2.9'), a('192.0.2.10')] },
      { 'x.acme.io': [a('192.0.2.10')] },
      '✗ not as wanted: 192.0.2.10',
    ],
    ['A', '192.0.2.9', { 'x.acme.io': [a('104.16.0.1')] }, { 'x.acme.io': [cname('app.acme.io')] }, 'CNAME app.acme.io'],
    [
      'AAAA',
      '2001:DB8:0:0::1',
      { 'x.acme.io': [{ type: 'AAAA', data: '2001:db8::1' }] },
      { 'x.acme.io': [a('192.0.2.9')] },
      'no AAAA record',
    ],
    [
      'CNAME',
      'cname.vercel-dns.com.',
      { 'x.acme.io': [cname('cname.vercel-dns.com')] },
      { 'x.acme.io': [a('192.0.2.9')] },
      'no CNAME record',
    ],
    ['MX', '10 mx.acme.net', { 'x.acme.io': [{ type: 'MX', data: { preference: 10, exchange: 'MX.acme.net' } }] }, {}, 'no such name'],
    [
      'TXT',
      'site=aB',
      { 'x.acme.io': [{ type: 'TXT', data: ['site=', 'aB'] }] },
      { 'x.acme.io': [{ type: 'TXT', data: 'site=ab' }] },
      'not among 1 TXT record',
    ],
    [
      'TXT',
      'v=spf1 -all',
      { 'x.acme.io': [{ type: 'TXT', data: 'v=spf1 -all' }] },
      { 'x.acme.io': [{ type: 'TXT', data: 'v=spf1 ~all' }] },
      '✗ not as wanted: v=spf1 ~all',
    ],
    [
      'CAA',
      '0 issue "letsencrypt.org"',
      { 'x.acme.io': [{ type: 'CAA', data: { flags: 0, tag: 'issue', value: 'letsencrypt.org' } }] },
      {},
      'no such name',
    ],
  ])('looks at %s %s under domains.records', async (type, content, there, instead, said) => {
    const change = { records: [{ name: 'x.acme.io', type, content }] };
    const late = await watch((ms) => ({ first: { ...app(), ...(ms < 400 ? instead : there) } }), { change });
    expect([late.outcome, late.text]).toEqual(['there', expect.stringContaining(said)]);
    expect(late.text).toContain(`✗ not there yet: ${type} record of x.acme.io`);
    expect(late.text).toContain(`✓ there: ${type} record of x.acme.io`);
  });

  it('takes the addresses at the domain itself for the alias that a DNS host makes them of', async () => {
    const change = { records: [{ name: 'acme.io', type: 'CNAME' as const, content: 'cname.vercel-dns.com' }] };
    expect((await watch(always({ first: { ...app(), 'acme.io': [a('76.76.21.21')] } }), { change })).outcome).toBe('there');
  });

  it('asks the servers of a zone below that the domain hands on', async () => {
    const { outcome, text } = await watch(always({ first: app() }), { change: { hosts: [{ name: 'below.acme.io', role: 'app' }] } });
    expect(outcome).toBe('there');
    expect(text).toContain(`at ns.below.acme.io (${places.below}), resolver R`);
  });

  it('waits for no host that is a guess', async () => {
    const guess: Partial<GivenDomains> = {
      drafted: true,
      hosts: [
        { name: 'acme.io', role: 'marketing' },
        { name: 'www.acme.io', role: 'marketing' },
        { name: 'app.acme.io', role: 'app' },
      ],
    };
    const { outcome, text } = await watch(always({ first: app() }), { change: guess });
    expect([outcome, text]).toEqual(['there', expect.not.stringContaining('www')]);
    const half = await watch(always({ first: { ...app(), 'www.acme.io': [a('192.0.2.7')] }, second: app() }), {
      change: guess,
      limit: 0.5,
    });
    expect([half.outcome, half.text]).toEqual(['not-there', expect.stringContaining('Not there yet: www.acme.io.')]);
  });

  it('asks each server once a round for each type', async () => {
    const { questions } = await watch(always({ first: app() }));
    // The zone above and the zone itself for its servers, then A and AAAA at two servers and the resolver.
    expect(questions.filter((one) => one.startsWith('app.acme.io'))).toHaveLength(6);
    expect(questions.length).toBeLessThanOrEqual(10);
  });

  it('tells two records of one name apart, and says nothing twice', async () => {
    const records = ['one', 'two'].map((content) => ({ name: 'x.acme.io', type: 'TXT' as const, content }));
    const { outcome, text } = await watch(always({ first: { ...app(), 'x.acme.io': [{ type: 'TXT', data: 'two' }] } }), {
      change: { records },
      limit: 1,
    });
    expect(outcome).toBe('not-there');
    expect(text.match(/After/g)).toHaveLength(1);
    expect(text).toContain('    wanted: one\n    ✗ not there: not among 1 TXT record\n');
    expect(text).toContain('    wanted: two\n    ✓ there: two\n');
  });

  it('shows no more of an answer than a screen holds', async () => {
    const data = Array.from({ length: 40 }, () => 'v=spf1 '.padEnd(250, 'x'));
    const change = { records: [{ name: 'x.acme.io', type: 'TXT' as const, content: 'v=spf1 -all' }] };
    const { text } = await watch(always({ first: { ...app(), 'x.acme.io': [{ type: 'TXT', data }] } }), { change, limit: 0.5 });
    expect(text).toContain('x…\n');
    expect(text.length).toBeLessThan(2_000);
  });

  it('shows nothing that acts on a terminal', async () => {
    const change = { records: [{ name: 'x.acme.io', type: 'TXT' as const, content: 'v=spf1 -all' }] };
    const { text } = await watch(always({ first: { ...app(), 'x.acme.io': [{ type: 'TXT', data: 'v=spf1 \u001b[2J' }] } }), {
      change,
      limit: 0.5,
    });
    expect(text).toContain('v=spf1 ?[2J');
    expect(text).not.toContain('\u001b');
  });

  it('ends with Ctrl-C, with what the last whole round saw', async () => {
    const { outcome, text, looked } = await watch(always({ first: {} }), { limit: 600, signal: AbortSignal.timeout(500) });
    expect([outcome, looked[0]?.is]).toEqual(['stopped', 'not-there']);
    expect(text).toMatch(/\nStopped\.\nNot there yet: app\.acme\.io\.\n/);
  });
});
