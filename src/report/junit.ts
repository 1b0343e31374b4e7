import type { Finding } from '../core/finding.ts';
import type { Run } from '../core/run.ts';
import { inputText, placeText, plural } from '../core/wording.ts';
import { clip, oneLine, sentence, visible } from './plain.ts';
import type { Renderer, Report } from './report.ts';

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('');

/** Why a finding does not turn the build red although it is open, by finding id. */
function setAside({ verdict }: Report): Map<string, string> {
  return new Map([
    ...verdict.waived.map(
      ({ finding, waiver }) => [finding.id, `accepted: ${waiver.reason} (${waiver.name}, until ${waiver.expires})`] as const,
    ),
    ...verdict.known.map(({ id }) => [id, 'known from an earlier run'] as const),
  ]);
}

/** pass → testcase, fail → failure, unknown → error, not applicable, accepted or not looked at → skipped with the reason. */
function testcase(finding: Finding, aside: string | undefined): string {
  const open = `    <testcase${attributes({ classname: finding.check, name: clip(oneLine(`${placeText(finding.place) || finding.title} [${finding.id}]`), 300), time: 0 })}`;
  if (finding.outcome === 'pass') return `${open}/>`;
  return `${open}>\n      ${result(finding, aside)}\n    </testcase>`;
}

function result(finding: Finding, aside: string | undefined): string {
  const message = sentence(finding.message) || '(no text)';
  if (finding.outcome === 'not-applicable') return `<skipped${attributes({ message })}/>`;
  if (aside !== undefined) return `<skipped${attributes({ message: sentence(`${message} ${aside}`) })}/>`;
  const unknown = finding.outcome === 'unknown';
  const body = [
    message,
    placeText(finding.place) && `Where: ${placeText(finding.place)}`,
    unknown ? `What would tell: ${finding.toKnow ?? 'not known'}` : `Fix: ${finding.fix}`,
    `See it again: ${finding.replay}`,
  ]
    .filter((line) => line !== '')
    .map((line) => xml(clip(visible(line), 1000)))
    .join('\n');
  const name = unknown ? 'error' : 'failure';
  return `<${name}${attributes({ message, type: unknown ? 'unknown' : finding.severity })}>${body}</${name}>`;
}

function suite(
  run: Run,
  check: Run['checks'][number],
  findings: readonly Finding[],
  aside: ReadonlyMap<string, string>,
): { text: string; counts: Counts } {
  const outcomes = findings.map((finding) => (aside.has(finding.id) ? 'aside' : finding.outcome));
  const waits = check.state !== 'judged';
  const why = check.state === 'off' ? `Switched off: ${check.reason ?? ''}` : `Not looked at: it needs ${inputText(check.wants)}.`;
  const count = (...wanted: string[]): number => outcomes.filter((outcome) => wanted.includes(outcome)).length;
  const counts = {
    tests: findings.length + Number(waits),
    failures: count('fail'),
    errors: count('unknown'),
    skipped: count('not-applicable', 'aside') + Number(waits),
  };
  const waiting = `    <testcase${attributes({ classname: check.id, name: oneLine(check.title), time: 0 })}>\n      <skipped${attributes({ message: oneLine(why) })}/>\n    </testcase>`;
  const cases = [...findings.map((finding) => testcase(finding, aside.get(finding.id))), ...(waits ? [waiting] : [])];
  const head = attributes({ name: check.id, ...counts, time: 0, timestamp: run.startedAt.replace(/\.\d+Z$/, 'Z') });
  return { text: `  <testsuite${head}>\n${cases.join('\n')}${cases.length > 0 ? '\n' : ''}  </testsuite>`, counts };
}

type Counts = Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>>;

export const junit: Renderer = {
  render(report) {
    const { run } = report;
    const aside = setAside(report);
    const suites = run.checks.map((check) =>
      suite(
        run,
        check,
        run.findings.filter((finding) => finding.check === check.id),
        aside,
      ),
    );
    const sum = (key: keyof Counts): number => suites.reduce((total, { counts }) => total + counts[key], 0);
    const name = oneLine(`launch-ready, ${plural(run.checks.length, 'check')}`);
    const head = attributes({
      name,
      tests: sum('tests'),
      failures: sum('failures'),
      errors: sum('errors'),
      skipped: sum('skipped'),
      time: (run.durationMs / 1000).toFixed(3),
    });
    return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${head}>\n${suites.map(({ text }) => text).join('\n')}\n</testsuites>\n`;
  },
  extension: 'xml',
  describe: 'JUnit XML, one test case a finding, for CI systems that show test results',
};
