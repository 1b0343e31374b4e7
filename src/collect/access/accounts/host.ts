import { randomBytes } from 'node:crypto';
import type { AccountTrial } from '../../../evidence/live-accounts.ts';
import { listen, type Mailbox } from '../mail/mailbox.ts';
import type { Account } from '../people/account.ts';
import { ask } from '../people/ask.ts';
import { doorName, type PlainDoor } from '../people/doors.ts';
import type { Sender } from '../wire/sender.ts';
import { emptySession } from '../wire/session.ts';
import { broken, holds, nextKey, unknown } from './ground.ts';
import type { Issued } from './tokens.ts';

/** Asks for mails as a client that lies about the address it calls. */
export interface HostTrial {
  readonly sender: Sender;
  readonly mailbox: Mailbox;
  readonly door: PlainDoor;
  readonly account: Account;
  readonly flow: AccountTrial['flow'];
  /** How long a mail takes here, in milliseconds. */
  readonly patience: number;
}

/** What was seen so far; mails that come late are looked at once more at the end. */
export interface HostTried {
  readonly issued: readonly Issued[];
  finish(): Promise<AccountTrial>;
}

/** `.invalid` is nobody's and never will be (RFC 2606). */
const marker = (): string => `launch-ready-${randomBytes(4).toString('hex')}.invalid`;

/**
 * Whether the mailed link leads where the caller says (OWASP WSTG-INPV-17, Host header injection): the victim who opens it hands the token to somebody
 * else. Each header is tried by itself.
 */
export async function tryHosts({ sender, mailbox, door, account, flow, patience }: HostTrial): Promise<HostTried> {
  const about = { question: 'link-host', flow } as const;
  const steps: string[] = [];
  const issued: Issued[] = [];
  const markers = new Map<string, string>();
  let poisoned: string | undefined;
  let certain = false;
  const late = await listen(mailbox, account.email);
  const note = (link: URL | undefined): string | undefined => {
    const header = link && markers.get(link.hostname);
    poisoned ??= header;
    return header;
  };
  for (const header of ['Host', 'X-Forwarded-Host']) {
    const host = marker();
    markers.set(host, header);
    const extra: Record<string, string> = { [header.toLowerCase()]: host };
    const listening = await listen(mailbox, account.email);
    const at = Date.now();
    let answer = await ask(sender, door, account, emptySession(), extra);
    // Apps that compare both are told the same lie in both.
    if (answer?.ok && answer.value.status >= 400 && answer.value.status !== 429)
      answer = await ask(sender, door, account, emptySession(), { ...extra, origin: `http://${host}` });
    const status = answer?.ok ? String(answer.value.status) : (answer?.fault.message ?? 'nothing could be sent');
    const refused = answer?.ok === true && answer.value.status >= 400;
    const key = refused ? undefined : await nextKey(listening, patience);
    if (key) issued.push({ key, at });
    certain ||= (refused && answer?.ok === true && answer.value.status !== 429) || key?.link !== undefined;
    const led = key?.link && (note(key.link) !== undefined ? 'a mail whose link leads to that host' : 'a mail whose link leads to the app');
    steps.push(`${doorName(door)} with ${header}: ${host} → ${status}, ${led ?? (key ? 'a mail with a code' : 'no mail')}`);
  }
  return {
    issued,
    async finish() {
      for (let key = await nextKey(late, 0); key; key = await nextKey(late, 0)) note(key.link);
      if (poisoned !== undefined) return broken(about, `the mailed link leads wherever the ${poisoned} header of the request says`, steps);
      return certain
        ? holds(about, 'the mailed link leads to the app, whatever the request says of its address', steps)
        : unknown(about, 'no mail with a link came after a request that names another host', steps);
    },
  };
}
