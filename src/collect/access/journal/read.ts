import type { Operation } from '../surface/operation.ts';
import type { Made } from '../objects/create.ts';
import type { Entry, Restoring } from './journal.ts';

/** Something that was made, or was about to be when the run broke off, and was not removed. */
export interface OpenThing {
  readonly who: string;
  /** Stands in it, wherever the app shows it. */
  readonly mark: string;
  /** Where it was made, below the app's address. */
  readonly path: string;
  readonly id?: string;
  /** What removes it; absent where the run did not come to learn it. */
  readonly address?: string;
  /** Operation that removes things of its kind, e.g. `/api/invoices/{id}`; absent where the app has none. */
  readonly removal?: string;
  /** Made by a form: see `Made`. */
  readonly onPages?: Made['onPages'];
}

export type JournalledPerson = Omit<Extract<Entry, { is: 'person' }>, 'is' | 'at'>;

/** What a journal says a run left behind. */
export interface BrokenOff {
  readonly origin: string;
  /** When the run began, as ISO 8601. */
  readonly at: string;
  readonly pid: number;
  /** As `Target.snapshot`. */
  readonly snapshot?: string;
  readonly people: readonly JournalledPerson[];
  /** Operations without an address of their own. */
  readonly ways: readonly Operation[];
  /** Accounts that were signed up, and where. */
  readonly accounts: readonly { readonly email: string; readonly path?: string }[];
  /** The last one first: what hangs on others goes before them. */
  readonly things: readonly OpenThing[];
  /** What has to be set back, the last change first. */
  readonly restorings: readonly Restoring[];
  /** Names of those whose password is still the one of a trial. */
  readonly passwords: readonly string[];
}

/** Reads a journal; a line that was cut off in the middle is passed over. `undefined` where it is none of ours. */
export function readJournal(text: string): BrokenOff | undefined {
  const entries = text.split('\n').flatMap((line) => parsed(line) ?? []);
  const [run] = entries;
  if (run?.is !== 'run') return undefined;
  const things = new Map<string, OpenThing>();
  const restorings = new Map<number, Restoring>();
  const passwords = new Set<string>();
  for (const entry of entries) {
    if (entry.is === 'change' && entry.mark !== undefined) {
      const { who, mark, path, removal } = entry;
      if (!things.has(mark)) things.set(mark, { who, mark, path, ...(removal !== undefined && { removal }) });
    } else if (entry.is === 'made') {
      const { id, address, onPages } = entry;
      const begun = things.get(entry.mark) ?? { who: entry.who, mark: entry.mark, path: entry.path };
      const ways = { ...(id !== undefined && { id }), ...(address !== undefined && { address }), ...(onPages && { onPages }) };
      things.set(entry.mark, { ...begun, ...ways });
    } else if (entry.is === 'removed' || entry.is === 'refused') things.delete(entry.mark);
    else if (entry.is === 'restoring') restorings.set(entry.nr, entry);
    else if (entry.is === 'restored') restorings.delete(entry.nr);
    else if (entry.is === 'password') passwords.add(entry.who);
    else if (entry.is === 'password-back') passwords.delete(entry.who);
  }
  return {
    origin: run.origin,
    at: run.at,
    pid: run.pid,
    ...(run.snapshot !== undefined && { snapshot: run.snapshot }),
    // Journals of earlier versions do not say how it is known that somebody is in.
    people: entries.flatMap((entry) => (entry.is === 'person' && 'witness' in entry ? [entry] : [])),
    ways: entries.flatMap((entry) => (entry.is === 'way' ? [entry.operation] : [])),
    accounts: entries.flatMap((entry) => {
      if (entry.is !== 'account') return [];
      const { email } = entry;
      const sent = entries.find((one) => one.is === 'change' && one.who === email);
      return [{ email, ...(sent?.is === 'change' && { path: sent.path }) }];
    }),
    things: [...things.values()].toReversed(),
    restorings: [...restorings.values()].toReversed(),
    passwords: [...passwords],
  };
}

function parsed(line: string): Entry | undefined {
  try {
    const value = JSON.parse(line) as unknown;
    return value !== null && typeof value === 'object' && 'is' in value ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}
