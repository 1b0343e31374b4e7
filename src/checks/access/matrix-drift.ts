import { defineCheck } from '../../core/check.ts';
import { optional } from '../../core/evidence.ts';
import type { Observation, Proof } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { plural } from '../../core/wording.ts';
import { chart, allSources } from '../../evidence/access-chart.ts';
import { type Drift, driftOf, isAppLeftOut } from '../../evidence/access-drift.ts';
import { accessLock, type AccessLock, type LockLine, noLock } from '../../evidence/access-lock.ts';
import { liveAccess, noLiveAccess } from '../../evidence/live-access.ts';
import { liveSource } from '../../evidence/live-chart.ts';
import { firebaseProof, noRules } from '../../evidence/firebase-proof.ts';
import { type IsolationProof, isolationProof, noProof, type PersonaName, type ProvedObject } from '../../evidence/isolation.ts';
import { isOutsider } from '../../evidence/isolation-questions.ts';
import { sampleCells, sampleObject, sampleProof } from '../../evidence/isolation-samples.ts';

/** How much it hurts depends on who gained, not on what was gained: what must never be is a finding of its own. */
const severityOf = (who: readonly PersonaName[]): Severity => (who.some(isOutsider) ? 'high' : who.includes('peer') ? 'medium' : 'low');

const meant = 'If that is meant, write the file anew (launch-ready access --write-lock) and let somebody read the changed lines.';

function observe(drift: Drift, lock: AccessLock): Observation | undefined {
  const about = {
    subject: `${drift.source} ${drift.thing}${drift.verb === undefined ? '' : ` ${drift.verb}`}`,
    message: drift.text,
    place: {
      ...(drift.place ?? { file: lock.file, ...(drift.reviewed && { line: drift.reviewed.line }) }),
      name: drift.thing.replace(/^\S+ /, ''),
    },
    proof: proofOf(drift, lock),
  };
  switch (drift.kind) {
    case 'more':
      return {
        ...about,
        outcome: 'fail',
        severity: severityOf(drift.who),
        cause: 'more',
        fix: `${meant} If not, take back what opened ${drift.thing} for them.`,
      };
    case 'new':
      return {
        ...about,
        outcome: 'fail',
        severity: drift.who.some(isOutsider) ? 'high' : 'medium',
        cause: 'new',
        fix: `Look at what it lets whom do, then add it to the reviewed matrix: launch-ready access --write-lock.`,
      };
    case 'unclear':
      return {
        ...about,
        outcome: 'unknown',
        severity: 'medium',
        toKnow: 'Mend what keeps it from being tried: the access matrix says what.',
      };
    default:
      return undefined;
  }
}

const proofOf = ({ reviewed, tried }: Drift, { file }: AccessLock): Proof[] => [
  ...(reviewed ? [{ kind: 'code' as const, place: { file, line: reviewed.line }, text: lineText(reviewed) }] : []),
  ...(tried === undefined || tried === '' ? [] : [{ kind: 'step' as const, text: `Now this works: ${tried}` }]),
];

const lineText = ({ thing, verb, can, unknown }: LockLine): string =>
  `${thing} ${verb}: [${[...can, ...unknown.map((name) => `${name}?`)].join(', ')}]`;

/** Two people are enough to show what drifts. */
const invoices = (can: readonly PersonaName[], change: Partial<ProvedObject> = {}): ProvedObject =>
  sampleObject({ cells: sampleCells({ select: can }).filter(({ who }) => who === 'stranger' || who === 'owner'), ...change });
const proof = (...objects: readonly ProvedObject[]): IsolationProof => sampleProof({ people: [], objects });
const lock: AccessLock = {
  file: 'access.lock.yaml',
  found: true,
  lines: [{ source: 'supabase', thing: 'table invoices', verb: 'read', can: ['owner'], unknown: [], line: 14 }],
  answers: [],
};

export const matrixDrift = defineCheck({
  id: 'access/matrix-drift',
  severity: 'high',
  covers: ['AZ-machine-readable', 'AZ-deny-default', 'S2-D'],
  doc: {
    title: 'Somebody can do more than the reviewed access matrix says',
    why: 'access.lock.yaml says what your team agreed on. A change that opens more than that was seen by nobody, and customers find it before you do.',
    fix: 'Look at each line that changed. If it is meant, write the file anew with launch-ready access --write-lock and have it reviewed; if not, take back the change.',
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
        name: 'users of other organisations can now read invoices',
        given: { live: noLiveAccess, rules: noRules, proof: proof(invoices(['stranger', 'owner'])), lock },
      },
      {
        name: 'a table that nobody has reviewed',
        given: { live: noLiveAccess, rules: noRules, proof: proof(invoices(['owner']), invoices([], { name: 'payouts' })), lock },
      },
    ],
    passes: [
      {
        name: 'everybody can do what was reviewed',
        given: { live: noLiveAccess, rules: noRules, proof: proof(invoices(['owner'])), lock },
      },
      { name: 'the owner can no longer read', given: { live: noLiveAccess, rules: noRules, proof: proof(invoices([])), lock } },
    ],
    unknowns: [
      {
        name: 'reading ends in an error now',
        given: {
          live: noLiveAccess,
          rules: noRules,
          proof: proof(invoices([], { cells: sampleCells({ select: [] }, 'invoices', { outcome: 'broken' }).slice(2, 3) })),
          lock,
        },
      },
      {
        name: 'no row could be made any more',
        given: {
          live: noLiveAccess,
          rules: noRules,
          proof: proof(invoices([], { cells: [], unseeded: 'a check refuses every amount' })),
          lock,
        },
      },
    ],
  },
  *evaluate({ proof, rules, live, lock }) {
    const rows = chart(allSources(proof, rules, live), lock);
    const found = driftOf(rows, lock).flatMap((drift) => observe(drift, lock) ?? []);
    yield* found;
    const compared = isAppLeftOut(rows, lock) ? lock.lines.filter(({ source }) => source !== liveSource).length : lock.lines.length;
    if (lock.found && rows.length > 0 && compared > 0 && found.length === 0)
      yield {
        outcome: 'pass',
        subject: 'matrix',
        place: { file: lock.file },
        message: `Nobody can do more than ${lock.file} says (${plural(compared, 'line')} compared).`,
      };
  },
});
