import type { PersonaName } from '../../../../evidence/isolation.ts';
import type { Relation } from '../../live/catalog.ts';
import { runTries } from '../run.ts';
import { type Step } from '../run.ts';
import { selectWay } from '../tables.ts';
import { type Gained, hasRows, type Scene } from './attack.ts';
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
    attacks.map(({ steps, as }) => [...steps, ...doors.map(({ step }) => ({ ...step, as }))]),
    scene.signal,
  );
  const found: Gained[] = [];
  for (const [index, attack] of attacks.entries()) {
    const all = results[index] ?? [];
    const own = all.slice(0, attack.steps.length);
    if (own.some((result) => !result.ok) || !attack.worked(own)) continue;
    const opened = doors.filter((door, nth) => hasRows(all[attack.steps.length + nth]) && !door.open.has(attack.baseline));
    const unlocks = opened.map(({ relation }) => ({ object: relation.id, verbs: ['select' as const] }));
    if (attack.onlyIfOpens && unlocks.length === 0) continue;
    found.push({ ...attack.gained, unlocks });
  }
  return [...dedupe(found), ...firstUser(scene)];
}

interface Door {
  readonly relation: Relation;
  readonly step: Step;
  /** Who gets through it anyway. */
  readonly open: ReadonlySet<PersonaName>;
}

/** The owner's rows, one a table. */
function doorsOf({ catalog, worlds, tried }: Scene): Door[] {
  return catalog.relations.flatMap((relation) => {
    const row =
      relation.kind === 'table' && relation.schema !== 'storage' && worlds.ownership.belonging(relation)
        ? worlds.row(relation, 'owner')
        : undefined;
    if (!row) return [];
    const got = tried
      .filter(({ attempt, outcome }) => outcome === 'got' && attempt.object === relation.id && attempt.verb === 'select')
      .map(({ attempt }) => attempt.who);
    return [{ relation, step: selectWay(relation, row, 'authenticated').step, open: new Set(got) }];
  });
}

/** One attack, one way: the same hole reached by a newcomer counts, that of somebody with rows does not add to it. */
function dedupe(found: readonly Gained[]): Gained[] {
  const best = new Map<string, Gained>();
  for (const one of found) {
    const name = [one.kind, one.relation?.id ?? one.routine?.id, one.column].join('\u0000');
    const known = best.get(name);
    if (
      !known ||
      known.unlocks.length < one.unlocks.length ||
      (known.who !== 'newcomer' && one.who === 'newcomer' && known.unlocks.length <= one.unlocks.length)
    )
      best.set(name, one);
  }
  return [...best.values()];
}
