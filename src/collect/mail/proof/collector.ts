import { type CollectContext, defineCollector } from '../../../core/collector.ts';
import { CollectFault } from '../../../core/evidence.ts';
import { providerOf } from '../../../core/mail-providers.ts';
import type { GivenDomains, GivenEmail, GivenMail } from '../../../core/target.ts';
import type { Vault } from '../../../core/vault.ts';
import { type MailProof, mailProof, type SeedBox } from '../../../evidence/mail-proof.ts';
import { type Outside, theInternet } from '../../access/ownership/outside.ts';
import { keptOnDisk } from '../../access/journal/kept.ts';
import { openJournal } from '../../access/journal/journal.ts';
import { faultOf } from '../../access/mail/fault.ts';
import type { Mailbox } from '../../access/mail/mailbox.ts';
import { openMailbox, settingOf } from '../../access/mail/open.ts';
import { openSender } from '../../access/wire/sender.ts';
import { isBelow } from '../../dns/name.ts';
import { dnsClient } from '../../dns/collector.ts';
import { reachOfApp } from '../../edge/app-way.ts';
import { isLocal, userAgent } from '../../http/client.ts';
import { openCamera } from '../picture/camera.ts';
import { askForMails } from './app-mails.ts';
import { type Judging, proven, tested } from './judging.ts';
import { beforeOthers, patienceOf } from './patience.ts';
import { openSeeds, type Seeds } from './seeds.ts';

/** Seconds that a mail may take where nothing else is said. */
const usualWait = 60;
/** Milliseconds for all of it. Mails that have not come by then are told as not seen, and what came is judged. */
const longest = 1_800_000;

/** Has mails sent, where it may, and judges each as it arrived. Only tests say what lies `outside`. */
export const mailProofCollectorIn = (outside: Outside) =>
  defineCollector({
    provides: mailProof,
    wants: 'domain',
    needs: { dns: dnsClient },
    effects: 'writes',
    timeoutMs: longest,
    async collect({ dns }, context): Promise<MailProof> {
      const { target, vault, signal, until = Date.now() + longest } = context;
      const { mail: given, email, writes = false, url, people = [], domains } = target;
      const sending = email?.send !== undefined || url !== undefined;
      const boxes = email?.seeds ?? [];
      const mailboxAt = given?.kind === 'imap' ? placeOf(given) : undefined;
      const result = {
        mailbox: given !== undefined || boxes.length > 0,
        ...(mailboxAt && { mailboxAt }),
        sending,
        seeds: [],
        mails: [],
        notes: [],
        leftovers: [],
      };
      if (!result.mailbox || !writes || !email || !sending) return result;
      const secret = email.send && ('api' in email.send ? email.send.key : email.send.password);
      if (secret !== undefined) vault.hide(secret);
      for (const { password } of people) if (password !== undefined) vault.hide(password);
      const patience = patienceOf((email.waitSeconds ?? usualWait) * 1000, until, signal);
      const judging: Judging = { dns, isOurs: ourHosts(domains, url), patience };
      const main = given && (await openMain(given, vault, boxes.length > 0));
      const closed = main && 'fault' in main ? [main] : [];
      const seeds = await openSeeds(boxes, judging, vault, { send: email.send, authorities: domains?.authorities });
      try {
        if (!given || !main || 'fault' in main) {
          const notes = url
            ? ['The app was asked for no mails: that takes a mailbox that could be opened, and whose addresses hold {id}.']
            : [];
          return { ...result, notes, ...firstFor([...closed, ...(await seeds.told())]) };
        }
        const pictured = { ...judging, ...(target.browser === true && { camera: openCamera(signal) }) };
        try {
          return { ...result, ...(await mailed({ context, given, email, main, seeds, judging: pictured, outside })) };
        } finally {
          await pictured.camera?.close();
          await main.close();
        }
      } finally {
        await seeds.close();
      }
    },
  });

export const mailProofCollector = mailProofCollectorIn(theInternet);

interface Mailing {
  readonly context: CollectContext;
  readonly given: GivenMail;
  readonly email: GivenEmail;
  readonly main: Mailbox;
  readonly seeds: Seeds;
  readonly judging: Judging;
  readonly outside: Outside;
}

