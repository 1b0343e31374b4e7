import type { Cell, ProvedObject } from '../../../../evidence/isolation.ts';
import { isOutsider, judgeAttempt } from '../../../../evidence/isolation-questions.ts';
import type { LivePolicy } from '../../live/catalog.ts';
import type { Tried } from '../attempt.ts';
import { accessOf, type Question } from './trial.ts';

/** By id: the objects, with a cell for each try. */
export type Judged = ReadonlyMap<string, ProvedObject>;

/** What was tried, and by what it got in. */
export interface Tries {
  /** The tries that the cells of objects are made of, in their order. */
  readonly tried: readonly Tried[];
  /** All there were, also those of which the cells show only the best. */
  readonly all: readonly Tried[];
  /** Policies that let an attempt through. */
  readonly led: ReadonlyMap<Tried, readonly LivePolicy[]>;
  /** Whether anything makes somebody an administrator of an organisation: else that person is a colleague like any other. */
  readonly tenancies: boolean;
}

const meaningOf = (object: ProvedObject, cell: Cell) => judgeAttempt(object, { ...cell, grade: 'proved' });

/** Whoever belongs to it: of those from outside, who is meant to; of colleagues, who shares it by its organisation or by an answer. */
function isMeant(object: ProvedObject, cell: Cell, tenancies: boolean): boolean {
  if (cell.outcome !== 'got') return false;
  const who = cell.who === 'tenant-admin' && !tenancies ? 'peer' : cell.who;
  const { is, likely } = meaningOf(object, { ...cell, who });
  return is === 'allowed' || (is === 'question' && likely === true && !isOutsider(who));
}

/** Every try that worked and is meant to. */
export function meantIn({ tried, tenancies }: Tries, objects: Judged): Tried[] {
  const seen = new Map<string, number>();
  return tried.filter((one) => {
    const at = seen.get(one.attempt.object) ?? 0;
    seen.set(one.attempt.object, at + 1);
    const object = objects.get(one.attempt.object);
    const cell = object?.cells[at];
    return object !== undefined && cell !== undefined && one.outcome === 'got' && isMeant(object, cell, tenancies);
  });
}

/** What leaks of an object and what has to stay; `undefined` where nothing leaks, or where it was made from generated types. */
export function questionOf(id: string, object: ProvedObject, { tried, all, led }: Tries, meant: readonly Tried[]): Question | undefined {
  if (object.reconstructed) return undefined;
  const own = tried.filter(({ attempt }) => attempt.object === id);
  const leaks = own.filter((_, index) => {
    const cell = object.cells[index];
    return cell?.outcome === 'got' && meaningOf(object, cell).is === 'leak';
  });
  if (leaks.length === 0) return undefined;
  const kept = meant.filter(({ attempt }) => attempt.object === id);
  const culprits = [...new Map(leaks.flatMap((leak) => led.get(leak) ?? []).map((policy) => [policy.name, policy])).values()];
  const among = (chosen: readonly Tried[]): Tried[] => {
    const names = new Set(chosen.map(accessOf));
    return object.kind === 'bucket' ? all.filter((one) => names.has(accessOf(one))) : [...chosen];
  };
  const shut = own.filter(
    ({ attempt, outcome }) => isOutsider(attempt.who) && (outcome === 'refused' || outcome === 'nothing') && attempt.variant !== 'own',
  );
  return { leaks: among(leaks), kept: among(kept), shut, culprits };
}
