import { randomBytes } from 'node:crypto';
import type { ProvenMail } from '../../../evidence/mail-proof.ts';
import { listen, type Mail, type Mailbox } from '../../access/mail/mailbox.ts';
import type { DnsClient } from '../../dns/client.ts';
import type { Camera } from '../picture/camera.ts';
import type { AppMail } from './app-mails.ts';
import { type Judged, judgeMail } from './judge.ts';
import { hadItsTime, type Patience, timeFor, timeIsUp } from './patience.ts';
import { sendTestMail } from './send.ts';

/** Of a mail that did not arrive. */
const nothing: Omit<ProvenMail, 'name' | 'by' | 'outcome'> = {
  spf: { result: 'unclear' },
  dkim: [],
  dmarc: { result: 'none' },
  links: [],
  hasText: false,
  hasHtml: false,
  unsubscribe: 'none',
};

/** What every mail is judged with. */
export interface Judging {
  readonly dns: DnsClient;
  readonly isOurs: (host: string) => boolean;
  readonly patience: Patience;
  /** Where pictures are wanted. */
  readonly camera?: Camera;
}

async function judged({ dns, isOurs, camera }: Judging, mail: Mail): Promise<Judged & Pick<ProvenMail, 'look'>> {
  const [verdict, look] = await Promise.all([judgeMail(dns, mail, isOurs), camera?.look(mail)]);
  return { ...verdict, ...(look && { look }) };
}

/** Sends a test mail and waits for it. `isFixed`: the mailbox has one address, which may be in use. Gives what says what came of it: one that did not come in time is looked for once more then. */
export async function tested(
  judging: Judging,
  mailbox: Mailbox,
  send: Parameters<typeof sendTestMail>[0],
  { authorities = [], isFixed = false }: { readonly authorities?: readonly string[] | undefined; readonly isFixed?: boolean } = {},
): Promise<() => Promise<ProvenMail>> {
  const about = { ...nothing, name: 'test mail', by: 'us' as const };
  const { patience } = judging;
  const to = mailbox.newAddress();
  const reference = randomBytes(8).toString('hex');
  // Anything may come to an address that stays the same.
  const listening = await listen(mailbox, to, {
    isMeant: isFixed ? ({ raw }) => Buffer.from(raw).includes(reference) : undefined,
    signal: patience.signal,
  });
  const at = Date.now();
  const unsent = await sendTestMail(send, { to, reference }, authorities);
  if (unsent) return () => Promise.resolve({ ...about, outcome: unsent.refused ? 'refused' : 'unsent', why: unsent.why });
  const first = await listening.next(timeFor(patience));
  const seen = Date.now();
  return async () => {
    const mail = first ?? (await listening.next(0));
    const seconds = ((first ? seen : Date.now()) - at) / 1000;
    if (!mail && !hadItsTime(patience, at)) return { ...about, outcome: 'unsent', unseen: true, why: timeIsUp };
    if (!mail) return { ...about, outcome: 'lost', why: `it did not come within ${Math.round(seconds)} seconds` };
    return { ...about, ...(await judged(judging, mail)), outcome: 'arrived', seconds };
  };
}

export async function proven(judging: Judging, { name, bulk, mail, seconds = 0, refused, unseen, link }: AppMail): Promise<ProvenMail> {
  const about = { ...nothing, name, by: 'app' as const, ...(bulk && { bulk }) };
  if (unseen !== undefined) return { ...about, outcome: 'unsent', unseen: true, why: unseen };
  if (refused !== undefined) return { ...about, outcome: 'unsent', why: refused };
  if (!mail) return { ...about, outcome: 'lost', why: `it did not come within ${Math.round(seconds)} seconds` };
  return { ...about, ...(await judged(judging, mail)), outcome: 'arrived', seconds, ...(link && { link }) };
}
