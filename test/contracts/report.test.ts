import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { type MapBlock, matricesOf } from '../../src/core/deliverable.ts';
import type { Finding } from '../../src/core/finding.ts';
import { filterHash, filterScript } from '../../src/report/html/filter.ts';
import { type Format, renderers, type Report } from '../../src/report/index.ts';
import { finding } from './findings.ts';
import { accessReport } from './fixture-access.ts';
import { portalRoutes } from './fixture-routes.ts';
import { fixtureReport, secrets } from './fixture.ts';
import { harmful, hostileTexts } from './hostile.ts';

const formats = Object.keys(renderers) as Format[];
/** Formats that show everything; the others show the top five and count the rest. */
const whole = formats.filter((format) => format !== 'github-annotations');
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

let report: Report;
let hostile: Report;
let aside: Report;
/** Nothing but hostile texts, so that they stand in the top five too. */
let hostileTop: Report;
/** The same of the access matrix. */
let access: Report;
let hostileAccess: Report;
let routes: Report;
/** A map whose every text is hostile. */
let hostileMap: Report;
const fresh = (format: Format, of: Report = hostile): string =>
  renderers[format].render(of, { verbose: true, width: 100, fullReport: 'report.html' });
const made = new Map<Report, Map<Format, string>>();
/** A format of a report, rendered once. */
function text(format: Format, of: Report = hostile): string {
  const known = made.get(of) ?? new Map<Format, string>();
  made.set(of, known);
  const rendered = known.get(format) ?? fresh(format, of);
  known.set(format, rendered);
  return rendered;
}
const mapOf = (texts: readonly string[]): MapBlock => ({
  kind: 'map',
  label: texts.join(' '),
  columns: texts.slice(0, 3),
  boxes: texts.map((one, nth) => ({
    id: `${nth} ${one}`,
    column: nth % 3,
    text: one,
    note: one,
    state: (['fine', 'broken', 'unknown'] as const)[nth % 3]!,
  })),
  links: texts.slice(1).map((one, nth) => ({ from: `0 ${texts[0]}`, to: `${nth + 1} ${one}` })),
});
const isOpen = ({ outcome }: Finding): boolean => outcome === 'fail' || outcome === 'unknown';

beforeAll(async () => {
  report = await fixtureReport();
  hostile = await fixtureReport({ hostile: true });
  hostileTop = await fixtureReport({ hostile: true, checks: [] });
  access = await accessReport();
  hostileAccess = await accessReport({ hostile: true });
  routes = await accessReport({ live: portalRoutes });
  hostileMap = { ...report, documents: [{ title: hostileTexts.join(' '), blocks: [mapOf(hostileTexts)] }] };
  const waiver = { finding: 'audit/secret-in-client', reason: 'the key is dead <b>', name: 'Ada', expires: '2027-01-01' };
  const known = report.run.findings.filter(({ check }) => check === 'audit/rls-off').map(({ fingerprint }) => fingerprint);
  aside = await fixtureReport({ policy: { waivers: [waiver, { ...waiver, expires: '2026-01-01' }], baseline: new Set(known) } });
});

describe('the fixture', () => {
  it('has every outcome, severity and kind of proof, and findings of one cause', () => {
    const { findings, checks } = hostile.run;
    expect(new Set(findings.map(({ outcome }) => outcome))).toEqual(new Set(['pass', 'fail', 'unknown', 'not-applicable']));
    expect(new Set(findings.filter(({ outcome }) => outcome === 'fail').map(({ severity }) => severity))).toEqual(
      new Set(['blocker', 'high', 'medium', 'low']),
    );
    expect(new Set(findings.flatMap(({ proof }) => (proof ?? []).map(({ kind }) => kind)))).toEqual(new Set(['code', 'step', 'http']));
    expect(checks.some(({ state }) => state === 'out-of-reach')).toBe(true);
    expect(findings.length).toBeGreaterThan(60);
  });
});

