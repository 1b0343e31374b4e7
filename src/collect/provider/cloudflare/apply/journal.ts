import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, stateFolder } from '../../../access/state.ts';
import type { EdgeRule, RulePhase } from '../../../../evidence/cloudflare.ts';
import { type Change, recordText, type RecordChange, type RulesChange, type SettingChange } from '../plan/change.ts';
import type { Applied, AppliedRecord, Plan } from '../plan/plan.ts';
import type { LiveZone } from '../zone.ts';

/** One call that changes something: all records at once, the rules of a phase, or a setting. */
export type JournalledCall =
  | { readonly is: 'records'; readonly changes: readonly RecordChange[] }
  | { readonly is: 'rules'; readonly change: RulesChange }
  | { readonly is: 'setting'; readonly change: SettingChange }
  /** `denied`: the token may not; what is kept runs out by itself. */
  | { readonly is: 'purge'; readonly denied?: true };

/** One line of a journal. */
export type Line = { readonly at: string } & (
  | {
      readonly line: 'apply';
      readonly pid: number;
      readonly zone: { readonly id: string; readonly name: string };
      readonly before: Snapshot;
    }
  /** An apply that broke off goes on. */
  | { readonly line: 'resumed'; readonly pid: number }
  /** Before it is sent. */
  | { readonly line: 'call'; readonly nr: number; readonly call: JournalledCall }
  /** Cloudflare has said yes. */
  | { readonly line: 'done'; readonly nr: number }
  | { readonly line: 'applied' }
  | { readonly line: 'undo'; readonly pid: number }
  | { readonly line: 'undone' }
);

type Told = Line extends infer One ? (One extends Line ? Omit<One, 'at'> : never) : never;

/** The zone before anything was changed: whatever happens, it can be put back by hand with this. */
export type Snapshot = Pick<LiveZone, 'records' | 'settings' | 'rules' | 'entrypoints'>;

/** What a journal says. */
export interface ReadJournal {
  readonly path: string;
  /** ISO 8601. */
  readonly at: string;
  readonly zone: { readonly id: string; readonly name: string };
  readonly before: Snapshot;
  readonly calls: readonly { readonly nr: number; readonly call: JournalledCall; readonly done: boolean }[];
  readonly state: 'applying' | 'applied' | 'undoing' | 'undone';
  /** Process that wrote last. */
  readonly pid: number;
}

/** Where plans and journals of a zone are kept, for this user's eyes only. */
export const edgeFolder = (zone: string, folder = stateFolder()): string => join(folder, 'edge', zone);

export interface OpenJournal {
  readonly path: string;
  write(line: Told): void;
  close(): void;
}

/** Opens a journal to add to it, a new one where none is named. What was written is out of our hands, and outlives us. */
export function openEdgeJournal(folder: string, path?: string): OpenJournal {
  makeFolder(folder);
  const name = path ?? join(folder, `${new Date().toISOString().replace(/[:.]/g, '-')}-${randomBytes(3).toString('hex')}.jsonl`);
  const file = openSync(name, 'a', 0o600);
  // A line that was cut off in the middle must not swallow the next.
  if (path !== undefined) writeSync(file, '\n');
  return {
    path: name,
    write: (line) => void writeSync(file, `${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`),
    close: () => closeSync(file),
  };
}

/** A journal that tells no longer what was changed: nothing can be undone by it, and nobody can say that there is nothing to undo. */
export class UnreadableJournal extends Error {
  override readonly name = 'UnreadableJournal';
  constructor(path: string) {
    super(`The journal ${path} cannot be read, so nobody can tell what was changed.`);
  }
}

/** The journals of a zone, the oldest first. Throws `UnreadableJournal`. */
export function edgeJournals(folder: string): ReadJournal[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name) => read(join(folder, name)) ?? []);
}

function read(path: string): ReadJournal | undefined {
  const text = readFileSync(path, 'utf8');
  // Where it broke off before its first line was whole, nothing had been sent.
  if (!text.includes('\n')) return undefined;
  const lines = text.split('\n').flatMap(parsed);
  const [first] = lines;
  if (first?.line !== 'apply') throw new UnreadableJournal(path);
  const done = new Set(lines.flatMap((one) => (one.line === 'done' ? [one.nr] : [])));
  const last = lines.findLast(({ line }) => line === 'applied' || line === 'undo' || line === 'undone')?.line;
  return {
    path,
    at: first.at,
    zone: first.zone,
    before: first.before,
    calls: lines.flatMap((one) => (one.line === 'call' ? [{ nr: one.nr, call: one.call, done: done.has(one.nr) }] : [])),
    state: last === 'undone' ? 'undone' : last === 'undo' ? 'undoing' : last === 'applied' ? 'applied' : 'applying',
    pid: lines.findLast((one) => 'pid' in one)?.pid ?? first.pid,
  };
}

