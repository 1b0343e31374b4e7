import { describe, expect, it } from 'vitest';
import { checkLiteral, guardedLookup, reachOf } from './address.ts';

describe('reachOf', () => {
  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '2002:7f00:1::'])(
    'knows %s as this machine',
    (address) => {
      expect(reachOf(address)).toBe('loopback');
    },
  );

  it.each([
    '10.0.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.100.100.100',
    '0.0.0.0',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '224.0.0.1',
    '::10.0.0.1',
    'not an address',
  ])('keeps %s off the internet', (address) => {
    expect(reachOf(address)).toBe('private');
  });

  it.each(['1.1.1.1', '172.32.0.1', '8.8.8.8', '2606:4700::1111', '::ffff:1.1.1.1', '64:ff9b::101:101'])(
    'knows %s as the internet',
    (address) => {
      expect(reachOf(address)).toBe('public');
    },
  );
});

describe('the guard', () => {
  const rules = { pins: { 'pinned.test': '127.0.0.1' }, named: (host: string) => host === 'localhost' || host === '10.1.1.1' };
  const look = (host: string, all = true): Promise<unknown> =>
    new Promise((done, fail) => guardedLookup(rules)(host, { all }, (error, address) => (error ? fail(error) : done(address))));

  it('answers a pinned name without asking anybody, in both shapes', async () => {
    expect(await look('pinned.test')).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(await look('pinned.test', false)).toBe('127.0.0.1');
  });

  it('lets a name the user gave lie on this machine', async () => {
    expect(await look('localhost')).not.toEqual([]);
  });

  it('refuses another name that leads to this machine', async () => {
    await expect(look('ip6-localhost').catch((error: NodeJS.ErrnoException) => Promise.reject(new Error(error.code)))).rejects.toThrow(
      /E_GUARDED|ENOTFOUND/,
    );
    const strict = guardedLookup({ pins: {}, named: () => false });
    await expect(
      new Promise((done, fail) => strict('localhost', { all: true }, (error, list) => (error ? fail(error) : done(list)))),
    ).rejects.toMatchObject({ code: 'E_GUARDED' });
  });

  it('judges addresses written as numbers, however they are written', () => {
    for (const url of ['http://169.254.169.254/', 'http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://[::ffff:10.0.0.1]/'])
      expect(() => checkLiteral(new URL(url).hostname, rules)).toThrow(/not on the internet/);
    expect(() => checkLiteral('10.1.1.1', rules)).not.toThrow();
    expect(() => checkLiteral('1.1.1.1', rules)).not.toThrow();
  });
});
