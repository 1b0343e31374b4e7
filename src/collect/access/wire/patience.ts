import { pause } from './pause.ts';
import type { Answer, Sender } from './sender.ts';

/** Failures in a row before an app is given up: one that never answered, and one that did but has not for a while. */
const patience = { never: 3, lately: 8, quietMs: 15_000 } as const;

/** What waiting because of "too many requests" may cost: one wait, and all of a run. Milliseconds. */
const waits = { most: 15_000, all: 120_000 } as const;

/** How long a target is put up with that hangs, breaks off or asks for less. */
export interface Patience {
  /** Why nothing is sent any more, in words; `undefined` while there is hope. */
  givenUp(): string | undefined;
  answered(): void;
  failed(): void;
  /** Waits as long as an answer asks for (RFC 9110 §10.2.3, RFC 6585 §4); false where it asks for too much, or nothing was asked for. */
  waited(answer: Answer, run?: Pick<Sender, 'signal'>): Promise<boolean>;
}

export function createPatience(now: () => number = () => performance.now()): Patience {
  let failures = 0;
  let last: number | undefined;
  let left: number = waits.all;
  return {
    givenUp() {
      if (last === undefined) return failures >= patience.never ? `it did not answer ${failures} times in a row` : undefined;
      return failures >= patience.lately && now() - last > patience.quietMs ? `it has not answered for ${failures} requests` : undefined;
    },
    answered() {
      failures = 0;
      last = now();
    },
    failed: () => void (failures += 1),
    async waited({ status, headers }, run = {}) {
      if (status !== 429) return false;
      const asked = msOf(headers['retry-after']) ?? 1000;
      if (asked > waits.most || asked > left) return false;
      left -= asked;
      await pause(run, asked);
      return true;
    },
  };
}

/** Seconds or a date. */
function msOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}
