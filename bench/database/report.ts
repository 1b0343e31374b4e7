import type { Finding } from '../../src/core/finding.ts';
import type { Failure } from '../../src/evidence/isolation.ts';
import { precisionOf } from '../corpus/figures.ts';
import { share, table, verdict } from '../table.ts';
import type { Corrected } from './corrections.ts';
import { type Figures, together } from './figures.ts';
import type { RecordedRepo } from './recorded.ts';

const targets = {
  applied: 0.96,
  seeded: 0.96,
  decided: 0.9,
  wrong: 0,
  floors: 4,
  seconds: 8,
  tables: 60,
  corrected: 0.98,
  left: 0,
} as const;

/** The seconds were set on a machine on which what cannot be spared of this repo took so long, in milliseconds. */
const yardstick = { repo: 'andradeid/mostralo-lovable', floor: 1_460 };

/** How many times slower this machine is; 1 where that cannot be told, or it is faster. */
const slowness = (lines: readonly Line[]): number =>
  Math.max(1, ...lines.flatMap(({ repo, figures }) => (repo.repo === yardstick.repo ? [figures.floor / yardstick.floor] : [])));

/** One repo, or one example, with what its run said. */
export interface Line {
  readonly name: string;
  readonly figures: Figures;
  readonly repo: RecordedRepo;
  /** Leaks and gains of power that were proved, of every severity. */
  readonly proved: number;
}

/** Prints a line a repo, one for all, and every figure beside its target. True when all are met. */
export function report(lines: readonly Line[]): boolean {
  const figures = together(lines.map((line) => line.figures));
  const all: Line = {
    name: 'all',
    figures,
    proved: lines.reduce((sum, { proved }) => sum + proved, 0),
    repo: {
      repo: 'all',
      commit: '',
      findings: lines.flatMap(({ repo }) => repo.findings),
      retired: [],
      unjudged: lines.reduce((sum, { repo }) => sum + repo.unjudged, 0),
    },
  };
  console.log(
    `\n${table(
      [
        'repo',
        'statements',
        'applied',
        'tables',
        'seeded',
        'cells',
        'decided',
        'proved',
        'right',
        'wrong',
        'depends',
        'not judged',
        'seconds',
        'floors',
      ],
      [...lines, all].map(row),
    )}\n`,
  );
  if (figures.reconstructed > 0)
    console.log(
      `${figures.reconstructed} tables were made from generated types; nothing is claimed about them, and their cells are not counted.`,
    );
  if (all.repo.unjudged > 0) console.log(`${all.repo.unjudged} proved findings have no verdict yet; they count neither way.`);
  const { right, wrong, depends } = precisionOf('all', all.repo.findings);
  const looks = lines.flatMap(({ repo }) => repo.firstLook ?? []);
  const first = { right: 0, wrong: 0, depends: 0 };
  for (const look of looks) for (const kind of ['right', 'wrong', 'depends'] as const) first[kind] += look[kind];
  if (looks.length > 0)
    console.log(
      `At first look, before anything was mended for them, ${looks.length} repos: ${first.right} right, ${first.wrong} wrong, ${first.depends} depend on the owner (right of right and wrong: ${share(first.right, first.right + first.wrong)}).`,
    );
  for (const { repo } of lines)
    for (const { what, again, why } of repo.earlier ?? []) {
      const state =
        again === null
          ? 'not proved'
          : repo.findings.some((one) => one.check === again.check && one.subject === again.subject)
            ? 'again'
            : 'LOST';
      console.log(`proved earlier, ${state}: ${repo.repo}: ${what}${why === undefined ? '' : ` (${why})`}`);
    }
  const lost = lines.flatMap(({ repo }) =>
    (repo.earlier ?? []).filter(
      ({ again }) => again !== null && !repo.findings.some((one) => one.check === again.check && one.subject === again.subject),
    ),
  );
  console.log('');
  const slower = slowness(lines);
  const verdicts = [
    verdict('statements applied', figures.settled / figures.statements, targets.applied, 'more'),
    verdict('tables seeded', figures.seeded / figures.tables, targets.seeded, 'more'),
    verdict('cells decided', figures.decided / figures.cells, targets.decided, 'more'),
    verdict('leaks recorded wrong', wrong, targets.wrong, 'less', 0),
    verdict('proved earlier and lost', lost.length, 0, 'less', 0),
    verdict('time of the whole job, in floors (start, platform, SQL)', figures.ms / figures.floor, targets.floors, 'less', 1),
    verdict(
      `seconds of the slowest repo with up to ${targets.tables} tables, the first time${slower > 1 ? ` (${targets.seconds} were set on a machine ${slower.toFixed(1)} times as fast)` : ''}`,
      Math.max(0, ...lines.filter((line) => line.figures.tables <= targets.tables).map((line) => line.figures.ms / 1000)),
      targets.seconds * slower,
      'less',
      1,
    ),
  ];
  for (const { line } of verdicts) console.log(line);
  console.log(
    `     leaks proved: ${all.proved}; ${right} right, ${wrong} wrong, ${depends} for the owner to say, ${all.repo.unjudged} not judged`,
  );
  return verdicts.every(({ met }) => met);
}

/** All corrections of a repo together: what still leaks. True when nothing does, but for what has none. */
export function reportCorrections(all: ReadonlyMap<string, Corrected>): boolean {
  if (all.size === 0) return true;
  const sum = (of: (one: Corrected) => number): number => [...all.values()].reduce((total, one) => total + of(one), 0);
  for (const [repo, { left, failed }] of all) {
    for (const one of left) console.log(`leaks still ${repo}: ${one}`);
    for (const one of failed) console.log(`not applied ${repo}: ${one.slice(0, 200)}`);
  }
  const leaky = sum((one) => one.leaky);
  const verdicts = [
    verdict('things that leak for which a correction was tried and holds', sum((one) => one.corrected) / leaky, targets.corrected, 'more'),
    verdict(
      'of those, leak though all corrections are applied together',
      sum(({ left }) => left.length),
      targets.left,
      'less',
      0,
    ),
    verdict(
      'statements of corrections that cannot be applied together',
      sum(({ failed }) => failed.length),
      0,
      'less',
      0,
    ),
  ];
  for (const { line } of verdicts) console.log(line);
  return verdicts.every(({ met }) => met);
}

function row({ name, figures, proved, repo }: Line): (string | number)[] {
  const { right, wrong, depends } = precisionOf(name, repo.findings);
  const { statements, settled, tables, seeded, cells, decided, ms, floor } = figures;
  return [
    name.slice(0, 44),
    statements,
    share(settled, statements),
    tables,
    share(seeded, tables),
    cells,
    share(decided, cells),
    proved,
    right,
    wrong,
    depends,
    repo.unjudged,
    (ms / 1000).toFixed(1),
    floor === 0 ? '–' : (ms / floor).toFixed(1),
  ];
}

/** A finding nobody has judged, for the terminal. */
export const unjudgedText = (
  repo: string,
  { severity, check, subject, message }: Pick<Finding, 'severity' | 'check' | 'subject' | 'message'>,
): string => `no verdict  ${repo} ${severity} ${check} ${subject ?? ''}: ${message.slice(0, 160)}`;

/** A statement that failed, with what it would have done. */
export function failureText({ place, code, reason, sql, touches, closes, opens }: Failure): string {
  const directions = [...(closes ? ['closes'] : []), ...(opens ? ['opens'] : [])].join(' and ') || 'neither closes nor opens';
  return `    ${place.file}:${place.line} ${code} ${reason}\n        ${sql}\n        ${touches.join(' ')} ${directions}`;
}
