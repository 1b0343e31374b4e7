import { defineCollector } from '../../core/collector.ts';
import { CollectFault, optional } from '../../core/evidence.ts';
import type { GivenMail } from '../../core/target.ts';
import type { Vault } from '../../core/vault.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { type RouteInventory, sourceRoutes } from '../../evidence/routes.ts';
import { NoBrowser } from '../browser/launch.ts';
import { isLocal, userAgent } from '../http/client.ts';
import { keptOnDisk } from './journal/kept.ts';
import { openJournal } from './journal/journal.ts';
import type { Mailbox } from './mail/mailbox.ts';
import { faultOf } from './mail/fault.ts';
import { openMailbox } from './mail/open.ts';
import { type Outside, theInternet } from './ownership/outside.ts';
import { wayTo } from './ownership/way.ts';
import { elsewhereDoor, located } from './people/elsewhere.ts';
import { NobodySignedIn } from './people/everybody.ts';
import { proveLive } from './prove.ts';
import { readRecordings } from './traffic/recordings.ts';
import type { AppBrowser } from './walk/browser.ts';
import { changesAt } from './surface/changing.ts';
import { type Observe, openSender, type Sender } from './wire/sender.ts';

const noRoutes: RouteInventory = { routes: [], gaps: [], middleware: [] };

/**
 * Signs in to the running app as several people and tries what each gets of the others'. Writes only where the user allowed it, and off this machine only
 * what is proven to be his. Only tests say what lies `outside`, and only the benchmark looks on.
 */
export const liveAccessCollectorIn = (outside: Outside, observe?: Observe) =>
  defineCollector({
    provides: liveAccess,
    wants: 'people',
    needs: { inventory: optional(sourceRoutes, noRoutes) },
    effects: 'writes',
    timeoutMs: 600_000,
    async collect({ inventory }, { target, signal, vault, progress }) {
      const {
        url,
        people = [],
        webhooks = [],
        writes = false,
        mail,
        parts,
        allow,
        recordings: given = [],
        browser: walks = false,
        identity,
        idleSeconds,
      } = target;
      if (!url) throw new CollectFault('absent', 'No address of a running app was given.', 'Give the address, e.g. http://localhost:3000.');
      if (people.length === 0 && !writes)
        throw new CollectFault(
          'absent',
          'Nobody is named who could sign in to the app.',
          'Name two people of different customers under access.people in launch-ready.yaml, or let us sign up two with --allow-writes.',
        );
      for (const { password, key, totp } of people)
        for (const secret of [password, key?.value, totp]) if (secret !== undefined) vault.hide(secret);
      for (const { secret } of webhooks) vault.hide(secret);
      const recordings = await readRecordings(given, url.origin);
      const { scope, proof } = await wayTo(url, outside);
      const sender = openSender({
        harmOf: changesAt(inventory.routes),
        origin: url.origin,
        requests: target.scope.requests,
        vault,
        signal,
        userAgent,
        changes: writes,
        observe,
        ...scope,
      });
      if (mail?.kind === 'imap') vault.hide(mail.password);
      const kept = writes ? keptOnDisk(url.origin, target.journals, target.snapshot) : undefined;
      const { browser, fault: noBrowser }: OpenedBrowser = walks
        ? await openedBrowser(url, signal, halfOf(target.scope.requests, sender))
        : {};
      if (noBrowser !== undefined) progress(`not walked through in a browser: ${noBrowser}`);
      let provider: Sender | undefined;
      let mailbox: Mailbox | undefined;
      try {
        const elsewhere = identity && (await located(identity, sender));
        provider = elsewhere && openSender({ origin: elsewhere.url.origin, requests: 1_000, vault, signal, userAgent });
        mailbox = mail && (await mailboxOf(mail, vault));
        const journal = openJournal(kept?.write);
        const live = await proveLive({
          sender,
          routes: inventory.routes,
          people,
          webhooks,
          writes,
          progress,
          journal,
          recordings,
          ...(browser && { browser }),
          ...(parts && { parts }),
          ...(allow && { allow }),
          idleSeconds,
          ...(mailbox && { mailbox }),
          ...(elsewhere && provider && { elsewhere: elsewhereDoor(elsewhere, provider) }),
        });
        // What could not be removed is in the report, and may be tried again.
        if (journal.open() === 0) kept?.remove();
        return {
          ...live,
          ...(target.snapshot !== undefined && { restored: true as const }),
          ...(noBrowser !== undefined && { noBrowser }),
          ...(proof !== undefined && { ownership: proof }),
        };
      } catch (error) {
        if (error instanceof NobodySignedIn) throw new CollectFault('absent', error.message, error.remedy);
        throw error;
      } finally {
        kept?.close();
        await browser?.close();
        await mailbox?.close();
        await provider?.close();
        await sender.close();
      }
    },
  });

export const liveAccessCollector = liveAccessCollectorIn(theInternet);

/** The browser, or in words why there is none: the rest of the run does without. */
interface OpenedBrowser {
  readonly browser?: AppBrowser;
  readonly fault?: string;
}

/** Pages may ask for hundreds of files each: half of the requests are kept for what is tried. */
function halfOf(requests: number, sender: Sender): () => boolean {
  let left = Math.floor(requests / 2);
  return () => left > 0 && sender.count() && left-- > 0;
}

async function openedBrowser(url: URL, signal: AbortSignal, count: () => boolean): Promise<OpenedBrowser> {
  // What a page asks for could not be held to one address and one pace.
  if (!isLocal(url)) return { fault: 'the browser opens apps of this machine only. Record a visit with launch-ready record instead.' };
  try {
    const { openAppBrowser } = await import('./walk/browser.ts');
    return { browser: await openAppBrowser(url.origin, signal, count) };
  } catch (error) {
    if (error instanceof NoBrowser) return { fault: `${error.message} ${error.remedy}` };
    throw error;
  }
}

/** The mailbox that was given; one that cannot be opened is a wrong setting, and nothing that should pass unnoticed. */
async function mailboxOf(mail: GivenMail, vault: Vault): Promise<Mailbox> {
  try {
    return await openMailbox(mail, vault);
  } catch (error) {
    const { message, remedy } = faultOf(error, mail);
    throw new CollectFault('unreachable', `The mailbox could not be opened: ${message}.`, remedy);
  }
}
