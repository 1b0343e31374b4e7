import { describe, expect, it } from 'vitest';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config.ts';
import { mailOf } from './mail.ts';
import { peopleOf } from './people.ts';

const given = (text: string, environment: NodeJS.ProcessEnv = {}) =>
  mailOf(readYaml(`access:\n  mail: ${text}`, configSchema, 'launch-ready.yaml') as Config, environment);

describe('access.mail', () => {
  it('is where mails are read', () => {
    expect(given('{smtp: 127.0.0.1:2525}')).toEqual({
      kind: 'smtp',
      host: '127.0.0.1',
      port: 2525,
      address: 'launch-ready-{id}@example.com',
    });
    expect(given('{smtp: "[::1]:2525"}')).toMatchObject({ host: '::1' });
    expect(
      given('{mailbox: "http://localhost:8025", address: "qa+{id}@acme.example", linkSeconds: 10, resetSeconds: 20, inviteSeconds: 30}'),
    ).toEqual({
      kind: 'mailpit',
      url: new URL('http://localhost:8025'),
      address: 'qa+{id}@acme.example',
      linkSeconds: 10,
      resetSeconds: 20,
      inviteSeconds: 30,
    });
    expect(
      given('{imap: {host: imap.example.com, user: qa, passwordFrom: MAIL_PASSWORD}, address: "qa+{id}@example.com"}', {
        MAIL_PASSWORD: 'secret',
      }),
    ).toEqual({
      kind: 'imap',
      host: 'imap.example.com',
      port: 993,
      user: 'qa',
      password: 'secret',
      passwordFrom: 'MAIL_PASSWORD',
      tls: true,
      address: 'qa+{id}@example.com',
    });
    expect(mailOf({})).toBeUndefined();
  });

  it.each<[string, RegExp]>([
    ['{smtp: 0.0.0.0:2525}', /on this machine/],
    ['{smtp: mail.example.com:25}', /on this machine/],
    ['{mailbox: "https://mailpit.example.com"}', /on this machine/],
    ['{smtp: 127.0.0.1:2525, mailbox: "http://localhost:8025"}', /one of smtp, mailbox and imap/],
    ['{address: "qa+{id}@example.com"}', /one of smtp, mailbox and imap/],
    ['{smtp: 127.0.0.1:2525, address: qa@example.com}', /\{id\}/],
    ['{smtp: 127.0.0.1:2525, linkSeconds: 0}', /linkSeconds/],
    ['{smtp: 127.0.0.1:2525, resetSeconds: 0}', /resetSeconds/],
    ['{imap: {host: imap.example.com, user: qa, passwordFrom: MAIL_PASSWORD}}', /at which addresses/],
    [
      '{imap: {host: imap.example.com, user: qa, passwordFrom: MAIL_PASSWORD}, address: "qa+{id}@example.com"}',
      /MAIL_PASSWORD, which is not set/,
    ],
    ['{imap: {host: imap.example.com, tls: false, user: qa, passwordFrom: HOME}, address: "qa+{id}@example.com"}', /without encryption/],
  ])('%s is refused', (text, says) => {
    expect(() => given(text, { HOME: 'x' })).toThrow(says);
  });
});

describe('people without a password', () => {
  const people = [{ name: 'anna', email: 'anna@acme.example' }];
  it('need a mailbox', () => {
    expect(() => peopleOf({ access: { people } })).toThrow(/anna has no password/);
    expect(peopleOf({ access: { people, mail: { smtp: '127.0.0.1:2525' } } })).toEqual(people);
  });
});
