import { sendApis } from '../core/given-send.ts';
import type { Schema } from './config-schema.ts';
import { text, variable } from './people-schema.ts';

const port = (description: string): Schema => ({ type: 'integer', description, minimum: 1, maximum: 65_535 });

const seed: Schema = {
  type: 'object',
  properties: {
    name: {
      type: 'string',
      description: 'gmail, outlook or yahoo, whose server is known, or a word of your own: letters, digits and dashes',
      pattern: '^[a-z0-9][a-z0-9-]{0,30}$',
    },
    host: text('Its server for IMAP; known for gmail, outlook and yahoo.'),
    port: port('Port of the server (993).'),
    user: text('Whose mailbox it is, usually its address.'),
    passwordFrom: variable('Name of the environment variable that holds its password: at Gmail and Yahoo an app password.'),
    tokenFrom: variable('Name of the environment variable that holds an OAuth access token instead, as Outlook wants it.'),
    tls: { type: 'boolean', description: 'false: without encryption, for a server on this machine.' },
    address: {
      type: 'string',
      description: 'an address that reaches it, with {id} in it where it takes any such address, e.g. seed+{id}@gmail.com; else the user',
      pattern: String.raw`^[^@\s{}]*(?:\{id\})?[^@\s{}]*@[^@\s{}]+$`,
    },
  },
  required: ['name', 'user'],
  additionalProperties: false,
};

/** How mails are had that can be judged, in launch-ready.yaml. */
export const email: Schema = {
  type: 'object',
  description: 'Mails to be sent and judged by launch-ready email --allow-writes; where they are read stands under access.mail.',
  properties: {
    send: {
      type: 'object',
      description: 'The server that your app sends through (host), or the service by its API (api), for a test mail.',
      properties: {
        host: text('Its name, e.g. smtp.resend.com.'),
        port: port('Its port (587).'),
        tls: { type: 'boolean', description: 'true: TLS from the start, as port 465 has it.' },
        user: text('Whose account it is.'),
        passwordFrom: variable('Name of the environment variable that holds the password.'),
        api: { type: 'string', description: 'A service that takes mail by its API, instead of a server.', enum: sendApis },
        keyFrom: variable('Name of the environment variable that holds the key of the API.'),
        base: {
          type: 'string',
          description: 'where its API is, if not at its usual place, e.g. https://api.eu.mailgun.net',
          pattern: String.raw`^(?:https://\S+|http://(?:127\.0\.0\.1|localhost)(?::\d+)?/?)$`,
        },
        from: {
          type: 'string',
          description:
            'one address that the mail is from, with or without a name, as your app has it: app@example.com, or Harbourline <app@example.com>',
          pattern: String.raw`^\s*(?:[^@\s<>,;"]+@[^@\s<>,;"]+|[^<>\r\n]*<\s*[^@\s<>,;"]+@[^@\s<>,;"]+\s*>)\s*$`,
        },
      },
      required: ['from'],
      additionalProperties: false,
    },
    mails: {
      type: 'array',
      maxItems: 20,
      description: 'Mails of the app that a request makes it send. Sign-up, password reset and sign-in links are found without.',
      items: {
        type: 'object',
        properties: {
          name: text('What it is: invite, receipt, approval alert.'),
          request: { type: 'string', description: "The request as 'POST /api/invites'.", pattern: '^(?:POST|PUT|PATCH|GET) /' },
          body: text('Text of the body (JSON); {address} stands for where the mail is to go.'),
          bulk: { type: 'boolean', description: 'It goes to many, so it must offer to unsubscribe.' },
        },
        required: ['name', 'request'],
        additionalProperties: false,
      },
    },
    seeds: {
      type: 'array',
      description:
        'Mailboxes at those whom your customers have theirs at, read by IMAP: each mail goes there as well, and it is seen whether it ends in the inbox or in spam.',
      items: seed,
    },
    waitSeconds: { type: 'integer', description: 'Seconds that a mail may take (60).', minimum: 5, maximum: 600 },
  },
  additionalProperties: false,
};
