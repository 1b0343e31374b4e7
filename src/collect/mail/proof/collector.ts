import { defineCollector } from '../../../core/collector.ts';
import { CollectFault } from '../../../core/evidence.ts';
import type { GivenDomains, GivenMail } from '../../../core/target.ts';
import { type MailProof, mailProof, type ProvenMail } from '../../../evidence/mail-proof.ts';
import { type Outside, theInternet } from '../../access/ownership/outside.ts';
import { keptOnDisk } from '../../access/journal/kept.ts';
import { openJournal } from '../../access/journal/journal.ts';
import { listen, type Mail, type Mailbox } from '../../access/mail/mailbox.ts';
import { openMailbox } from '../../access/mail/open.ts';
import { openSender } from '../../access/wire/sender.ts';
import { isBelow } from '../../dns/name.ts';
import type { DnsClient } from '../../dns/client.ts';
import { dnsClient } from '../../dns/collector.ts';
import { reachOfApp } from '../../edge/app-way.ts';
import { isLocal, userAgent } from '../../http/client.ts';
import { type Camera, openCamera } from '../picture/camera.ts';
import { type AppMail, askForMails } from './app-mails.ts';
import { type Judged, judgeMail } from './judge.ts';
import { sendTestMail } from './send.ts';

/** Seconds that a mail may take where nothing else is said. */
const usualWait = 60;

const nothing: Omit<ProvenMail, 'name' | 'by' | 'outcome'> = {
  spf: { result: 'unclear' },
  dkim: [],
  dmarc: { result: 'none' },
  links: [],
  hasText: false,
  hasHtml: false,
  unsubscribe: 'none',
};

/** Has mails sent, where it may, and judges each as it arrived. Only tests say what lies `outside`. */
export const mailProofCollectorIn = (outside: Outside) =>
  defineCollector({
    provides: mailProof,
    wants: 'domain',
    needs: { dns: dnsClient },
    effects: 'writes',
    timeoutMs: 900_000,
    async collect({ dns }, { target, vault, signal, progress }): Promise<MailProof> {
      const { mail: given, email, writes = false, url, people = [], domains } = target;
      const sending = email?.send !== undefined || url !== undefined;
      const result = { mailbox: given !== undefined, sending, mails: [], notes: [], leftovers: [] };
      if (!given || !writes || !email || !sending) return result;
      if (given.kind === 'imap') vault.hide(given.password);
      if (email.send?.password !== undefined) vault.hide(email.send.password);
      for (const { password } of people) if (password !== undefined) vault.hide(password);
      const mailbox = await openMailbox(given, vault, true).catch((error: unknown) => {
        throw new CollectFault(
          'unreachable',
          `The mailbox could not be opened: ${error instanceof Error ? error.message : String(error)}.`,
          'Check access.mail in launch-ready.yaml: a free port of this machine for smtp, the address of a running Mailpit, or a server with IMAP.',
        );
      });
      const waitMs = (email.waitSeconds ?? usualWait) * 1000;
      const judging: Judging = {
        dns,
        isOurs: ourHosts(domains, url),
        waitMs,
        ...(target.browser === true && { camera: openCamera(signal) }),
      };
      try {
        const test = email.send && (await tested(judging, mailbox, email.send, domains?.authorities));
        if (!url) return { ...result, mails: test ? [await test()] : [] };
        progress('asking the app for its mails');
        const scope = await reachOfApp(url, domains, outside);
        const sender = openSender({
          origin: url.origin,
          requests: target.scope.requests,
          vault,
          signal,
          userAgent,
          changes: true,
          ...scope,
        });
        const kept = keptOnDisk(url.origin, target.journals);
        try {
          const journal = openJournal(kept.write);
          const { mails, notes, leftovers } = await askForMails({
            sender,
            mailbox,
            journal,
            people,
            given: email.mails,
            reaches: reachesOf(given),
            isOurs: judging.isOurs,
            waitMs,
          });
          // What stays is in the report.
          kept.remove();
          const told = await Promise.all(mails.map((one) => proven(judging, one)));
          return { ...result, mails: [...(test ? [await test()] : []), ...told], notes, leftovers };
        } finally {
          kept.close();
          await sender.close();
        }
      } finally {
        await judging.camera?.close();
        await mailbox.close();
      }
    },
  });

export const mailProofCollector = mailProofCollectorIn(theInternet);

/** Whether mails to an address come to the mailbox for sure: whatever the app sends comes to a catcher, and to a real one what fits its addresses. */
function reachesOf(given: GivenMail): (address: string) => boolean {
  if (given.kind !== 'imap') return () => true;
  const [before = '', after = ''] = given.address.toLowerCase().split('{id}', 2);
  return (address) => {
    const plain = address.toLowerCase();
    return (
      plain === given.user.toLowerCase() ||
      plain === before.replace(/[+-]$/, '') + after ||
      (plain.startsWith(before) && plain.endsWith(after))
    );
  };
}

/** Hosts that links may lead to: those of the map and below its domain, and the app itself. */
function ourHosts(domains: GivenDomains | undefined, url: URL | undefined): (host: string) => boolean {
  const apex = domains?.apex.toLowerCase();
  return (host) =>
    (apex !== undefined && isBelow(host.toLowerCase(), apex)) ||
    (url !== undefined && (host === url.hostname || (isLocal(url) && isLocal(new URL(`http://${host}`)))));
}

/** What every mail is judged with. */
interface Judging {
  readonly dns: DnsClient;
  readonly isOurs: (host: string) => boolean;
  readonly waitMs: number;
  /** Where pictures are wanted. */
  readonly camera?: Camera;
}

async function judged({ dns, isOurs, camera }: Judging, mail: Mail): Promise<Judged & Pick<ProvenMail, 'look'>> {
  const [verdict, look] = await Promise.all([judgeMail(dns, mail, isOurs), camera?.look(mail)]);
  return { ...verdict, ...(look && { look }) };
}

/** Sends a test mail and waits for it. Gives what says what came of it: one that did not come in time is looked for once more then. */
async function tested(
  judging: Judging,
  mailbox: Mailbox,
  send: Parameters<typeof sendTestMail>[0],
  authorities?: readonly string[],
): Promise<() => Promise<ProvenMail>> {
  const about = { ...nothing, name: 'test mail', by: 'us' as const };
  const { waitMs } = judging;
  const to = mailbox.newAddress();
  const listening = await listen(mailbox, to);
  const at = Date.now();
  const unsent = await sendTestMail(send, to, authorities);
  if (unsent) return () => Promise.resolve({ ...about, outcome: unsent.refused ? 'refused' : 'unsent', why: unsent.why });
  const first = await listening.next(waitMs);
  const seen = Date.now();
  return async () => {
    const mail = first ?? (await listening.next(0));
    const seconds = ((first ? seen : Date.now()) - at) / 1000;
    if (!mail) return { ...about, outcome: 'lost', why: `it did not come within ${Math.round(seconds)} seconds` };
    return { ...about, ...(await judged(judging, mail)), outcome: 'arrived', seconds };
  };
}

async function proven(judging: Judging, { name, bulk, mail, seconds = 0, refused, link }: AppMail): Promise<ProvenMail> {
  const about = { ...nothing, name, by: 'app' as const, ...(bulk && { bulk }) };
  if (refused !== undefined) return { ...about, outcome: 'unsent', why: refused };
  if (!mail) return { ...about, outcome: 'lost', why: `it did not come within ${Math.round(seconds)} seconds` };
  return { ...about, ...(await judged(judging, mail)), outcome: 'arrived', seconds, ...(link && { link }) };
}
