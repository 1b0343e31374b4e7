import { createHash } from 'node:crypto';
import packet, { type Answer, type DecodedPacket } from 'dns-packet';
import { afterEach, describe, expect, it } from 'vitest';
import { startDomain } from '../../examples/domain/start.ts';
import { makeZoneKey, signing, type Signer, unpublished, type ZoneKey } from '../../examples/domain/signing.ts';
import { authority, type Records } from '../../examples/domain/zone.ts';
import { type DnsClient, openDns } from '../../src/collect/dns/client.ts';
import { type DnsFixture, type Reply, startDns } from '../../src/collect/dns/fixture.ts';
import type { RecordData } from '../../src/collect/dns/message.ts';
import { wireName } from '../../src/collect/dns/zone/canonical.ts';
import { proofOf } from '../../src/collect/dns/zone/proof.ts';
import { judge } from './judge.ts';

const zone = 'example.com';
const dates = { from: -1, to: 1, ds: 'right', by: 'published' } as const;
const key = makeZoneKey(zone, dates);
const soa = {
  type: 'SOA',
  data: { mname: 'ns.example.com', rname: 'h.example.com', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 1 },
};
const records: Records = {
  [zone]: [soa, key.record, { type: 'A', data: '192.0.2.1' }],
  [`app.${zone}`]: [{ type: 'A', data: '192.0.2.2' }],
};

type Answering = (name: string, type: string, question: DecodedPacket) => Reply;
const serving = (all: Records, signer: Signer = key): Answering => {
  const served = { origin: zone, records: all };
  return signing(authority(served), served, signer);
};

