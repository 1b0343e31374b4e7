import { mailProviders, type MailProvider } from '../core/mail-providers.ts';
import type { GivenImap, GivenMail, GivenSeed } from '../core/target.ts';
import type { Config } from './config.ts';
import { isThisMachine, secretOf } from './mail.ts';
import { UsageError } from './usage-error.ts';

/** A seed box as it stands in the config. */
export interface ConfiguredSeed {
  readonly name: string;
  readonly host?: string;
  readonly port?: number;
  readonly user: string;
  readonly passwordFrom?: string;
  readonly tokenFrom?: string;
  readonly tls?: boolean;
  readonly address?: string;
}

/** Each takes a connection, and a mail of each kind. */
const mostSeeds = 8;

/** The seed boxes of the config, with their passwords. Throws `UsageError` where one is not said whole. */
export function seedsOf({ email, file }: Pick<Config, 'email' | 'file'>, environment: NodeJS.ProcessEnv = process.env): GivenSeed[] {
  const all = email?.seeds ?? [];
  if (all.length > mostSeeds)
    throw new UsageError(`email.seeds names ${all.length} boxes; ${mostSeeds} are the most.`, 'One at each provider is enough.');
  const twice = all.find(({ name }, nth) => all.findIndex((one) => one.name === name) !== nth);
  if (twice) throw new UsageError(`email.seeds names ${twice.name} twice.`, 'Each box needs a name of its own, e.g. gmail and gmail-two.');
  const seeds = all.map((one) => seedOf(one, file, environment));
  for (const [nth, seed] of seeds.entries()) {
    const same = seeds.slice(0, nth).find((one) => isSameBox(one, seed));
    if (same)
      throw new UsageError(
        `email.seeds names one box twice: ${same.name} and ${seed.name} are both ${seed.user} at ${seed.host}.`,
        'Leave one of them out: each box is to be an account of its own.',
      );
  }
  return seeds;
}

function seedOf(
  { name, port = 993, user, tls = true, ...rest }: ConfiguredSeed,
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): GivenSeed {
  const provider = mailProviders.find(({ id }) => id === name);
  const host = rest.host ?? provider?.host;
  if (host === undefined)
    throw new UsageError(
      `email.seeds (${name}) lacks its host.`,
      `Give the server that it is read at by IMAP; only those of ${mailProviders.map(({ id }) => id).join(', ')} are known.`,
    );
  const address = rest.address ?? addressOf(user, provider);
  if (address === undefined)
    throw new UsageError(`email.seeds (${name}) lacks its address: where do mails reach it?`, 'Give it, e.g. address: seed@example.com.');
  if (!tls && !isThisMachine(host))
    throw new UsageError(`The password of email.seeds (${name}) would go to ${host} without encryption.`, 'Leave out tls there.');
  const secret = secretOf(rest, `email.seeds (${name})`, `the seed box ${name}`, file, environment);
  // Google shows an app password in four groups, and takes it without the blanks between them.
  const password = provider?.id === 'gmail' && !secret.byToken ? secret.password.replace(/\s/g, '') : secret.password;
  return { kind: 'imap', name, host, port, user, ...secret, password, tls, address };
}

/** Where nothing is said, mails reach a box at the name of its user. */
function addressOf(user: string, provider: MailProvider | undefined): string | undefined {
  const [local = '', domain] = user.split('@');
  if (domain === undefined || local === '') return undefined;
  return provider?.plus && !local.includes('+') ? `${local}+{id}@${domain}` : user;
}

/** Whether two settings lead to the same account. */
export const isSameBox = (one: GivenImap, other: GivenImap): boolean =>
  one.host.toLowerCase() === other.host.toLowerCase() && one.port === other.port && one.user.toLowerCase() === other.user.toLowerCase();

/** A seed box with addresses that nobody has yet, read as the mailbox of the run. */
export const asMailbox = ({ name, ...box }: GivenSeed): GivenMail => ({ ...box, seed: name });
