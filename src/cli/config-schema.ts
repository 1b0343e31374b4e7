import { allowedName } from '../collect/access/surface/allowed.ts';
import { webhookProviders } from '../core/given-webhook.ts';
import { cloudflare } from './cloudflare-schema.ts';
import { domains } from './domains-schema.ts';
import { email } from './email-schema.ts';
import { identityProvider, person, text, variable } from './people-schema.ts';

/** The part of JSON Schema that the config needs; `config-reader.ts` checks against it and `schema/launch-ready.schema.json` publishes it. */
export type Schema =
  | {
      readonly type: 'object';
      readonly description?: string;
      readonly properties: Readonly<Record<string, Schema>>;
      readonly required?: readonly string[];
      readonly additionalProperties: false;
    }
  | { readonly type: 'array'; readonly description?: string; readonly items: Schema; readonly maxItems?: number }
  | {
      readonly type: 'string';
      readonly description?: string;
      readonly pattern?: string;
      readonly enum?: readonly string[];
      readonly minLength?: number;
    }
  | { readonly type: 'number' | 'integer'; readonly description?: string; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: 'boolean'; readonly description?: string };

const checkId = (description: string): Schema => ({ type: 'string', description, pattern: '^[a-z]+/[a-z0-9-]+$' });

const waiver: Schema = {
  type: 'object',
  description: 'A finding somebody decided to live with.',
  properties: {
    finding: {
      type: 'string',
      description: 'Id of a finding as the report shows it (audit/name#1a2b3c4d), or of a whole check (audit/name).',
      pattern: '^[a-z]+/[a-z0-9-]+(#[0-9a-f]{8})?$',
    },
    reason: text('Why it is acceptable.'),
    name: text('Who decided.'),
    expires: {
      type: 'string',
      description: 'Last day it holds, as YYYY-MM-DD.',
      pattern: String.raw`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`,
    },
  },
  required: ['finding', 'reason', 'name', 'expires'],
  additionalProperties: false,
};

const webhook: Schema = {
  type: 'object',
  properties: {
    path: {
      type: 'string',
      description: 'Where it takes messages, below the address of the app, e.g. /api/webhooks/stripe.',
      pattern: '^/',
    },
    provider: {
      type: 'string',
      description:
        'Who sends them. generic: HMAC-SHA256 of the body in hexadecimal digits; generic-timed: t=<seconds>,v1=<the same over time, dot and body>.',
      enum: webhookProviders,
    },
    secretFrom: {
      type: 'string',
      description:
        'Name of the environment variable that holds the secret the app on this machine trusts (gohighlevel: the private key of a pair made for the test).',
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    },
    header: { type: 'string', description: 'Header with the signature, for generic and generic-timed.', pattern: '^[A-Za-z0-9-]+$' },
    event: text(
      'A message the app understands, about something made for the test, so that what it does can be seen; {id} becomes a new id each time.',
    ),
  },
  required: ['path', 'provider', 'secretFrom'],
  additionalProperties: false,
};

const mail: Schema = {
  type: 'object',
  description: 'Where mails of the app can be read: one of smtp, mailbox and imap.',
  properties: {
    smtp: {
      type: 'string',
      description:
        'Address on this machine at which we take mails while we run, e.g. 127.0.0.1:2525; set the SMTP server of the app to it.',
      pattern: String.raw`^(127\.0\.0\.1|localhost|\[::1\]):\d{1,5}$`,
    },
    mailbox: {
      type: 'string',
      description: 'Address of a Mailpit on this machine, e.g. http://localhost:8025.',
      pattern: String.raw`^https?://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?/?$`,
    },
    imap: {
      type: 'object',
      description: 'A real mailbox that the addresses of the people and the new ones lead to.',
      properties: {
        host: text('Its server.'),
        port: { type: 'integer', description: 'Port of the server (993).', minimum: 1, maximum: 65_535 },
        user: text('Whose mailbox it is.'),
        passwordFrom: variable(
          'Name of the environment variable that holds the password of the mailbox: at Gmail and Yahoo an app password.',
        ),
        tokenFrom: variable('Name of the environment variable that holds an OAuth access token instead, as Outlook wants it.'),
        tls: { type: 'boolean', description: 'false: without encryption, for a server on this machine.' },
      },
      required: ['host', 'user'],
      additionalProperties: false,
    },
    address: {
      type: 'string',
      description: 'an address with {id} in it for new accounts, e.g. test+{id}@example.com',
      pattern: String.raw`^[^@\s{}]*\{id\}[^@\s{}]*@[^@\s{}]+$`,
    },
    linkSeconds: {
      type: 'integer',
      description:
        'Seconds that a mailed sign-in link is good for, where the mail says it otherwise or not at all; up to 30 are waited for, to see that it ends.',
      minimum: 1,
    },
    resetSeconds: { type: 'integer', description: 'The same for a password reset link.', minimum: 1 },
    inviteSeconds: { type: 'integer', description: 'The same for an invitation link.', minimum: 1 },
  },
  additionalProperties: false,
};

