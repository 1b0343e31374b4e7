import type { Finding } from '../core/finding.ts';
import type { GatePolicy, Verdict } from '../core/gate.ts';
import { placeText, plural } from '../core/wording.ts';

/** Findings named one by one; a build log is no report. */
const mostNamed = 20;

/** Why the gate stops or lets pass, for a build log. */
export function gateReasons(verdict: Verdict, policy: GatePolicy): string[] {
  const { status, because, waived, known, expired } = verdict;
  const first = {
    ready: `Gate open: nothing new of severity ${policy.blockOn} or worse.`,
    'not-ready': `Gate closed: ${plural(because.length, 'new finding')} of severity ${policy.blockOn} or worse.`,
    'cannot-tell':
      because.length > 0
        ? `Gate closed: ${plural(because.length, 'question')} could not be answered, and an unanswered question is no pass.`
        : 'Gate closed: nothing could be judged.',
  }[status];
  return [
    first,
    ...because.slice(0, mostNamed).map(line),
    ...(because.length > mostNamed ? [`  and ${because.length - mostNamed} more`] : []),
    ...(known.length > 0 ? [`Known from the baseline: ${known.length}.`] : []),
    ...waived.map(({ finding, waiver }) => `Accepted by ${waiver.name} until ${waiver.expires}: ${finding.id} (${waiver.reason})`),
    ...expired.map((waiver) => `No longer accepted since ${waiver.expires}: ${waiver.finding} (${waiver.name}: ${waiver.reason})`),
  ];
}

function line(finding: Finding): string {
  const place = placeText(finding.place);
  return `  ${finding.id}  ${finding.message}${place ? `  [${place}]` : ''}`;
}
