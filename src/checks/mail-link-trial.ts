import type { Observation } from '../core/finding.ts';
import type { Severity } from '../core/stage.ts';
import type { LinkTrial } from '../evidence/mail-link.ts';
import type { ProvenMail } from '../evidence/mail-proof.ts';

/**
 * What one trial with the link of a mail comes to; nothing where it was not tried. `asked`: whether the link …, for people. `severity`: of a failure, where it is another one than
 * the check’s.
 */
export function* toldLink(
  { name, link }: ProvenMail,
  trial: LinkTrial | undefined,
  asked: string,
  severity?: Severity,
): Generator<Observation> {
  if (!link || !trial) return;
  const { outcome, text, toKnow = 'Open it yourself.' } = trial;
  const proof = link.steps.map((step) => ({ kind: 'step' as const, text: step }));
  const about = { subject: name, place: { name }, ...(proof.length > 0 && { proof }) };
  const which = `the ${link.what} of the mail “${name}”`;
  if (outcome === 'unknown')
    yield { ...about, outcome, severity: 'low', message: `Not known whether ${which} ${asked}: ${text}.`, cause: toKnow, toKnow };
  else
    yield {
      ...about,
      outcome: outcome === 'broken' ? 'fail' : 'pass',
      message: `T${which.slice(1)} ${text}.`,
      ...(outcome === 'broken' && severity && { severity }),
    };
}
