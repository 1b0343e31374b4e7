import type { Finding } from '../../src/core/finding.ts';
import { checksFor } from './classes.ts';
import type { CorpusRepo, Judged, KnownFlaw } from './corpus.ts';

type Seen = Pick<Finding, 'check' | 'subject' | 'severity' | 'message' | 'place' | 'proof'>;

/** Only these are promised to be right. */
export const isLoud = ({ severity }: Pick<Finding, 'severity'>): boolean => severity === 'blocker' || severity === 'high';

const nameOf = ({ check, subject }: { readonly check: string; readonly subject?: string }): string => `${check}\n${subject ?? ''}`;

/**
 * What a new run means for a repo's entry. Verdicts stick to check and subject, so they survive lines that move; those of findings that are
 * gone, or no longer loud, are retired, and come back with the finding. `asks`: which need a verdict.
 */
export function refresh(
  repo: CorpusRepo,
  fails: readonly Seen[],
  more: readonly Judged[] = [],
  asks: (finding: Seen) => boolean = isLoud,
): { readonly repo: CorpusRepo; readonly unjudged: readonly Seen[] } {
  const verdicts = new Map([...repo.retired, ...repo.findings, ...more].map((judged) => [nameOf(judged), judged]));
  const findings = new Map<string, Judged>();
  const unjudged: Seen[] = [];
  for (const finding of fails.filter((one) => asks(one) && (repo.only?.includes(one.check) ?? true))) {
    const judged = verdicts.get(nameOf(finding));
    if (judged) findings.set(nameOf(finding), { ...judged, ...placeOf(finding), severity: finding.severity });
    else unjudged.push(finding);
  }
  const found = (flaw: KnownFlaw): KnownFlaw => ({ ...flaw, found: finderOf(flaw, fails) });
  return {
    unjudged,
    repo: {
      ...repo,
      findings: sorted([...findings.values()]),
      retired: sorted([...verdicts].filter(([name]) => !findings.has(name)).map(([, judged]) => judged)),
      unjudged: unjudged.length,
      flaws: repo.flaws.map(found),
      more: repo.more.map(found),
    },
  };
}

// A flaw counts as found when a check of its kind points at its file, as the place or in the evidence it shows.
function finderOf(flaw: KnownFlaw, fails: readonly Seen[]): string | null {
  const checks = checksFor(flaw.class) ?? [];
  const finder = fails.find(
    ({ check, place, proof }) =>
      checks.includes(check) &&
      (place?.file === flaw.file || (proof ?? []).some((step) => 'place' in step && step.place?.file === flaw.file)),
  );
  return finder?.check ?? null;
}

const placeOf = ({ place }: Seen): { file?: string; line?: number } => ({
  ...(place?.file !== undefined && { file: place.file }),
  ...(place?.line !== undefined && { line: place.line }),
});

const sorted = (list: readonly Judged[]): Judged[] =>
  list
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
    .map(({ check, subject, file, line, severity, verdict, why }) => ({
      check,
      subject,
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
      severity,
      verdict,
      why,
    }));
