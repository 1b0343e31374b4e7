import { execFileSync, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openDns } from '../../src/collect/dns/client.ts';
import { startDns, type Zone, zoned } from '../../src/collect/dns/fixture.ts';
import type { GivenDomains } from '../../src/core/target.ts';
import { judge, mapOf, open } from './judge.ts';

const started: { stop(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((one) => one.stop()));
});

/** What the checks say of a domain whose resolver knows this and nothing else. */
async function told(zone: Zone, ids: readonly string[], domains: GivenDomains = mapOf('example.com')): Promise<string[]> {
  const fixture = await startDns(zoned(zone));
  started.push(fixture);
  return open(await judge(openDns({ servers: [fixture.server], waitMs: 300, tries: 1 }), domains, ids));
}

const a = (data: string) => ({ type: 'A', data });
const cname = (data: string) => ({ type: 'CNAME', data });
const lovable = '185.158.133.1';
const good: Zone = { 'example.com': [a(lovable)], 'www.example.com': [a(lovable)], 'app.example.com': [a(lovable)] };

describe('where the hosts of a domain lead', () => {
  const ids = ['edge/host-record-wrong', 'edge/stale-address', 'edge/apex-www-apart', 'edge/wildcard-record'];
  const on = (id: string): GivenDomains => ({
    ...mapOf('example.com', ['app']),
    hosts: [{ name: 'app.example.com', role: 'app', on: id }],
  });

  it.each<[string, Zone, readonly string[], GivenDomains?]>([
    ['all at one service', good, []],
    ['an old A record beside', { ...good, 'example.com': [a(lovable), a('203.0.113.9')] }, ['edge/stale-address fail high']],
    [
      'an old AAAA record beside',
      { ...good, 'app.example.com': [a(lovable), { type: 'AAAA', data: '2001:db8::9' }] },
      ['edge/stale-address fail high'],
    ],
    [
      'an AAAA record beside a service that has none',
      { ...good, 'app.example.com': [a('34.111.179.208'), { type: 'AAAA', data: '2001:db8::9' }] },
      ['edge/stale-address fail high'],
    ],
    ['IPv6 of a service that has it', { ...good, 'app.example.com': [a('66.241.124.9'), { type: 'AAAA', data: '2a09:8280:1::9' }] }, []],
    [
      'www left at the old host',
      { ...good, 'www.example.com': [cname('proxy-ssl.webflow.com')], 'proxy-ssl.webflow.com': [a('75.2.70.75')] },
      ['edge/apex-www-apart fail medium'],
    ],
    [
      'www led on to the apex by intent',
      { ...good, 'www.example.com': [cname('proxy-ssl.webflow.com')], 'proxy-ssl.webflow.com': [a('75.2.70.75')] },
      [],
      {
        ...mapOf('example.com'),
        hosts: mapOf('example.com').hosts.map((host) => (host.name === 'www.example.com' ? { ...host, redirectsTo: 'example.com' } : host)),
      },
    ],
    ['not yet at the new host', { 'app.example.com': [a('76.76.21.21')] }, ['edge/host-record-wrong fail high'], on('lovable')],
    [
      'at the new host, by another name of it',
      { 'app.example.com': [cname('a1b2.vercel-dns-017.com')], 'a1b2.vercel-dns-017.com': [a('216.198.79.65')] },
      [],
      on('v0'),
    ],
    ["behind Cloudflare's proxy", { 'app.example.com': [a('104.16.1.1')] }, ['edge/host-record-wrong unknown low'], on('lovable')],
    ['a host that nobody knows', { 'app.example.com': [a('203.0.113.9')] }, [], on('hetzner')],
  ])('%s', async (_, zone, expected, domains) => {
    expect(await told(zone, ids, domains)).toEqual(expected);
  });

  it.each<[string, Zone[string], readonly string[], string?]>([
    ['leads to a service with accounts', [cname('acme.github.io')], ['edge/wildcard-record fail high']],
    ['leads to a server of its own', [a('203.0.113.9')], []],
    ['leads to a service that serves the DNS too', [cname('cname.vercel-dns-017.com')], [], 'ns1.vercel-dns.com'],
    [
      'leads to a service, and the DNS is elsewhere',
      [cname('cname.vercel-dns-017.com')],
      ['edge/wildcard-record fail high'],
      'ns1.example.net',
    ],
    ['takes mail', [{ type: 'MX', data: { preference: 10, exchange: 'mx.example.net' } }], ['edge/wildcard-record fail medium']],
  ])('a wildcard that %s', async (_, records, expected, server) => {
    const served = server === undefined ? {} : { 'example.com': [...(good['example.com'] ?? []), { type: 'NS', data: server }] };
    const fixture = await startDns(
      zoned({
        ...good,
        ...served,
        'acme.github.io': [a('127.0.0.1')],
        'cname.vercel-dns-017.com': [a('127.0.0.1')],
        '*.example.com': records,
      }),
    );
    started.push(fixture);
    const dns = openDns({ servers: [fixture.server], waitMs: 300, tries: 1 });
    expect(open(await judge(named(dns), mapOf('example.com'), ['edge/wildcard-record']))).toEqual(expected);
  });
});