/** Has the test mail and those of the app sent. */
async function mailed({
  context: { target, vault, signal, progress },
  given,
  email,
  main: mailbox,
  seeds,
  judging,
  outside,
}: Mailing): Promise<Pick<MailProof, 'mails' | 'seeds'> & Partial<MailProof>> {
  const { url, people = [], domains } = target;
  const test = email.send && (await tested(judging, mailbox, email.send, { authorities: domains?.authorities }));
  if (!url) return { mails: test ? [await test()] : [], seeds: await seeds.told() };
  progress('asking the app for its mails');
  let scope: Awaited<ReturnType<typeof reachOfApp>>;
  try {
    scope = await reachOfApp(url, domains, outside);
  } catch (error) {
    // A domain that nothing but mail is at has no app: what came of the test mail counts none the less.
    if (!test || !(error instanceof CollectFault)) throw error;
    const { message, remedy } = error.fault;
    return { mails: [await test()], seeds: await seeds.told(), notes: [`The app was asked for no mails. ${message} ${remedy}`] };
  }
  const sender = openSender({ origin: url.origin, requests: target.scope.requests, vault, signal, userAgent, changes: true, ...scope });
  const kept = keptOnDisk(url.origin, target.journals);
  const journal = openJournal(kept.write);
  try {
    const app = await askForMails({
      sender,
      mailbox,
      journal,
      people,
      given: email.mails,
      reaches: reachesOf(given),
      isOurs: judging.isOurs,
      isApp: appHosts(domains, url),
      patience: beforeOthers(judging.patience, (email.seeds ?? []).length > 0),
    });
    const told = await seeds.told(app, email.mails);
    // What stays is in the report; where there will be none, and of what is still to be set back, the journal says it.
    signal.throwIfAborted();
    if (journal.open() === 0) kept.remove();
    const mails = await Promise.all(app.mails.map((one) => proven(judging, one)));
    return { mails: [...(test ? [await test()] : []), ...mails], seeds: told, notes: app.notes, leftovers: app.leftovers };
  } finally {
    kept.close();
    await sender.close();
  }
}

/** Where there is no mailbox, the first box that got mails is judged as it. */
function firstFor(seeds: readonly SeedBox[]): Pick<MailProof, 'mails' | 'seeds' | 'mailboxAt'> {
  const first =
    seeds.find(({ mails }) => mails.some(({ outcome }) => outcome === 'arrived')) ?? seeds.find(({ mails }) => mails.length > 0);
  if (!first) return { mails: [], seeds };
  const { name, provider, mails } = first;
  return { mails, seeds: seeds.filter((one) => one !== first), mailboxAt: { seed: name, ...(provider && { provider }) } };
}

/** The mailbox of the run. One that cannot be opened is a wrong setting, which ends all where there are no `others` to look into. */
async function openMain(given: GivenMail, vault: Vault, others: boolean): Promise<Mailbox | (SeedBox & Required<Pick<SeedBox, 'fault'>>)> {
  try {
    return await openMailbox(given, vault, true);
  } catch (error) {
    const { message, remedy } = faultOf(error, given, settingOf(given));
    const { seed, provider } = given.kind === 'imap' ? placeOf(given) : {};
    if (!others && seed === undefined) throw new CollectFault('unreachable', `The mailbox could not be opened: ${message}.`, remedy);
    return { name: seed ?? 'access.mail', ...(provider && { provider }), fault: { why: message, remedy }, mails: [] };
  }
}

function placeOf({ host, seed }: Extract<GivenMail, { kind: 'imap' }>): NonNullable<MailProof['mailboxAt']> {
  const provider = providerOf(host, seed)?.id;
  return { ...(seed !== undefined && { seed }), ...(provider && { provider }) };
}

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

/** Hosts that the map says the app is at. */
function appHosts(domains: GivenDomains | undefined, url: URL): (host: string) => boolean {
  const names = (domains?.hosts ?? []).flatMap(({ name, role }) => (role === 'app' ? [name.toLowerCase()] : []));
  return (host) => host === url.hostname || names.includes(host.toLowerCase());
}