describe.each(formats)('%s', (format) => {
  it('gives the same bytes for the same report, and leaves the report alone', () => {
    for (const of of [hostile, access]) {
      const before = JSON.stringify(of);
      expect(fresh(format, of)).toBe(fresh(format, of));
      expect(JSON.stringify(of)).toBe(before);
    }
  });

  it('ends with one newline and has a name for files', () => {
    expect(text(format)).toMatch(/[^\n]\n$/);
    expect(renderers[format].extension).toMatch(/^[a-z]+$/);
    expect(renderers[format].describe.length).toBeGreaterThan(10);
  });

  it('lets no character through that harms a screen', () => {
    for (const of of [hostile, hostileTop, hostileAccess, hostileMap]) expect(text(format, of)).not.toMatch(harmful);
  });

  it('shows no secret', () => {
    for (const secret of secrets) expect(text(format).includes(secret)).toBe(false);
    expect(text(format)).not.toContain('correct-horse-battery');
  });

  it('shows that something is not known', () => {
    for (const of of [report, access]) expect(text(format, of)).toMatch(/not known|unknown|not answered/i);
  });

  it('renders a run without findings, and one without documents', async () => {
    const empty = await fixtureReport({ checks: [], evidence: {} });
    expect(text(format, empty).length).toBeGreaterThan(1);
    expect(text(format, { ...empty, documents: [] })).toMatch(/\n$/);
  });
});

describe.each(whole)('%s shows the same findings as the run', (format) => {
  it.each([
    ['plain', () => report],
    ['hostile', () => hostile],
    ['with accepted and known ones', () => aside],
    ['of the access matrix', () => access],
    ['of a hostile access matrix', () => hostileAccess],
    ['of a running app', () => routes],
  ])('%s', (_, of) => {
    const wanted = of()
      .run.findings.filter(isOpen)
      .map(({ id, fingerprint }) => (format === 'codeclimate' ? fingerprint : id));
    const shown = text(format, of());
    expect(wanted.filter((name) => !shown.includes(name))).toEqual([]);
  });
});

describe.each(whole.filter((format) => format !== 'codeclimate'))('%s names what was not looked at', (format) => {
  it('checks that need another input, and checks that were switched off, with the reason', () => {
    const shown = text(format, report).replace(/\s+/g, ' ');
    expect(shown).toContain('A file that should not be public can be downloaded');
    expect(shown).toContain('We publish our source maps on purpose.');
  });
});

describe('github-annotations', () => {
  it('shows the first five of the fix order and counts the rest', () => {
    const lines = text('github-annotations', report).trimEnd().split('\n');
    const order = (JSON.parse(text('json', report)) as { summary: { fixOrder: { finding: string }[] } }).summary.fixOrder;
    expect(lines.slice(0, 5).map((line) => /replay '([^']+)'/.exec(line)?.[1])).toEqual(order.slice(0, 5).map(({ finding }) => finding));
    expect(lines[5]).toMatch(/24 findings open, 5 questions not answered/);
  });

  it('is not fooled into more commands, nor into decoding what it quotes', () => {
    const commands = text('github-annotations', hostileTop).trimEnd().split('\n');
    expect(commands).toHaveLength(6);
    for (const line of commands) {
      expect(line).toMatch(/^::(error|warning|notice) [^\r]*::[^\r]+$/);
      expect(line.replace(/%(25|0A|0D|3A|2C)/g, '')).not.toContain('%');
    }
    const quoted = githubLine('%0A::error::forged %25 100%', 'a,b:c%0A');
    expect(quoted).toBe('::error file=a%2Cb%3Ac%250A,line=1,title=1. A table is open::%250A::error::forged %2525 100%25');
  });
});

describe('json', () => {
  it('follows its schema, whatever the target contains', () => {
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    addFormats.default(ajv);
    const valid = ajv.compile(JSON.parse(read('../../schema/run.schema.json')) as object);
    for (const of of [report, hostile, aside, access, hostileAccess, hostileMap, routes])
      expect(errorsOf(valid, JSON.parse(text('json', of)))).toEqual([]);
    const broken = JSON.parse(text('json')) as { findings: { outcome: string }[] };
    Object.assign(broken.findings[0] ?? {}, { outcome: 'fine' });
    expect(errorsOf(valid, broken)).not.toEqual([]);
  });

  it('reads back as the run it was made from', () => {
    const back = JSON.parse(text('json')) as Report['run'];
    expect(back.findings.map(({ message }) => message)).toEqual(hostile.run.findings.map(({ message }) => message));
    expect(back.checks).toEqual(hostile.run.checks);
  });

  it('can be put into a page', () => {
    expect(text('json')).not.toMatch(/[<>]/);
  });
});

