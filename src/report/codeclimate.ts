import type { Severity } from '../core/stage.ts';
import { safeJson } from './json.ts';
import { sentence } from './plain.ts';
import type { Renderer } from './report.ts';

const severityOf: Readonly<Record<Severity, string>> = { blocker: 'blocker', high: 'critical', medium: 'major', low: 'minor' };

/** The array that GitLab Code Quality reads: description, check_name, fingerprint, severity, location.path and location.lines.begin. */
export const codeclimate: Renderer = {
  render: ({ run }) =>
    safeJson(
      run.findings
        .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
        .map(({ id, check, outcome, message, toKnow, fingerprint, severity, place, replay }) => ({
          description: sentence(outcome === 'unknown' ? `Not known: ${message} ${toKnow ?? ''}` : message),
          check_name: check,
          fingerprint,
          severity: outcome === 'unknown' ? 'info' : severityOf[severity],
          location: { path: place?.file ?? 'launch-ready.yaml', lines: { begin: place?.line ?? 1 } },
          content: { body: sentence(`${id}. See it again: ${replay}`) },
        })),
    ),
  extension: 'json',
  describe: 'Code Climate JSON, for the merge request widget of GitLab Code Quality',
};
