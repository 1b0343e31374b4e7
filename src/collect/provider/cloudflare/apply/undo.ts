import type { EdgeRecord, EdgeRule, EdgeSetting } from '../../../../evidence/cloudflare.ts';
import type { CloudflareApi } from '../api.ts';
import { type Change, isOurs, type RecordChange, recordText, type RulesChange, ruleBody, ruleText, textOf } from '../plan/change.ts';
import type { LiveZone } from '../zone.ts';
import { callsFor, type OpenJournal, type ReadJournal, rulesTrails, type Teller } from './journal.ts';
import { send } from './send.ts';

/** What puts the zone back to where it was, from what is there now. */
export interface UndoPlan {
  readonly changes: readonly Change[];
  /** Phases that had no list of rules before, and have nothing else in it now; `id`: of the list, where there still is one. */
  readonly emptied: readonly Emptied[];
  /** What somebody changed after us, in words: it would be overwritten. */
  readonly conflicts: readonly string[];
}

export interface Emptied {
  readonly id: LiveZone['entrypoints'][keyof LiveZone['entrypoints']];
  readonly change: RulesChange;
}

const about = { why: 'as it was before', risks: [] };

/** The inverse of a journal, worked out against the zone as it is: what was never carried out is not undone, and later changes of others are seen. */
export function planUndo(zone: LiveZone, journal: ReadJournal): UndoPlan {
  const conflicts: string[] = [];
  const emptied: Emptied[] = [];
  const rules = undoRules(zone, journal, conflicts, emptied);
  return { changes: [...undoRecords(zone, journal, conflicts), ...rules, ...undoSettings(zone, journal, conflicts)], emptied, conflicts };
}

function undoRecords(zone: LiveZone, { calls, before: { records: snapshot } }: ReadJournal, conflicts: string[]): RecordChange[] {
  const live = zone.records.value ?? [];
  const known = new Set((snapshot.value ?? []).map(recordText));
  // The zone as it will be; what is to be made again has no id yet.
  const state: EdgeRecord[] = [...live];
  const find = (one: Partial<EdgeRecord>): number => state.findIndex((other) => recordText(other) === recordText(one));
  for (const { before, after } of calls.flatMap(({ call }) => (call.is === 'records' ? call.changes : [])).toReversed()) {
    const made = after ? find(after) : -1;
    const there = before ? find(before) : -1;
    if (made >= 0) {
      if (before) state[made] = { ...before, id: state[made]!.id };
      else state.splice(made, 1);
      continue;
    }
    if (there >= 0) continue;
    const { type = '', name = '' } = after ?? before ?? {};
    const others = state.filter((other) => other.type === type && other.name === name && !known.has(recordText(other)));
    const changed = (before && state.find(({ id }) => id === before.id)) ?? (after ? others[0] : undefined);
    if (changed) {
      conflicts.push(`${type} ${name} is ${changed.content} now, which is not what we left`);
      if (before) state[state.indexOf(changed)] = { ...before, id: changed.id };
      else state.splice(state.indexOf(changed), 1);
    } else if (before) {
      if (after) conflicts.push(`${type} ${name} was deleted by somebody else`);
      state.push({ ...before, id: '' });
    }
  }
  const byId = new Map(state.map((one) => [one.id, one]));
  return [
    ...live.flatMap((before): RecordChange[] => {
      const after = byId.get(before.id);
      if (!after) return [{ kind: 'record', before, ...about }];
      return recordText(after) === recordText(before) ? [] : [{ kind: 'record', before, after, ...about }];
    }),
    ...state.flatMap((after): RecordChange[] => (after.id === '' ? [{ kind: 'record', after, ...about }] : [])),
  ];
}

function undoSettings(zone: LiveZone, { calls }: ReadJournal, conflicts: string[]): Change[] {
  const trails = new Map<EdgeSetting, { first: unknown; all: string[] }>();
  for (const { call } of calls) {
    if (call.is !== 'setting') continue;
    const { id, before, after } = call.change;
    const trail = trails.get(id) ?? { first: before, all: [] };
    trail.all.push(textOf(before), textOf(after));
    trails.set(id, trail);
  }
  // Last made, first undone.
  return [...trails].toReversed().flatMap(([id, { first, all }]): Change[] => {
    const part = zone.settings[id].value;
    if (!part || textOf(part.value) === textOf(first)) return [];
    if (!all.includes(textOf(part.value))) conflicts.push(`the setting ${id} is ${textOf(part.value)} now, which is not what we left`);
    return [{ kind: 'setting', id, before: part.value, after: first, ...about }];
  });
}

function undoRules(zone: LiveZone, journal: ReadJournal, conflicts: string[], emptied: Emptied[]): Change[] {
  return rulesTrails(journal).flatMap(({ phase, first, all }): Change[] => {
    const live = zone.rules[phase].value?.map(ruleBody);
    if (!live) return [];
    const left = new Set(all.flat().filter(isOurs).map(ruleText));
    const edited = live.filter((rule) => isOurs(rule) && !left.has(ruleText(rule)));
    for (const { description = '', ref = '' } of edited) conflicts.push(`the rule "${description}" (${ref}) was edited by somebody else`);
    const foreign = live.filter((rule) => !isOurs(rule));
    const back = (first ?? []).filter(isOurs);
    const isSame = textOf(foreign) === textOf((first ?? []).filter((rule) => !isOurs(rule)));
    // Where others left their rules alone, the whole list is as before; else theirs stay as they are now.
    const after: readonly EdgeRule[] = isSame ? (first ?? []) : [...foreign, ...back];
    if (first === undefined && after.length === 0) {
      emptied.push({ id: zone.entrypoints[phase], change: { kind: 'rules', phase, before: live, after, ...about } });
      return [];
    }
    if (textOf(after.map(ruleText)) === textOf(live.map(ruleText))) return [];
    return [{ kind: 'rules', phase, ...(zone.entrypoints[phase] !== undefined && { before: live }), after, ...about }];
  });
}

/** Puts the zone back. May break off anywhere: the same call again goes on, because it starts from what is there. */
export async function undoChanges(
  api: CloudflareApi,
  zone: LiveZone,
  { changes, emptied }: UndoPlan,
  journal: OpenJournal,
  tell: Teller,
): Promise<void> {
  journal.write({ line: 'undo', pid: process.pid });
  // The other way round than they were made: what rests on another goes first.
  const calls = callsFor(changes).filter(({ is }) => is !== 'purge');
  for (const call of calls.toReversed()) {
    tell(await send(api, zone.id, call));
  }
  for (const { id, change } of emptied)
    if (id !== undefined) {
      await api.deleteRuleset(zone.id, id);
      if ((change.before ?? []).length > 0) tell({ is: 'rules', change });
    }
  if (emptied.length > 0 || callsFor(changes).some(({ is }) => is === 'purge')) tell(await send(api, zone.id, { is: 'purge' }));
  journal.write({ line: 'undone' });
}