/** Schema of launch-ready.yaml. */
export const configSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'launch-ready.yaml',
  type: 'object',
  properties: {
    url: { type: 'string', description: 'Address of the running app.', pattern: '^https?://' },
    scope: {
      type: 'object',
      description: 'What may be touched.',
      properties: {
        hosts: {
          type: 'array',
          description: 'Further hosts that belong to the app, e.g. api.example.com.',
          items: {
            type: 'string',
            description: 'a host name, with its port when it is not the usual one, e.g. api.example.com:8443',
            pattern: '^[A-Za-z0-9.-]+(:[0-9]+)?$',
          },
        },
        requests: { type: 'integer', description: 'Upper bound of requests in a run.', minimum: 1, maximum: 10_000 },
        history: { type: 'boolean', description: 'Search the whole git history for secrets.' },
      },
      additionalProperties: false,
    },
    domains,
    cloudflare,
    email,
    access: {
      type: 'object',
      description: 'How the running app is tried.',
      properties: {
        people: {
          type: 'array',
          description: 'Accounts to sign in with: two of different customers, and more for what colleagues and administrators see.',
          items: person,
        },
        recordings: {
          type: 'array',
          description:
            'Visits to the app that a browser saved as HAR file (network tab, “Save all as HAR”): what its pages ask for is tried as well.',
          items: {
            type: 'object',
            properties: {
              person: text('Name of the person who was signed in.'),
              file: text('The HAR file, beside this one.'),
            },
            required: ['person', 'file'],
            additionalProperties: false,
          },
        },
        allow: {
          type: 'array',
          description: 'Operations that may be sent although their addresses promise harm, as with --allow.',
          items: {
            type: 'string',
            description: 'method and path as the report shows them, e.g. POST /api/invoices/{id}/send',
            pattern: allowedName.source,
          },
        },
        browser: { type: 'boolean', description: 'Click through the app in Chromium as each person too, as with --browser.' },
        mail,
        idleSeconds: {
          type: 'integer',
          description: 'Seconds after which the app, as you started it, ends a session that nobody uses; waited for, to see that it does.',
          minimum: 1,
          maximum: 120,
        },
        identityProvider,
        start: {
          type: 'object',
          description: 'How the app is started for launch-ready access --start; without that flag nothing of it is run.',
          properties: {
            command: text('Command for a shell, run in the folder of this file, e.g. npm start.'),
            ready: { type: 'string', description: 'Path that answers once the app works, e.g. /healthz.', pattern: '^/' },
            restore: text('Command that is run before the start and after the end, and puts the database back to its snapshot.'),
            seconds: { type: 'integer', description: 'How long the start may take.', minimum: 1, maximum: 600 },
            required: {
              type: 'array',
              description: 'Environment variables without which the app must not start; launch-ready regress takes each away in turn.',
              items: { type: 'string', pattern: '^[A-Za-z_][A-Za-z0-9_]*$' },
            },
          },
          required: ['command'],
          additionalProperties: false,
        },
        webhooks: {
          type: 'array',
          description: 'Webhooks of the app, so that rightly signed messages can be sent to them too.',
          items: webhook,
        },
      },
      additionalProperties: false,
    },
    off: {
      type: 'array',
      description: 'Checks that are not run.',
      items: {
        type: 'object',
        properties: { check: checkId('Id of the check, e.g. audit/source-maps.'), reason: text('Why it does not matter here.') },
        required: ['check', 'reason'],
        additionalProperties: false,
      },
    },
    waivers: { type: 'array', description: 'Findings somebody decided to live with.', items: waiver },
    gate: {
      type: 'object',
      description: 'What stops a launch.',
      properties: {
        failOn: { type: 'string', description: 'Findings of this severity or worse count.', enum: ['blocker', 'high', 'medium', 'low'] },
        unknown: { type: 'string', description: 'What an unanswered question does: block, or only warn.', enum: ['block', 'warn'] },
        baseline: text('File with the findings that are known already.'),
      },
      additionalProperties: false,
    },
    rates: {
      type: 'object',
      description: 'Price of an hour of help, for the cost estimate.',
      properties: {
        low: { type: 'number', description: 'Lower end.', minimum: 0, maximum: 10_000 },
        high: { type: 'number', description: 'Upper end.', minimum: 0, maximum: 10_000 },
        currency: { type: 'string', description: 'Three letters, e.g. EUR.', pattern: '^[A-Z]{3}$' },
      },
      required: ['low', 'high', 'currency'],
      additionalProperties: false,
    },
  },
  additionalProperties: false,
} as const satisfies Schema & { $schema: string; title: string };
