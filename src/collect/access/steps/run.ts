import type { GivenWebhook } from '../../../core/given-webhook.ts';
import type { GivenPerson } from '../../../core/target.ts';
import type { LivePart } from '../../../evidence/live-parts.ts';
import type { Route } from '../../../evidence/routes.ts';
import { type Journal, openJournal } from '../journal/journal.ts';
import { type ShownLog, shownLog } from '../journal/shown.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { paced, type Step } from '../pace.ts';
import type { ElsewhereDoor } from '../people/doors.ts';
import { sentLog } from '../surface/told.ts';
import type { Recording } from '../traffic/exchange.ts';
import type { AppBrowser } from '../walk/browser.ts';
import type { Sender } from '../wire/sender.ts';
import { type WaySender, withWays } from '../wire/ways.ts';

export interface LiveInput {
  readonly sender: Sender;
  /** Routes of the code; none where no folder was given. */
  readonly routes: readonly Route[];
  readonly people: readonly GivenPerson[];
  /** How many of them have to be signed in at least; two when absent. */
  readonly fewest?: number;
  readonly webhooks?: readonly GivenWebhook[];
  /** Whether accounts and things may be made. */
  readonly writes: boolean;
  /** Where mails of the app can be read. */
  readonly mailbox?: Mailbox;
  readonly journal?: Journal;
  /** What people's browsers recorded before. */
  readonly recordings?: readonly Recording[];
  /** Where people sign in who do not at the app itself. */
  readonly elsewhere?: ElsewhereDoor;
  /** In which the app is walked through as everybody. */
  readonly browser?: AppBrowser;
  /** Operations that are sent although their addresses promise harm: `POST /api/invoices/{id}/send`. */
  readonly allow?: readonly string[];
  /** After how many seconds without use the app ends a session, where the config says so. */
  readonly idleSeconds?: number | undefined;
  /** What is tried; all of it when absent. */
  readonly parts?: readonly string[];
  readonly progress?: (message: string, done?: number, total?: number) => void;
}

/** What every step of a run shares. */
export interface Run {
  readonly input: LiveInput;
  /** Tells of each request, and sends operations by whatever carries them. */
  readonly sender: Sender;
  readonly teach: WaySender['teach'];
  readonly learned: WaySender['learned'];
  /** Requests so far, by the addresses that operations go by here. */
  readonly sent: ReadonlySet<string>;
  /** What was shown to whom. */
  readonly showed: ShownLog['showed'];
  readonly journal: Journal;
  /** A step begins. `words`: instead of its name. */
  begin(step: Step, words?: string): void;
  wants(part: LivePart): boolean;
  /** Whether things are made and changed to try routes. */
  readonly tries: boolean;
}

export function startRun(input: LiveInput): Run {
  const wants = (part: LivePart): boolean => input.parts?.includes(part) ?? true;
  const ways = withWays(input.sender);
  const log = sentLog(ways);
  const shown = shownLog(log.sender);
  const { begin, sender } = paced(shown.sender, input.progress ?? (() => undefined), leftOut(input, wants));
  return {
    input,
    sender,
    teach: ways.teach,
    learned: ways.learned,
    sent: log.sent,
    showed: shown.showed,
    journal: input.journal ?? openJournal(),
    begin,
    wants,
    tries: input.writes && wants('routes'),
  };
}

/** Steps that this run does not have. */
const leftOut = ({ browser, writes }: LiveInput, wants: (part: LivePart) => boolean): Step[] => [
  ...(browser ? [] : (['walking through the app in a browser'] as const)),
  ...(writes && wants('routes') ? [] : (['making things as each person', 'changing things as others'] as const)),
  ...(wants('sessions') ? [] : (['trying how sessions begin and end'] as const)),
  ...(wants('accounts') ? [] : (['trying how people get into their accounts'] as const)),
];
