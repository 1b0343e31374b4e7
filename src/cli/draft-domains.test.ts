import { afterEach, describe, expect, it } from 'vitest';
import { startDns, type Zone, zoned } from '../collect/dns/fixture.ts';
import { isSecure, startEdge } from '../collect/edge/fixture.ts';
import { collectors } from '../collect/index.ts';
import { evidenceStore } from '../core/evidence-store.ts';
import type { GivenDomains, GivenHost } from '../core/target.ts';
import { createVault } from '../core/vault.ts';
import { cleanUp, folderWith } from '../../test/command-line.ts';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import { configTemplate } from './config-template.ts';
import { draftedDomains } from './domains.ts';
import { candidatesOf, draftFrom } from './draft-domains.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  cleanUp();
});

const a = (data: string) => ({ type: 'A', data });
const txt = (data: string) => ({ type: 'TXT', data: [data] });

const zone: Zone = {
  'example.test': [
    a('76.76.21.21'),
    { type: 'MX', data: { preference: 1, exchange: 'smtp.google.com' } },
    txt('v=spf1 include:_spf.google.com ~all'),
  ],
  'smtp.google.com': [a('192.0.2.25')],
  '_spf.google.com': [txt('v=spf1 ip4:192.0.2.0/24 ~all')],
  'www.example.test': [{ type: 'CNAME', data: 'cname.vercel-dns.com' }],
  'cname.vercel-dns.com': [a('76.76.21.21')],
  'app.example.test': [a('185.158.133.1')],
  'api.example.test': [a('192.0.2.9')],
};

const code = {
  'app/(auth)/sign-in/page.tsx': 'export default function Page() {}',
  'app/auth/callback/route.ts': 'export const GET = () => redirect("/login");',
  'lib/mail.ts': "import { Resend } from 'resend';\nsend({ from: 'Acme <app@example.test>', link: `${site}/reset-password?token=1` });",
  'lib/mail.test.ts': "go('/auth/signin')",
  'package.json': '{"dependencies":{"resend":"6.0.0"}}',
};

/** The map as it is drafted of this zone; its apex leads to www, and nothing else leads anywhere. */
async function draft(of: Zone, address = 'https://app.example.test', files: Readonly<Record<string, string>> = code) {
  const dns = await startDns(zoned(of));
  const drafted = draftedDomains(new URL(address))!;
  const hosts: GivenHost[] = ['', 'www.', 'app.', 'api.'].map((label) => ({ name: `${label}example.test`, role: 'other' }));
  const web = await startEdge(hosts, (asked, response) => {
    const host = asked.headers.host ?? '';
    const to = host.startsWith('example') ? 'www.example.test' : host;
    if (!isSecure(asked) || to !== host) response.writeHead(301, { location: `https://${to}${asked.url}` }).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Here</title>');
  });
  stops.push(dns.stop, web.stop);
  const base: GivenDomains = {
    ...drafted,
    resolvers: [`127.0.0.1:${dns.server.port}`],
    connect: web.domains.connect ?? {},
    authorities: web.domains.authorities ?? [],
  };
  const target = { root: folderWith(files), domains: candidatesOf(base), scope: { hosts: [], requests: 300, history: false } };
  return draftFrom(evidenceStore({ collectors, target }, createVault()), base);
}

describe('the domain map that init drafts', () => {
  it('holds what the DNS has, where it leads, who hosts it, and what the code says of sign-ins and mail', async () => {
    const { domains, unknown } = await draft(zone);
    expect(unknown).toEqual([]);
    expect(domains.hosts).toEqual([
      { name: 'example.test', role: 'marketing', redirectsTo: 'www.example.test', on: 'vercel' },
      { name: 'www.example.test', role: 'marketing', on: 'vercel' },
      {
        name: 'app.example.test',
        role: 'app',
        on: 'lovable',
        login: '/sign-in',
        callbacks: ['/auth/callback'],
        mailedLinks: ['/reset-password'],
      },
      { name: 'api.example.test', role: 'api' },
    ]);
    expect(domains.mail).toEqual([{ name: 'example.test', senders: ['google', 'resend'] }]);
    const written = readYaml(configTemplate({ branch: 'main', url: new URL('https://app.example.test'), domains }), configSchema, 'x');
    expect(written).toEqual({
      url: 'https://app.example.test/',
      domains: { apex: 'example.test', hosts: domains.hosts, mail: domains.mail },
    });
  });

  it('takes a usual name that is there, and no path that no code names', async () => {
    const { domains } = await draft({ ...zone, 'status.example.test': [a('192.0.2.9')] }, 'https://example.test', { 'README.md': '# App' });
    const names = domains.hosts.map(({ name }) => name);
    expect([names.includes('status.example.test'), names.includes('staging.example.test')]).toEqual([true, false]);
    expect(domains.hosts.some(({ login, callbacks }) => login !== undefined || callbacks !== undefined)).toBe(false);
    // Only the bare domain was named, and the app has a host of its own.
    expect(domains.hosts.map(({ name, role }) => `${name} ${role}`)).toEqual(
      expect.arrayContaining(['example.test marketing', 'app.example.test app']),
    );
  });

  const base: GivenDomains = { ...draftedDomains(new URL('https://app.example.com'))! };
  /** Of facts that are given. */
  const of = (facts: Readonly<Record<string, unknown>>) =>
    draftFrom(
      {
        get: ({ id }) =>
          Promise.resolve(
            id in facts
              ? { ok: true, value: facts[id] }
              : { ok: false, fault: { kind: 'blocked', message: 'Nobody could look.', remedy: 'Try again.' } },
          ),
      },
      base,
    );

  it('names no host that only a wildcard answers for', async () => {
    const host = (name: string) => ({ name, role: 'app', on: '', provider: '', addresses: [], outcome: 'found', why: '' });
    const { domains } = await of({
      'dns.placement': { hosts: ['app.example.com', 'admin.example.com'].map(host), wildcard: { is: 'records' } },
    });
    expect(domains.hosts.map(({ name }) => name)).toEqual(['app.example.com']);
  });

  it('tells a mail domain of the app from that of the office', async () => {
    const from = { address: 'app@mail.example.com', domain: 'mail.example.com', file: 'a.ts', line: 1 };
    const { domains, unknown } = await of({
      'source.mail': { senders: [{ sender: 'resend', file: 'a.ts', what: 'resend' }], from: [from] },
      'mail.spf': [{ domain: 'example.com', records: [], includes: ['google', 'sendgrid'] }],
      'dns.mail': [],
    });
    expect(domains.mail).toEqual([
      { name: 'example.com', senders: ['google'] },
      { name: 'mail.example.com', senders: ['resend'] },
    ]);
    // What nobody could look at is as it was guessed from the address, and said to be.
    expect(domains.hosts).toEqual(base.hosts);
    expect(unknown.length).toBe(3);
  });

  it('is guessed from the address where nothing is in the DNS yet', async () => {
    const { domains, unknown } = await draft({}, 'https://app.example.test', { 'README.md': '# App' });
    expect(domains.hosts).toEqual(draftedDomains(new URL('https://app.example.test'))?.hosts);
    expect(unknown).toEqual(['nothing of example.test is in the DNS yet, so its hosts are guessed from the address']);
  });

  it('says which names nobody could tell of', async () => {
    const { unknown } = await draft({ ...zone, 'api.example.test': ['silent'] });
    expect(unknown).toEqual([expect.stringMatching(/^api\.example\.test: /)]);
  }, 60_000);
});
