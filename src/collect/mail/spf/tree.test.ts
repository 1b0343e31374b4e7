import { describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { spfFacts, type SpfSubject } from './facts.ts';

const txt = (data: string) => ({ type: 'TXT', data });
const a = (data: string) => ({ type: 'A', data });
const aaaa = (data: string) => ({ type: 'AAAA', data });
const mx = (exchange: string, preference = 10) => ({ type: 'MX', data: { preference, exchange } });

async function factsOf(zone: Zone, about: Partial<SpfSubject> = {}) {
  const dns = await startDns(zoned(zone));
  try {
    return await spfFacts(openDns({ servers: [dns.server], waitMs: 300, tries: 1 }), { domain: 'example.com', ...about });
  } finally {
    await dns.stop();
  }
}

/** `depth` records, each of which includes the next. */
const chain = (depth: number): Zone =>
  Object.fromEntries(
    Array.from({ length: depth }, (_, nth) => [
      nth === 0 ? 'example.com' : `s${nth}.example.net`,
      [txt(nth === depth - 1 ? 'v=spf1 ip4:192.0.2.1 -all' : `v=spf1 include:s${nth + 1}.example.net -all`)],
    ]),
  );

describe('what an SPF record costs', () => {
  it.each<readonly [name: string, zone: Zone, lookups: number, voids: number]>([
    ['addresses cost nothing', { 'example.com': [txt('v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all')] }, 0, 0],
    ['an include costs one, and what is in it', chain(3), 2, 0],
    [
      'a, mx, exists, ptr and a redirect cost one each; mail servers of mx nothing more',
      {
        'example.com': [
          txt('v=spf1 a mx exists:e.example.com ptr redirect=r.example.com'),
          a('192.0.2.1'),
          mx('m1.example.com'),
          mx('m2.example.com'),
        ],
        'm1.example.com': [a('192.0.2.2')],
        'm2.example.com': [aaaa('2001:db8::2')],
        'e.example.com': [a('127.0.0.2')],
        'r.example.com': [txt('v=spf1 -all')],
      },
      5,
      0,
    ],
    [
      'the same include twice costs twice',
      {
        'example.com': [txt('v=spf1 include:s.example.net include:s.example.net -all')],
        's.example.net': [txt('v=spf1 a -all'), a('192.0.2.1')],
      },
      4,
      0,
    ],
    ['what stands behind all costs nothing', { 'example.com': [txt('v=spf1 -all include:s.example.net a mx')] }, 0, 0],
    ['a redirect beside all costs nothing', { 'example.com': [txt('v=spf1 -all redirect=s.example.net')] }, 0, 0],
    ['exp costs nothing', { 'example.com': [txt('v=spf1 -all exp=e.example.com')] }, 0, 0],
    [
      'a host with IPv6 only is no empty answer',
      { 'example.com': [txt('v=spf1 a:six.example.com -all')], 'six.example.com': [aaaa('2001:db8::1')] },
      1,
      0,
    ],
    ['a host without any address is one empty answer, not two', { 'example.com': [txt('v=spf1 a:gone.example.com -all')] }, 1, 1],
    ['no mail servers are one empty answer', { 'example.com': [txt('v=spf1 mx -all')] }, 1, 1],
    [
      'a mail server without an address is one',
      { 'example.com': [txt('v=spf1 mx -all'), mx('gone.example.com'), mx('m.example.com')], 'm.example.com': [a('192.0.2.1')] },
      1,
      1,
    ],
    ['a null MX is none', { 'example.com': [txt('v=spf1 mx -all'), mx('.', 0)] }, 1, 0],
    [
      'an exists with a macro costs one, and nobody knows what it answers',
      { 'example.com': [txt('v=spf1 exists:%{i}.e.example.com -all')] },
      1,
      0,
    ],
    ['eleven in a chain', chain(12), 11, 0],
  ])('%s', async (_, zone, lookups, voids) => {
    const facts = await factsOf(zone);
    expect({ lookups: facts.lookups, voids: facts.voids }).toEqual({ lookups, voids });
  });

  it('is shown term by term', async () => {
    const { tree } = await factsOf(chain(3));
    expect(tree?.terms[0]).toMatchObject({
      term: 'include:s1.example.net',
      lookups: 2,
      of: { domain: 's1.example.net', terms: [{ term: 'include:s2.example.net', lookups: 1 }, { term: '-all' }] },
    });
  });
});

describe('where receivers give up', () => {
  it.each<readonly [name: string, zone: Zone, broken: RegExp]>([
    [
      'an include of a domain without a record',
      { 'example.com': [txt('v=spf1 include:none.example.net -all')] },
      /^include:none\.example\.net: .*no SPF record/,
    ],
    [
      'an include of two records',
      { 'example.com': [txt('v=spf1 include:s.example.net -all')], 's.example.net': [txt('v=spf1 -all'), txt('v=spf1 a -all')] },
      /has 2 SPF records/,
    ],
    [
      'an include with a mistake, two steps down',
      {
        'example.com': [txt('v=spf1 include:s.example.net -all')],
        's.example.net': [txt('v=spf1 include:t.example.net -all')],
        't.example.net': [txt('v=spf1 ip4:1.2.3 -all')],
      },
      /^include:s\.example\.net > include:t\.example\.net: .*no IPv4/,
    ],
    [
      'a record that leads to itself',
      { 'example.com': [txt('v=spf1 include:s.example.net -all')], 's.example.net': [txt('v=spf1 include:EXAMPLE.com -all')] },
      /never ends/,
    ],
    [
      'more than ten mail servers',
      { 'example.com': [txt('v=spf1 mx -all'), ...Array.from({ length: 11 }, (_, nth) => mx(`m${nth}.example.com`))] },
      /11 mail servers/,
    ],
    ['a redirect to nothing', { 'example.com': [txt('v=spf1 redirect=none.example.net')] }, /redirect=none/],
  ])('%s', async (_, zone, broken) => {
    const facts = await factsOf(zone);
    expect(facts.broken).toHaveLength(1);
    expect(facts.broken?.[0]).toMatch(broken);
    expect(facts.unclear).toEqual([]);
  });

  it('is not told of a server that fails', async () => {
    const facts = await factsOf({ 'example.com': [txt('v=spf1 include:s.example.net -all')], 's.example.net': ['silent'] });
    expect(facts.broken).toEqual([]);
    expect(facts.unclear).toHaveLength(1);
  });

  it('ends with a record that is made to be followed for ever', async () => {
    const wide = await startDns((name) => ({
      answers: [{ name, type: 'TXT', data: `v=spf1 ${Array.from({ length: 9 }, (_, nth) => `include:${nth}.${name}`).join(' ')} -all` }],
    }));
    const client = openDns({ servers: [wide.server], waitMs: 300, tries: 1 });
    const facts = await spfFacts(client, { domain: 'example.com' });
    expect(client.sent()).toBeLessThan(80);
    expect(facts.lookups).toBeGreaterThan(10);
    await wide.stop();
  });
});

describe('what a record says of everybody else', () => {
  it.each<readonly [string, string]>([
    ['v=spf1 -all', 'fail'],
    ['v=spf1 ~all', 'softfail'],
    ['v=spf1 ?all', 'neutral'],
    ['v=spf1 +all', 'pass'],
    ['v=spf1 all', 'pass'],
    ['v=spf1 ip4:192.0.2.1', 'none'],
    ['v=spf1 redirect=r.example.net', 'softfail'],
    ['v=spf1 include:r.example.net', 'none'],
    ['v=spf1 redirect=gone.example.net', 'unclear'],
  ])('%s: %s', async (record, end) => {
    const facts = await factsOf({ 'example.com': [txt(record)], 'r.example.net': [txt('v=spf1 ~all')] });
    expect(facts.end).toBe(end);
  });
});

describe('what would be', () => {
  const zone: Zone = {
    'example.com': [txt('v=spf1 a mx include:_spf.google.com ~all'), a('192.0.2.1'), mx('m.example.com')],
    'm.example.com': [a('192.0.2.1'), aaaa('2001:db8::1')],
    '_spf.google.com': [txt('v=spf1 include:b.google.com -all')],
    'b.google.com': [txt('v=spf1 ip4:192.0.2.9 -all')],
    'mailgun.org': [txt('v=spf1 include:c.mailgun.org -all')],
    'c.mailgun.org': [txt('v=spf1 ip4:192.0.2.10 -all')],
  };

  it('with a sender that is said to send and does not stand in it', async () => {
    const facts = await factsOf(zone, { senders: ['google', 'mailgun', 'resend'] });
    expect(facts.lookups).toBe(4);
    expect(facts.includes).toEqual(['google']);
    expect(facts.additions).toEqual([
      {
        sender: 'mailgun',
        include: 'mailgun.org',
        record: 'v=spf1 a mx include:_spf.google.com include:mailgun.org ~all',
        lookups: 6,
        voids: 0,
      },
    ]);
  });

  it('with a domain that is asked about', async () => {
    const facts = await factsOf(zone, { adding: ['c.mailgun.org'] });
    expect(facts.additions).toMatchObject([{ include: 'c.mailgun.org', lookups: 5 }]);
  });

  it('with its own hosts as addresses', async () => {
    expect((await factsOf(zone)).flat).toEqual({
      record: 'v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 include:_spf.google.com ~all',
      lookups: 2,
    });
  });
});

describe('who stands in a record', () => {
  const google: Zone = {
    '_spf.google.com': [txt('v=spf1 include:_netblocks.google.com ~all')],
    '_netblocks.google.com': [txt('v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ip6:2001:4860:4000::/36 ~all')],
  };
  it.each<readonly [name: string, record: string, zone: Zone, covered: readonly string[]]>([
    ['its addresses are written out', 'v=spf1 ip4:35.190.247.0/24 ip4:64.233.160.0/19 ip6:2001:4860:4000::/36 -all', {}, ['google']],
    ['some of its addresses are not', 'v=spf1 ip4:35.190.247.0/24 -all', {}, []],
    [
      'another service makes the record anew for each mail',
      'v=spf1 exists:%{i}._spf.hosted.example -all',
      Object.fromEntries(
        ['35.190.247.0', '64.233.160.0', '2.0.0.1.4.8.6.0.4.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0'].map((ip) => [
          `${ip}._spf.hosted.example`,
          [a('127.0.0.2')],
        ]),
      ),
      ['google'],
    ],
    ['it is not there', 'v=spf1 ip4:192.0.2.1 -all', {}, []],
  ])('%s', async (_, record, zone, covered) => {
    const facts = await factsOf({ ...google, ...zone, 'example.com': [txt(record)] }, { senders: ['google'] });
    expect(facts).toMatchObject({ includes: [], covered });
  });

  it.each<readonly [id: string, include: string]>([
    ['zoho', 'zoho.eu'],
    ['zoho', 'one.zoho.com'],
    ['proton', '_spf.protonmail.ch'],
    ['gohighlevel', 'mailgun.org'],
    ['microsoft', 'spf.protection.outlook.com'],
  ])('%s by include:%s', async (id, include) => {
    const facts = await factsOf({ 'example.com': [txt(`v=spf1 include:${include} ~all`)] }, { senders: [id] });
    expect(facts.includes).toContain(id);
  });
});

it.each<readonly [record: string, everybody: string | undefined]>([
  ['v=spf1 include:open.example.net -all', 'include:open.example.net'],
  ['v=spf1 ip4:128.0.0.0/1 -all', 'ip4:128.0.0.0/1'],
  ['v=spf1 ip4:192.0.2.0/24 -all', undefined],
  ['v=spf1 ?include:open.example.net -all', undefined],
])('everybody passes, or not: %s', async (record, everybody) => {
  const facts = await factsOf({ 'example.com': [txt(record)], 'open.example.net': [txt('v=spf1 +all')] });
  expect(facts.everybody).toBe(everybody);
});

it.each<readonly [name: string, records: readonly string[], senders: readonly string[] | undefined, wanted: string | undefined]>([
  ['none', [], ['google', 'resend'], 'v=spf1 include:_spf.google.com ~all'],
  ['none, and nobody sends', [], [], 'v=spf1 -all'],
  ['whole', ['v=spf1 mx exp=e.%{d} -all x=y'], undefined, 'v=spf1 mx exp=e.%{d} -all x=y'],
  ['without one of its services', ['v=spf1 mx -all'], ['google'], 'v=spf1 mx include:_spf.google.com -all'],
  ['open at its end', ['v=spf1 mx ?all'], undefined, 'v=spf1 mx ~all'],
  ['with a redirect', ['v=spf1 redirect=r.example.net'], undefined, 'v=spf1 redirect=r.example.net'],
  ['two', ['v=spf1 mx -all', 'v=spf1 include:_spf.google.com ~all'], ['google'], 'v=spf1 mx include:_spf.google.com -all'],
  ['with a mistake', ['v=spf1 ipv4:192.0.2.1 -all'], ['google'], undefined],
])('the record that should stand there: %s', async (_, records, senders, wanted) => {
  const facts = await factsOf(
    { 'example.com': [...records.map(txt), mx('m.example.com')], 'm.example.com': [a('192.0.2.1')] },
    senders ? { senders } : {},
  );
  expect(facts.wanted).toBe(wanted);
});
