import { describe, expect, it } from 'vitest';
import { isWithoutServer, namesWithServer, ownEdgeOf, purposeOf } from './edge-records.ts';

it.each([
  ['acme.lovable.app.', 'Lovable'],
  ['185.158.133.1', 'Lovable'],
  ['CNAME.vercel-dns.com', 'Vercel'],
  ['a1b2.vercel-dns-017.com', 'Vercel'],
  ['76.76.21.98', 'Vercel'],
  ['216.198.79.65', 'Vercel'],
  ['acme.netlify.app', 'Netlify'],
  ['99.83.231.61', 'Netlify'],
  ['34.111.179.208', 'Replit'],
  ['sites.framer.app', 'Framer'],
  ['cdn.webflow.com', 'Webflow'],
  ['acme.onrender.com', undefined],
  ['76.76.22.1', undefined],
  ['76.76.20.255', undefined],
  ['192.0.2.7', undefined],
  ['2001:db8::1', undefined],
  ['notlovable.app', undefined],
  ['', undefined],
])('%s has the edge of %s', (content, name) => {
  expect(ownEdgeOf({ content })).toBe(name);
});

describe('a record without a server', () => {
  const of = (type: string, name: string, content: string) => ({ type, name: `${name}.example.com`, content, proxied: true });
  const all = [
    of('CNAME', 'app', 'portal.pages.dev'),
    of('CNAME', 'www', 'app.example.com.'),
    of('CNAME', 'deep', 'www.example.com'),
    of('A', 'shop', '198.51.100.7'),
    of('CNAME', 'buy', 'shop.example.com'),
    of('CNAME', 'ring', 'round.example.com'),
    of('CNAME', 'round', 'ring.example.com'),
    of('A', 'worker', '192.0.2.1'),
    of('AAAA', 'worker6', '100::'),
    of('CNAME', 'tunnel', '6ff42ae2.cfargotunnel.com'),
    of('A', '*', '198.51.100.7'),
  ];
  it.each([
    ['app', true],
    ['www', true],
    ['deep', true],
    ['worker', true],
    ['worker6', true],
    ['tunnel', true],
    ['shop', false],
    ['buy', false],
    ['ring', false],
  ])('%s: %s', (name, truth) => {
    expect(
      isWithoutServer(
        all.find((one) => one.name === `${name}.example.com`)!,
        all,
      ),
    ).toBe(truth);
  });

  it('leaves the hosts that have one', () => {
    expect([...namesWithServer(all)]).toEqual([
      'shop.example.com',
      'buy.example.com',
      'ring.example.com',
      'round.example.com',
      'any.example.com',
    ]);
  });
});

describe('what a record is for', () => {
  const zone = { name: 'example.com', hosts: [] };
  const mx = (content: string) => ({ type: 'MX', name: 'example.com', content });
  it.each([
    ['CNAME', 'mail', 'ghs.googlehosted.com', 'aspmx.l.google.com', 'other'],
    ['A', 'mail', '198.51.100.7', 'mail.example.com', 'mail'],
    ['CNAME', 'mail', 'example.com', 'example.com', 'mail'],
    ['CNAME', 'autodiscover', 'autodiscover.outlook.com', 'example.mail.protection.outlook.com', 'mail'],
    ['CNAME', 'autoconfig', 'example.com', 'aspmx.l.google.com', 'other'],
    ['A', 'autodiscover', '198.51.100.7', 'mail.example.com', 'other'],
    ['A', 'smtp', '198.51.100.7', 'aspmx.l.google.com', 'mail'],
    ['CNAME', '_domainconnect', '_domainconnect.gd.domaincontrol.com', 'aspmx.l.google.com', 'other'],
    ['CNAME', '_acme-challenge', 'example.net', 'aspmx.l.google.com', 'verification'],
  ])('%s %s %s beside %s: %s', (type, label, content, server, purpose) => {
    const record = { type, name: `${label}.example.com`, content };
    expect(purposeOf(record, [record, mx(server)], zone)).toBe(purpose);
  });
});
