import type { PersonaName } from '../../../../evidence/isolation.ts';
import type { Relation } from '../../live/catalog.ts';
import { stepsOf, type Tried } from '../attempt.ts';
import { runTries, type Step, type StepResult } from '../run.ts';
import { selectWay } from '../tables.ts';
import { type Attack, type Gained, hasRows, type Scene } from './attack.ts';
import { functionCalls } from './function-calls.ts';
import { ownColumns } from './own-columns.ts';
import { selfInserts } from './self-inserts.ts';
import { firstUser, signUps } from './sign-ups.ts';

/** Looks for ways by which an ordinary account gains power, and follows each to what it unlocks. */
export async function escalations(scene: Scene): Promise<Gained[]> {
  const attacks = [...ownColumns(scene), ...selfInserts(scene), ...functionCalls(scene), ...signUps(scene)];
  const doors = doorsOf(scene);
  const results = await runTries(
    scene.db,
    attacks.map((attack) => [...attackSteps(attack), ...doors.map(({ step }) => ({ ...step, as: attack.enters ?? attack.as }))]),
    scene.signal,
  );
  const found: Gained[] = [];
  for (const [index, attack] of attacks.entries()) {
    const all = results[index] ?? [];
    const steps = stepsOf(attack, attack.way).length;
    if (!worked(attack, all.slice(0, steps))) continue;
    const opened = doors.filter((door, nth) => hasRows(all[steps + nth]) && !door.open.has(attack.baseline));
    const unlocks = opened.map(({ relation }) => ({ object: relation.id, verbs: ['select' as const] }));
    if (attack.onlyIfOpens && unlocks.length === 0) continue;
    found.push({ ...attack.gained, unlocks, again: [againOf(attack, opened[0])] });
  }
  return [...dedupe(found), ...firstUser(scene)];
}

/** Doors are worth trying only where it worked. */
function attackSteps(attack: Attack): Step[] {
  const steps = stepsOf(attack, attack.way);
  const { proof } = attack.way;
  const vital = proof && !proof.worked([]) ? 'rows' : 'done';
  return steps.map((step, index) => (proof && index === steps.length - 1 ? { ...step, vital } : step));
}

function worked({ way: { proof } }: Attack, results: readonly StepResult[]): boolean {
  const rows = results.map((result) => (result.ok ? result.rows : undefined));
  return rows.every((some) => some !== undefined) && (proof?.worked(rows.at(-1) ?? []) ?? true);
}

/** The same to try again. What shows nothing by itself worked where its door opens. */
function againOf({ gained: { kind, relation, routine, who }, way, as }: Attack, door: Door | undefined): Tried {
  const through = way.proof ?? (door && { sql: door.step.sql, as, worked: (rows: readonly string[]) => rows.length > 0 });
  const again = { ...way, ...(through && { proof: through }) };
  const verb = kind === 'own-column' ? 'update' : 'insert';
  return { attempt: { object: relation?.id ?? routine?.id ?? '', verb, who, as, ways: [again] }, way: again, outcome: 'got', answer: '' };
}

interface Door {
  readonly relation: Relation;
  readonly step: Step;
  /** Who gets through it anyway. */
  readonly open: ReadonlySet<PersonaName>;
}

/** The owner's rows, one a table. */
function doorsOf({ catalog, worlds, tried }: Scene): Door[] {
  const open = new Map<string, Set<PersonaName>>();
  for (const { attempt, outcome } of tried)
    if (outcome === 'got' && attempt.verb === 'select') open.set(attempt.object, (open.get(attempt.object) ?? new Set()).add(attempt.who));
  return catalog.relations.flatMap((relation) => {
    const row =
      relation.kind === 'table' && relation.schema !== 'storage' && worlds.ownership.belonging(relation)
        ? worlds.row(relation, 'owner')
        : undefined;
    if (!row) return [];
    return [{ relation, step: selectWay(relation, row, 'authenticated').step, open: open.get(relation.id) ?? new Set() }];
  });
}

/** One attack, one way: the same hole reached by a newcomer counts, that of somebody with rows does not add to it. */
function dedupe(found: readonly Gained[]): Gained[] {
  const best = new Map<string, Gained>();
  const again = new Map<string, Tried[]>();
  for (const one of found) {
    const name = [one.kind, one.relation?.id ?? one.routine?.id, one.column].join('\u0000');
    const known = best.get(name);
    again.set(name, [...(again.get(name) ?? []), ...one.again]);
    if (
      !known ||
      known.unlocks.length < one.unlocks.length ||
      (known.who !== 'newcomer' && one.who === 'newcomer' && known.unlocks.length <= one.unlocks.length)
    )
      best.set(name, one);
  }
  return [...best].map(([name, one]) => ({ ...one, again: again.get(name) ?? [] }));
}