describe('sarif', () => {
  let log: SarifLog;
  beforeAll(() => {
    log = JSON.parse(text('sarif')) as SarifLog;
  });

  it('follows the OASIS schema', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats.default(ajv);
    const valid = ajv.compile(JSON.parse(read('sarif-schema-2.1.0.json')) as object);
    for (const of of [report, hostile, aside, access, hostileAccess, routes])
      expect(errorsOf(valid, JSON.parse(text('sarif', of)))).toEqual([]);
    expect(errorsOf(valid, { version: '2.1.0', runs: [{ results: [] }] })).not.toEqual([]);
  });

  it('gives GitHub what it needs of a result', () => {
    const [run] = log.runs;
    expect(run?.results).toHaveLength(hostile.run.findings.filter(isOpen).length);
    for (const result of run?.results ?? []) {
      const [location] = result.locations;
      expect(location?.physicalLocation.artifactLocation.uri).toMatch(/^(?!\/)[\w.~!*'()%/-]+$/);
      // Readers built on .NET drop the whole file for one URI of 65,520 characters.
      expect(location?.physicalLocation.artifactLocation.uri.length).toBeLessThan(65_520);
      expect(location?.physicalLocation.region?.startLine ?? 1).toBeGreaterThan(0);
      expect(result.partialFingerprints['launchReady/v1']).toMatch(/^[0-9a-f]{16}$/);
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.message.text).not.toContain('](');
    }
    for (const rule of run?.tool.driver.rules ?? []) {
      expect(rule.properties.tags).toContain('security');
      expect(Number(rule.properties['security-severity'])).toBeGreaterThan(0);
      expect(rule.properties.tags.length).toBeLessThanOrEqual(20);
    }
  });

  it('shows unknowns as results to review and as notifications, and checks that were not run', () => {
    const [run] = log.runs;
    const unknown = hostile.run.findings.filter(({ outcome }) => outcome === 'unknown').length;
    const review = run?.results.filter(({ kind }) => kind === 'review') ?? [];
    expect(review).toHaveLength(unknown);
    expect(review.every(({ level }) => level === 'none')).toBe(true);
    expect(run?.invocations[0]?.toolExecutionNotifications).toHaveLength(unknown + 4);
  });

  it('marks accepted and known findings', () => {
    const { runs } = JSON.parse(text('sarif', aside)) as SarifLog;
    expect(runs[0]?.results.filter(({ suppressions }) => suppressions)).toHaveLength(1);
    expect(runs[0]?.results.filter(({ baselineState }) => baselineState === 'unchanged')).toHaveLength(2);
  });

  it('points at the config where there is no file', () => {
    const nowhere = {
      ...report,
      run: { ...report.run, findings: [finding({ place: { url: 'https://portal.example.com', name: 'Header X' } })] },
    };
    const [result] = (JSON.parse(fresh('sarif', nowhere)) as SarifLog).runs[0]?.results ?? [];
    expect(result?.locations[0]).toMatchObject({
      physicalLocation: { artifactLocation: { uri: 'launch-ready.yaml' }, region: { startLine: 1 } },
      logicalLocations: [{ name: 'Header X' }, { name: 'https://portal.example.com' }],
    });
  });

  it('carries no path of the machine', () => {
    expect(text('sarif')).not.toContain('/home/somebody');
  });
});

