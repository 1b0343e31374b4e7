import { createHash } from 'node:crypto';
import type { GivenRecord } from '../../../../core/target.ts';
import { type OriginFacts, rulePhases } from '../../../../evidence/cloudflare.ts';
import { isAddress, namesWithServer } from '../../../../evidence/edge-records.ts';
import type { RecordBody } from '../api.ts';
import type { LiveZone } from '../zone.ts';
import { type Change, recordText, type Risk, ruleBody, textOf } from './change.ts';
import { type AppliedRecord, planRecords } from './records.ts';

export type { AppliedRecord };
import { planRules } from './rules.ts';
import { otherModes } from './modes.ts';
import { planSettings } from './settings.ts';

/** What we last made of the zone, as the journals tell. */
export interface Applied {
  readonly records: readonly AppliedRecord[];
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface PlanOptions {
  readonly zone: LiveZone;
  readonly wanted: readonly GivenRecord[];
  readonly origins: readonly OriginFacts[];
  readonly applied: Applied;
  /** Risks that somebody takes. */
  readonly accepted: readonly Risk[];
  /** Names whose records may be deleted. */
  readonly deletable: readonly string[];
  /** Milliseconds. */
  readonly now: number;
}

/** What is to be done, in the order in which it is done. */
export interface Plan {
  readonly zone: { readonly id: string; readonly name: string };
  readonly changes: readonly Change[];
  /** Held back, with the reason and what lets it through. */
  readonly held: readonly { readonly change: Change; readonly why: string }[];
  /** What is left as it is, in words. */
  readonly alone: readonly string[];
  readonly problems: readonly string[];
  /** All that is there, part by part, to see later what somebody else has changed. */
  readonly state: Readonly<Record<string, string>>;
  /** Too much would be deleted: nothing is done. */
  readonly refusal?: string;
}

/** Deletes that nobody named: so many, or such a part of all records, is no slip of the pen any more. */
const threshold = { deletes: 3, part: 0.3 };

export function makePlan({ zone, wanted, origins, applied, accepted, deletable, now }: PlanOptions): Plan {
  const unread = [zone.records, zone.pageRules, ...Object.values(zone.settings), ...Object.values(zone.rules)].filter(
    ({ value }) => value === undefined,
  );
  const records = zone.records.value === undefined ? { changes: [], alone: [], problems: [] } : planRecords(zone, wanted, applied.records);
  const after = recordsAfter(zone, records.changes);
  const proxied = new Set(after.filter((one) => one.proxied).map(({ name = '' }) => name));
  const rules = planRules(zone, proxied);
  const settings = planSettings({ zone, origins, applied: applied.settings, now, behind: zone.records.value && namesWithServer(after) });
  const all: Change[] = [...records.changes, ...rules.changes, ...settings];
  const held: { change: Change; why: string }[] = [];
  const changes = all.filter((change) => {
    const why = heldBack(change, accepted, deletable);
    if (why !== undefined) held.push({ change, why });
    return why === undefined;
  });
  return {
    zone: { id: zone.id, name: zone.name },
    changes: together(changes, held),
    held,
    alone: [
      ...records.alone.map(({ record: { type, name, content }, why }) => `${type} ${name} ${content} (${why})`),
      ...rules.alone.map(({ phase, rule }) => `the rule "${rule.description ?? rule.expression}" (${phase})`),
    ],
    problems: [
      ...records.problems,
      ...rules.problems,
      ...otherModes(zone),
      ...new Set(unread.map(({ why = '', toKnow = '' }) => `${why} ${toKnow}`.trim())),
    ],
    state: stateOf(zone),
    ...massDelete(zone, changes, deletable),
  };
}

function heldBack(change: Change, accepted: readonly Risk[], deletable: readonly string[]): string | undefined {
  const risk = change.risks.find((one) => !accepted.includes(one.risk));
  if (risk) return `${risk.risk}: ${risk.why} (--accept-risk ${risk.risk} does it all the same)`;
  if (change.kind !== 'record' || change.after || change.own || !change.before) return undefined;
  const { name } = change.before;
  return deletable.includes(name) ? undefined : `it would be deleted, and we did not make it (--allow-delete ${name} does it)`;
}

/** A new address beside one that is held back cannot be made: it waits with it. */
function together(changes: readonly Change[], held: { change: Change; why: string }[]): Change[] {
  const blocked = new Set(
    held.flatMap(({ change }) => (change.kind === 'record' && !change.after && change.before ? [change.before.name] : [])),
  );
  return changes.filter((change) => {
    const waits = change.kind === 'record' && !change.before && isAddress(change.after as never) && blocked.has(change.after?.name ?? '');
    if (waits) held.push({ change, why: 'it takes the place of a record that is held back' });
    return !waits;
  });
}

function massDelete(zone: LiveZone, changes: readonly Change[], deletable: readonly string[]): { refusal?: string } {
  const unnamed = changes.flatMap((one) =>
    one.kind === 'record' && !one.after && one.before && !deletable.includes(one.before.name) ? [one.before.name] : [],
  );
  const all = zone.records.value?.length ?? 0;
  const isMass = unnamed.length > threshold.deletes || (unnamed.length > 1 && unnamed.length > all * threshold.part);
  return isMass
    ? {
        refusal: `${unnamed.length} of ${all} records would be deleted, which looks like a mistake. If it is none, name each: ${[...new Set(unnamed)].map((name) => `--allow-delete ${name}`).join(' ')}`,
      }
    : {};
}

/** The records once they are as planned. */
function recordsAfter(
  zone: LiveZone,
  changes: readonly { readonly before?: { id: string }; readonly after?: RecordBody }[],
): readonly RecordBody[] {
  const gone = new Set(changes.flatMap(({ before }) => (before ? [before.id] : [])));
  const rest: readonly RecordBody[] = (zone.records.value ?? []).filter(({ id }) => !gone.has(id));
  return [...rest, ...changes.flatMap(({ after }) => (after ? [after] : []))];
}

/** Each part of the zone with a text that changes whenever somebody changes it. */
export function stateOf(zone: LiveZone): Record<string, string> {
  const records = (zone.records.value ?? []).map((one): [string, string] => [`${one.type} ${one.name} (${one.id})`, recordText(one)]);
  const settings = Object.entries(zone.settings).map(([id, { value }]): [string, string] => [`the setting ${id}`, textOf(value?.value)]);
  const rules = rulePhases.map((phase): [string, string] => [`the rules ${phase}`, textOf(zone.rules[phase].value?.map(ruleBody))]);
  return Object.fromEntries([...records, ...settings, ...rules]);
}

/** Parts that are not as they were. */
export const changedSince = (before: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((key) => before[key] !== now[key]);

/** A short name of what a plan does: equal for plans that do the same. */
export const planDigest = ({ changes }: Pick<Plan, 'changes'>): string =>
  createHash('sha256').update(textOf(changes)).digest('hex').slice(0, 12);
