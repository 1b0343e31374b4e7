import { describe, expect, it } from 'vitest';
import { forge } from './fixtures/synthetic.ts';
import { findSecrets } from './scan-text.ts';

const kinds = (text: string): string[] =>
  findSecrets(text, { names: true, lines: false, code: true, certainOnly: false, now: Date.UTC(2026, 10, 23) }).map(({ kind }) => kind);

describe('values that the app refuses', () => {
  const list = "const WEAK = { JWT_SECRET: 'secret', SESSION_SECRET: 'keyboard-cat' };";

  it('are no secrets', () => {
    expect(
      kinds(
        `${list} const bad = Object.entries(WEAK).filter(([name, value]) => process.env[name] === value); if (bad.length) throw new Error();`,
      ),
    ).toEqual([]);
    expect(kinds(`if (process.env.JWT_SECRET === 'change-me') throw new Error('set it');`)).toEqual([]);
  });

  it('are secrets where one of them is used', () => {
    expect(kinds(`if (body.accessSecret === 'let-them-in') grant();`)).toEqual(['guessable-signing-secret']);
    const both = ['guessable-signing-secret', 'guessable-signing-secret'];
    expect(kinds(`${list} for (const [name, value] of Object.entries(WEAK)) process.env[name] ??= value;`)).toEqual(both);
    expect(kinds(`${list} const used = Object.entries(WEAK).map(([name, value]) => process.env[name] || value);`)).toEqual(both);
    expect(kinds(`${list} jwt.sign(claims, WEAK.JWT_SECRET);`)).toEqual(both);
    expect(
      kinds(`${list} if (process.env.A === WEAK.JWT_SECRET) throw new Error();${' '.repeat(400)}sign(claims, WEAK.JWT_SECRET);`),
    ).toEqual(both);
    expect(kinds(`export ${list} check(WEAK, process.env.A === b);`)).toEqual(both);
  });
});

describe('the app key of a Pusher client', () => {
  const f = forge(71);
  const key = f.text('hex', 32);

  it.each([
    `const pusherAppKey = '${key}';`,
    `static const _appKey = "${key}"; static get _url => "wss://$_host/app/$_appKey";`,
    `await pusher.init(\n  apiKey: "${key}",\n  cluster: "eu",\n);`,
    `new Pusher({ appId: '1', key: '${key}', cluster: 'eu' })`,
    `new Echo({ broadcaster: 'reverb', apiKey: '${key}' })`,
  ])('is public: %s', (text) => {
    expect(kinds(text)).toEqual([]);
  });

  it('is not its secret, nor the key of another service', () => {
    expect(kinds(`const pusherAppSecret = '${key}';`)).toEqual(['signing-secret']);
    expect(kinds(`new Pusher({ key: '${key}', secret: '${f.text('hex', 20)}' })`)).toEqual(['generic-secret']);
    expect(kinds(`const _appKey = "${key}"; sign(_appKey);`)).toEqual(['signing-secret']);
    expect(kinds(`pusher.init(); await mailer.init({ apiKey: '${key}' });`)).toEqual(['generic-secret']);
  });
});

describe('a password', () => {
  it('in the sample body of a described endpoint opens nothing', () => {
    const body = "body: { email: 'new@portal.example.org', password: 'SecurePass#12' }";
    expect(
      kinds(`[{ name: 'Log in', method: 'POST', endpoint: '/login', description: 'Log in', ${body}, response: { id: 'x' } }]`),
    ).toEqual([]);
    expect(kinds(`fetch('/login', { method: 'POST', ${body} })`)).toEqual(['password']);
    expect(kinds(`axios({ method: 'POST', url: '/login', ${body} })`)).toEqual(['password']);
    expect(kinds(`const admin = { email: 'a', password: 'SecurePass#12' };`)).toEqual(['password']);
  });
});
