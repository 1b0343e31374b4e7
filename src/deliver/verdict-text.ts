import type { VerdictBlock } from '../core/deliverable.ts';
import type { Verdict } from '../core/gate.ts';
import { groupFindings } from '../core/group.ts';
import type { CheckRecord, Run } from '../core/run.ts';
import { coverage } from '../core/score.ts';
import { atLeast } from '../core/stage.ts';
import type { Input } from '../core/target.ts';
import { andList, inputText, plural } from '../core/wording.ts';

/** The verdict in one sentence, with what it rests on and what would make it firmer. */
export function verdictBlock(run: Run, verdict: Verdict): VerdictBlock {
  return { kind: 'verdict', status: verdict.status, text: sentence(run, verdict), detail: [...reach(run), ...accepted(verdict)].join(' ') };
}

function sentence(run: Run, verdict: Verdict): string {
  const rest = basis(run);
  if (verdict.status === 'not-ready') {
    const causes = groupFindings(verdict.because).length;
    return `A real customer should not use this yet: ${plural(causes, 'problem')} ${causes === 1 ? 'stops' : 'stop'} the launch, judged from ${rest}.`;
  }
  const setAside = serious(verdict);
  // A gate that lets known problems pass must not be read as a clean bill of health.
  if (verdict.status === 'ready' && setAside > 0)
    return `Nothing new stops the launch, but ${plural(setAside, 'problem')} that would ${setAside === 1 ? 'is' : 'are'} only set aside, not mended, judged from ${rest}.`;
  if (verdict.status === 'ready')
    return `A real customer can use this, as far as ${plural(coverage(run).answered, 'answered check')} can tell from ${rest}: nothing that stops a launch is open.`;
  if (verdict.because.length === 0)
    return `Nobody can tell yet whether a real customer can use this: nothing that could be judged was found in ${rest}.`;
  const causes = groupFindings(verdict.because).length;
  return `Nobody can tell yet whether a real customer can use this: ${plural(causes, 'question')} that ${causes === 1 ? 'decides' : 'decide'} it could not be answered from ${rest}.`;
}

/** Causes set aside (accepted or known) that customers would feel. */
export function serious({ waived, known }: Verdict): number {
  const findings = [...waived.map(({ finding }) => finding), ...known];
  return groupFindings(findings.filter((finding) => finding.outcome === 'fail' && (finding.tripwire || atLeast(finding.severity, 'high'))))
    .length;
}

/** What the run looked at. */
function basis({ target }: Run): string {
  if (target.root !== undefined) return target.url === undefined ? 'the repo alone' : 'the repo and the running app';
  return target.url === undefined ? 'saved evidence' : 'the running app alone';
}

const opens: Readonly<Record<Input, string>> = {
  repo: 'every route, the database rules and the secrets in the code',
  url: 'what its scripts give away, files that should not be public, and its headers',
  people: 'what they get of each other, and how sessions begin and end',
  lock: 'what has changed since',
  domain: 'its names, redirects, certificates and mail',
  reports: 'who sends in the name of the domain',
  cloudflare: 'how the edge in front of the app is set up',
};

/** What an input that was not given would add. */
function reach(run: Run): string[] {
  return [...groupByInput(run.checks)].map(
    ([input, checks]) => `Give ${inputText([input])} too and ${plural(checks.length, 'further check')} can look at ${opens[input]}.`,
  );
}

/** Checks that were not run, by the input each waits for. */
export function groupByInput(checks: readonly CheckRecord[]): Map<Input, CheckRecord[]> {
  const waiting = new Map<Input, CheckRecord[]>();
  for (const check of checks)
    if (check.state === 'out-of-reach') for (const input of check.wants ?? []) waiting.set(input, [...(waiting.get(input) ?? []), check]);
  return waiting;
}

/** What was set aside, in a sentence; none where nothing was. */
export function accepted({ waived, known }: Verdict): string[] {
  const parts = [
    ...(waived.length > 0 ? [`${waived.length} accepted by name`] : []),
    ...(known.length > 0 ? [`${known.length} known from an earlier run`] : []),
  ];
  return parts.length > 0 ? [`Not counted against it: ${andList(parts)}.`] : [];
}
