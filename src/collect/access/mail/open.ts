import type { GivenMail } from '../../../core/target.ts';
import type { Mailbox } from './mailbox.ts';

/** Opens the mailbox that was given. Rejects with the error of the port or the server where it cannot. */
export async function openMailbox(given: GivenMail): Promise<Mailbox> {
  // Each loads its library when it is asked for.
  if (given.kind === 'smtp') return (await import('./smtp.ts')).smtpMailbox(given);
  if (given.kind === 'mailpit') return (await import('./mailpit.ts')).mailpitMailbox(given);
  return (await import('./imap.ts')).imapMailbox(given);
}
