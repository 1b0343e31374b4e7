import type { NameServer, ServerLook, SoaValues, ZoneFacts } from './zone.ts';

const soa: SoaValues = {
  mname: 'ns1.example.net',
  rname: 'hostmaster.example.net',
  serial: 2026_01_01,
  refresh: 7_200,
  retry: 3_600,
  expire: 1_209_600,
  minimum: 300,
};

const pair = ['ns1.example.net', 'ns2.example.org'];

/** A server that answers as it should, for the examples of checks. */
export function lookSample({ soa: values, ...change }: Partial<Omit<ServerLook, 'soa'>> & { soa?: Partial<SoaValues> } = {}): ServerLook {
  return {
    address: '192.0.2.53',
    said: 'answers',
    names: pair,
    hosts: [{ name: 'app.example.com', type: 'A', is: 'records', records: ['A 192.0.2.7'] }],
    ...change,
    soa: { ...soa, ...values },
  };
}

/** A server that does not answer for the zone. */
export const deadSample = (said: 'lame' | 'silent' | 'not-asked', why: string): ServerLook => ({ address: '198.51.100.53', said, why });

/** Two servers that agree; `second` changes what the other one is. */
export function zoneSample(change: Partial<ZoneFacts> = {}, second: Partial<NameServer> = {}): ZoneFacts {
  return {
    zone: 'example.com',
    delegation: { is: 'delegated', parent: 'com', by: '203.0.113.1', names: pair.map((name) => ({ name, glue: [] })) },
    names: pair,
    servers: [
      { name: 'ns1.example.net', own: ['192.0.2.53'], found: 'found', looks: [lookSample()] },
      { name: 'ns2.example.org', own: ['198.51.100.53'], found: 'found', looks: [lookSample({ address: '198.51.100.53' })], ...second },
    ],
    ...change,
  };
}

/** Nobody could look: not even the zone above answered. */
export const unseenZone: ZoneFacts = {
  zone: 'example.com',
  delegation: { is: 'unknown', parent: '', by: '', names: [], why: 'nobody could tell who serves com: 192.0.2.1: no answer in 2000 ms' },
  names: [],
  servers: [],
};
