import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { registrationEnding } from '../../src/checks/edge/registration-ending.ts';
import { openDns } from '../../src/collect/dns/client.ts';
import { type Reply, startDns } from '../../src/collect/dns/fixture.ts';
import { readDomain, serviceIn } from '../../src/collect/rdap/answer.ts';
import { judge, mapOf, open } from './judge.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const nobody = { address: '127.0.0.1', port: 1 };
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** A domain as registries show it (RFC 9083 §5.3). */
const domainOf = (change: Record<string, unknown> = {}, days = 400): Record<string, unknown> => ({
  objectClassName: 'domain',
  ldhName: 'EXAMPLE.COM',
  status: ['client transfer prohibited'],
  events: [
    { eventAction: 'registration', eventDate: '1995-08-14T04:00:00Z' },
    { eventAction: 'expiration', eventDate: inDays(days) },
  ],
  entities: [
    {
      objectClassName: 'entity',
      handle: '376',
      roles: ['registrar'],
      vcardArray: [
        'vcard',
        [
          ['version', {}, 'text', '4.0'],
          ['fn', {}, 'text', 'Example Registrar'],
        ],
      ],
    },
  ],
  nameservers: [{ objectClassName: 'nameserver', ldhName: 'NS1.EXAMPLE.NET' }],
  ...change,
});

/** What the checks say of a domain whose registry answers so. `by`: its DNS, which answers nothing else. */
async function told(status: number, body: string, apex = 'example.com', by = nobody): Promise<string[]> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.url} ${request.headers.accept}`);
    response.writeHead(status, { 'content-type': 'application/rdap+json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  const rdap = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rdap`;
  const dns = openDns({ servers: [by], waitMs: 100, tries: 1 });
  const all = open(await judge(dns, mapOf(apex, [''], { rdap }), ['edge/registration-ending', 'edge/transfer-unlocked']));
  expect(paths).toEqual([`/rdap/domain/${apex} application/rdap+json`]);
  return all;
}

describe('the registration of a domain', () => {
  it.each<[string, number, string, readonly string[]]>([
    ['good', 200, JSON.stringify(domainOf()), []],
    ['three weeks are left', 200, JSON.stringify(domainOf({}, 21)), ['edge/registration-ending fail high']],
    ['it ran out', 200, JSON.stringify(domainOf({}, -3)), ['edge/registration-ending fail blocker']],
    [
      'on hold',
      200,
      JSON.stringify(domainOf({ status: ['client hold', 'client transfer prohibited'] })),
      ['edge/registration-ending fail blocker'],
    ],
    ['not locked', 200, JSON.stringify(domainOf({ status: ['active'] })), ['edge/transfer-unlocked fail medium']],
    ['not registered', 404, '{"errorCode":404}', ['edge/registration-ending fail blocker']],
    ['no date', 200, JSON.stringify(domainOf({ events: [] })), ['edge/registration-ending unknown low']],
    ['too many questions', 429, '', ['edge/registration-ending unknown medium', 'edge/transfer-unlocked unknown medium']],
    ['no JSON', 200, '<html>', ['edge/registration-ending unknown medium', 'edge/transfer-unlocked unknown medium']],
    [
      'another kind of thing',
      200,
      '{"objectClassName":"entity"}',
      ['edge/registration-ending unknown medium', 'edge/transfer-unlocked unknown medium'],
    ],
  ])('%s', async (_, status, body, expected) => {
    expect(await told(status, body)).toEqual(expected);
  });

  it('is not asked for where nobody can register, nor where the domain is its host’s', async () => {
    const dns = openDns({ servers: [{ address: '127.0.0.1', port: 1 }], waitMs: 100, tries: 1 });
    const ids = ['edge/registration-ending'];
    expect(open(await judge(dns, mapOf('portal.test', ['']), ids))).toEqual(['edge/registration-ending unknown low']);
    expect((await judge(dns, mapOf('acme.lovable.app', ['']), ids)).map(({ outcome }) => outcome)).toEqual(['not-applicable']);
  });

  it.each<[string, Reply, readonly string[]]>([
    [
      'the DNS has it',
      { answers: [{ type: 'NS', name: 'example.com', data: 'ns1.example.net' }] },
      ['edge/registration-ending unknown medium', 'edge/transfer-unlocked unknown medium'],
    ],
    ['the DNS has it not either', { rcode: 'NXDOMAIN' }, ['edge/registration-ending fail blocker']],
  ])('a service that knows no such domain, and %s', async (_, reply, expected) => {
    const server = await startDns((_name, type) => (type === 'NS' ? reply : {}));
    stops.push(() => server.stop());
    expect(await told(404, '{"errorCode":404}', 'example.com', server.server)).toEqual(expected);
  });

  it('is not to be renewed where there is none', () => {
    const { given } = registrationEnding.examples.fails.find(({ name }) => name === 'it is not registered')!;
    expect([...registrationEnding.evaluate(given)]).toMatchObject([
      { fix: 'Register it, or mend the spelling where another name is meant.' },
    ]);
  });

  it('is no reason to stop where nobody can be asked', () => {
    expect(registrationEnding.examples.unknowns?.length).toBeGreaterThan(0);
    for (const { given } of registrationEnding.examples.unknowns ?? [])
      for (const { severity } of registrationEnding.evaluate(given)) expect(['low', 'medium']).toContain(severity);
  });

  it('is read however odd it is', () => {
    expect(readDomain(JSON.stringify(domainOf()))).toMatchObject({ registrar: 'Example Registrar', nameServers: ['ns1.example.net'] });
    expect(
      readDomain('{"objectClassName":"domain","status":"x","events":[null,7],"entities":[{"roles":["registrar"]}],"nameservers":[{}]}'),
    ).toEqual({
      registrar: '',
      status: [],
      expires: [],
      nameServers: [],
    });
    expect(readDomain('[]')).toBeUndefined();
  });

  it('finds the service of a top-level domain in the list of IANA', () => {
    const list = JSON.stringify({
      services: [
        [
          ['com', 'net'],
          ['http://old.example/', 'https://rdap.example/'],
        ],
        [['org'], ['https://rdap.org.example/']],
      ],
    });
    expect(serviceIn(list, 'net')).toBe('https://rdap.example/');
    expect(serviceIn(list, 'zz')).toBeUndefined();
    expect(serviceIn('{}', 'com')).toBeUndefined();
  });
});
