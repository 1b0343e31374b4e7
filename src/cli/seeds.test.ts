import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config.ts';
import { emailTarget } from './email-options.ts';
import { seedsOf } from './seeds.ts';

const read = (text: string): Config => readYaml(text, configSchema, 'launch-ready.yaml') as Config;
const environment = { GMAIL: 'abcd efgh ijkl mnop', YAHOO: 'yahoo-app-password', TOKEN: 'ey-token-of-outlook', OWN: 'own-password' };
const given = (text: string) => seedsOf(read(`email:\n  seeds: ${text}`), environment);

describe('email.seeds', () => {
  it('knows the servers of the three, and where mails reach a box', () => {
    expect(
      given(`
    - { name: gmail, user: seed@gmail.com, passwordFrom: GMAIL }
    - { name: outlook, user: seed@outlook.com, tokenFrom: TOKEN }
    - { name: yahoo, user: seed@yahoo.com, passwordFrom: YAHOO }
    - { name: own, host: 127.0.0.1, port: 1143, tls: false, user: anna, passwordFrom: OWN, address: "a-{id}@box.test" }`),
    ).toEqual([
      {
        kind: 'imap',
        name: 'gmail',
        host: 'imap.gmail.com',
        port: 993,
        user: 'seed@gmail.com',
        password: 'abcdefghijklmnop',
        passwordFrom: 'GMAIL',
        tls: true,
        address: 'seed+{id}@gmail.com',
      },
      {
        kind: 'imap',
        name: 'outlook',
        host: 'outlook.office365.com',
        port: 993,
        user: 'seed@outlook.com',
        password: environment.TOKEN,
        passwordFrom: 'TOKEN',
        byToken: true,
        tls: true,
        address: 'seed+{id}@outlook.com',
      },
      {
        kind: 'imap',
        name: 'yahoo',
        host: 'imap.mail.yahoo.com',
        port: 993,
        user: 'seed@yahoo.com',
        password: environment.YAHOO,
        passwordFrom: 'YAHOO',
        tls: true,
        address: 'seed@yahoo.com',
      },
      {
        kind: 'imap',
        name: 'own',
        host: '127.0.0.1',
        port: 1143,
        user: 'anna',
        password: environment.OWN,
        passwordFrom: 'OWN',
        tls: false,
        address: 'a-{id}@box.test',
      },
    ]);
    expect(seedsOf({})).toEqual([]);
  });

  it.each<readonly [text: string, says: RegExp]>([
    ['[{ name: own, user: a@box.test, passwordFrom: OWN }]', /lacks its host/],
    ['[{ name: own, host: imap.box.test, user: anna, passwordFrom: OWN }]', /lacks its address/],
    ['[{ name: gmail, user: a@gmail.com }]', /needs one of passwordFrom and tokenFrom/],
    ['[{ name: gmail, user: a@gmail.com, passwordFrom: GMAIL, tokenFrom: TOKEN }]', /needs one of passwordFrom and tokenFrom/],
    ['[{ name: gmail, user: a@gmail.com, passwordFrom: NOT_SET }]', /seed box gmail .* NOT_SET, which is not set/],
    ['[{ name: gmail, user: a@gmail.com, passwordFrom: GMAIL, tls: false }]', /would go to imap\.gmail\.com without encryption/],
    ['[{ name: gmail, user: a@gmail.com, passwordFrom: GMAIL }, { name: gmail, user: b@gmail.com, passwordFrom: GMAIL }]', /gmail twice/],
    [
      '[{ name: gmail, user: a@gmail.com, passwordFrom: GMAIL }, { name: two, host: IMAP.gmail.com, user: A@gmail.com, passwordFrom: GMAIL }]',
      /one box twice: gmail and two are both A@gmail\.com at IMAP\.gmail\.com/,
    ],
    ['[{ name: "My Box", user: a@gmail.com, passwordFrom: GMAIL }]', /letters, digits and dashes/],
    ['[{ name: gmail, passwordFrom: GMAIL }]', /lacks user/],
    ['[{ name: gmail, user: a@gmail.com, password: secret }]', /no setting password/],
    [
      `[${Array.from({ length: 9 }, (_, nth) => `{ name: g${nth}, host: h, user: a@gmail.com, passwordFrom: GMAIL }`).join(', ')}]`,
      /8 are the most/,
    ],
  ])('%s is refused', (text, says) => expect(() => given(text)).toThrow(says));

  it('stands in for the mailbox where none is named, and is sent nothing twice then', () => {
    process.env['LR_TEST_SEED'] = 'seed-password';
    try {
      const args = parseArguments('email', ['--allow-writes']);
      const seeds =
        'seeds: [{ name: yahoo, user: s@yahoo.com, passwordFrom: LR_TEST_SEED }, { name: gmail, user: s@gmail.com, passwordFrom: LR_TEST_SEED }]';
      const alone = emailTarget(args, read(`email: { ${seeds} }`), undefined);
      expect(alone.mail).toMatchObject({ kind: 'imap', seed: 'gmail', address: 's+{id}@gmail.com' });
      expect(alone.email?.seeds?.map(({ name }) => name)).toEqual(['yahoo']);
      const both = emailTarget(args, read(`access: { mail: { smtp: "127.0.0.1:2525" } }\nemail: { ${seeds} }`), undefined);
      const imap = (user: string): string =>
        `access: { mail: { imap: { host: imap.gmail.com, user: ${user}, passwordFrom: LR_TEST_SEED }, address: "s+{id}@gmail.com" } }`;
      expect(() => emailTarget(args, read(`${imap('s@gmail.com')}\nemail: { ${seeds} }`), undefined)).toThrow(
        /access\.mail and email\.seeds name the same box: gmail is s@gmail\.com at imap\.gmail\.com too/,
      );
      expect(emailTarget(args, read(`${imap('t@gmail.com')}\nemail: { ${seeds} }`), undefined).email?.seeds).toHaveLength(2);
      expect(both.mail).toMatchObject({ kind: 'smtp' });
      expect(both.email?.seeds?.map(({ name }) => name)).toEqual(['yahoo', 'gmail']);
    } finally {
      delete process.env['LR_TEST_SEED'];
    }
  });
});

describe('email.send.from', () => {
  const from = (text: string) => read(`email: { send: { host: h, from: ${text} } }`).email?.send?.from;
  it.each([
    'hello@example.com',
    'Harbourline <hello@example.com>',
    '<hello@example.com>',
    '"Acme, Inc. <hello@example.com>"',
    '"\\"Acme\\" <a@b.io>"',
  ])('takes %s', (text) => expect(from(text)).toBeDefined());
  it.each([
    'Harbourline',
    'hello@',
    '"a@example.com, b@example.com"',
    'A <a@example.com',
    '"A <a@example.com> <b@example.com>"',
    '"A\\nBcc: x <a@example.com>"',
  ])('refuses %s and says what it wants', (text) =>
    expect(() => from(text)).toThrow(/one address .* with or without a name.*Harbourline <app@example\.com>/),
  );
});
