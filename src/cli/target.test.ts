import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aimAt, parseAddress } from './target.ts';

const folder = mkdtempSync(join(tmpdir(), 'target-'));
mkdirSync(join(folder, 'empty'));
mkdirSync(join(folder, 'app'));
writeFileSync(join(folder, 'app/package.json'), '{}');
symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
afterAll(() => rmSync(folder, { recursive: true }));

const wrong = (...operands: string[]): string => refusal(operands, false);
const wrongDomain = (operand: string): string => refusal([operand], true);

function refusal(operands: readonly string[], domains: boolean): string {
  try {
    aimAt(operands, domains);
  } catch (error) {
    return `${(error as Error).message} ${(error as { remedy?: string }).remedy ?? ''}`.trim();
  }
  return 'accepted';
}

describe('aimAt', () => {
  it('tells folder and address apart, in any order', () => {
    const app = join(folder, 'app');
    for (const operands of [
      [app, 'HTTPS://App.example.com/x#y'],
      ['HTTPS://App.example.com/x#y', app],
    ]) {
      const { root, url } = aimAt(operands);
      expect(root).toBe(app);
      expect(url?.href).toBe('https://app.example.com/x');
    }
  });

  it('quotes what was typed for a shell', () => {
    expect(aimAt(['https://app.example.com/?a=1&b=2']).typed).toBe("'https://app.example.com/?a=1&b=2'");
  });

  it.each([
    ['a missing folder', [join(folder, 'none')], /cannot be opened: it does not exist/],
    ['a file', [join(folder, 'app/package.json')], /is a file, not a folder/],
    ['an empty folder', [join(folder, 'empty')], /is empty/],
    ['a link to itself', [join(folder, 'loop')], /symbolic links lead in a circle/],
    ['a host without https', ['app.example.com/login'], /Did you mean https:\/\/app\.example\.com\/login\?/],
    ['a local host', ['localhost:3000'], /Did you mean http:\/\/localhost:3000\?/],
    ['two folders', [folder, folder], /Two folders/],
    ['two addresses', ['https://a.example', 'https://b.example'], /Two addresses/],
    ['another scheme', ['ftp://a.example'], /ftp:\/\/ is not looked at/],
    ['no address', ['https://'], /is not a web address/],
    ['an address with spaces', ['https://a b'], /is not a web address/],
    ['a password', ['https://jane:secret@a.example'], /^The address holds a user name or password\. Leave it out/],
  ])('refuses %s', (_, operands, message) => {
    expect(wrong(...operands)).toMatch(message);
  });

  it.each([
    ['a snowman', '☃.example', /^☃\.example is no name of a domain: “☃” cannot stand in one\. Write it like example\.com\.$/],
    ['a mailbox', 'me@x.example', /^me@x\.example is the address of a mailbox, not a domain\. Did you mean x\.example\?$/],
    ['an IPv4 address', '127.0.0.1', /^127\.0\.0\.1 is an address of a machine \(IP\), not the name of a domain\. Name the domain/],
    ['an IPv6 address', '[::1]', /is an address of a machine/],
    ['an IPv4 address and a port', '127.0.0.1:8080', /is an address of a machine/],
    [
      'a port',
      'example.com:8443',
      /^example\.com:8443 is no domain: a port is no part of its name\. Write example\.com for the whole domain, or https:\/\/example\.com:8443/,
    ],
    ['a path', 'example.com/path', /^example\.com\/path is no domain: a path is no part of its name\. Write example\.com /],
    [
      'a long label',
      `${'a'.repeat(70)}.example`,
      /is no name of a domain: a part of it is too long: “a+…” has 70 letters, and 63 are the most/,
    ],
    ['a long name', `${'abcdefghi.'.repeat(28)}abc.example`, /is no name of a domain: it is too long: 291 bytes, where 253 can be sent/],
    ['two dots', 'a..example', /there is nothing between two of its dots/],
    ['a hyphen at an end', 'a-.example', /begins or ends with a hyphen/],
    ['what is no Punycode', 'xn--a.example', /is no name that a domain can have/],
  ])('refuses %s as a domain, and says how to write it', (_, operand, message) => {
    expect(wrongDomain(operand)).toMatch(message);
  });

  it.each([
    'example.com',
    'Example.COM.',
    'münchen.example',
    'उदाहरण.example',
    '_dmarc.example.com',
    'xn--mnchen-3ya.example',
    '1.example',
  ])('takes %s as a domain', (name) => expect(aimAt([name], true).isName).toBe(true));

  it('takes a folder for one, where there is one of that name or a path was typed', () => {
    expect(wrongDomain(join(folder, 'app'))).toBe('accepted');
    expect(wrongDomain('./none.example')).toMatch(/cannot be opened/);
    expect(wrongDomain('portal')).toMatch(/cannot be opened/);
  });

  it('says when a folder may not be read', () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed);
    writeFileSync(join(closed, 'a.ts'), '');
    chmodSync(closed, 0o000);
    expect(asOrdinaryUser(() => wrong(closed))).toBe(`The folder ${closed} cannot be read: you have no permission.`);
    chmodSync(closed, 0o755);
  });

  it('does not repeat the password it refuses', () => {
    expect(() => parseAddress('https://jane:hunter22@a.example')).toThrow(/^(?!.*hunter22)/);
  });
});

/** Root may read everything; the tests often run as root. */
function asOrdinaryUser<T>(act: () => T): T {
  if (process.geteuid?.() !== 0) return act();
  chmodSync(folder, 0o755);
  process.seteuid?.(65_534);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
}
