import type { RouteTally } from '../core/deliverable.ts';
import type { Finding, Place } from '../core/finding.ts';
import { severities, type Severity } from '../core/stage.ts';
import { inputText, placeText, spotText } from '../core/wording.ts';
import { safeJson } from './json.ts';
import { quotation, sentence } from './plain.ts';
import type { Renderer, Report } from './report.ts';

/** GitHub shows 9.0 and up as critical, 7.0 as high, 4.0 as medium. */
const scores: Readonly<Record<Severity, string>> = { blocker: '9.5', high: '8.0', medium: '5.5', low: '2.5' };
const levels: Readonly<Record<Severity, string>> = { blocker: 'error', high: 'error', medium: 'warning', low: 'note' };

/** GitHub takes no more in one run; the worst come first. */
const mostResults = 25_000;

// `[text](target)` in a message is a link to SARIF viewers; what we quote must never become one.
const text = (value: string): string => sentence(value).replaceAll('](', '] (');

const message = (value: string): { text: string } => ({ text: text(value) || '(no text)' });

/** Path segments escaped one by one, so that a hostile file name stays one relative reference; cut where readers would give up on the whole file. */
const uriOf = (file: string): string =>
  file
    .slice(0, 4096)
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(/^[/\\]+/, '')
    .split(/[/\\]/)
    .map(encodeURIComponent)
    .join('/');

/** A result without a file would be dropped by GitHub: point at the file of its evidence, else at the config that names the target. */
function physical(finding: Finding): InFile {
  const proof = (finding.proof ?? []).map((item) => (item.kind === 'http' ? undefined : item.place));
  return [finding.place, ...proof].find(isInFile) ?? { file: 'launch-ready.yaml', line: 1 };
}

type InFile = Place & { readonly file: string };

const isInFile = (place: Place | undefined): place is InFile => place?.file !== undefined;

function location({ file, line, column, name, url }: InFile, id?: number): Record<string, unknown> {
  const region =
    line === undefined ? undefined : { startLine: Math.max(1, line), ...(column !== undefined && { startColumn: Math.max(1, column) }) };
  const logical = [
    ...(name === undefined ? [] : [{ name: text(name), kind: 'resource' }]),
    ...(url === undefined ? [] : [{ name: text(url), kind: 'url' }]),
  ];
  return {
    ...(id !== undefined && { id }),
    physicalLocation: { artifactLocation: { uri: uriOf(file), uriBaseId: '%SRCROOT%' }, ...(region && { region }) },
    ...(logical.length > 0 && { logicalLocations: logical }),
  };
}

function result(finding: Finding, ruleIndex: number, aside: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const unknown = finding.outcome === 'unknown';
  const place = physical(finding);
  const main = location({ ...finding.place, ...place, ...(finding.place?.name !== undefined && { name: finding.place.name }) });
  const related = (finding.proof ?? []).flatMap((proof, index) =>
    proof.kind === 'http' || !isInFile(proof.place)
      ? []
      : [{ ...location(proof.place, index + 1), message: message(proof.kind === 'step' ? proof.text : quotation(proof.text)) }],
  );
  const where = placeText(finding.place);
  const detail = unknown
    ? `Not known. ${finding.message} What would tell: ${finding.toKnow ?? 'nothing we know of'}`
    : `${finding.message} Fix: ${finding.fix}`;
  return {
    ruleId: finding.check,
    ruleIndex,
    // A question that could not be answered asks for a look; anything but "fail" must have level "none".
    kind: unknown ? 'review' : 'fail',
    level: unknown ? 'none' : levels[finding.severity],
    message: message(finding.place?.file === undefined && where !== '' ? `${where}: ${detail}` : detail),
    locations: [main],
    ...(related.length > 0 && { relatedLocations: related }),
    partialFingerprints: { 'launchReady/v1': finding.fingerprint },
    ...aside,
    properties: {
      id: finding.id,
      outcome: finding.outcome,
      severity: finding.severity,
      stage: finding.stage,
      tripwire: finding.tripwire,
      replay: sentence(finding.replay),
    },
  };
}

