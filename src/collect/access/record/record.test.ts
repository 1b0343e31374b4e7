import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readHar } from '../traffic/har.ts';
import { addresses } from './addresses.ts';
import { entryOf, type Seen, withoutPasswords } from './entry.ts';
import { openHarFile } from './har-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'launch-ready-record-'));
afterAll(() => rmSync(folder, { recursive: true }));

const seen = (body: Buffer, headers: Record<string, string> = {}): Seen => ({
  url: new URL('http://app.test/api/notes?token=1'),
  begun: new Date(0),
  ended: new Date(5),
  request: {
    method: 'POST',
    httpVersion: '1.1',
    headers: {
      cookie: 'sid=secret-cookie',
      authorization: 'Bearer secret-token',
      'x-csrf-token': 'secret-csrf',
      'content-type': 'application/json',
    },
  },
  sent: Buffer.from('{"email":"anna@a.example","password":"typed-by-anna"}'),
  response: {
    statusCode: 200,
    statusMessage: 'OK',
    httpVersion: '1.1',
    headers: { 'set-cookie': ['sid=secret-cookie'], 'content-type': 'application/json', ...headers },
  },
  body,
  size: body.length,
});

describe('the file of a recording', () => {
  it('is whole after each entry, only its owner reads it, and holds no session and no typed password', async () => {
    const path = join(folder, 'deep', 'anna.har');
    const file = openHarFile(path, '1.0.0', false);
    expect(() => readHar(readFileSync(path, 'utf8'), 'http://app.test')).toThrow('it holds no requests');
    for (const text of ['{"id":1}', '{"id":2}']) {
      expect(file.add(await entryOf(seen(gzipSync(text), { 'content-encoding': 'gzip' })))).toBe(true);
      expect(readHar(readFileSync(path, 'utf8'), 'http://app.test').at(-1)).toMatchObject({
        method: 'POST',
        path: '/api/notes?token=1',
        text,
      });
    }
    file.close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toMatch(/secret-(?:cookie|token|csrf)|typed-by-anna/);
    expect(() => openHarFile(path, '1.0.0', false)).toThrow('EEXIST');
  });

  it('is never written through a link', () => {
    const [victim, link] = [join(folder, 'victim'), join(folder, 'link.har')];
    writeFileSync(victim, 'mine');
    symlinkSync(victim, link);
    expect(() => openHarFile(link, '1.0.0', false)).toThrow('EEXIST');
    openHarFile(link, '1.0.0', true).close();
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});

describe('what was typed as a password', () => {
  it.each([
    ['application/json', '{"user":{"newPassword":"hunter-2"},"n":1}', '{"user":{"newPassword":"[hidden]"},"n":1}'],
    [
      'application/json',
      '{"query":"mutation { login(email: \\"a\\", password: \\"hunter-2\\") { id } }"}',
      /email: \\"a\\", password: \\"\[hidden\]\\"/,
    ],
    ['application/x-www-form-urlencoded', 'email=a%40b&passwort=hunter-2', 'email=a%40b&passwort=%5Bhidden%5D'],
    ['application/json', '{"password":"hunter-2', ''],
    ['multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="pwd"\r\n\r\nhunter-2\r\n--x--', ''],
    ['application/json', '{"title":"a \\"quote\\""}', '{"title":"a \\"quote\\""}'],
  ])('is left out of %s %s', (contentType, text, expected) => {
    const kept = withoutPasswords(text, contentType);
    expect(kept).toEqual(typeof expected === 'string' ? expected : expect.stringMatching(expected));
    expect(kept).not.toContain('hunter-2');
  });
});

describe('addresses in a body that flows by', () => {
  const { text, stream } = addresses('http://app.test:30', 'http://127.0.0.1:4000');

  it('are replaced wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.constantFrom(
            'http://app.test:30',
            'http:\\/\\/app.test:30\\/x',
            'HTTP://app.test:30/',
            'http://app.test:301',
            'ht',
            '://',
            '"',
            'é ',
          ),
        ),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (parts, cuts) => {
          const whole = Buffer.from(parts.join(' '));
          const through = stream();
          const out = textOf(through);
          for (let at = 0, nth = 0; at < whole.length; nth += 1) {
            const end = at + cuts[nth % cuts.length]!;
            through.write(whole.subarray(at, end));
            at = end;
          }
          through.end();
          expect(await out).toBe(text(whole.toString()));
        },
      ),
    );
  });

  it('leave others alone', () => {
    expect(text('http://app.test:301 http://app.test:30.evil http://app.test:30/a')).toBe(
      'http://app.test:301 http://app.test:30.evil http://127.0.0.1:4000/a',
    );
  });
});