/** The fixture answers for the wildcard itself; real servers put the asked name there (RFC 4592). */
const named = (dns: ReturnType<typeof openDns>): ReturnType<typeof openDns> => ({
  ...dns,
  ask: (name, type, options) => dns.ask(name.startsWith('lr-') ? '*.example.com' : name, type, options),
});

describe('records that lead to hosts that are gone', () => {
  const id = ['edge/dangling-record'];
  it.each<[string, Zone, readonly string[]]>([
    ['all there', { ...good, 'www.example.com': [cname('example.com')] }, []],
    [
      'a name at a host that anybody can take',
      { ...good, 'app.example.com': [cname('acme.azurewebsites.net')], 'azurewebsites.net': [] },
      ['edge/dangling-record fail blocker'],
    ],
    ['a domain that anybody can register', { ...good, 'app.example.com': [cname('acme.gone.org')] }, ['edge/dangling-record fail blocker']],
    [
      'a name that is gone',
      { ...good, 'app.example.com': [cname('acme.there.org')], 'there.org': [a('192.0.2.9')] },
      ['edge/dangling-record fail high'],
    ],
    [
      'a host that was left behind',
      { ...good, 'staging.example.com': [cname('acme.there.org')], 'there.org': [] },
      ['edge/dangling-record fail medium'],
    ],
    [
      'mail to a host that is gone',
      { ...good, 'example.com': [a(lovable), { type: 'MX', data: { preference: 10, exchange: 'mx.there.org' } }], 'there.org': [] },
      ['edge/dangling-record fail high'],
    ],
    ['no mail taken at all', { ...good, 'example.com': [a(lovable), { type: 'MX', data: { preference: 0, exchange: '.' } }] }, []],
    [
      'a server that does not answer',
      { ...good, 'app.example.com': [cname('acme.there.org')], 'acme.there.org': ['silent'] },
      ['edge/dangling-record unknown high'],
    ],
  ])('%s', async (_, zone, expected) => {
    expect(await told(zone, id)).toEqual(expected);
  });

  it('a wildcard that leads to a name that anybody can take', async () => {
    const fixture = await startDns(zoned({ ...good, '*.example.com': [cname('acme.azurewebsites.net')] }));
    started.push(fixture);
    const dns = openDns({ servers: [fixture.server], waitMs: 300, tries: 1 });
    expect(open(await judge(named(dns), mapOf('example.com'), id))).toEqual(['edge/dangling-record fail blocker']);
  });
});

