import { type AnyCheck, defineCheck } from '../../src/core/check.ts';
import { type AnyCollector, defineCollector } from '../../src/core/collector.ts';
import { run } from '../../src/core/engine.ts';
import { CollectFault, type Evidence, evidence } from '../../src/core/evidence.ts';
import type { Observation } from '../../src/core/finding.ts';
import { defaultPolicy, type GatePolicy, judge } from '../../src/core/gate.ts';
import type { Effort, Severity } from '../../src/core/stage.ts';
import { riskList } from '../../src/deliver/risk-list.ts';
import type { Report } from '../../src/report/report.ts';
import { collected } from './fixture-evidence.ts';
import { portalChecks } from './fixture-portal.ts';
import { hostileTexts } from './hostile.ts';

/** Values the run must never show. Put together here so that no secret scanner takes this file for a leak. */
export const secrets = [
  ['sk', 'live', '51Nq8ZtLaunchReadyFixture0123456789'].join('_'),
  ['sb', 'secret', 'q9WmB2fLaunchReadyFixture'].join('_'),
  ['postgres:', '', 'portal:correct-horse-battery@db.example.com:5432/portal'].join('/'),
] as const;

/** One check of a fixture as data: what it would see. */
export interface FixtureCheck {
  readonly name: string;
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly effort: Effort;
  readonly covers: readonly string[];
  readonly tripwire?: boolean;
  /** `repo` unless it looks at something else: `url` is out of reach, `denied` cannot be read. */
  readonly looksAt?: 'repo' | 'url' | 'denied';
  /** `bug`: stops with an error of ours. */
  readonly sees: readonly Observation[] | 'bug';
}

const repo = evidence<true>()('fixture.repo', 'the code of the portal');
const page = evidence<true>()('fixture.page', 'the running app');
const denied = evidence<true>()('fixture.denied', 'the rules of the live database');

const collectors: readonly AnyCollector[] = [
  collector(repo, 'repo', (hide) => {
    for (const secret of secrets) hide(secret);
    return true;
  }),
  collector(page, 'url', () => true),
  collector(denied, 'repo', () => {
    throw new CollectFault(
      'denied',
      'The database refused to show its rules.',
      'Add a read-only dump: supabase db dump --schema public > dump.sql',
    );
  }),
];

function collector(
  provides: Evidence<string, true>,
  wants: 'repo' | 'url',
  collect: (hide: (secret: string) => void) => true,
): AnyCollector {
  return defineCollector<true, Record<string, never>>({
    provides,
    wants,
    needs: {},
    effects: 'none',
    timeoutMs: 1000,
    collect: (_, { vault }) => Promise.resolve().then(() => collect(vault.hide)),
  });
}

function checkOf({ name, severity, title, why, fix, effort, covers, tripwire, looksAt = 'repo', sees }: FixtureCheck): AnyCheck {
  return defineCheck({
    id: `audit/${name}`,
    severity,
    covers,
    ...(tripwire && { tripwire }),
    doc: { title, why, fix, effort },
    needs: { fact: { repo, url: page, denied }[looksAt] },
    examples: { passes: [], fails: [] },
    evaluate() {
      if (sees === 'bug') throw new Error('cannot read properties of undefined');
      return sees;
    },
  });
}

/** Every hostile text in every place a text can be: sentence, name, file, address, evidence, advice. */
const hostileChecks: readonly FixtureCheck[] = (['fail', 'unknown'] as const).map((outcome) => ({
  name: `hostile-${outcome}`,
  severity: outcome === 'fail' ? 'high' : 'medium',
  title: `Hostile ${outcome} ${hostileTexts[0]} ${hostileTexts[10]}`,
  why: hostileTexts.slice(0, 18).join(' '),
  fix: hostileTexts.slice(0, 18).join(' '),
  effort: 'minutes',
  covers: ['S1-C1', hostileTexts[0]],
  sees: hostileTexts.map((text, index) => ({
    outcome,
    message: text,
    subject: `hostile ${index}`,
    // Some stand alone, some are further places of one cause: texts have to be harmless in both.
    ...(index < 12 && { cause: `cause ${index} ${text}` }),
    toKnow: text,
    fix: `${index} ${text}`,
    place: { file: `src/${text}`, line: index + 1, column: 2, name: text, url: `https://portal.example.com/${text}` },
    proof: [
      { kind: 'code', place: { file: text, line: 1 }, text },
      { kind: 'step', text },
      { kind: 'http', request: `GET /${text}`, response: text },
    ],
  })),
}));

const leaking: FixtureCheck = {
  name: 'leaking-check',
  severity: 'low',
  title: 'A check that forgot to hide what it saw',
  why: 'The engine takes every known secret out of what leaves the run.',
  fix: 'Nothing to do.',
  effort: 'minutes',
  covers: [],
  sees: secrets.map((secret) => ({
    outcome: 'fail',
    message: `Found ${secret} here.`,
    place: { file: `src/${secret}.ts` },
    proof: [{ kind: 'step', text: secret }],
  })),
};

const switchedOff: FixtureCheck = {
  name: 'switched-off',
  severity: 'low',
  title: 'A check that somebody switched off',
  why: 'It is listed, so that nobody takes it for passed.',
  fix: 'Nothing to do.',
  effort: 'minutes',
  covers: [],
  sees: [{ outcome: 'fail', message: 'It was run although it is switched off.' }],
};

export interface FixtureOptions {
  readonly hostile?: boolean;
  readonly policy?: Partial<GatePolicy>;
  readonly checks?: readonly FixtureCheck[];
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** A finished run with its verdict and risk list, the same every time: made by the engine, its clock set to a fixed time. */
export async function fixtureReport({
  hostile = false,
  policy,
  checks = portalChecks,
  evidence: facts = collected,
}: FixtureOptions = {}): Promise<Report> {
  const all = [...checks, ...(hostile ? [...hostileChecks, leaking] : [])];
  const { run: made } = await run({
    checks: all.map(checkOf),
    off: [{ check: checkOf(switchedOff), reason: hostile ? hostileTexts.join(' ') : 'We publish our source maps on purpose.' }],
    collectors,
    target: { root: '/home/somebody/client-portal', scope: { hosts: [], requests: 0, history: false } },
    version: '0.1.0',
    targetArguments: hostile ? `. ${hostileTexts[0]}` : '.',
  });
  const fixed = {
    ...made,
    startedAt: '2026-11-23T09:30:00.000Z',
    durationMs: 1234,
    evidence: made.evidence.map((record) => ({ ...record, ms: 5 })),
  };
  const verdict = judge(fixed.findings, { ...defaultPolicy, ...policy }, '2026-11-23');
  return { run: fixed, verdict, documents: [riskList(fixed, facts, verdict)] };
}