describe('junit', () => {
  it('follows the schema, with counts that add up', async () => {
    const schema = { fileName: 'junit.xsd', contents: read('junit.xsd') };
    for (const of of [report, hostile, aside, access, hostileAccess, routes]) {
      const result = await validateXML({ xml: { fileName: 'report.xml', contents: text('junit', of) }, schema });
      expect(result.errors).toEqual([]);
    }
    const forged = await validateXML({ xml: { fileName: 'x.xml', contents: text('junit').replace('<testcase', '<testcases') }, schema });
    expect(forged.valid).toBe(false);
    const count = (tag: string): number => text('junit').split(`<${tag}`).length - 1;
    const total = (name: string): number => Number(new RegExp(`<testsuites[^>]* ${name}="(\\d+)"`).exec(text('junit'))?.[1]);
    expect([count('testcase '), count('failure '), count('error '), count('skipped ')]).toEqual(
      ['tests', 'failures', 'errors', 'skipped'].map(total),
    );
  });

  it('fails for what fails, errs for what is not known, skips what is accepted', () => {
    const { findings } = hostile.run;
    const of = (outcome: string): number => findings.filter((finding) => finding.outcome === outcome).length;
    expect(text('junit').split('<failure ').length - 1).toBe(of('fail'));
    expect(text('junit').split('<error ').length - 1).toBe(of('unknown'));
    expect(text('junit', aside)).toContain('accepted: the key is dead &lt;b&gt; (Ada, until 2027-01-01)');
  });
});

describe.each([
  ['risk list', () => hostile],
  ['access matrix', () => hostileAccess],
])('html: %s', (_, of) => {
  const tags =
    'html head meta title style body header main footer article section span strong small h1 h2 h3 p div dl dt dd ol ul li details summary pre code br wbr table thead tbody tr th td'.split(
      ' ',
    );
  const names = ['lang', 'charset', 'http-equiv', 'content', 'name', 'class', 'scope', 'colspan', 'open', 'data-column'];
  const page = (): string => text('html', of()).replace(`<script>${filterScript}</script>`, '');

  it('has no element or attribute but its own', () => {
    const body = page()
      .replace(/<style>[\s\S]*?<\/style>/, '')
      .replace('<!doctype html>', '');
    const found = [...body.matchAll(/<(\/?)([^\s>/]*)([^>]*)>/g)];
    expect(found.length).toBe(body.split('<').length - 1);
    expect([...new Set(found.map(([, , tag]) => tag))].filter((tag) => !tags.includes(tag ?? ''))).toEqual([]);
    const attributes = found.flatMap(([, , , rest]) =>
      [...(rest ?? '').replace(/\/$/, '').matchAll(/([^\s=]+)(?:="[^"]*")?/g)].map(([, name]) => name),
    );
    expect([...new Set(attributes)].filter((name) => !names.includes(name ?? ''))).toEqual([]);
  });

  it('closes what it opens', () => {
    for (const tag of ['details', 'li', 'div', 'table', 'pre', 'p', 'ol', 'ul', 'code', 'span'])
      expect(page().split(new RegExp(`</${tag}\\s*>`)).length, tag).toBe(page().split(new RegExp(`<${tag}[\\s>]`)).length);
  });

  it('allows nothing to be loaded or run, but for the filter', () => {
    expect(page()).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline';( script-src 'sha256-[\w+/=]+';)? base-uri 'none'/,
    );
    expect(page()).not.toMatch(/<script|<link|<[^>]*\b(?:src|href)=/i);
    expect(/<style>([\s\S]*?)<\/style>/.exec(page())?.[1]).not.toMatch(/url\(|@import|</);
  });
});

describe('the script of a page', () => {
  it('is there only with a long matrix, and is the one that the policy names', () => {
    const hash = createHash('sha256').update(filterScript).digest('base64');
    expect(filterHash).toBe(hash);
    expect(text('html', access)).toContain(`script-src 'sha256-${hash}'`);
    expect(text('html', access).split('<script')).toHaveLength(2);
    expect(text('html', report)).not.toMatch(/<script|script-src/);
    expect(filterScript).not.toMatch(/<\/|innerHTML|eval|fetch|import/);
  });
});

describe('the access matrix', () => {
  it('is whole in JSON, once', () => {
    const { matrices } = JSON.parse(text('json', access)) as { matrices: { rows: { group: string; cells: { state: string }[] }[] }[] };
    const shown = access.documents.flatMap(({ blocks }) => matricesOf(blocks));
    expect(matrices).toHaveLength(1);
    expect(matrices[0]?.rows).toEqual(shown[0]?.rows);
    expect(new Set(matrices[0]?.rows.flatMap(({ cells }) => cells.map(({ state }) => state)))).toEqual(
      new Set(['allowed', 'blocked', 'leak', 'unknown']),
    );
    expect(JSON.parse(text('json', report))).not.toHaveProperty('matrices');
  });

  it.each(['terminal', 'markdown', 'html', 'github-summary'] as const)('names every thing and person in %s', (format) => {
    const shown = text(format, access).replaceAll('\\', '').replace(/\s+/g, ' ');
    for (const name of ['invoices', 'cases', 'notes', 'countries', 'payments', 'settings', 'devices', 'leads', 'case-files (bucket)'])
      expect(shown).toContain(name);
    for (const said of [
      'LEAK',
      'a check refuses every kind',
      'infinite recursion',
      '20260203000000_cron.sql:4',
      'They cover for each other.',
    ])
      expect(shown).toContain(said);
  });

  it('fits a screen of any width', () => {
    for (const width of [40, 60, 80, 100]) {
      const lines = renderers.terminal.render(access, { width, verbose: true }).split('\n');
      // Code and quotations are not wrapped.
      expect(lines.filter((line) => line.length > width && !/^ *\| /.test(line))).toEqual([]);
    }
  });
});

describe.each(['markdown', 'github-summary'] as const)('%s', (format) => {
  it('has no HTML but its own outside of code', () => {
    for (const of of [hostile, hostileAccess])
      expect(tagsOutsideCode(text(format, of)).filter((tag) => !/^<\/?(details|summary|strong)>$|^<!-- -->$/.test(tag))).toEqual([]);
  });

  it('closes its code fences', () => {
    let fence = '';
    for (const line of text(format).split('\n')) {
      const [run = ''] = /^`{3,}(?=[^`]*$)/.exec(line) ?? [];
      if (fence === '') fence = run;
      else if (line === fence) fence = '';
    }
    expect(fence).toBe('');
  });

  it('calls nobody up and makes no links', () => {
    for (const of of [hostile, hostileAccess]) {
      expect(withoutCode(text(format, of))).not.toMatch(/https?:\/\/|www\.|(?<!\\)\]\(/i);
      expect(withoutCode(text(format, of))).not.toMatch(/(^|[^\w])@\w/);
    }
  });
});

