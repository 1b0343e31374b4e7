import type { Block, Document, FindingItem } from '../core/deliverable.ts';
import type { Verdict } from '../core/gate.ts';
import { rank, type Ranked } from '../core/rank.ts';
import type { Run } from '../core/run.ts';
import { plural } from '../core/wording.ts';
import { chart, type ChartRow, collectedSources, triedRows } from '../evidence/access-chart.ts';
import { driftOf, isAppLeftOut } from '../evidence/access-drift.ts';
import { accessLock, noLock } from '../evidence/access-lock.ts';
import { firebaseProof } from '../evidence/firebase-proof.ts';
import { isolationProof } from '../evidence/isolation.ts';
import { liveAccess } from '../evidence/live-access.ts';
import { accessFigures, accessVerdict } from './access-figures.ts';
import { correctionBlocks, driftBlocks, gapFolds, peopleBlocks, sharedBlocks } from './access-notes.ts';
import { bothWays, excerpt, wholeMatrix } from './access-rows.ts';
import { liveFigures, liveFolds, tallyOf } from './live-notes.ts';
import { builderOf } from './builder.ts';
import { type Collected, read } from './evidence-of.ts';
import { itemOf, unknownItems } from './finding-item.ts';
import { accepted, checksTable } from './small-print.ts';

export interface AccessMatrixOptions {
  /** True where another document of the same report shows the findings: then only the matrix and what belongs to it stand here. */
  readonly withoutFindings?: boolean;
  /** How many findings stand above the fold; five unless told. */
  readonly top?: number;
}

/**
 * The deliverable of stage 2: whether other customers get at anything, the leaks in fix order, and the matrix of who can do what. Made of what
 * is there: what could not be rebuilt, filled or told is named, never guessed. Looks at the findings of stage `access` alone.
 */
export function accessMatrix(run: Run, evidence: Collected, verdict: Verdict, options: AccessMatrixOptions = {}): Document {
  const proof = read(evidence, isolationProof);
  const rules = read(evidence, firebaseProof);
  const live = read(evidence, liveAccess);
  const proofs = { proof, rules, live };
  const lock = read(evidence, accessLock);
  const all = chart(collectedSources(evidence), lock ?? noLock);
  const rows = triedRows(all);
  const setAside = new Set([...verdict.waived.map(({ finding }) => finding.id), ...verdict.known.map(({ id }) => id)]);
  const open = run.findings.filter(({ id, stage }) => stage === 'access' && !setAside.has(id));
  const ranked = options.withoutFindings ? [] : rank(open.filter(({ outcome }) => outcome === 'fail'));
  const unknowns = options.withoutFindings ? [] : unknownItems(open);
  const builder = builderOf(evidence);
  const top = ranked.slice(0, options.top ?? 5);
  const rest = ranked.slice(top.length);
  // Reading and changing one table are often mended by the same.
  const numbers = new Map<string, number>();
  for (const [index, { lead }] of top.entries()) if (lead.fix.includes('\n') && !numbers.has(lead.fix)) numbers.set(lead.fix, index);
  const shortened = (item: FindingItem, index: number | undefined): FindingItem => {
    const first = numbers.get(item.finding.fix);
    return first === undefined || first === index
      ? item
      : { ...item, finding: { ...item.finding, fix: `The correction of number ${first + 1} closes this too; it was tried for both.` } };
  };
  const findings = (groups: readonly Ranked[], ordered: boolean): Block[] =>
    groups.length === 0
      ? []
      : [
          {
            kind: 'findings',
            ordered,
            items: groups.map((group, index) => shortened(itemOf(group, builder), ordered ? index : undefined)),
          },
        ];
  const fold = (title: string, blocks: readonly Block[], isOpen = false): Block[] =>
    blocks.length === 0 ? [] : [{ kind: 'fold', title, blocks, ...(isOpen && { open: true as const }) }];
  const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });
  const facts = [...accessFigures(rows, proofs), ...(live ? liveFigures(live) : [])];
  const shown = excerpt(rows);
  const both = bothWays(rows);
  const untold: Block[] = unknowns.length > 0 ? [{ kind: 'findings', ordered: false, items: unknowns }] : [];
  const decides = verdict.status === 'cannot-tell';

  return {
    title: 'Access matrix',
    ...(live && live.routes.length > 0 && { routes: tallyOf(live) }),
    blocks: [
      ...(options.withoutFindings ? [] : [accessVerdict(rows, proofs, verdict)]),
      ...(top.length > 0 ? [heading(topTitle(ranked.length, top.length)), ...findings(top, true)] : []),
      ...(facts.length > 0 ? [{ kind: 'facts' as const, facts }] : []),
      ...(decides && untold.length > 0 ? [heading('What could not be told, and what would tell it'), ...untold] : []),
      ...(both ? [heading('What the database lets through, and what the routes let through'), both] : []),
      ...(shown ? [heading(shown.title), shown.matrix] : []),
      ...(lock?.found ? driftBlocks(driftOf(all, lock), lock, isAppLeftOut(all, lock)) : []),
      ...(lock?.found || rows.length === 0 ? [] : driftBlocks([], lock)),
      ...(rows.length > 0
        ? fold(`Who can do what: all ${plural(rows.length, 'row')} of the matrix`, [legend(rows), wholeMatrix(rows)], true)
        : []),
      ...(options.withoutFindings ? [] : fold('All corrections that were tried, as one migration', correctionBlocks(proof))),
      ...fold(`Everything else that was found (${plural(rest.length, 'problem')})`, findings(rest, false)),
      ...(decides ? [] : fold('What could not be told, and what would tell it', untold)),
      ...fold('Shared by design?', sharedBlocks(rows, lock)),
      ...(proof ? gapFolds(proof).flatMap(({ title, blocks }) => fold(title, blocks)) : []),
      ...(live ? liveFolds(live).flatMap(({ title, blocks }) => fold(title, blocks)) : []),
      ...fold('Who tried', peopleBlocks(proofs)),
      ...(options.withoutFindings
        ? []
        : [
            ...fold('Accepted or known, so not counted against the launch', accepted(verdict)),
            ...fold('Every check and what came of it', checksTable(run)),
          ]),
    ],
  };
}

/** How to read the matrix. */
function legend(rows: readonly ChartRow[]): Block {
  const has = (isRoute: boolean): boolean => rows.some(({ kind }) => (kind === 'route') === isRoute);
  const parts = [
    'Everybody tries it on what is the owner’s. Allowed: it worked, and is meant to. Blocked: it did not work, and the try was a fair one. Leak: it worked, and must not. Not known: neither could be told, and it does not count as safe. A dash: there was nothing to try.',
    ...(has(false)
      ? [
          "Add: a new row in the owner's name. Add inside: one in his own name, in the owner's organisation. Hand over: a row of his own given to the owner.",
        ]
      : []),
    ...(has(true)
      ? [
          'Routes are judged by what came back, or by what the owner found afterwards, and never by the status; "why" below a route shows what was sent.',
        ]
      : []),
  ];
  return { kind: 'text', text: parts.join(' ') };
}

function topTitle(all: number, shown: number): string {
  if (all > shown) return `The first ${shown} of ${all} problems, in the order to fix them`;
  return `${plural(all, 'problem')}, in the order to fix ${all === 1 ? 'it' : 'them'}`;
}
