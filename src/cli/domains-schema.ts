import { hostRoles, recordTypes } from '../core/target.ts';
import type { Schema } from './config-schema.ts';

/** In the letters of any script; a dot may stand at its end, as DNS hosts show names. */
const hostName = (description: string): Schema => ({
  type: 'string',
  description,
  pattern: String.raw`^(?=.{1,254}$)([\p{L}\p{N}_]([\p{L}\p{M}\p{N}_-]{0,61}[\p{L}\p{M}\p{N}_])?\.)+(?=.{0,4}[\p{L}])[\p{L}\p{M}\p{N}-]{2,63}\.?$`,
});

/** 1 to 65535. */
const port = String.raw`([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`;
const octet = String.raw`(25[0-5]|2[0-4]\d|1?\d?\d)`;
const ipv4 = String.raw`${octet}(\.${octet}){3}`;
const ipv6 = '(?=[^:\\]]*:[^:\\]]*:)[0-9A-Fa-f:.]+';

const path = (description: string): Schema => ({ type: 'string', description, pattern: '^/' });
const word = (description: string): Schema => ({ type: 'string', description, pattern: '^[a-z0-9-]+$' });

const host: Schema = {
  type: 'object',
  properties: {
    name: hostName('The host, e.g. app.example.com.'),
    role: { type: 'string', description: 'What it is for.', enum: hostRoles },
    redirectsTo: hostName('The host that visitors end at, where this one only leads there.'),
    on: word('Who hosts it, e.g. vercel, lovable, cloudflare.'),
    login: path('Path of its login page, e.g. /login.'),
    mailedLinks: {
      type: 'array',
      description: 'Paths that links in mails lead to, e.g. /auth/confirm for a magic link.',
      items: path('A path.'),
    },
    callbacks: { type: 'array', description: 'Paths that a sign-in comes back to, e.g. /auth/callback.', items: path('A path.') },
  },
  required: ['name', 'role'],
  additionalProperties: false,
};

const server: Schema = {
  type: 'string',
  description: 'IP address, with its port where it is not 53.',
  pattern: String.raw`^(${ipv4}(:${port})?|\[${ipv6}\](:${port})?|${ipv6})$`,
};

const resolver: Schema = {
  ...server,
  description: 'IP address, with its port where it is not 53, or the https address of a resolver.',
  pattern: String.raw`^(https://\S+|${ipv4}(:${port})?|\[${ipv6}\](:${port})?|${ipv6})$`,
};

const mailDomain: Schema = {
  type: 'object',
  properties: {
    name: hostName('What stands behind the @ of the sender, e.g. mail.example.com.'),
    senders: {
      type: 'array',
      description: 'Services that send for it, e.g. google, resend; an empty list where it sends nothing.',
      items: word('A service.'),
    },
    selectors: {
      type: 'array',
      description: 'DKIM selectors that are in use, e.g. resend, google.',
      items: { type: 'string', description: 'A selector.', pattern: '^[A-Za-z0-9_.-]+$' },
    },
  },
  required: ['name'],
  additionalProperties: false,
};

const record: Schema = {
  type: 'object',
  properties: {
    name: hostName('Its name in full, e.g. app.example.com.'),
    type: { type: 'string', description: 'Type of the record.', enum: recordTypes },
    content: {
      type: 'string',
      description: 'What it holds, as in a zone file: an address, a name, the text of TXT without quotes.',
      minLength: 1,
    },
    priority: { type: 'integer', description: 'Of MX.', minimum: 0, maximum: 65_535 },
    ttl: { type: 'integer', description: 'Seconds it may be remembered for.', minimum: 30, maximum: 86_400 },
    proxied: { type: 'boolean', description: 'Whether visitors go through Cloudflare.' },
  },
  required: ['name', 'type', 'content'],
  additionalProperties: false,
};

/** The domain map of launch-ready.yaml. */
export const domains: Schema = {
  type: 'object',
  description: 'The domain and what is meant to be on it.',
  properties: {
    apex: hostName('The registered domain, e.g. example.com.'),
    hosts: { type: 'array', description: 'The hosts that customers reach.', items: host },
    mail: { type: 'array', description: 'The domains that mail is sent from.', items: mailDomain },
    resolvers: {
      type: 'array',
      description: 'DNS servers to ask instead of those of this machine, e.g. 192.0.2.53, 127.0.0.1:5353 or https://dns.example/dns-query.',
      items: resolver,
    },
    roots: {
      type: 'array',
      description:
        'Name servers of the root, for a network with a root of its own; the port of the first is that of every name server in it, e.g. 127.0.0.9:5301.',
      items: server,
    },
    rdap: {
      type: 'string',
      description: 'Address of the RDAP service that knows the registration, instead of the one that IANA names.',
      pattern: '^https?://',
    },
    connect: {
      type: 'array',
      description:
        'Where hosts are reached instead of where DNS says, to look before a cut-over, e.g. app.example.com=192.0.2.7. A port is that of https; http://app.example.com=192.0.2.7:8080 names the other one; *.example.com is any name that the DNS does not have.',
      items: {
        type: 'string',
        description: 'host=address, with its port where it is not the usual one.',
        pattern: String.raw`^(https?://)?(\*\.)?[\p{L}\p{M}\p{N}_.-]+=(${ipv4}|\[${ipv6}\])(:${port})?$`,
      },
    },
    records: {
      type: 'array',
      description: 'Records that are meant to be in the DNS; launch-ready edge plan says what is to be done for it.',
      items: record,
    },
    authorities: {
      type: 'array',
      description: 'Files (PEM) with certificates of further authorities to trust, beside this file.',
      items: { type: 'string', description: 'A file.', minLength: 1 },
    },
  },
  required: ['apex'],
  additionalProperties: false,
};
