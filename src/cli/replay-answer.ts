import type { Finding } from '../core/finding.ts';
import type { VerdictStatus } from '../core/gate.ts';
import type { Input } from '../core/target.ts';
import { placeText } from '../core/wording.ts';

/** What a replay says: red, green, or that it could not tell. */
export interface ReplayAnswer {
  readonly status: VerdictStatus;
  readonly lines: readonly string[];
}

const inputNames: Record<Input, string> = {
  repo: 'the folder with the code',
  url: 'the address of the running app',
  people: 'people to sign in as',
  lock: 'the reviewed access matrix',
  domain: 'the domain',
  reports: 'the DMARC reports',
  cloudflare: 'the zone at Cloudflare',
};

/**
 * Judges one finding from a fresh run of its check. Gone is only green when the check could see everything: while
 * something stays unknown, the finding may hide behind it.
 */
export function replayAnswer(findings: readonly Finding[], isSame: (finding: Finding) => boolean, wants: readonly Input[]): ReplayAnswer {
  if (wants.length > 0)
    return { status: 'cannot-tell', lines: [`Could not tell: this check needs ${wants.map((want) => inputNames[want]).join(' and ')}.`] };
  const now = findings.find(isSame);
  if (now?.outcome === 'fail') return { status: 'not-ready', lines: ['Still there.', ...described(now), '', `Fix: ${now.fix}`] };
  if (now?.outcome === 'pass') return { status: 'ready', lines: ['Fixed.', ...described(now)] };
  if (now?.outcome === 'unknown') return unclear(now);
  const unknown = findings.find((finding) => finding.outcome === 'unknown');
  if (unknown) return unclear(unknown);
  const others = findings.filter((finding) => finding.outcome === 'pass' || finding.outcome === 'fail').length;
  const gone =
    others > 0
      ? 'Gone: what it was about is not there any more.'
      : 'Gone: nothing of this kind is there any more. If that surprises you, check that this is the same folder or address.';
  return { status: 'ready', lines: [gone] };
}

const described = (finding: Finding): string[] => [
  finding.message,
  ...(placeText(finding.place) ? [`at ${placeText(finding.place)}`] : []),
];

const unclear = (finding: Finding): ReplayAnswer => ({
  status: 'cannot-tell',
  lines: [
    'Could not tell whether it is fixed.',
    ...described(finding),
    ...(finding.toKnow === undefined ? [] : [`To know: ${finding.toKnow}`]),
  ],
});
