import type { GivenCloudflare, GivenDomains } from '../../../../core/target.ts';
import type { CloudflareApi } from '../api.ts';
import { probeOrigins } from '../origin.ts';
import type { Risk } from '../plan/change.ts';
import { changedSince, makePlan, type Plan, planDigest, stateOf } from '../plan/plan.ts';
import { type LiveZone, readZone } from '../zone.ts';
import { applyChanges } from './apply.ts';
import {
  appliedOf,
  dropPlan,
  edgeJournals,
  keepPlan,
  keptPlan,
  openEdgeJournal,
  type ReadJournal,
  type Teller,
  touchedBy,
} from './journal.ts';
import { missingRows, rowsText } from './send.ts';
import { planUndo, undoChanges } from './undo.ts';

/** Why nothing was done, and what to do about it. */
export class EdgeRefusal extends Error {
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'EdgeRefusal';
    this.remedy = remedy;
  }
}

export interface EdgeOptions {
  readonly api: CloudflareApi;
  readonly given: GivenCloudflare;
  readonly domains: GivenDomains | undefined;
  /** Where plans and journals of the zone are kept. */
  readonly folder: string;
  readonly accepted: readonly Risk[];
  readonly deletable: readonly string[];
  /** Milliseconds. */
  readonly now: number;
}

interface Look {
  readonly zone: LiveZone;
  readonly plan: Plan;
  readonly journals: readonly ReadJournal[];
}

async function look({ api, given, domains, folder, accepted, deletable, now }: EdgeOptions): Promise<Look> {
  const zone = await readZone(api, { given, domains });
  const origins = await probeOrigins(given.origins, zone.hosts, domains?.authorities);
  const journals = edgeJournals(folder);
  const plan = makePlan({ zone, wanted: domains?.records ?? [], origins, applied: appliedOf(journals), accepted, deletable, now });
  return { zone, plan, journals };
}

/** The last apply, where it did not come to its end. Throws where it is still at work, or on its way back. */
function brokenOff(journals: readonly ReadJournal[]): ReadJournal | undefined {
  const last = journals.findLast(({ state }) => state !== 'undone');
  if (!last || last.state === 'applied') return undefined;
  if (isRunning(last.pid))
    throw new EdgeRefusal(`Another launch-ready (process ${last.pid}) is at work on this zone.`, 'Wait until it is done.');
  if (last.state === 'undoing') throw new EdgeRefusal('There is an undo to be finished first.', '');
  return last;
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Plans, and keeps the plan so that `apply` does what was looked at. */
export async function plan(options: EdgeOptions): Promise<{ readonly plan: Plan; readonly resumes: boolean }> {
  const { plan: made, journals } = await look(options);
  const resumes = brokenOff(journals) !== undefined;
  keepPlan(options.folder, made);
  return { plan: made, resumes };
}

/** What an apply did, and what there would still be to do. */
export interface Done {
  readonly done: number;
  readonly left: Plan;
  readonly nameServers: readonly string[];
}

/** Does what was planned. Throws `EdgeRefusal` where nothing may be done; whatever else it throws leaves a journal that the same call goes on from. */
export async function apply(options: EdgeOptions, tell: Teller): Promise<Done> {
  const { api, folder } = options;
  const { zone, plan: now, journals } = await look(options);
  const resumes = brokenOff(journals);
  const seen = keptPlan(folder);
  if (!seen && !resumes && now.changes.length === 0 && now.refusal === undefined)
    return { done: 0, left: now, nameServers: zone.nameServers };
  if (!seen) throw new EdgeRefusal('There is no plan yet.', 'Look at it first: launch-ready edge plan.');
  checkSame(seen.state, zone, resumes);
  if (!resumes && planDigest(seen) !== planDigest(now))
    throw new EdgeRefusal(
      'The plan would be another one by now: the config, the options or the server behind it changed.',
      'Look at it again: launch-ready edge plan.',
    );
  if (now.refusal !== undefined) throw new EdgeRefusal(now.refusal, 'Nothing was changed.');
  if (now.changes.length === 0 && !resumes) return { done: 0, left: now, nameServers: zone.nameServers };
  const missing = await missingRows(api, zone, now.changes);
  if (missing.length > 0)
    throw new EdgeRefusal(`The token may not do this: it lacks ${missing.join(', ')}. Nothing was changed.`, rowsText(missing));
  const journal = openEdgeJournal(folder, resumes?.path);
  try {
    await applyChanges({ api, zone, changes: now.changes, journal, ...(resumes && { resumes }), tell });
  } finally {
    journal.close();
  }
  dropPlan(folder);
  return { done: now.changes.length, left: (await look(options)).plan, nameServers: zone.nameServers };
}

/** Throws where somebody else changed the zone since the plan. What an apply that broke off has changed itself is known. */
function checkSame(state: Readonly<Record<string, string>>, zone: LiveZone, resumes: ReadJournal | undefined): void {
  const isOurs = resumes ? touchedBy(resumes) : () => false;
  const changed = changedSince(state, stateOf(zone)).filter((key) => !isOurs(key));
  if (changed.length === 0) return;
  throw new EdgeRefusal(
    `The zone changed since the plan: ${changed
      .slice(0, 5)
      .map((key) => key.replace(/ \(\w+\)$/, ''))
      .join(', ')}. Nothing was done.`,
    'Look at it again: launch-ready edge plan.',
  );
}

/** Undoes the last apply. Throws `EdgeRefusal` where somebody changed things after it, unless `force`. */
export async function undo(options: EdgeOptions, force: boolean, tell: Teller): Promise<ReadJournal | undefined> {
  const { api, folder } = options;
  const last = edgeJournals(folder).findLast(({ state }) => state !== 'undone');
  if (!last) return undefined;
  if (last.state !== 'applied' && isRunning(last.pid))
    throw new EdgeRefusal(`Another launch-ready (process ${last.pid}) is at work on this zone.`, 'Wait until it is done.');
  const zone = await readZone(api, { given: options.given, domains: options.domains });
  if (zone.id !== last.zone.id)
    throw new EdgeRefusal(`The zone ${zone.name} is another one than the one that was changed.`, 'Undo it by hand, with the journal.');
  const way = planUndo(zone, last);
  if (way.conflicts.length > 0 && !force)
    throw new EdgeRefusal(
      `Somebody changed this after us: ${way.conflicts.join('; ')}. Nothing was done.`,
      'With --force it is overwritten with what was there before our apply.',
    );
  const missing = await missingRows(api, zone, way.changes);
  if (missing.length > 0)
    throw new EdgeRefusal(`The token may not do this: it lacks ${missing.join(', ')}. Nothing was changed.`, rowsText(missing));
  const journal = openEdgeJournal(folder, last.path);
  try {
    await undoChanges(api, zone, way, journal, tell);
  } finally {
    journal.close();
  }
  dropPlan(folder);
  return last;
}