describe('hostile texts', () => {
  it('are all in the run, so that the suite tests what it says', () => {
    for (const hostileText of hostileTexts) expect(hostile.run.findings.some(({ message }) => message === hostileText)).toBe(true);
  });
});

/** The annotation of one finding with this message in this file, without what follows the message. */
function githubLine(message: string, file: string): string {
  const only = finding({ message, place: { file, line: 1 } });
  const item = { finding: only, also: [], headline: message, effort: '' };
  const document = { title: 'x', blocks: [{ kind: 'findings' as const, ordered: true, items: [item] }] };
  return (fresh('github-annotations', { ...report, documents: [document] }).split('\n')[0] ?? '').replace(/%0AFix: .*$/, '');
}

interface SarifLog {
  runs: {
    tool: { driver: { rules: { id: string; properties: { tags: string[]; 'security-severity': string } }[] } };
    invocations: { toolExecutionNotifications: unknown[] }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      kind: string;
      level: string;
      message: { text: string };
      locations: { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[];
      partialFingerprints: Record<string, string>;
      suppressions?: unknown[];
      baselineState?: string;
    }[];
  }[];
}

function errorsOf(valid: ValidateFunction, value: unknown): string[] {
  return valid(value) ? [] : (valid.errors ?? []).slice(0, 5).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** Markdown without fenced blocks and code spans, by the rules of CommonMark: a run of backticks is closed by a run of the same length. */
function withoutCode(markdown: string): string {
  const lines: string[] = [];
  let fence = '';
  for (const line of markdown.split('\n')) {
    const [run = ''] = /^`{3,}(?=[^`]*$)/.exec(line) ?? [];
    if (fence === '' && run === '') lines.push(line.replace(/(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)/g, ''));
    else if (fence === '') fence = run;
    else if (line === fence) fence = '';
  }
  return lines.join('\n');
}

const tagsOutsideCode = (markdown: string): string[] => withoutCode(markdown).match(/<[^\s>][^>\n]*>?/g) ?? [];
