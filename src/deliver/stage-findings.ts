import type { Block, VerdictBlock } from '../core/deliverable.ts';
import type { Verdict } from '../core/gate.ts';
import { groupFindings } from '../core/group.ts';
import { rank, type Ranked } from '../core/rank.ts';
import type { Run } from '../core/run.ts';
import { coverage } from '../core/score.ts';
import type { Stage } from '../core/stage.ts';
import { plural } from '../core/wording.ts';
import { builderOf } from './builder.ts';
import type { Collected } from './evidence-of.ts';
import { itemOf, unknownItems } from './finding-item.ts';
import { accepted as acceptedTable, checksTable } from './small-print.ts';
import { accepted, serious } from './verdict-text.ts';

/** The parts that the document of every stage has: what stands above its own blocks, and what below. */
export interface StageParts {
  readonly above: readonly Block[];
  readonly below: readonly Block[];
}

/** What a stage says in its own words. */
export interface StageWords {
  /** `The domain is not ready for customers`. */
  readonly notReady: string;
  /** `Customers reach the app by every name`. */
  readonly ready: string;
  /** The end of "Nobody can tell yet ...": `whether customers reach the app by every name`. */
  readonly question: string;
}

/** The verdict, the first five findings in fix order, and the small print of one stage. */
export function stageParts(run: Run, evidence: Collected, whole: Verdict, stage: Stage, words: StageWords): StageParts {
  const verdict = ofStage(run, whole, stage);
  const setAside = new Set([...verdict.waived.map(({ finding }) => finding.id), ...verdict.known.map(({ id }) => id)]);
  const open = run.findings.filter(({ id, stage: of }) => of === stage && !setAside.has(id));
  const ranked = rank(open.filter(({ outcome }) => outcome === 'fail'));
  const unknowns = unknownItems(open);
  const builder = builderOf(evidence);
  const shown = (groups: readonly Ranked[], ordered: boolean): Block[] =>
    groups.length === 0 ? [] : [{ kind: 'findings', ordered, items: groups.map((group) => itemOf(group, builder)) }];
  const fold = (title: string, blocks: readonly Block[]): Block[] => (blocks.length === 0 ? [] : [{ kind: 'fold', title, blocks }]);
  const untold: Block[] = unknowns.length > 0 ? [{ kind: 'findings', ordered: false, items: unknowns }] : [];
  const decides = verdict.status === 'cannot-tell';
  const top = ranked.slice(0, 5);
  const rest = ranked.slice(5);
  const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
  return {
    above: [
      verdictOf(run, verdict, words),
      ...(top.length > 0
        ? [
            heading(
              rest.length > 0
                ? `The first ${top.length} of ${ranked.length} problems, in the order to fix them`
                : `${plural(top.length, 'problem')}, in the order to fix ${top.length === 1 ? 'it' : 'them'}`,
            ),
            ...shown(top, true),
          ]
        : []),
      ...(decides && untold.length > 0 ? [heading('What could not be told, and what would tell it'), ...untold] : []),
    ],
    below: [
      ...fold(`Everything else that was found (${plural(rest.length, 'problem')})`, shown(rest, false)),
      ...(decides ? [] : fold('What could not be told, and what would tell it', untold)),
      ...fold('Accepted or known, so not counted against the launch', acceptedTable(verdict)),
      ...fold('Every check and what came of it', checksTable(run)),
    ],
  };
}

/** The verdict as far as it is about one stage: what another stage stops by is not told as a problem of this one. */
function ofStage({ findings }: Run, verdict: Verdict, stage: Stage): Verdict {
  const own = findings.filter((one) => one.stage === stage);
  if (own.length === findings.length) return verdict;
  const because = verdict.because.filter((one) => one.stage === stage);
  if (because.length > 0) return { ...verdict, because };
  // Where another stage fails, what this one could not tell is not among the reasons.
  const untold = own.filter(({ outcome, severity }) => outcome === 'unknown' && (severity === 'blocker' || severity === 'high'));
  if (verdict.status === 'not-ready' && untold.length > 0) return { ...verdict, status: 'cannot-tell', because: untold };
  return { ...verdict, status: own.some(({ outcome }) => outcome === 'pass') ? 'ready' : 'cannot-tell', because: [] };
}

function verdictOf(run: Run, verdict: Verdict, { notReady, ready, question }: StageWords): VerdictBlock {
  const causes = groupFindings(verdict.because).length;
  const setAside = serious(verdict);
  const { answered } = coverage(run);
  const text =
    verdict.status === 'not-ready'
      ? `${notReady}: ${plural(causes, 'problem')} ${causes === 1 ? 'stops' : 'stop'} the launch.`
      : verdict.status === 'cannot-tell'
        ? `Nobody can tell yet ${question}${causes === 0 ? ': nothing could be judged' : `: ${plural(causes, 'question')} that ${causes === 1 ? 'decides' : 'decide'} it could not be answered`}.`
        : setAside > 0
          ? `Nothing new is open, but ${plural(setAside, 'problem')} that would stop the launch ${setAside === 1 ? 'is' : 'are'} only set aside, not mended.`
          : `${ready}, as far as ${plural(answered, 'answered check')} can tell.`;
  return { kind: 'verdict', status: verdict.status, text, detail: accepted(verdict).join(' ') };
}