function parsed(line: string): Line[] {
  try {
    const value = JSON.parse(line) as unknown;
    return value !== null && typeof value === 'object' && 'line' in value ? [value as Line] : [];
  } catch {
    return [];
  }
}

/** What stands in the zone by our hand: what was applied and not undone. */
export function appliedOf(journals: readonly ReadJournal[]): Applied {
  const records = new Map<string, AppliedRecord>();
  const settings: Record<string, unknown> = {};
  for (const { calls, state } of journals) {
    if (state === 'undone') continue;
    for (const { call } of calls) {
      if (call.is === 'setting') settings[call.change.id] = call.change.after;
      if (call.is !== 'records') continue;
      for (const { before, after } of call.changes) {
        const known = before && records.get(recordText(before));
        if (before) records.delete(recordText(before));
        // What others made and we only changed is not ours to delete.
        if (after) records.set(recordText(after), { body: after, made: known?.made ?? !before });
      }
    }
  }
  return { records: [...records.values()], settings };
}

/** Parts of the zone (see `stateOf`) that calls of a journal may have changed. */
export function touchedBy({ calls }: Pick<ReadJournal, 'calls'>): (key: string) => boolean {
  const parts = new Set(
    calls.flatMap(({ call }): string[] => {
      if (call.is === 'setting') return [`the setting ${call.change.id}`];
      if (call.is === 'rules') return [`the rules ${call.change.phase}`];
      if (call.is === 'purge') return [];
      return call.changes.flatMap(({ before, after }) => [before, after].flatMap((one) => (one ? [`${one.type} ${one.name}`] : [])));
    }),
  );
  return (key) => parts.has(key.replace(/ \(\w+\)$/, ''));
}

/** The plan that somebody looked at. */
export type KeptPlan = Pick<Plan, 'zone' | 'changes' | 'state'>;

const planFile = (folder: string): string => join(folder, 'plan.json');

export function keepPlan(folder: string, { zone, changes, state }: KeptPlan): void {
  makeFolder(folder);
  // Half a plan must not be taken for one.
  const path = `${planFile(folder)}.${process.pid}`;
  writeFileSync(path, JSON.stringify({ zone, changes, state }), { mode: 0o600 });
  renameSync(path, planFile(folder));
}

export function keptPlan(folder: string): KeptPlan | undefined {
  return existsSync(planFile(folder)) ? (JSON.parse(readFileSync(planFile(folder), 'utf8')) as KeptPlan) : undefined;
}

export const dropPlan = (folder: string): void => rmSync(planFile(folder), { force: true });

/** Rules by phase, as calls of a journal found and left them. */
export interface RulesTrail {
  readonly phase: RulePhase;
  /** Absent: there was no list. */
  readonly first: readonly EdgeRule[] | undefined;
  readonly all: readonly (readonly EdgeRule[])[];
}

/** What calls of a journal did to each phase. */
export function rulesTrails({ calls }: Pick<ReadJournal, 'calls'>): RulesTrail[] {
  const trails = new Map<RulePhase, { first: readonly EdgeRule[] | undefined; all: (readonly EdgeRule[])[] }>();
  for (const { call } of calls) {
    if (call.is !== 'rules') continue;
    const { phase, before, after } = call.change;
    const trail = trails.get(phase) ?? { first: before, all: [] };
    trail.all.push(before ?? [], after);
    trails.set(phase, trail);
  }
  return [...trails].map(([phase, trail]) => ({ phase, ...trail }));
}

/** Hears of a call that was carried out. */
export type Teller = (call: JournalledCall) => void;

/** Calls that a list of changes needs, in order. The cache is emptied once rules of it are others. */
export function callsFor(changes: readonly Change[]): JournalledCall[] {
  const records = changes.filter((one) => one.kind === 'record');
  const rules = changes.filter((one) => one.kind === 'rules');
  return [
    ...(records.length > 0 ? [{ is: 'records' as const, changes: records }] : []),
    ...rules.map((change) => ({ is: 'rules' as const, change })),
    ...changes.filter((one) => one.kind === 'setting').map((change) => ({ is: 'setting' as const, change })),
    ...(rules.some(({ phase }) => phase === 'http_request_cache_settings') ? [{ is: 'purge' as const }] : []),
  ];
}
