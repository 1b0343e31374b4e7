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

const wrong = (...operands: string[]): string => {
  try {
    aimAt(operands);
  } catch (error) {
    return `${(error as Error).message} ${(error as { remedy?: string }).remedy ?? ''}`.trim();
  }
  return 'accepted';
};

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
