import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { BenchOptions } from './main.ts';
import { endProgress, showProgress } from './progress.ts';
import { writeRepo } from './speed/generate.ts';
import { measure, type Sample, spread } from './speed/measure.ts';
import { sourcesOf } from './speed/sources.ts';
import { table, verdict } from './table.ts';

const targets = { audit: 2.5, help: 1.3, memoryMb: 1024, growth: 1.3 };
/** Above this load, wall time says more about the neighbours than about us. */
const busy = 2;

interface Subject {
  readonly name: string;
  readonly folder: string;
  readonly files: number;
  readonly megabytes: number;
  /** JSON file with the paths of the sources. */
  readonly list: string;
  readonly floor: Sample[];
  readonly audit: Sample[];
}

/** `npm run bench -- speed`: true when every target is met. Needs `dist/main.js`. */
export async function benchSpeed(options: BenchOptions): Promise<boolean> {
  const main = join(import.meta.dirname, '../dist/main.js');
  await stat(main);
  const rounds = options.rounds ?? 3;
  const scratch = await mkdtemp(join(tmpdir(), 'launch-ready-speed-'));
  try {
    const subjects =
      options.repo === undefined ? await generated(scratch) : [await subjectOf(options.repo, resolve(options.repo), scratch)];
    const before = loadavg()[0] ?? 0;
    const bare: Sample[] = [];
    const help: Sample[] = [];
    // Taking turns spreads whatever else the machine does over all of them.
    for (let round = 1; round <= rounds; round++) {
      for (const subject of subjects) {
        showProgress(`round ${round} of ${rounds}: ${subject.name}`);
        subject.floor.push(await measure([join(import.meta.dirname, 'speed/floor.mjs'), subject.folder, subject.list]));
        // 1 and 3 are verdicts on the repo, not faults.
        const report = ['--format', 'json', '--output', join(scratch, 'report.json')];
        subject.audit.push(await measure([main, 'audit', subject.folder, '--no-history', '--quiet', ...report], [0, 1, 3]));
      }
      for (let start = 0; start < 5; start++) {
        bare.push(await measure(['-e', '0']));
        help.push(await measure([main, '--help']));
      }
    }
    endProgress();
    return report(subjects, bare, help, Math.max(before, loadavg()[0] ?? 0), rounds);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function generated(scratch: string): Promise<Subject[]> {
  const subjects: Subject[] = [];
  for (const sources of [1250, 2500, 5000]) {
    showProgress(`writing a repo of ${sources} source files`);
    const folder = join(scratch, `repo-${sources}`);
    await writeRepo(folder, sources);
    subjects.push(await subjectOf(`generated, ${sources} files`, folder, scratch));
  }
  return subjects;
}

async function subjectOf(name: string, folder: string, scratch: string): Promise<Subject> {
  const { files, bytes } = await sourcesOf(folder);
  const list = join(scratch, `list-${files.length}.json`);
  await writeFile(list, JSON.stringify(files));
  return { name, folder, files: files.length, megabytes: bytes / 1e6, list, floor: [], audit: [] };
}

function report(subjects: readonly Subject[], bare: readonly Sample[], help: readonly Sample[], load: number, rounds: number): boolean {
  const measured = load > busy ? 'cpuMs' : 'wallMs';
  const rows: [string, readonly Sample[]][] = [
    ...subjects.flatMap(({ name, floor, audit }): [string, readonly Sample[]][] => [
      [`${name}: floor`, floor],
      [`${name}: audit`, audit],
    ]),
    ['node -e 0', bare],
    ['launch-ready --help', help],
  ];
  console.log(
    `\nSpeed, ${rounds} rounds, each in a fresh process; floor: every source file read and parsed once with oxc-parser in one process`,
  );
  for (const { name, files, megabytes } of subjects) console.log(`${name}: ${files} source files, ${megabytes.toFixed(1)} MB`);
  const head = ['', 'wall ms, least', 'wall ms, median', 'CPU ms, least', 'CPU ms, median', 'memory MB, most'];
  console.log(
    `\n${table(
      head,
      rows.map(([name, samples]) => [name, ...figuresOf(samples)]),
    )}`,
  );
  const judged = measured === 'cpuMs' ? 'CPU time, because the machine is busy' : 'wall time, because the machine is quiet';
  console.log(`\nLoad ${load.toFixed(1)}: judged on ${judged}; least against least.`);

  const least = (samples: readonly Sample[]): number => spread(samples.map((sample) => sample[measured])).min;
  const first = subjects[0];
  const last = subjects.at(-1);
  if (!first || !last) return false;
  const perFile = ({ audit, files }: Subject): number => least(audit) / files;
  const lines = [
    verdict(`audit of ${last.name}, times the floor`, least(last.audit) / least(last.floor), targets.audit, 'less', 2),
    ...(first === last
      ? []
      : [verdict(`cost per file from ${first.files} to ${last.files} files`, perFile(last) / perFile(first), targets.growth, 'less', 2)]),
    verdict('memory in MB', Math.max(...last.audit.map(({ rssMb }) => rssMb)), targets.memoryMb, 'less', 0),
    verdict('--help, times node -e 0', least(help) / least(bare), targets.help, 'less', 2),
  ];
  for (const { line } of lines) console.log(line);
  return lines.every(({ met }) => met);
}

function figuresOf(samples: readonly Sample[]): string[] {
  const wall = spread(samples.map(({ wallMs }) => wallMs));
  const cpu = spread(samples.map(({ cpuMs }) => cpuMs));
  return [wall.min, wall.median, cpu.min, cpu.median, Math.max(...samples.map(({ rssMb }) => rssMb))].map((figure) => figure.toFixed(0));
}
