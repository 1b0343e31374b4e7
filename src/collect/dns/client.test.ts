import { createSocket } from 'node:dgram';
import packet from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { addressOf, openDns } from './client.ts';
import { type DnsFixture, type Reply, startDns, zoned } from './fixture.ts';
import { askable, isBelow, parentOf } from './name.ts';

let running: DnsFixture | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function serve(reply: (name: string, type: string) => Reply | undefined, settings: { waitMs?: number; tries?: number } = {}) {
  running = await startDns(reply);
  return openDns({ servers: [running.server], waitMs: 200, tries: 1, ...settings });
}

describe('the DNS client', () => {
  it('reads records of each type', async () => {
    const dns = await serve(
      zoned({
        'a.example': [
          { type: 'A', data: '192.0.2.1', ttl: 300 },
          { type: 'MX', data: { preference: 5, exchange: 'mx.a.example' } },
          { type: 'TXT', data: [Buffer.from('v=spf1 '), Buffer.from([0x2d, 0xe9])] },
          { type: 'CAA', data: { flags: 128, tag: 'issue', value: 'ca.example', issuerCritical: true } },
          { type: 'UNKNOWN_65', data: Buffer.from('000100000100030268320003000201bb', 'hex') },
        ],
      }),
    );
    expect(await dns.ask('A.Example.', 'A')).toMatchObject({
      is: 'records',
      records: [{ name: 'a.example', ttl: 300, data: '192.0.2.1' }],
    });
    expect(await dns.ask('a.example', 'MX')).toMatchObject({ records: [{ data: { preference: 5, exchange: 'mx.a.example' } }] });
    expect(await dns.ask('a.example', 'TXT')).toMatchObject({ records: [{ data: 'v=spf1 -\u00e9' }] });
    expect(await dns.ask('a.example', 'CAA')).toMatchObject({ records: [{ data: { critical: true, tag: 'issue', value: 'ca.example' } }] });
    const https = await dns.ask('a.example', 'HTTPS');
    expect(https).toMatchObject({ records: [{ data: { priority: 1, target: '.' } }] });
    expect(https.is === 'records' && https.records[0]?.data.parameters.get(3)?.readUInt16BE(0)).toBe(443);
  });

  it('asks the same only once, however often and at whatever moment', async () => {
    const dns = await serve(zoned({ 'a.example': [{ type: 'A', data: '192.0.2.1' }] }));
    await Promise.all([dns.ask('a.example', 'A'), dns.ask('A.example.', 'A')]);
    await dns.ask('a.example', 'A');
    expect(running?.asked).toEqual(['a.example A udp']);
    expect(dns.sent()).toBe(1);
  });

  it('says nothing on the terminal where many questions wait side by side', async () => {
    running = await startDns(zoned({ 'a.example': [{ type: 'A', data: '192.0.2.1' }] }));
    const said: string[] = [];
    const hear = ({ name }: Error): void => void said.push(name);
    process.on('warning', hear);
    const dns = openDns({ servers: [running.server], waitMs: 200, tries: 1, signal: new AbortController().signal });
    await Promise.all(Array.from({ length: 30 }, (_, nth) => dns.ask(`n${nth}.a.example`, 'A')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('warning', hear);
    expect(said).toEqual([]);
  });

  it('takes the whole of an answer that is too long for UDP by TCP', async () => {
    const long = 'x'.repeat(250);
    const dns = await serve(zoned({ 'a.example': [{ type: 'TXT', data: Array.from({ length: 40 }, () => long) }] }));
    const answer = await dns.ask('a.example', 'TXT');
    expect(answer.is === 'records' && answer.records[0]?.data.length).toBe(10_000);
    expect(running?.asked).toEqual(['a.example TXT udp', 'a.example TXT tcp']);
  });

  it.each([
    ['there is no such name', { rcode: 'NXDOMAIN' }, { is: 'none', why: 'nxdomain' }],
    ['there is none of the type', {}, { is: 'none', why: 'nodata' }],
    ['the server fails', { rcode: 'SERVFAIL' }, { is: 'failed', why: 'servfail' }],
    ['the server refuses', { rcode: 'REFUSED' }, { is: 'failed', why: 'refused' }],
    ['the server says nothing', undefined, { is: 'failed', why: 'timeout' }],
  ] as const)('tells where %s', async (_, reply, expected) => {
    expect(await (await serve(() => reply as Reply | undefined)).ask('a.example', 'A')).toMatchObject(expected);
  });

  it('asks the next server where one fails, and again where none answers', async () => {
    const [bad, good] = [
      await startDns(() => ({ rcode: 'SERVFAIL' })),
      await startDns(zoned({ 'a.example': [{ type: 'A', data: '192.0.2.1' }] })),
    ];
    try {
      const dns = openDns({ servers: [bad.server, good.server], waitMs: 200, tries: 2 });
      expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'records' });
    } finally {
      await bad.stop();
      await good.stop();
    }
    let nth = 0;
    const later = await serve(() => (nth++ === 0 ? undefined : { answers: [{ type: 'A', name: 'a.example', data: '192.0.2.1' }] }), {
      tries: 2,
    });
    expect(await later.ask('a.example', 'A')).toMatchObject({ is: 'records' });
  });

  it('asks without EDNS whom EDNS confuses', async () => {
    let nth = 0;
    const dns = await serve(() =>
      nth++ === 0 ? { rcode: 'FORMERR' } : { answers: [{ type: 'A', name: 'a.example', data: '192.0.2.1' }] },
    );
    expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'records' });
  });

  it('does not wait for itself where each answer leads on to the next in a circle', async () => {
    const dns = await serve((name) => ({ answers: [{ type: 'CNAME', name, data: name === 'a.example' ? 'b.example' : 'a.example' }] }));
    const both = await Promise.all([dns.ask('a.example', 'A'), dns.ask('b.example', 'A')]);
    expect(both.map(({ is }) => is)).toEqual(['failed', 'failed']);
  });

  it('takes an alias whose target has no such record for one without it', async () => {
    const dns = await serve(
      zoned({ 'a.example': [{ type: 'CNAME', data: 'b.example' }], 'b.example': [{ type: 'A', data: '192.0.2.1' }] }),
    );
    expect(await dns.ask('a.example', 'TXT')).toMatchObject({
      is: 'none',
      why: 'nodata',
      message: { answers: [{ type: 'CNAME', data: 'b.example' }] },
    });
  });

  it('takes names of other servers for no answer of a resolver, and for one of a server', async () => {
    const dns = await serve(() => ({ flags: 0, authorities: [{ type: 'NS', name: 'example', data: 'ns.example' }] }));
    expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'failed' });
    expect(await dns.ask('a.example', 'A', { recursion: false })).toMatchObject({ is: 'none', why: 'nodata' });
  });

  it('follows CNAMEs, also those that a server leaves open, and not round in a circle', async () => {
    const dns = await serve((name) =>
      name === 'a.example'
        ? { answers: [{ type: 'CNAME', name, data: 'b.example' }] }
        : name === 'b.example'
          ? { answers: [{ type: 'A', name, data: '192.0.2.2' }] }
          : {
              answers: [
                { type: 'CNAME', name: 'c.example', data: 'd.example' },
                { type: 'CNAME', name: 'd.example', data: 'c.example' },
              ],
            },
    );
    expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'records', records: [{ data: '192.0.2.2' }] });
    expect(await dns.ask('a.example', 'CNAME')).toMatchObject({ is: 'records', records: [{ data: 'b.example' }] });
    expect(await dns.ask('c.example', 'A')).toMatchObject({ is: 'failed' });
  });

  it('waits on where somebody else answers first', async () => {
    const socket = createSocket('udp4');
    socket.on('message', (bytes, from) => {
      const { id = 0, questions = [] } = packet.decode(bytes);
      const say = (message: Buffer): void => socket.send(message, from.port, from.address);
      const answer = (data: string, more: object) =>
        packet.encode({ type: 'response', id, questions, answers: [{ type: 'A', name: 'a.example', data }], ...more });
      say(Buffer.from('no message'));
      say(answer('203.0.113.1', { id: (id + 1) % 65_536 }));
      say(answer('203.0.113.2', { questions: [{ type: 'A', name: 'b.example' }] }));
      say(answer('192.0.2.1', {}));
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    try {
      const dns = openDns({ servers: [{ address: '127.0.0.1', port: socket.address().port }], waitMs: 500, tries: 1 });
      expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'records', records: [{ data: '192.0.2.1' }] });
    } finally {
      socket.close();
    }
  });

  // A machine without IPv6 is refused by its own system; ports and addresses come from a config that a person wrote.
  it.each([
    ['fe80::1', 53],
    ['127.0.0.1', 0],
    ['127.0.0.1', 99_999],
    ['999.1.1.1', 53],
  ])('%s port %i cannot be reached, and that ends nothing else', async (address, port) => {
    const dns = openDns({ servers: [{ address, port }], waitMs: 500, tries: 1 });
    expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'failed', why: 'unreachable' });
  });

  it('tells where nobody listens, and what is no name', async () => {
    const closed = await startDns(() => undefined);
    await closed.stop();
    const dns = openDns({ servers: [closed.server], waitMs: 500, tries: 1 });
    expect(await dns.ask('a.example', 'A')).toMatchObject({ is: 'failed', why: 'unreachable' });
    expect(await dns.ask('a..example', 'A')).toMatchObject({ is: 'failed', why: 'name' });
    expect(await openDns({ servers: [] }).ask('a.example', 'A')).toMatchObject({ is: 'failed', why: 'unreachable' });
  });
});

describe('names', () => {
  it.each([
    ['Example.COM.', 'example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['.', '.'],
    ['', undefined],
    ['a..b', undefined],
    [`${'a'.repeat(64)}.example`, undefined],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
    [Array.from({ length: 127 }, () => 'a').join('.'), Array.from({ length: 127 }, () => 'a').join('.')],
    [Array.from({ length: 128 }, () => 'a').join('.'), undefined],
  ])('%s is asked for as %s', (name, expected) => {
    expect(askable(name)).toBe(expected);
  });

  it('have parents, and lie below zones', () => {
    expect(parentOf('a.b.example')).toBe('b.example');
    expect(parentOf('example')).toBe('.');
    expect(parentOf('.')).toBeUndefined();
    expect(isBelow('ab.example', 'b.example')).toBe(false);
    expect(isBelow('a.b.example', 'b.example')).toBe(true);
  });

  it('of servers are read', () => {
    expect(addressOf('[2001:db8::1]:5353')).toEqual({ address: '2001:db8::1', port: 5353 });
    expect(addressOf('2001:db8::1')).toEqual({ address: '2001:db8::1', port: 53 });
    expect(addressOf('192.0.2.1:5353')).toEqual({ address: '192.0.2.1', port: 5353 });
  });
});