describe('hosts at services with accounts', () => {
  const answers: Readonly<Record<string, { status: number; body: string; headers?: Record<string, string> }>> = {
    claimed: { status: 200, body: '<title>Acme</title> We once used Cloudflare. Publish or update your Lovable project' },
    unclaimed: { status: 404, body: '<p>Publish or update your Lovable project for it to appear here.</p>' },
    framer: { status: 404, body: '<title>Site Not Found | Framer</title>' },
    own: { status: 404, body: 'This page of ours is not there. Powered by Cloudflare' },
    challengeByTitle: { status: 503, body: '<title>Just a moment...</title>' },
    busy: { status: 429, body: '' },
    broken: { status: 502, body: '' },
    challenge: { status: 403, body: '<title>Einen Moment</title>', headers: { 'cf-mitigated': 'challenge' } },
  };
  it.each([
    ['claimed', []],
    ['own', []],
    ['unclaimed', ['edge/host-unclaimed fail blocker']],
    ['framer', ['edge/host-unclaimed fail high']],
    ['challenge', ['edge/host-unclaimed unknown blocker']],
    ['busy', ['edge/host-unclaimed unknown blocker']],
    ['broken', ['edge/host-unclaimed unknown blocker']],
    ['challengeByTitle', ['edge/host-unclaimed unknown blocker']],
  ])('%s: %j', async (kind, expected) => {
    const { status, body, headers } = answers[kind]!;
    const server = createServer((_, response) => response.writeHead(status, headers).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    started.push({ stop: () => new Promise((resolve) => server.close(resolve)) });
    const { port } = server.address() as AddressInfo;
    // The server speaks http alone, as one does where no certificate was made yet.
    const place = `127.0.0.1:${port}`;
    const domains = { ...mapOf('example.com', ['app']), connect: { 'app.example.com': place, 'http://app.example.com': place } };
    const framer = { ...good, 'app.example.com': [cname('sites.framer.app')], 'sites.framer.app': [a('31.43.160.6')] };
    expect(await told(kind === 'framer' ? framer : good, ['edge/host-unclaimed'], domains)).toEqual(expected);
  });
});

describe('mail records beside those of the web site', () => {
  const mx = (exchange: string, preference = 10) => ({ type: 'MX', data: { preference, exchange } });
  const txt = (data: string) => ({ type: 'TXT', data });
  const server = { 'mx.example.net': [a('192.0.2.25')] };
  it.each<[string, Zone, readonly string[]]>([
    ['whole', { 'example.com': [a(lovable), mx('mx.example.net'), txt('v=spf1 -all')], ...server }, []],
    ['no mail taken', { 'example.com': [a(lovable), mx('.', 0), txt('v=spf1 -all')] }, []],
    [
      'hidden by an alias',
      { 'example.com': [cname('acme.netlify.app')], 'acme.netlify.app': [a('75.2.60.5')] },
      ['edge/mail-record-broken fail blocker'],
    ],
    [
      'a mail name handed to a service by an alias',
      { 'example.com': [a(lovable)], 'em.example.com': [cname('u1.example.net')], 'u1.example.net': [mx('mx.example.net')], ...server },
      [],
    ],
    [
      'mail to the web host',
      { 'example.com': [a(lovable), mx('www.example.com')], 'www.example.com': [a(lovable)] },
      ['edge/mail-record-broken fail blocker'],
    ],
    [
      'mail to an alias',
      { 'example.com': [mx('mail.example.com')], 'mail.example.com': [cname('mx.example.net')], ...server },
      ['edge/mail-record-broken fail medium'],
    ],
    ['mail to an address', { 'example.com': [mx('192.0.2.25')] }, ['edge/mail-record-broken fail high']],
    ['no mail, and mail', { 'example.com': [mx('mx.example.net'), mx('.', 0)], ...server }, ['edge/mail-record-broken fail high']],
    [
      'two SPF records',
      { 'example.com': [txt('v=spf1 -all'), txt('v=spf1 include:example.net -all')] },
      ['edge/mail-record-broken fail high'],
    ],
    ['a server that does not answer', { 'example.com': ['silent'] }, ['edge/mail-record-broken unknown high']],
  ])('%s', async (_, zone, expected) => {
    expect(await told(zone, ['edge/mail-record-broken'], mapOf('example.com', undefined, { mail: [{ name: 'em.example.com' }] }))).toEqual(
      expected,
    );
  });
});

describe('CAA records', () => {
  const caa = (value: string, tag = 'issue', issuerCritical = false) => ({
    type: 'CAA',
    data: { flags: issuerCritical ? 128 : 0, tag, value, issuerCritical },
  });
  it.each<[string, Zone, readonly string[]]>([
    ['none', good, []],
    ['nobody may issue, as the domain above says', { ...good, 'example.com': [a(lovable), caa(';')] }, ['edge/caa-forbids fail high']],
    [
      'the nearest name counts',
      { ...good, 'example.com': [a(lovable), caa(';')], 'app.example.com': [a(lovable), caa('mailto:a@example.com', 'iodef')] },
      [],
    ],
    [
      'an alias brings those of its target',
      { ...good, 'app.example.com': [cname('target.example.net')], 'target.example.net': [a('192.0.2.7'), caa(';')] },
      ['edge/caa-forbids fail high'],
    ],
    [
      'a critical one that nobody knows',
      { ...good, 'app.example.com': [a(lovable), caa('x', 'future', true)] },
      ['edge/caa-forbids fail high'],
    ],
    [
      'a server that does not answer',
      { ...good, 'app.example.com': [a(lovable), { type: 'AAAA', data: '2001:db8::1' }, 'silent'] },
      ['edge/caa-forbids unknown high'],
    ],
  ])('%s', async (_, zone, expected) => {
    // Pinned to a closed port: no certificate is seen, and nothing leaves this machine.
    const domains = { ...mapOf('example.com', ['app']), connect: { 'app.example.com': '127.0.0.1:1' } };
    expect(await told(zone, ['edge/caa-forbids'], domains)).toEqual(expected);
  });

  const openssl = spawnSync('openssl', ['version']).status === 0;
  it.skipIf(!openssl).each<[string, string, string, readonly string[]]>([
    ['letsencrypt.org', '', 'app.example.com', []],
    ['pki.goog', '', 'app.example.com', ['edge/caa-forbids fail high']],
    [';', 'letsencrypt.org', '*.example.com', []],
    ['letsencrypt.org', ';', '*.example.com', ['edge/caa-forbids fail high']],
    ['letsencrypt.org', ';', 'app.example.com', []],
  ])('issue %s, issuewild %s, where the certificate in use is of Let’s Encrypt, for %s', async (authority, wild, name, expected) => {
    const subject = "/O=Let's Encrypt/CN=R11";
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      subject,
      '-addext',
      `subjectAltName=DNS:${name}`,
      '-keyout',
      '-',
      '-out',
      '-',
    ];
    const pem = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const server = createTlsServer({ key: pem, cert: pem }, (socket) => socket.end().on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    started.push({ stop: () => new Promise((resolve) => server.close(resolve)) });
    const connect = { 'app.example.com': `127.0.0.1:${(server.address() as AddressInfo).port}` };
    const zone = { ...good, 'example.com': [a(lovable), caa(authority), ...(wild === '' ? [] : [caa(wild, 'issuewild')])] };
    expect(await told(zone, ['edge/caa-forbids'], { ...mapOf('example.com', ['app']), connect })).toEqual(expected);
  });
});
