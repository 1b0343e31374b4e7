import { linkSecondsOf } from '../../../core/link-seconds.ts';
import type { GivenMail, GivenSeed } from '../../../core/target.ts';
import type { Vault } from '../../../core/vault.ts';
import { faultOf } from './fault.ts';
import type { Mailbox } from './mailbox.ts';
import { keyOf, tokensIn } from './read.ts';

/**
 * Opens the mailbox that was given; its password, and tokens and codes of its mails, are hidden in all that leaves the run. Rejects with a `MailboxFault` where it cannot be
 * opened. `spam`: the folder for spam is looked into as well.
 */
export async function openMailbox(given: GivenMail | GivenSeed, vault: Vault, spam = false): Promise<Mailbox> {
  if (given.kind === 'imap') vault.hide(given.password);
  const mailbox = await opened(given, spam).catch((error: unknown) => {
    throw faultOf(error, given, settingOf(given));
  });
  const hidden = new Set<string>();
  return {
    ...mailbox,
    ...('name' in given ? {} : linkSecondsOf(given)),
    async mails(to) {
      const mails = await mailbox.mails(to);
      for (const mail of mails.filter(({ id }) => !hidden.has(id))) {
        hidden.add(mail.id);
        const { link, code } = keyOf(mail) ?? {};
        for (const secret of [...(link ? tokensIn(link) : []), code ?? '']) vault.hide(secret);
      }
      return mails;
    },
  };
}

/** Each loads its library when it is asked for. */
async function opened(given: GivenMail | GivenSeed, spam: boolean): Promise<Mailbox> {
  if (given.kind === 'smtp') return (await import('./smtp.ts')).smtpMailbox(given);
  if (given.kind === 'mailpit') return (await import('./mailpit.ts')).mailpitMailbox(given);
  return (await import('./imap.ts')).imapMailbox({
    ...given,
    name: 'name' in given ? given.name : given.seed,
    spam,
    fresh: !given.address.includes('{id}'),
  });
}

/** Where it stands in the config. */
export function settingOf(given: GivenMail | GivenSeed): string {
  const seed = 'name' in given ? given.name : given.kind === 'imap' ? given.seed : undefined;
  return seed === undefined ? 'access.mail' : `email.seeds (${seed})`;
}
