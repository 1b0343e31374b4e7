import { plural } from '../../../core/wording.ts';
import { pause } from './pause.ts';
import type { Answer, Sender } from './sender.ts';

/** Failures in a row before an app is given up: one that never answered, one that did but has not for a while, and one route of it. */
const patience = { never: 3, lately: 8, quietMs: 15_000, route: 3 } as const;

/** When it is tried once more: an app after a rest, a route once so many other requests were answered. */
const again = { restMs: 20_000, answers: 25 } as const;

/** What waiting because of "too many requests" may cost: one wait, and all of a run. Milliseconds. */
const waits = { most: 15_000, all: 120_000 } as const;

/** How long a target is put up with that hangs, breaks off or asks for less. Routes are named like `GET /reports/{id}`. */
export interface Patience {
  /**
   * Why a route is not asked now, in words; `undefined` while there is hope. An app that does not answer any more is left alone for a while and then asked
   * once more; a route of it that hangs is asked once more when others were answered meanwhile.
   */
  givenUp(route: string, run?: Pick<Sender, 'signal'>): Promise<string | undefined>;
  answered(route: string): void;
  failed(route: string): void;
  /** Waits as long as an answer asks for (RFC 9110 §10.2.3, RFC 6585 §4); false where it asks for too much, or nothing was asked for. */
  waited(answer: Answer, run?: Pick<Sender, 'signal'>): Promise<boolean>;
  /** What was not sent, a line for each route and one for the app as a whole. */
  unasked(): string[];
}

/** A route that hangs. */
interface Hanging {
  failures: number;
  /** Answers of the app when it was given up; `undefined` while it is asked. */
  since?: number | undefined;
  isLast: boolean;
  skipped: number;
}

export function createPatience(now: () => number = () => performance.now(), restMs: number = again.restMs): Patience {
  let failures = 0;
  let answers = 0;
  let last: number | undefined;
  let left: number = waits.all;
  let rest: Promise<void> | undefined;
  let failuresAtRest: number | undefined;
  let skipped = 0;
  let why = '';
  const hanging = new Map<string, Hanging>();

  const silent = (): boolean =>
    last === undefined ? failures >= patience.never : failures >= patience.lately && now() - last > patience.quietMs;

  /** Why the app is asked nothing more. It is left alone once, and those who waited for that go on together. */
  async function silence(run: Pick<Sender, 'signal'>): Promise<string | undefined> {
    if (!silent()) return undefined;
    if (last !== undefined && failuresAtRest === undefined) {
      await (rest ??= pause(run, restMs));
      failuresAtRest ??= failures;
    }
    if (last !== undefined && failures <= (failuresAtRest ?? 0)) return undefined;
    skipped += 1;
    why = last === undefined ? `it did not answer ${failures} times in a row` : `it has not answered for ${failures} requests`;
    return why;
  }

  function heldBack(route: string): string | undefined {
    const one = hanging.get(route);
    if (!one || one.failures < patience.route) return undefined;
    one.since ??= answers;
    if (!one.isLast && answers - one.since >= again.answers) {
      one.isLast = true;
      return undefined;
    }
    one.skipped += 1;
    return `${route} did not answer ${one.failures} times in a row`;
  }

  return {
    givenUp: async (route, run = {}) => (await silence(run)) ?? heldBack(route),
    answered(route) {
      failures = 0;
      answers += 1;
      last = now();
      const one = hanging.get(route);
      if (one) hanging.set(route, { failures: 0, isLast: false, skipped: one.skipped });
    },
    failed(route) {
      failures += 1;
      const one = hanging.get(route) ?? { failures: 0, isLast: false, skipped: 0 };
      one.failures += 1;
      hanging.set(route, one);
    },
    unasked: () => [
      ...(skipped === 0 ? [] : [`${plural(skipped, 'request')}: ${why}`]),
      ...[...hanging].flatMap(([route, one]) =>
        one.skipped === 0 ? [] : [`${plural(one.skipped, 'request')} to ${route}: it did not answer`],
      ),
    ],
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
