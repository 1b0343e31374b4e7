import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseArguments } from './arguments.ts';
import { readYaml } from './config-reader.ts';
import { configSchema } from './config-schema.ts';
import type { Config } from './config.ts';
import { emailTarget } from './email-options.ts';

afterEach(() => vi.unstubAllEnvs());

const sending = (send: string) =>
  emailTarget(
    parseArguments('email', ['--allow-writes']),
    readYaml(`email:\n  send: ${send}`, configSchema, 'launch-ready.yaml') as Config,
    undefined,
  ).email?.send;

describe('email.send', () => {
  it('is a service with its API at the usual place, or another', () => {
    vi.stubEnv('KEY', 'secret-key-1');
    expect(sending('{ api: resend, keyFrom: KEY, from: app@acme.io }')).toEqual({
      api: 'resend',
      key: 'secret-key-1',
      base: 'https://api.resend.com',
      from: 'app@acme.io',
    });
    expect(sending('{ api: mailgun, keyFrom: KEY, from: app@acme.io, base: "https://api.eu.mailgun.net" }')).toMatchObject({
      base: 'https://api.eu.mailgun.net',
    });
  });

  it('is a server, as ever', () => {
    expect(sending('{ host: smtp.acme.io, from: app@acme.io }')).toEqual({
      host: 'smtp.acme.io',
      port: 587,
      tls: false,
      from: 'app@acme.io',
    });
  });

  it.each([
    ['{ from: app@acme.io }', /neither a server nor a service/],
    ['{ host: smtp.acme.io, api: resend, from: app@acme.io }', /both a server and a service/],
    ['{ api: resend, from: app@acme.io }', /does not say where the key of resend is/],
    ['{ api: resend, keyFrom: NOT_SET_ANYWHERE, from: app@acme.io }', /environment variable NOT_SET_ANYWHERE, which is not set/],
    ['{ api: mailchimp, keyFrom: KEY, from: app@acme.io }', /must be .*resend/],
    ['{ api: resend, keyFrom: KEY, from: app@acme.io, base: "http://api.resend.com" }', /base must be where its API is/],
  ])('%s is a mistake, and says which', (send, says) => {
    expect(() => sending(send)).toThrow(says);
  });
});
