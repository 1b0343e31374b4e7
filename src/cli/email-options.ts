import type { GivenSendApi, GivenSendServer } from '../core/given-send.ts';
import type { GivenDomains, GivenEmail, Target } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import type { Config } from './config.ts';
import { existing } from './existing.ts';
import { mailOf } from './mail.ts';
import { asMailbox, type ConfiguredSeed, isSameBox, seedsOf } from './seeds.ts';
import { peopleOf } from './people.ts';
import { UsageError } from './usage-error.ts';

/** The mails of the config, as they stand there. */
export type ConfiguredEmail = Partial<Pick<GivenEmail, 'mails' | 'waitSeconds'>> & {
  readonly send?: {
    readonly host?: string;
    readonly api?: GivenSendApi['api'];
    readonly keyFrom?: string;
    readonly base?: string;
    readonly port?: number;
    readonly tls?: boolean;
    readonly user?: string;
    readonly passwordFrom?: string;
    readonly from: string;
  };
  readonly seeds?: readonly ConfiguredSeed[];
};

/** What `email` adds to the target: senders and reports that are asked about, and, where it may write, what sends and reads mails. */
export function emailTarget(args: Arguments, config: Config, domains: GivenDomains | undefined): Partial<Target> {
  const adding = args.all('add-sender');
  const reports = existing(args.all('reports'));
  return {
    ...(domains && adding.length > 0 && { domains: { ...domains, adding } }),
    ...(reports.length > 0 && { reports }),
    ...(args.on('browser') === true && { browser: true }),
    ...(args.takes('allow-writes') && args.on('allow-writes') === true && emailOptions(config)),
  };
}

/** What sends and reads mails that are judged. Throws `UsageError` where a password is not set. */
function emailOptions(config: Config, environment: NodeJS.ProcessEnv = process.env): Pick<Target, 'email' | 'mail' | 'people' | 'writes'> {
  const { send, mails = [], waitSeconds } = config.email ?? {};
  const all = seedsOf(config, environment);
  // Signing up and asking for a new password take a mailbox with addresses that nobody has yet: where none is named, a seed box will do.
  const stand = all.find(({ address }) => address.includes('{id}'));
  const named = mailOf(config, environment);
  const twice = named?.kind === 'imap' ? all.find((one) => isSameBox(one, named)) : undefined;
  if (twice)
    throw new UsageError(
      `access.mail and email.seeds name the same box: ${twice.name} is ${twice.user} at ${twice.host} too.`,
      `Leave ${twice.name} out of email.seeds${twice.address.includes('{id}') ? ', or leave out access.mail' : ''}.`,
    );
  const mail = named ?? (stand && asMailbox(stand));
  const seeds = all.filter(({ name }) => mail?.kind !== 'imap' || mail.seed !== name);
  return {
    writes: true,
    people: peopleOf(config),
    ...(mail && { mail }),
    email: {
      mails,
      ...(waitSeconds !== undefined && { waitSeconds }),
      ...(send && { send: sendOf(send, environment) }),
      ...(seeds.length > 0 && { seeds }),
    },
  };
}

/** Where the APIs are. */
const bases: Readonly<Record<GivenSendApi['api'], string>> = {
  resend: 'https://api.resend.com',
  postmark: 'https://api.postmarkapp.com',
  sendgrid: 'https://api.sendgrid.com',
  brevo: 'https://api.brevo.com',
  mailgun: 'https://api.mailgun.net',
};

function sendOf(send: NonNullable<ConfiguredEmail['send']>, environment: NodeJS.ProcessEnv): NonNullable<GivenEmail['send']> {
  const { host, api, from } = send;
  if ((host === undefined) === (api === undefined))
    throw new UsageError(
      `email.send names ${host === undefined ? 'neither a server nor a service' : 'both a server and a service'}.`,
      'Write host: smtp.example.com for the server that your app sends through, or api: resend for a service with an API.',
    );
  return api === undefined
    ? serverOf({ ...send, host: host! }, environment)
    : { api, from, base: send.base ?? bases[api], key: keyOf(api, send.keyFrom, environment) };
}

function keyOf(api: string, keyFrom: string | undefined, environment: NodeJS.ProcessEnv): string {
  if (keyFrom === undefined)
    throw new UsageError(`email.send does not say where the key of ${api} is.`, `Write keyFrom: ${api.toUpperCase()}_API_KEY below it.`);
  const key = environment[keyFrom];
  if (key === undefined || key === '')
    throw new UsageError(
      `The key of ${api} is to be found in the environment variable ${keyFrom}, which is not set.`,
      'Set it before the call.',
    );
  return key;
}

function serverOf(
  { host, port = 587, tls = port === 465, user, passwordFrom, from }: NonNullable<ConfiguredEmail['send']> & { readonly host: string },
  environment: NodeJS.ProcessEnv,
): GivenSendServer {
  const password = passwordFrom === undefined ? undefined : environment[passwordFrom];
  if (passwordFrom !== undefined && (password === undefined || password === ''))
    throw new UsageError(
      `The password of ${host} is to be found in the environment variable ${passwordFrom}, which is not set.`,
      'Set it before the call.',
    );
  return { host, port, tls, from, ...(user !== undefined && { user }), ...(password !== undefined && { password }) };
}
