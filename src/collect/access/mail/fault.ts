import type { GivenImap, GivenMail } from '../../../core/target.ts';
import { mailProviders, providerAt } from '../../../core/mail-providers.ts';

/** A mailbox that cannot be read: why, in words, and what to do about it. */
export class MailboxFault extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** What ended the opening of a mailbox, in words. `setting`: where it stands in the config. */
export function faultOf(error: unknown, given: GivenMail | GivenImap, setting = 'access.mail'): MailboxFault {
  if (error instanceof MailboxFault) return error;
  const { code = '', message = String(error) } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  if (given.kind === 'smtp')
    return code === 'EADDRINUSE'
      ? new MailboxFault(
          `port ${given.port} of ${given.host} is taken by another program (EADDRINUSE)`,
          `Give ${setting}.smtp a free port of this machine, e.g. 127.0.0.1:2525, and set the mail server of the app to it.`,
        )
      : new MailboxFault(plain(message), `Give ${setting}.smtp a free port of this machine, above 1023.`);
  if (given.kind === 'mailpit')
    return new MailboxFault(
      plain(message),
      `Check that Mailpit runs at ${given.url.host} (${setting}.mailbox), and that nothing stands before its API.`,
    );
  return imapFault(error, given, setting);
}

function imapFault(error: unknown, { host, port, tls }: GivenImap, setting: string): MailboxFault {
  const { code = '', message = String(error) } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const at = `port ${port} of ${host}`;
  const where = setting === 'access.mail' ? 'access.mail.imap' : setting;
  const fault = (why: string, remedy: string): MailboxFault => new MailboxFault(why, remedy);
  const usual = `Check host and port of ${where}: IMAP by TLS is at port 993.`;
  if (/wrong version number|packet length too long|http request|unknown protocol/i.test(message))
    return fault(
      `${at} does not speak TLS from the start`,
      `Give ${where}.port the one of IMAP by TLS, usually 993. For a server on this machine without TLS: set ${where}.tls to false.`,
    );
  if (code === broke)
    return fault(
      `the connection to ${host} broke off while mails were waited for (${plain(message)})`,
      `Run it again. If it breaks off each time: with too many programs reading ${setting} at once, a server ends connections.`,
    );
  if (/^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CERT_|ERR_TLS_CERT)/.test(code))
    return fault(
      `the certificate of ${host} is not to be trusted (${code})`,
      `Name the host as its certificate does. For a server on this machine: set ${where}.tls to false.`,
    );
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fault(`there is no host ${host} (${code})`, `Check ${where}.host.`);
  if (code === 'ECONNREFUSED') return fault(`nothing takes connections at ${at} (ECONNREFUSED)`, usual);
  if (code === 'GREETING_TIMEOUT' || code === silent)
    return fault(
      `${at} takes the connection and then says nothing`,
      tls ? usual : `If that port speaks TLS from the start, leave ${where}.tls out. Else: is it an IMAP server? ${usual}`,
    );
  if (/^(?:ETIMEDOUT|CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/.test(code))
    return fault(`${at} does not answer (${code})`, `${usual} A firewall may be in the way.`);
  if (/^ClosedAfterConnect|^ECONNRESET$|^EPIPE$/.test(code))
    return fault(
      `${at} ends the connection before anybody signs in`,
      `${usual} With too many programs reading it at once, a server does that too.`,
    );
  if (/STARTTLS|LOGINDISABLED|plaintext|privacy required/i.test(message))
    return fault(`${at} lets nobody in without encryption`, `Leave ${where}.tls out, with port 993.`);
  return fault(plain(message), usual);
}

/** Code of a server that goes silent after it has greeted. */
export const silent = 'SILENT';

/** Code of a connection that ended after the server had let us in. */
const broke = 'BROKEN_OFF';

export const brokenOff = (error: unknown): Error =>
  Object.assign(new Error(error instanceof Error ? error.message : String(error)), { code: broke });

/** A server that does not let us in: what to look at, the variable that holds the password included. */
export function refusedBy({ host, user, passwordFrom, byToken }: GivenImap, said: string): MailboxFault {
  const what = byToken ? 'access token' : 'password';
  const provider = providerAt(host);
  const variable = passwordFrom === undefined ? `the ${what}` : `the ${what} in ${passwordFrom}`;
  const known = `${provider ? 'It does not take the password of the account itself.' : 'Gmail, Outlook and Yahoo do not take the password of the account itself.'} ${(provider ? [provider] : mailProviders).map(({ access }) => access).join(' ')}`;
  return new MailboxFault(
    `${host} refuses this user and ${what}${said === '' ? '' : ` (it says: ${plain(said)})`}`,
    byToken
      ? `Check the user ${user}, and ${variable}: it may have ended, which it does after about an hour, or be for something else than IMAP.`
      : `Check the user ${user}, and ${variable}. ${known}`,
  );
}

/** Without what OpenSSL and others put around it, in one line. */
const plain = (text: string): string =>
  text
    .replace(/^[0-9A-F]{8,}:error:[0-9A-F]+:[^:]*:[^:]*:/, '')
    .replace(/:\.\.[^:]*:\d+:.*$/s, '')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.?!]+$/, '')
    .slice(0, 200);
