import { createLog, recordGap } from '../interpret/log.ts';
import type { Machine } from '../interpret/value.ts';

/**
 * Runs middleware of a whole app or scope: what it reads or stores (a session, a usage counter) is not the route's data and what it
 * answers is not the route's answer, but what it learned of the caller and could not follow stays.
 */
export function apart<T>(machine: Machine, work: () => T): T {
  const { log } = machine;
  const own = createLog();
  machine.log = own;
  try {
    return work();
  } finally {
    for (const [name, place] of own.headers) log.headers.set(name, place);
    for (const gap of own.gaps.values()) recordGap(log, gap.what, gap.why, gap.place ?? {});
    if (own.cookieSession) log.cookieSession = own.cookieSession;
    if (own.headerCredential) log.headerCredential = own.headerCredential;
    machine.log = log;
  }
}