const started: DnsFixture[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

/** What is computed of servers that answer so. */
async function proof(
  answering: readonly Answering[],
  { ds = [dsOf(key)], hearsay = false, hosts = [zone, `app.${zone}`], signal = new AbortController().signal } = {},
) {
  const servers = await Promise.all(answering.map((one) => startDns(one)));
  started.push(...servers);
  const dns = openDns({ servers: [], waitMs: 1_000, tries: 1 });
  const places = servers.map(({ server }, nth) => {
    const options = { server, recursion: false, dnssec: true };
    return { name: `ns${nth + 1}`, options, hostOptions: options, hearsay };
  });
  const told = await proofOf(dns, zone, ds, { hosts, places, now: Math.floor(Date.now() / 1_000), signal });
  return {
    ...told,
    open: told.computed.filter(({ is }) => is !== 'holds').map(({ server, name, type, is }) => `${server} ${type} ${name} ${is}`),
  };
}
const dsOf = ({ ds }: ZoneKey): RecordData['DS'] => ds.data as RecordData['DS'];

/** Changes the answers of a kind before they are sent. */
const changed =
  (answering: Answering, of: (name: string, type: string) => boolean, change: (answers: Answer[]) => Answer[]): Answering =>
  (name, type, question) => {
    const reply = answering(name, type, question);
    return of(name, type) ? { ...reply, answers: change([...(reply.answers ?? [])]) } : reply;
  };

describe('signatures of servers of a zone', () => {
  it('hold', async () => {
    const { computed, open } = await proof([serving(records), serving(records)]);
    expect([computed.length, open]).toEqual([8, []]);
  });

  it('need a key that the zone above names, at each server', async () => {
    const other = makeZoneKey(zone, dates);
    const with_ = { ...records, [zone]: [soa, other.record, { type: 'A', data: '192.0.2.1' }] };
    const { open, computed } = await proof([serving(records), serving(with_, other)]);
    expect(open[0]).toBe('ns2 DNSKEY example.com broken');
    expect(computed[1]!.why).toBe('none of its keys is the one that the zone above names');
    // What it signs does not fit the keys that the other one gives.
    expect(open.slice(1)).toEqual(['ns2 SOA example.com broken', 'ns2 A example.com broken', 'ns2 A app.example.com broken']);
  });

  it('must hold with the keys that other servers give', async () => {
    const second = makeZoneKey(zone, dates);
    const both = { ...records, [zone]: [soa, key.record, second.record, { type: 'A', data: '192.0.2.1' }] };
    const signer: Signer = { signature: (set) => (set[0]!.type === 'DNSKEY' ? key : second).signature(set) };
    const { open, computed } = await proof([serving(records), serving(both, signer)]);
    expect(open).toEqual(['ns2 SOA example.com broken', 'ns2 A example.com broken', 'ns2 A app.example.com broken']);
    expect(computed.find(({ is }) => is === 'broken')!.why).toMatch(
      /^with the keys that another server of the zone gives, it is signed with a key/,
    );
  });

  it('by a key that was not published are broken, while the keys hold', async () => {
    const { open } = await proof([serving(records, unpublished(zone, key, dates))]);
    expect(open).toEqual(['ns1 SOA example.com broken', 'ns1 A example.com broken', 'ns1 A app.example.com broken']);
  });

  it('that are left out show a fault where the name is in the zone itself', async () => {
    const bare = (answers: Answer[]): Answer[] => answers.filter(({ type }) => type !== 'RRSIG');
    const { open } = await proof([changed(serving(records), (name, type) => name === `app.${zone}` && type === 'A', bare)]);
    expect(open).toEqual(['ns1 A app.example.com broken']);
  });

  it('of an answer that a DNAME makes need not be there; that of the DNAME must', async () => {
    const made: Records = { ...records, [`old.${zone}`]: [{ type: 'DNAME', data: `new.${zone}` }] };
    const dname = { type: 'DNAME', name: `old.${zone}`, ttl: 300, data: `new.${zone}` } as Answer;
    const answering = serving(made);
    const { open, computed } = await proof(
      [
        (name, type, question) =>
          name === `a.old.${zone}`
            ? {
                flags: packet.AUTHORITATIVE_ANSWER,
                answers: [dname, key.signature([dname]), { type: 'CNAME', name, ttl: 300, data: `a.new.${zone}` }],
              }
            : answering(name, type, question),
      ],
      { hosts: [`a.old.${zone}`] },
    );
    expect(open).toEqual([]);
    expect(computed.map(({ type, name }) => `${type} ${name}`)).toContain('DNAME old.example.com');
  });

  it('are not asked of what lies in another zone, which a server may add', async () => {
    const made: Records = { ...records, [`www.${zone}`]: [{ type: 'CNAME', data: 'www.example.net' }] };
    const added = (answers: Answer[]): Answer[] => [...answers, { type: 'A', name: 'www.example.net', ttl: 1, data: '192.0.2.9' }];
    const { open, computed, uncomputed } = await proof(
      [changed(serving(made), (name, type) => name === `www.${zone}` && type === 'A', added)],
      {
        hosts: [`www.${zone}`],
      },
    );
    expect([open, uncomputed]).toEqual([[], []]);
    expect(computed.map(({ type, name }) => `${type} ${name}`)).toEqual(['DNSKEY example.com', 'SOA example.com', 'CNAME www.example.com']);
  });

  it('of the same records, given twice, count as the worse of both', async () => {
    const made: Records = { ...records, [`www.${zone}`]: [{ type: 'CNAME', data: 'www.example.net' }] };
    const bare = (answers: Answer[]): Answer[] => answers.filter(({ type }) => type !== 'RRSIG');
    const spoilt = changed(serving(made), (name, type) => name === `www.${zone}` && type === 'AAAA', bare);
    expect((await proof([spoilt], { hosts: [`www.${zone}`] })).open).toEqual(['ns1 CNAME www.example.com broken']);
  });

  it('handed on by a resolver show no fault of the servers', async () => {
    const { open } = await proof([serving(records, unpublished(zone, key, dates))], { hearsay: true });
    expect(open).toEqual(['ns1 SOA example.com unknown', 'ns1 A example.com unknown', 'ns1 A app.example.com unknown']);
    const bare = (answers: Answer[]): Answer[] => answers.filter(({ type }) => type !== 'RRSIG');
    const stripped = await proof([changed(serving(records), (_, type) => type !== 'DNSKEY', bare)], { hearsay: true });
    expect(stripped.open.every((one) => one.endsWith('unknown'))).toBe(true);
  });
});

describe('DS records', () => {
  const digest = dsOf(key);
  it.each<[string, RecordData['DS'][], string[]]>([
    ['of a digest that we do not know', [{ ...digest, digestType: 9 }], ['ns1 DNSKEY example.com unknown']],
    ['of an algorithm that we do not compute', [{ ...digest, algorithm: 23 }], ['ns1 DNSKEY example.com unknown']],
    [
      'of another key, and one that we do not know',
      [
        { ...digest, keyTag: 1 },
        { ...digest, digestType: 9 },
      ],
      ['ns1 DNSKEY example.com unknown'],
    ],
    ['of another key', [{ ...digest, keyTag: 1 }], ['ns1 DNSKEY example.com broken']],
    ['of this key and of one to come', [{ ...digest, keyTag: 1 }, digest], []],
    ['in hundreds', Array.from({ length: 300 }, () => digest), ['ns1 DNSKEY example.com unknown']],
  ])('%s', async (_, ds, expected) => {
    expect((await proof([serving(records)], { ds })).open).toEqual(expected);
  });

  it('by SHA-1 do not count beside a better one (RFC 4509 3)', async () => {
    const { flags, algorithm, key: bytes } = key.record.data as RecordData['DNSKEY'];
    const rdata = Buffer.concat([Buffer.from([flags >> 8, flags & 0xff, 3, algorithm]), bytes]);
    const old = { ...digest, digestType: 1, digest: createHash('sha1').update(wireName(zone)).update(rdata).digest() };
    expect((await proof([serving(records)], { ds: [old] })).open).toEqual([]);
    const wrong = { ...digest, digest: Buffer.alloc(32) };
    expect((await proof([serving(records)], { ds: [old, wrong] })).open).toEqual(['ns1 DNSKEY example.com broken']);
  });

  it('that are not there need no computing', async () => {
    expect((await proof([serving(records)], { ds: [] })).computed).toEqual([]);
  });
});

describe('a server that wants to keep us busy', () => {
  const many = <T>(count: number, make: (nth: number) => T): T[] => Array.from({ length: count }, (_, nth) => make(nth));

  it('with more keys than a zone has is given up', async () => {
    const keys = many(100, () => makeZoneKey(zone, dates).record);
    const { open } = await proof([serving({ ...records, [zone]: [soa, key.record, ...keys] })]);
    expect(open).toEqual(['ns1 DNSKEY example.com unknown']);
  });

  it('with hundreds of signatures by the right key over each set is no verdict, in little time', async () => {
    const rrsig = (set: readonly Answer[], nth: number): Answer => {
      const one = key.signature(set) as { readonly data: object };
      return { ...one, data: { ...one.data, signature: Buffer.alloc(64, nth % 250) } } as unknown as Answer;
    };
    const flooded: Answering = changed(
      serving(records),
      (name, type) => name === `app.${zone}` && type === 'A',
      ([record]) => [record!, ...many(400, (nth) => rrsig([record!], nth))],
    );
    const begun = performance.now();
    const { open, computed } = await proof([flooded]);
    expect(open).toEqual(['ns1 A app.example.com unknown']);
    expect(computed.find(({ is }) => is === 'unknown')!.why).toBe('there are more keys and signatures than are tried here');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('with a hundred names in one answer is given up', async () => {
    const flooded: Answering = changed(
      serving(records),
      (name, type) => name === `app.${zone}` && type === 'A',
      () => many(100, (nth) => ({ type: 'A', name: `a${nth}.${zone}`, ttl: 1, data: '192.0.2.1' }) as Answer),
    );
    expect((await proof([flooded])).open).toEqual(['ns1 A app.example.com unknown']);
  });

  it('with hundreds of records in one answer is given up unread', async () => {
    const flooded: Answering = changed(
      serving(records),
      (name, type) => name === `app.${zone}` && type === 'A',
      () => many(600, (nth) => ({ type: 'A', name: `app.${zone}`, ttl: 1, data: `192.0.${nth >> 8}.${nth & 0xff}` }) as Answer),
    );
    const { open, computed } = await proof([flooded]);
    expect(open).toEqual(['ns1 A app.example.com unknown']);
    expect(computed.find(({ is }) => is === 'unknown')!.why).toBe('it answers with more records than are looked at here');
  });

  it('at many addresses lets others run between their keys, and is left where the time is up meanwhile', async () => {
    const dns: DnsClient = { ask: () => Promise.resolve({ is: 'failed', why: 'timeout', text: 'no answer' }), sent: () => 0 };
    const places = many(16, (nth) => ({ name: `ns${nth}`, options: {}, hostOptions: {}, hearsay: false }));
    const over = new AbortController();
    setImmediate(() => setImmediate(() => over.abort()));
    const told = await proofOf(dns, zone, [dsOf(key)], { hosts: [], places, now: 0, signal: over.signal });
    expect(told.computed.length).toBeLessThan(16);
  });

  it('with a set without a signature for each name is asked about few of them', async () => {
    const asked: string[] = [];
    const answering = serving(records);
    const bare = many(12, (nth) => ({ type: 'A', name: `a${nth}.${zone}`, ttl: 1, data: '192.0.2.1' }) as Answer);
    const { open } = await proof([
      (name, type, question) => {
        if (type === 'SOA' && name !== zone) asked.push(name);
        const reply = answering(name, type, question);
        return name === `app.${zone}` && type === 'A' ? { ...reply, answers: bare } : reply;
      },
    ]);
    expect(asked.length).toBe(4);
    expect(open.map((one) => one.split(' ').at(-1))).toEqual([...many(4, () => 'broken'), ...many(8, () => 'unknown')]);
  });

  it('is left where the time is up', async () => {
    const over = new AbortController();
    const answering = serving(records);
    const asked: string[] = [];
    const told = await proof(
      [
        (name, type, question) => {
          asked.push(`${type} ${name}`);
          if (type === 'SOA') over.abort();
          return answering(name, type, question);
        },
      ],
      { signal: over.signal },
    );
    expect(asked).toEqual([`DNSKEY ${zone}`, `SOA ${zone}`]);
    expect(told.computed.map(({ type }) => type)).toEqual(['DNSKEY']);
    expect((await proof([serving(records), serving(records)], { signal: over.signal })).computed).toEqual([]);
  });

  it('that says nothing of a host leaves that open', async () => {
    const answering = serving(records);
    const { open } = await proof([
      (name, type, question) => (name === `app.${zone}` ? { rcode: 'SERVFAIL' } : answering(name, type, question)),
    ]);
    expect(open).toEqual(['ns1 A app.example.com unknown', 'ns1 AAAA app.example.com unknown']);
  });
});

describe('a resolver that says otherwise than the servers', () => {
  /** What the check says of the domain as it should be, by a resolver that answers so. */
  async function told(reply: (isUnchecked: boolean) => Reply) {
    const domain = await startDomain();
    const resolver = await startDns((_, __, question) => reply(((question.flags ?? 0) & packet.CHECKING_DISABLED) !== 0));
    try {
      const dns = openDns({ servers: [resolver.server], waitMs: 1_000, tries: 1 });
      const [one] = await judge(dns, domain.domains, ['edge/dnssec-broken']);
      return { has: domain.domains.roots !== undefined, outcome: one!.outcome, message: one!.message, toKnow: one!.toKnow ?? '' };
    } finally {
      await resolver.stop();
      await domain.stop();
    }
  }
  const address: Answer = { type: 'A', name: 'app.harbourline.example', ttl: 1, data: '203.0.113.20' };

  it('and refuses what holds is told of with what would settle it', async () => {
    const { has, outcome, message, toKnow } = await told((isUnchecked) => (isUnchecked ? { answers: [address] } : { rcode: 'SERVFAIL' }));
    if (!has) return;
    expect(outcome).toBe('unknown');
    expect(message).toMatch(
      /^A resolver that checks signatures does not answer for harbourline\.example, .* but the signatures hold at ns1/,
    );
    expect(toKnow).toContain('Name another resolver that validates');
  });

  it('and does not check it leaves the word to the servers', async () => {
    const { has, outcome, message } = await told(() => ({ answers: [address] }));
    if (has) expect([outcome, message]).toEqual(['pass', expect.stringContaining('no resolver could be asked that checks them as well')]);
  });
});
