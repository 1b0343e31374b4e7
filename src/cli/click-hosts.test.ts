import { afterAll, describe, expect, it } from 'vitest';
import { openDns } from '../collect/dns/client.ts';
import { startDns, zoned } from '../collect/dns/fixture.ts';
import type { GivenDomains } from '../core/target.ts';
import { clickHosts, hostsText } from './click-hosts.ts';

const server = await startDns((name, type) =>
  name === 'broken.example.com'
    ? { rcode: 'SERVFAIL' }
    : zoned({
        'app.example.com': [{ type: 'A', data: '203.0.113.7' }],
        'www.example.com': [{ type: 'CNAME', data: 'cname.vercel-dns.com' }],
        'cname.vercel-dns.com': [{ type: 'A', data: '76.76.21.21' }],
        'hidden.example.com': [{ type: 'A', data: '104.16.1.1' }],
        'shop.example.com': [{ type: 'A', data: '203.0.113.9' }],
      })(name, type),
);
afterAll(() => server.stop());

const domains: GivenDomains = {
  apex: 'example.com',
  hosts: [
    { name: 'example.com', role: 'marketing', redirectsTo: 'www.example.com' },
    { name: 'www.example.com', role: 'marketing', on: 'vercel' },
    { name: 'app.example.com', role: 'app', on: 'lovable' },
    { name: 'new.example.com', role: 'app', on: 'framer' },
    { name: 'hidden.example.com', role: 'app', on: 'netlify' },
    { name: 'shop.example.com', role: 'other', on: 'netlify' },
    { name: 'broken.example.com', role: 'other', on: 'vercel' },
    { name: 'own.example.com', role: 'other', on: 'hetzner' },
    { name: 'api.example.com', role: 'api', on: 'vercel' },
  ],
  mail: [{ name: 'example.com' }],
  drafted: false,
  records: [{ name: 'api.example.com', type: 'CNAME', content: 'cname.vercel-dns.com' }],
};

describe('hosts to set up by hand', () => {
  it('are held against what the service asks for, as the DNS answers', async () => {
    const all = await clickHosts(openDns({ servers: [server.server], tries: 1 }), domains);
    expect(all.map(({ name, is }) => `${is} ${name}`)).toEqual([
      'done www.example.com',
      'open app.example.com',
      'open new.example.com',
      'unknown hidden.example.com',
      'unknown shop.example.com',
      'unknown broken.example.com',
    ]);
    const text = hostsText(domains, all);
    expect(text).toContain('1. Leave (it leads there): www.example.com, on Vercel');
    expect(text).toContain('2. Set: app.example.com, on Lovable\n   Record    an A record to 185.158.133.1');
    expect(text).toContain('Now       203.0.113.7');
    expect(text).toContain('1. example.com → https://www.example.com\n   How       permanent (301 or 308)');
    expect(text).toContain('launch-ready email says what to type where');
  });

  it('say nothing of a map without any', () => {
    expect(hostsText({ ...domains, hosts: [], mail: [] }, [])).toBe('');
  });
});
