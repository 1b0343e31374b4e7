import type { CloudflareApi } from '../api.ts';
import type { Change } from '../plan/change.ts';
import type { LiveZone } from '../zone.ts';
import { callsFor, type OpenJournal, type ReadJournal, type Teller } from './journal.ts';
import { send } from './send.ts';

export interface ApplyOptions {
  readonly api: CloudflareApi;
  readonly zone: LiveZone;
  readonly changes: readonly Change[];
  readonly journal: OpenJournal;
  /** The apply that broke off and goes on in the same journal. */
  readonly resumes?: ReadJournal;
  /** Hears what was done. */
  readonly tell: Teller;
}

/**
 * Makes the changes, each written down before it is sent. Throws whatever stops it; the journal then says how far it came, and the same command goes on from
 * there.
 */
export async function applyChanges({ api, zone, changes, journal, resumes, tell }: ApplyOptions): Promise<void> {
  const { records, settings, rules, entrypoints } = zone;
  if (resumes) journal.write({ line: 'resumed', pid: process.pid });
  else
    journal.write({
      line: 'apply',
      pid: process.pid,
      zone: { id: zone.id, name: zone.name },
      before: { records, settings, rules, entrypoints },
    });
  let nr = Math.max(0, ...(resumes?.calls ?? []).map((one) => one.nr));
  for (const call of callsFor(changes)) {
    nr += 1;
    journal.write({ line: 'call', nr, call });
    const sent = await send(api, zone.id, call);
    journal.write({ line: 'done', nr });
    tell(sent);
  }
  // A purge that broke off is the last call, and the plan that goes on does not have it any more.
  const purge = resumes?.calls.some(({ call, done }) => call.is === 'purge' && !done) || (resumes && wantsPurge(resumes, changes));
  if (purge) tell(await send(api, zone.id, { is: 'purge' }));
  journal.write({ line: 'applied' });
}

/** Cache rules were written before it broke off, and the cache was not emptied since. */
const wantsPurge = ({ calls }: ReadJournal, changes: readonly Change[]): boolean =>
  calls.some(({ call }) => call.is === 'rules' && call.change.phase === 'http_request_cache_settings') &&
  !calls.some(({ call, done }) => call.is === 'purge' && done) &&
  !callsFor(changes).some(({ is }) => is === 'purge');
