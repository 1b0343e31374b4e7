import { randomBytes } from 'node:crypto';
import type { ProvenMail } from '../../../evidence/mail-proof.ts';
import { listen, type Mail, type Mailbox } from '../../access/mail/mailbox.ts';
import type { DnsClient } from '../../dns/client.ts';
import type { Camera } from '../picture/camera.ts';
import type { AppMail } from './app-mails.ts';
import { missing, secondsOf } from './arrival.ts';
import { type Judged, judgeMail } from './judge.ts';
import { hadItsTime, notWaitedFor, type Patience, timeFor } from './patience.ts';
import { sendTestMail, testSubject } from './send.ts';

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
  const isMeant = ({ raw }: Mail): boolean => Buffer.from(raw).includes(reference);
  // A receiver may drop fields that it does not know.
  const mayBe = (head: Mail): boolean => isMeant(head) || (head.subject === testSubject && !/^X-Launch-Ready:/im.test(headOf(head)));
  const listening = await listen(mailbox, to, { ...(isFixed && { isMeant, mayBe }), signal: patience.signal });
  const at = Date.now();
  const unsent = await sendTestMail(send, { to, reference }, authorities);
  if (unsent) return () => Promise.resolve({ ...about, outcome: unsent.refused ? 'refused' : 'unsent', why: unsent.why });
  const first = await listening.next(timeFor(patience));
  return async () => {
    const mail = first ?? (await listening.next(0));
    if (!mail) return { ...about, ...(hadItsTime(patience, at) ? missing(listening, at) : notWaitedFor) };
    const seconds = secondsOf(mail, at, listening);
    return { ...about, ...(await judged(judging, mail)), outcome: 'arrived', ...(seconds !== undefined && { seconds }) };
  };
}

const headOf = ({ raw }: Mail): string => Buffer.from(raw).toString('latin1');

export async function proven(judging: Judging, { name, bulk, mail, seconds, refused, absent, link }: AppMail): Promise<ProvenMail> {
  const about = { ...nothing, name, by: 'app' as const, ...(bulk && { bulk }) };
  if (refused !== undefined) return { ...about, outcome: 'unsent', why: refused };
  if (!mail) return { ...about, outcome: 'lost', ...absent };
  return {
    ...about,
    ...(await judged(judging, mail)),
    outcome: 'arrived',
    ...(seconds !== undefined && { seconds }),
    ...(link && { link }),
  };
}
