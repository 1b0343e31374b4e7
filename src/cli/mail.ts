import { linkSecondsOf } from '../core/link-seconds.ts';
import { mailProviders } from '../core/mail-providers.ts';
import type { GivenImap, GivenMail } from '../core/target.ts';
import type { Config } from './config.ts';
import { UsageError } from './usage-error.ts';

/** New addresses where nothing else is said; example.com is kept for this by RFC 2606 and passes as an address everywhere. */
const usualAddress = 'launch-ready-{id}@example.com';

/** Where mails of the app can be read; `undefined` where nothing is said. Throws `UsageError` where it is said twice or half. */
export function mailOf({ access, file }: Config, environment: NodeJS.ProcessEnv = process.env): GivenMail | undefined {
  if (!access?.mail) return undefined;
  const { smtp, mailbox, imap, address } = access.mail;
  const links = linkSecondsOf(access.mail);
  if ([smtp, mailbox, imap].filter((one) => one !== undefined).length !== 1)
    throw new UsageError(
      `access.mail in ${file ?? 'the config'} must name one of smtp, mailbox and imap.`,
      'smtp: 127.0.0.1:2525 takes the mails itself; mailbox: http://localhost:8025 reads them from Mailpit.',
    );
  if (smtp !== undefined) {
    const { hostname, port } = new URL(`smtp://${smtp}`);
    return { kind: 'smtp', host: hostname.replace(/^\[|\]$/g, ''), port: Number(port), address: address ?? usualAddress, ...links };
  }
  if (mailbox !== undefined) return { kind: 'mailpit', url: new URL(mailbox), address: address ?? usualAddress, ...links };
  if (!imap) return undefined;
  if (address === undefined)
    throw new UsageError(
      'access.mail.address is missing: at which addresses do mails reach this mailbox?',
      'Give a pattern, e.g. test+{id}@example.com.',
    );
  const secret = secretOf(imap, 'access.mail.imap', 'the mailbox', file, environment);
  const { host, port = 993, user, tls = true } = imap;
  if (!tls && !isThisMachine(host))
    throw new UsageError(`The password of the mailbox would go to ${host} without encryption.`, 'Leave out access.mail.imap.tls.');
  return { kind: 'imap', host, port, user, ...secret, tls, address, ...links };
}

/** What lets us into a mailbox, from the environment. `setting` and `what`: where it stands in the config, and whose it is, in words. Throws `UsageError` where it is not there. */
export function secretOf(
  { passwordFrom, tokenFrom }: { readonly passwordFrom?: string; readonly tokenFrom?: string },
  setting: string,
  what: string,
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
): Pick<GivenImap, 'password' | 'passwordFrom' | 'byToken'> {
  const name = tokenFrom ?? passwordFrom;
  if (name === undefined || (tokenFrom !== undefined && passwordFrom !== undefined))
    throw new UsageError(
      `${setting} needs one of passwordFrom and tokenFrom.`,
      `Name the environment variable that holds the password. ${mailProviders.map(({ access }) => access).join(' ')}`,
    );
  const password = environment[name];
  if (password === undefined || password === '')
    throw new UsageError(
      `The ${tokenFrom === undefined ? 'password' : 'access token'} of ${what} is to be found in the environment variable ${name}, which is not set.`,
      `Set it before the call (it is named in ${file ?? 'the config'}).`,
    );
  return { password, passwordFrom: name, ...(tokenFrom !== undefined && { byToken: true as const }) };
}

/** Where a password may go without encryption. */
export const isThisMachine = (host: string): boolean => /^(?:localhost|127\.0\.0\.1|::1)$/.test(host);
