import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import type { Observation } from '../../core/finding.ts';
import { chart, type ChartRow, allSources } from '../../evidence/access-chart.ts';
import { deedsText } from '../../evidence/access-drift.ts';
import { accessLock, type AccessLock, answerOf, noLock } from '../../evidence/access-lock.ts';
import { liveAccess, noLiveAccess } from '../../evidence/live-access.ts';
import { pathOf } from '../../evidence/live-chart.ts';
import { firebaseProof, noRules } from '../../evidence/firebase-proof.ts';
import { type IsolationProof, isolationProof, noProof } from '../../evidence/isolation.ts';
import { sampleCells, sampleObject, sampleProof } from '../../evidence/isolation-samples.ts';

/** What colleagues can do to one thing, and what somebody said about it. */
function judge(rows: readonly ChartRow[], lock: AccessLock): Observation | undefined {
  const [first] = rows;
  const reached = rows.filter(({ cells }) => cells.peer?.can === 'yes');
  if (!first?.isPrivate || reached.length === 0) return undefined;
  const peers = reached.flatMap(({ cells }) => cells.peer ?? []);
  const answer = answerOf(lock, first.source, first.thing);
  const deed = deedsText(reached);
  const place = peers.find((cell) => cell.place)?.place ?? first.place;
  const about = { subject: `${first.source} ${first.thing}`, ...(place && { place: { ...place, name: first.name } }) };
  if (peers.some(({ judged }) => judged.is === 'leak'))
    return {
      ...about,
      outcome: 'fail',
      message: `A member of the same organisation can ${deed}, though ${answer?.by ?? 'somebody'} answered that ${first.kind === 'route' ? pathOf(first.name) : first.name} is shared with nobody.`,
      proof: [
        { kind: 'step', text: `as another member: ${peers.find(({ judged }) => judged.is === 'leak')?.tried ?? ''}` },
        ...(answer ? [{ kind: 'step' as const, place: { file: lock.file, line: answer.line }, text: answer.why }] : []),
      ],
    };
  const open = peers.filter(({ judged }) => judged.is === 'question');
  if (open.length === 0)
    return {
      ...about,
      outcome: 'pass',
      message: `Members of an organisation can ${deed}; ${answer ? `that is meant: ${answer.why}` : 'that is what it is there for'}`,
    };
  return {
    ...about,
    outcome: 'unknown',
    severity: open.every(({ judged }) => judged.likely) ? 'low' : 'medium',
    message: `Members of an organisation can ${deed}, whichever of them ${first.kind === 'route' ? 'it belongs to' : 'the row is of'}. Only you can say whether that is meant.`,
    toKnow: `Answer it once under "shared" in ${lock.file}; launch-ready access --write-lock writes the question into it.`,
  };
}

const notes = sampleObject({
  name: 'notes',
  belongs: { to: 'user', path: ['user_id'], told: 'foreign-key' },
  cells: sampleCells({ select: ['peer', 'owner'] }, 'notes').filter(({ who }) => who === 'peer' || who === 'owner'),
});
const proof: IsolationProof = sampleProof({ people: [], objects: [notes] });
const answered = (shared: 'members' | 'nobody', why: string): AccessLock => ({
  ...noLock,
  found: true,
  answers: [{ source: 'supabase', thing: 'table notes', with: shared, by: 'Jane Doe', on: '2026-11-23', why, line: 31 }],
});

export const sharedByDesign = defineCheck({
  id: 'access/shared-by-design',
  severity: 'medium',
  covers: ['MB-2', 'AZ-least-privilege', 'AZ-machine-readable'],
  doc: {
    title: "Colleagues reach each other's rows, and nobody has said that they may",
    why: "Two users of one organisation may be a team that shares everything, or two clients who must never see each other's file. The database cannot know; you do.",
    fix: 'If it is meant, write "members" into access.lock.yaml, with your name and why. If not, let the policy compare the row with the caller himself instead of his organisation.',
    effort: 'minutes',
  },
  needs: {
    proof: optional(isolationProof, noProof),
    rules: optional(firebaseProof, noRules),
    live: optional(liveAccess, noLiveAccess),
    lock: optional(accessLock, noLock),
  },
  examples: {
    fails: [
      {
        name: 'notes are answered to be private, and a colleague reads them',
        given: { live: noLiveAccess, rules: noRules, proof, lock: answered('nobody', 'Notes are for their author alone.') },
      },
    ],
    passes: [
      {
        name: 'notes are shared on purpose',
        given: { live: noLiveAccess, rules: noRules, proof, lock: answered('members', 'Case workers cover for each other.') },
      },
    ],
    unknowns: [{ name: 'nobody has answered yet', given: { live: noLiveAccess, rules: noRules, proof, lock: noLock } }],
  },
  *evaluate({ proof, rules, live, lock }) {
    const things = new Map<string, ChartRow[]>();
    for (const row of chart(allSources(proof, rules, live), lock))
      things.set(`${row.source}\u0000${row.thing}`, [...(things.get(`${row.source}\u0000${row.thing}`) ?? []), row]);
    for (const rows of things.values()) {
      const observation = judge(rows, lock);
      if (observation) yield observation;
    }
  },
});
