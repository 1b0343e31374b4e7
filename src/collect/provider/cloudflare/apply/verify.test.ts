import { afterEach, describe, expect, it } from 'vitest';
import { openDns } from '../../../dns/client.ts';
import { type DnsFixture, startDns, type Zone, zoned } from '../../../dns/fixture.ts';
import type { Change, RecordChange } from '../plan/change.ts';
import { verifyOutside } from './verify.ts';

const running: DnsFixture[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
});

async function server(zone: Zone): Promise<string> {
  const one = await startDns(zoned(zone));
  running.push(one);
  return `127.0.0.1:${one.server.port}`;
}

const about = { kind: 'record' as const, why: '', risks: [] };
const made = (after: RecordChange['after']): Change => ({ ...about, ...(after && { after }) });
const changes: readonly Change[] = [
  made({ type: 'A', name: 'app.example.com', content: '192.0.2.8', proxied: false }),
  made({ type: 'A', name: 'www.example.com', content: '192.0.2.8', proxied: true }),
  made({ type: 'TXT', name: 'example.com', content: '"v=spf1 " "-all"' }),
  made({ type: 'MX', name: 'example.com', content: 'MX.example.net', priority: 10 }),
  { ...about, before: { id: '1', type: 'A', name: 'old.example.com', content: '192.0.2.9', proxied: false, ttl: 1 } },
];
const right: Zone = {
  'app.example.com': [{ type: 'A', data: '192.0.2.8' }],
  'www.example.com': [{ type: 'A', data: '104.16.0.1' }],
  'example.com': [
    { type: 'TXT', data: ['v=spf1 -all'] },
    { type: 'MX', data: { preference: 10, exchange: 'mx.example.net' } },
  ],
};

describe('looking from outside', () => {
  it('asks every name server of the zone', async () => {
    const connect = {
      'ana.ns.example.net': await server(right),
      'bob.ns.example.net': await server({
        ...right,
        'app.example.com': [{ type: 'A', data: '192.0.2.7' }],
        'www.example.com': [{ type: 'A', data: '192.0.2.8' }],
        'old.example.com': [{ type: 'A', data: '192.0.2.9' }],
      }),
      'eve.ns.example.net': await server(
        Object.fromEntries(Object.keys({ ...right, 'old.example.com': 0 }).map((name) => [name, ['silent']])),
      ),
    };
    const open = () => openDns({ servers: [], waitMs: 50, tries: 1 });
    const seen = await verifyOutside({ open, nameServers: Object.keys(connect), connect, changes, tries: 2, pauseMs: 1 });
    const of = (name: string): string[] => seen.filter(({ server: at }) => at.startsWith(name)).map(({ outcome }) => outcome);
    expect(of('ana')).toEqual(['seen', 'seen', 'seen', 'seen', 'seen']);
    expect(of('bob')).toEqual(['not-yet', 'not-yet', 'seen', 'seen', 'not-yet']);
    expect(of('eve')).toEqual(Array.from({ length: 5 }, () => 'could-not-tell'));
    expect(seen.find(({ server: at, outcome }) => at.startsWith('bob') && outcome === 'not-yet')?.why).toBe('it answers 192.0.2.7');
  });

  it('waits until a server has it', async () => {
    let asked = 0;
    const one = await startDns((name, type) => zoned((asked += 1) < 3 ? {} : right)(name, type));
    running.push(one);
    const options = {
      nameServers: ['a'],
      connect: { a: `127.0.0.1:${one.server.port}` },
      changes: changes.slice(0, 1),
      tries: 5,
      pauseMs: 1,
    };
    expect(await verifyOutside({ open: () => openDns({ servers: [] }), ...options })).toMatchObject([{ outcome: 'seen' }]);
    expect(asked).toBe(3);
  });

  it('cannot tell where a name server has no address', async () => {
    const dns = await startDns(zoned({}));
    running.push(dns);
    const seen = await verifyOutside({ open: () => openDns({ servers: [dns.server] }), nameServers: ['nowhere.example.net'], changes });
    expect(new Set(seen.map(({ outcome }) => outcome))).toEqual(new Set(['could-not-tell']));
  });
});
