import type { ProvenMail } from '../../../evidence/mail-proof.ts';
import { MailboxFault } from '../../access/mail/fault.ts';
import type { Listening, Mail } from '../../access/mail/mailbox.ts';
import { splitMessage, valuesOf } from '../dkim/message.ts';
import { timeOf } from './form.ts';

/** What is told of a mail that was asked for at a time and did not come. */
export function missing(listening: Listening, at: number): Pick<ProvenMail, 'outcome' | 'why' | 'remedy'> {
  const fault = listening.fault();
  if (fault === undefined) return { outcome: 'lost', why: `it did not come within ${Math.round((Date.now() - at) / 1000)} seconds` };
  return {
    outcome: 'unseen',
    why: fault instanceof Error ? fault.message : String(fault),
    remedy: fault instanceof MailboxFault ? fault.remedy : 'Run it again.',
  };
}

/** Seconds between two looks at most for the second of them to be the time at which a mail came. */
const closeBy = 5;

/** Seconds that a mail took that was asked for at a time: until it was seen, or, where nobody looked for long, until its receiver says that it came. `undefined`: not known. */
export function secondsOf(mail: Mail, at: number, listening: Listening): number | undefined {
  const [from, to] = listening.between();
  if (to - from <= closeBy * 1000) return (to - at) / 1000;
  const [top] = valuesOf(splitMessage(mail.raw), 'received');
  const came = top === undefined ? undefined : timeOf(top.slice(top.lastIndexOf(';') + 1));
  // Its clock may go wrong, and tells whole seconds.
  if (came === undefined || came < Math.max(at, from) - 2_000 || came > to + 2_000) return undefined;
  return Math.max(0, came - at) / 1000;
}
