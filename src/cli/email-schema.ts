import type { Schema } from './config-schema.ts';

const text = (description: string): Schema => ({ type: 'string', description, minLength: 1 });

/** How mails are had that can be judged, in launch-ready.yaml. */
export const email: Schema = {
  type: 'object',
  description: 'Mails to be sent and judged by launch-ready email --allow-writes; where they are read stands under access.mail.',
  properties: {
    send: {
      type: 'object',
      description: 'The server that your app sends through, for a test mail.',
      properties: {
        host: text('Its name, e.g. smtp.resend.com.'),
        port: { type: 'integer', description: 'Its port (587).', minimum: 1, maximum: 65_535 },
        tls: { type: 'boolean', description: 'true: TLS from the start, as port 465 has it.' },
        user: text('Whose account it is.'),
        passwordFrom: {
          type: 'string',
          description: 'Name of the environment variable that holds the password.',
          pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        },
        from: { type: 'string', description: 'Whom the mail is from, as your app has it.', pattern: String.raw`^[^@\s<>]+@[^@\s<>]+$` },
      },
      required: ['host', 'from'],
      additionalProperties: false,
    },
    mails: {
      type: 'array',
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
    waitSeconds: { type: 'integer', description: 'Seconds that a mail may take (60).', minimum: 5, maximum: 600 },
  },
  additionalProperties: false,
};
