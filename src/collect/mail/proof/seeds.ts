import { providerOf } from '../../../core/mail-providers.ts';
import type { GivenAppMail, GivenEmail, GivenSeed } from '../../../core/target.ts';
import type { Vault } from '../../../core/vault.ts';
import type { ProvenMail, SeedBox } from '../../../evidence/mail-proof.ts';
import { faultOf, type MailboxFault } from '../../access/mail/fault.ts';
import type { Mail, Mailbox } from '../../access/mail/mailbox.ts';
import { openMailbox, settingOf } from '../../access/mail/open.ts';
import { splitMessage } from '../dkim/message.ts';
import type { AppMail, AppMails, Asked } from './app-mails.ts';
import { fromDomain } from './judge.ts';
import { hadItsTime, isOver, timeFor, timeIsUp } from './patience.ts';
import { type Judging, proven, tested } from './judging.ts';
import { testSubject } from './send.ts';

/** Mails of the app that one box is sent. */
const mostMails = 10;

/** A seed box while it is read. */
interface Seed {
  readonly given: GivenSeed;
  readonly mailbox: Mailbox;
  /** It has one address, which may be in use. */
  readonly isFixed: boolean;
  /** Why the last look into it failed; `undefined`: it did not. */
  broken(): MailboxFault | undefined;
}

/** Seed boxes of a run: those that could be opened, and what came of the test mail there. */
export interface Seeds {
  /** Has mails of the app sent to each, and tells what came of all. */
  told(app?: AppMails, wanted?: readonly GivenAppMail[]): Promise<SeedBox[]>;
  close(): Promise<void>;
}

/** Opens the boxes side by side, and sends a test mail to each. One that cannot be opened keeps no other from being looked at. Never rejects. */
export async function openSeeds(
  given: readonly GivenSeed[],
  judging: Judging,
  vault: Vault,
  { send, authorities }: { readonly send?: GivenEmail['send'] | undefined; readonly authorities?: readonly string[] | undefined },
): Promise<Seeds> {
  const boxes = await Promise.all(given.map((one) => openSeed(one, vault)));
  // Under way while the app is asked.
  const tests = boxes.map((box) =>
    send && !('fault' in box) ? tested(judging, box.mailbox, send, { authorities, isFixed: box.isFixed }) : undefined,
  );
  return {
    told: (app, wanted = []) =>
      Promise.all(
        boxes.map(async (box, nth): Promise<SeedBox> => {
          const { name, host } = box.given;
          const provider = providerOf(host, name)?.id;
          const about = { name, ...(provider && { provider }) };
          if ('fault' in box) return { ...about, fault: inWords(box.fault), mails: [] };
          const test = await tests[nth];
          const mails = app ? await appMailsAt(judging, box, app, wanted) : [];
          const all = [...(test ? [await test()] : []), ...mails];
          const broken = box.broken();
          // Whether what did not come would have come can no longer be told.
          return broken
            ? { ...about, fault: inWords(broken), mails: all.filter(({ outcome }) => outcome !== 'lost') }
            : { ...about, mails: all };
        }),
      ),
    close: async () => void (await Promise.all(boxes.map(async (box) => ('fault' in box ? undefined : box.mailbox.close())))),
  };
}

const inWords = ({ message, remedy }: MailboxFault): NonNullable<SeedBox['fault']> => ({ why: message, remedy });

async function openSeed(given: GivenSeed, vault: Vault): Promise<Seed | { readonly given: GivenSeed; readonly fault: MailboxFault }> {
  try {
    const mailbox = await openMailbox(given, vault, true);
    let broken: MailboxFault | undefined;
    return {
      given,
      isFixed: !given.address.includes('{id}'),
      broken: () => broken,
      mailbox: {
        ...mailbox,
        async mails(to) {
          try {
            const mails = await mailbox.mails(to);
            broken = undefined;
            return mails;
          } catch (error) {
            broken = faultOf(error, given, settingOf(given));
            throw error;
          }
        },
      },
    };
  } catch (error) {
    return { given, fault: faultOf(error, given, settingOf(given)) };
  }
}

/**
 * Has the app send to a box what arrived in the mailbox, and waits. A box with one address gets one mail after the other; once one does not come, no more is asked for, since nobody could
 * tell which it is that comes then.
 */
async function appMailsAt(
  judging: Judging,
  { mailbox, isFixed }: Seed,
  app: AppMails,
  given: readonly GivenAppMail[],
): Promise<ProvenMail[]> {
  const { patience } = judging;
  const wanted = given.flatMap((one) => {
    const came = app.mails.find(({ name, mail }) => name === one.name && mail !== undefined);
    return came?.mail && `${one.request} ${one.body ?? ''}`.includes('{address}') ? [{ one, isMeant: likeness(came.mail) }] : [];
  });
  const told: AppMail[] = [];
  const waiting: { readonly about: Pick<AppMail, 'name' | 'bulk'>; readonly asked: Asked }[] = [];
  for (const { one, isMeant } of wanted.slice(0, mostMails)) {
    const about = { name: one.name, ...(one.bulk && { bulk: true }) };
    if (isFixed && waiting.length > 0) {
      told.push({ ...about, unseen: 'it was not asked for, since the mail before it had not come, and this box has one address' });
      continue;
    }
    if (isOver(patience)) {
      told.push({ ...about, unseen: timeIsUp });
      continue;
    }
    const asked = await app.sendTo(one, mailbox, isMeant);
    if (typeof asked === 'string') told.push({ ...about, refused: asked });
    else if (!isFixed || !(await came(about, asked))) waiting.push({ about, asked });
  }
  // Where others came, one that did not may only be held back for a while.
  for (const last of isFixed ? [true] : [false, true]) {
    if (waiting.length === 0 || (last && !told.some(({ mail }) => mail))) continue;
    const still = await Promise.all(waiting.splice(0).map(async (one) => ((await came(one.about, one.asked)) ? [] : [one])));
    waiting.push(...still.flat());
  }
  for (const { about, asked } of waiting)
    told.push(hadItsTime(patience, asked.at) ? { ...about, seconds: (Date.now() - asked.at) / 1000 } : { ...about, unseen: timeIsUp });
  return Promise.all(told.map((one) => proven(judging, one)));

  async function came(about: Pick<AppMail, 'name' | 'bulk'>, { listening, at }: Asked): Promise<boolean> {
    const mail = await listening.next(timeFor(patience));
    if (mail) told.push({ ...about, mail, seconds: (Date.now() - at) / 1000 });
    return mail !== undefined;
  }
}

/** Whether a mail may be another copy of one: from the same domain, and no test mail of ours. */
function likeness(mail: Mail): (other: Mail) => boolean {
  const from = fromDomain(splitMessage(mail.raw));
  return (other) => other.subject !== testSubject && fromDomain(splitMessage(other.raw)) === from;
}
