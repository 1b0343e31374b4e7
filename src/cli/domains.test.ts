import { describe, expect, it } from 'vitest';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config.ts';
import { type DomainCall, domainsOf } from './domains.ts';

const read = (domains: object, call: Partial<DomainCall> = {}) =>
  domainsOf(readYaml(JSON.stringify({ domains }), configSchema, 'f.yaml') as Config, { url: undefined, base: '/', ...call });

describe('the domain map that is drafted from an address', () => {
  it.each<readonly [address: string, mail: readonly string[]]>([
    ['https://app.acme.io', ['acme.io']],
    ['https://acme.co.uk', ['acme.co.uk']],
    ['https://my-app.lovable.app', []],
    ['https://my-app.vercel.app/login', []],
  ])('%s sends mail from %j', (address, mail) => {
    expect(domainsOf({}, { url: new URL(address), base: '/' })?.mail.map(({ name }) => name)).toEqual(mail);
  });

  it.each(['http://localhost:3000', 'http://192.0.2.7'])('%s has none', (address) => {
    expect(domainsOf({}, { url: new URL(address), base: '/' })).toBeUndefined();
  });
});

describe('the domain map that a person wrote', () => {
  it('is no order to look at nothing: what it leaves out is drafted', () => {
    expect(read({ apex: 'example.com' })).toMatchObject({
      drafted: true,
      hosts: [
        { name: 'example.com', role: 'app' },
        { name: 'www.example.com', role: 'marketing' },
      ],
      mail: [{ name: 'example.com' }],
    });
    const app = { name: 'app.example.com', role: 'app' };
    expect(read({ apex: 'example.com', hosts: [app] })).toMatchObject({ drafted: false, hosts: [app], mail: [{ name: 'example.com' }] });
    const url = new URL('https://portal.example.com/');
    expect(read({ apex: 'example.com', mail: [{ name: 'mail.example.com' }] }, { url })).toMatchObject({
      hosts: [{ name: 'example.com' }, { name: 'www.example.com' }, { name: 'portal.example.com', role: 'app' }],
      mail: [{ name: 'mail.example.com' }],
    });
  });

  it('is about one domain: another name in the call is a mistake, and the address of a preview is not', () => {
    const map = { apex: 'example.com' };
    const other = new URL('https://otherdomain.example/');
    expect(() => read(map, { url: other, isName: true })).toThrow('otherdomain.example is not on example.com');
    expect(read(map, { url: other })?.apex).toBe('example.com');
    expect(read(map, { url: new URL('https://app.example.com/'), isName: true })?.apex).toBe('example.com');
    expect(domainsOf({}, { url: other, isName: true, base: '/' })?.apex).toBe('otherdomain.example');
  });

  it('may name services that we do not know', () => {
    const map = read({
      apex: 'example.com',
      hosts: [{ name: 'app.example.com', role: 'app', on: 'hetzner' }],
      mail: [{ name: 'example.com', senders: ['own-server', 'aws'] }],
    });
    expect(map?.hosts[0]?.on).toBe('hetzner');
  });

  it('is read as the DNS has it: letters of other scripts, capitals, dots at the end, underscores', () => {
    expect(
      read({
        apex: 'Bücher.example.',
        hosts: [
          { name: 'bücher.example', role: 'marketing', redirectsTo: 'WWW.bücher.example' },
          { name: '_x.bücher.example', role: 'other' },
        ],
        mail: [{ name: 'Mail.bücher.example' }],
        connect: ['http://Bücher.example=192.0.2.7:8080', 'bücher.example=[2001:db8::1]:8443'],
        resolvers: ['192.0.2.53', '192.0.2.53:65535', '2001:db8::1', '[2001:db8::1]:5353', 'https://dns.example/dns-query'],
      }),
    ).toMatchObject({
      apex: 'xn--bcher-kva.example',
      hosts: [{ name: 'xn--bcher-kva.example', redirectsTo: 'www.xn--bcher-kva.example' }, { name: '_x.xn--bcher-kva.example' }],
      mail: [{ name: 'mail.xn--bcher-kva.example' }],
      connect: { 'http://xn--bcher-kva.example': '192.0.2.7:8080', 'xn--bcher-kva.example': '[2001:db8::1]:8443' },
    });
  });

  it.each<[string, object, RegExp]>([
    ['a port that is none', { resolvers: ['127.0.0.1:0'] }, /f\.yaml:1:\d+: domains\.resolvers\[1\] must be IP address, with its port/],
    ['a port that is too large', { resolvers: ['127.0.0.1:65536'] }, /domains\.resolvers\[1\] must be IP address/],
    ['an address that is none', { roots: ['999.1.1.1'] }, /domains\.roots\[1\] must be IP address/],
    ['a word', { resolvers: ['cafe'] }, /domains\.resolvers\[1\] must be IP address/],
    ['a pin to no port', { connect: ['app.example.com=127.0.0.1:0'] }, /domains\.connect\[1\] must be host=address/],
    ['an address as the domain', { apex: '192.0.2.77' }, /domains\.apex must be the registered domain/],
    ['an empty label', { hosts: [{ name: 'a..example.com', role: 'app' }] }, /domains\.hosts\[1\]\.name must be the host/],
    ['a label that is too long', { hosts: [{ name: `${'a'.repeat(64)}.example.com`, role: 'app' }] }, /name must be the host/],
    ['a label that is too long once it is written in ASCII', { apex: `${'ü'.repeat(63)}.example` }, /is no name that the DNS can have/],
    [
      'a name that is too long',
      { hosts: [{ name: `${Array.from({ length: 127 }, () => 'a').join('.')}.example.com`, role: 'app' }] },
      /name must be the host/,
    ],
    [
      'a host twice',
      {
        hosts: [
          { name: 'app.example.com', role: 'app' },
          { name: 'App.example.com.', role: 'api' },
        ],
      },
      /app\.example\.com stands twice under domains\.hosts/,
    ],
    ['a mail domain twice', { mail: [{ name: 'example.com' }, { name: 'Example.com.' }] }, /example\.com stands twice under domains\.mail/],
    ['a mistyped host', { hosts: [{ name: 'app.example.com', role: 'app', on: 'vercell' }] }, /vercell under domains\.hosts.*no service/],
    ['a mistyped sender', { mail: [{ name: 'example.com', senders: ['gogle'] }] }, /gogle under domains\.mail.*no service/],
    ['a host of another domain', { hosts: [{ name: 'app.example.org', role: 'app' }] }, /is not on example\.com/],
  ])('%s is told', (_, change, words) => {
    expect(() => read({ apex: 'example.com', ...change })).toThrow(words);
  });
});
