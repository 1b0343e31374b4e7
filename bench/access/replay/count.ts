import { share, table } from '../../table.ts';
import type { Probe, Truth } from './probes.ts';
import { rules } from './rules.ts';

/** True and false positives and negatives. */
export interface Counts {
  readonly tp: number;
  readonly fn: number;
  readonly fp: number;
  readonly tn: number;
}

/** What was recorded of one app: how many tries there are of each kind, and what each rule says of those that are known. */
export interface RivalFacts {
  readonly flawed: number;
  readonly clean: number;
  /** On routes that nothing known names and nothing was found on. */
  readonly unnamed: number;
  /** Left out: known too little of, or never sent by its owner with success. */
  readonly open: number;
  readonly unpaired: number;
  readonly rules: Readonly<Record<string, Counts>>;
}

/** Everybody who judges; `ours` last. */
export const judges: readonly string[] = [...Object.keys(rules), 'ours'];

/** `right`: what counts as clean. */
export function count(probes: readonly Probe[], judge: string, right: readonly Truth[] = ['clean']): Counts {
  const among = (truths: readonly Truth[], accused: boolean): number =>
    probes.filter(({ truth, accusers }) => accusers && truths.includes(truth) && accusers.has(judge) === accused).length;
  return { tp: among(['flawed'], true), fn: among(['flawed'], false), fp: among(right, true), tn: among(right, false) };
}

export function factsOf(probes: readonly Probe[]): RivalFacts {
  const paired = (truth: Truth): number => probes.filter((one) => one.truth === truth && one.accusers).length;
  return {
    flawed: paired('flawed'),
    clean: paired('clean'),
    unnamed: paired('unnamed'),
    open: paired('open'),
    unpaired: probes.filter(({ accusers }) => !accusers).length,
    rules: Object.fromEntries(judges.map((judge) => [judge, count(probes, judge)])),
  };
}

/** The table of one app or of all, with the counts of what it is about. */
export function rivalTable(name: string, probes: readonly Probe[], right?: readonly Truth[]): string {
  const { flawed, clean, unnamed, open, unpaired } = factsOf(probes);
  const missing = probes.filter(({ accusers, truth }) => !accusers && truth === 'flawed').length;
  const about = right ? `${flawed} flawed, ${clean + unnamed} clean or named by nobody` : `${flawed} flawed, ${clean} clean`;
  const rows = judges.map((judge) => {
    const { tp, fn, fp, tn } = count(probes, judge, right);
    return [judge, tp, fn, fp, tn, share(tp, tp + fp), share(tp, tp + fn)];
  });
  const out = right
    ? ''
    : `; left out: ${unnamed} named by nobody, ${open} open, ${unpaired} that the owner never sent with success, ${missing} of them flawed`;
  return `${name}: ${about}${out}\n${table(['rule', 'TP', 'FN', 'FP', 'TN', 'precision', 'recall'], rows)}`;
}
