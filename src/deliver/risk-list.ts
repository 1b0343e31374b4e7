import type { Block, Document } from '../core/deliverable.ts';
import { estimate, type Rates } from '../core/estimate.ts';
import type { Finding } from '../core/finding.ts';
import type { Verdict } from '../core/gate.ts';
import { rank, type Ranked } from '../core/rank.ts';
import type { Run } from '../core/run.ts';
import { plural } from '../core/wording.ts';
import { advise } from './advice.ts';
import { builderOf } from './builder.ts';
import type { Collected } from './evidence-of.ts';
import { figures } from './figures.ts';
import { itemOf } from './finding-item.ts';
import { inventory } from './inventory.ts';
import { gapsOf, notTold } from './not-told.ts';
import { accepted, checksTable, riskTable } from './small-print.ts';
import { groupByInput, verdictBlock } from './verdict-text.ts';

export interface RiskListOptions {
  /** What an hour of help costs where the reader lives. */
  readonly rates?: Rates;
  /** How many stand above the fold; five unless told. */
  readonly top?: number;
}

/**
 * The deliverable of stage 1: the verdict, the top launch blockers in fix order, and below the fold everything else. Made of what is there:
 * evidence that was not collected is named as missing, never guessed.
 */
export function riskList(run: Run, evidence: Collected, verdict: Verdict, options: RiskListOptions = {}): Document {
  const setAside = new Set([...verdict.waived.map(({ finding }) => finding.id), ...verdict.known.map(({ id }) => id)]);
  const open = run.findings.filter(({ id }) => !setAside.has(id));
  const ranked = rank(open.filter(({ outcome }) => outcome === 'fail'));
  const deciding = new Set(verdict.because.map(({ id }) => id));
  const stops = (group: Ranked): boolean => [group.lead, ...group.also].some(({ id }) => deciding.has(id));
  const blocking = ranked.filter(stops);
  const wanted = options.top ?? 5;
  const top = (blocking.length > 0 ? blocking : ranked).slice(0, wanted);
  const rest = ranked.filter((group) => !top.includes(group));
  const builder = builderOf(evidence);
  const work = estimate(blocking, options.rates);
  const unknowns = open.filter(({ outcome }) => outcome === 'unknown');
  const untold = notTold(run, unknowns, evidence);
  const fold = (title: string, blocks: readonly Block[]): Block[] => (blocks.length === 0 ? [] : [{ kind: 'fold', title, blocks }]);
  const findings = (groups: readonly Ranked[], ordered: boolean): Block[] =>
    groups.length === 0 ? [] : [{ kind: 'findings', ordered, items: groups.map((group) => itemOf(group, builder)) }];

  return {
    title: 'Launch risk list',
    blocks: [
      verdictBlock(run, verdict),
      ...(top.length > 0
        ? [{ kind: 'heading' as const, level: 2 as const, text: topTitle(blocking.length, top.length) }, ...findings(top, true)]
        : []),
      { kind: 'facts', facts: figures(run, ranked, blocking, options.rates) },
      { kind: 'text', text: advise(verdict.status, blocking, work).text },
      ...unknownLine(run, unknowns, evidence),
      // When the open questions decide, they are the answer and stand above the fold.
      ...(verdict.status === 'cannot-tell' && untold.length > 0
        ? [{ kind: 'heading' as const, level: 2 as const, text: 'What could not be told, and what would tell it' }, ...untold]
        : []),
      ...fold(restTitle(rest.length, blocking.length - top.filter(stops).length), findings(rest, false)),
      ...(verdict.status === 'cannot-tell' ? [] : fold('What could not be told, and what would tell it', untold)),
      ...fold('What was looked at', inventory(evidence)),
      ...fold('How the risk score comes about', riskTable(run)),
      ...fold('Accepted or known, so not counted against the launch', accepted(verdict)),
      ...fold('Every check and what came of it', checksTable(run)),
    ],
  };
}

function topTitle(blocking: number, shown: number): string {
  if (blocking === 0)
    return shown === 1 ? 'Nothing found stops the launch; mend this next' : 'Nothing found stops the launch; mend these next';
  const stops = plural(blocking, 'launch blocker');
  return blocking > shown
    ? `The top ${shown} of ${stops}, in the order to fix them`
    : `${stops}, in the order to fix ${blocking === 1 ? 'it' : 'them'}`;
}

function restTitle(rest: number, stopping: number): string {
  const those =
    stopping === 0 ? 'none of which stops the launch' : `${stopping} of which ${stopping === 1 ? 'stops' : 'stop'} the launch too`;
  return `Everything else that was found (${plural(rest, 'problem')}, ${those})`;
}

/** One line above the fold, so that no reader takes silence for safety. */
function unknownLine(run: Run, unknowns: readonly Finding[], evidence: Collected): Block[] {
  const waiting = [...groupByInput(run.checks).values()].flat().length;
  const gaps = gapsOf(evidence).length;
  const off = run.checks.filter(({ state }) => state === 'off').length;
  const parts = [
    ...(unknowns.length > 0 ? [`${plural(unknowns.length, 'question')} could not be answered`] : []),
    ...(waiting > 0 ? [`${plural(waiting, 'check')} could not run without more input`] : []),
    ...(off > 0 ? [`${plural(off, 'check')} ${off === 1 ? 'is' : 'are'} switched off`] : []),
    ...(gaps > 0 ? [`${plural(gaps, 'part')} could not be read or followed`] : []),
  ];
  return parts.length > 0 ? [{ kind: 'text', text: `Not known: ${parts.join('; ')}. Not known never counts as safe.` }] : [];
}