const worst = (findings: readonly Finding[]): Severity =>
  severities.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'low';

function rule(check: string, findings: readonly Finding[]): Record<string, unknown> {
  const [first] = findings;
  const severity = worst(findings);
  return {
    id: check,
    name: check.replace(/(?:^|[/-])(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: message(first?.title ?? check),
    fullDescription: message(first?.why ?? ''),
    help: message(first?.fix ?? ''),
    defaultConfiguration: { level: levels[severity] },
    properties: {
      'security-severity': scores[severity],
      tags: ['security', first?.stage ?? 'audit', ...(first?.covers ?? []).slice(0, 15)],
      precision: 'high',
      'problem.severity': levels[severity] === 'note' ? 'recommendation' : levels[severity],
    },
  };
}

/** Routes of the running app that were looked at, and those that were not with the reason, as texts that do no harm. */
const tallyText = ({ tried, untried }: RouteTally): unknown => ({
  tried: tried.map(text),
  untried: untried.map(({ route, why }) => ({ route: text(route), why: text(why) })),
});

const worstFirst = (a: Finding, b: Finding): number =>
  Number(b.outcome === 'fail') - Number(a.outcome === 'fail') || severities.indexOf(a.severity) - severities.indexOf(b.severity);

function log({ run, verdict, documents }: Report): unknown {
  const shown = run.findings
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
    .toSorted(worstFirst)
    .slice(0, mostResults);
  const routes = documents.find((document) => document.routes)?.routes;
  const checks = [...new Set(shown.map(({ check }) => check))];
  const byCheck = new Map(checks.map((check) => [check, shown.filter((finding) => finding.check === check)]));
  const waivers = new Map(verdict.waived.map(({ finding, waiver }) => [finding.id, waiver]));
  const known = new Set(verdict.known.map(({ id }) => id));
  const aside = (finding: Finding): Record<string, unknown> => {
    const waiver = waivers.get(finding.id);
    return {
      ...(waiver && {
        suppressions: [{ kind: 'external', justification: sentence(`${waiver.reason} (${waiver.name}, until ${waiver.expires})`) }],
      }),
      ...(known.size > 0 && { baselineState: known.has(finding.id) ? 'unchanged' : 'new' }),
    };
  };
  const notes = [
    ...shown
      .filter(({ outcome }) => outcome === 'unknown')
      .map((finding) => ({
        level: 'warning',
        message: message(`${finding.title}: ${finding.message} ${finding.toKnow ?? ''}`),
        descriptor: { id: finding.check },
        associatedRule: { id: finding.check, index: checks.indexOf(finding.check) },
        properties: { id: finding.id },
      })),
    ...run.checks
      .filter(({ state }) => state !== 'judged')
      .map(({ id, title, state, wants, reason }) => ({
        level: 'note',
        message: message(
          state === 'off'
            ? `Switched off: ${title}. Reason given: ${reason ?? ''}`
            : `Not looked at: ${title}. It needs ${inputText(wants)}.`,
        ),
        descriptor: { id },
      })),
  ];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: run.tool.name,
            semanticVersion: run.tool.version,
            rules: checks.map((check) => rule(check, byCheck.get(check) ?? [])),
          },
        },
        invocations: [{ executionSuccessful: true, startTimeUtc: run.startedAt, toolExecutionNotifications: notes }],
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repo.' } } },
        columnKind: 'utf16CodeUnits',
        results: shown.map((finding) => result(finding, checks.indexOf(finding.check), aside(finding))),
        properties: {
          verdict: verdict.status,
          target: spotText({ url: run.target.url ?? '' }),
          ...(routes && { routes: tallyText(routes) }),
        },
      },
    ],
  };
}

export const sarif: Renderer = {
  render: (report) => safeJson(log(report)),
  extension: 'sarif',
  describe: 'SARIF 2.1.0, for GitHub code scanning, VS Code and Azure DevOps',
};
