import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/collect/access/app/free-port.ts';
import type { BenchOptions } from '../main.ts';
import { share, table, verdict } from '../table.ts';
import { type KnownFlaw, type LabApp, type Measured, markedFiles, readLab, start, writeLab } from './app.ts';
import { factsOf, rivalTable } from './replay/count.ts';
import { benchAccessSpeed } from './speed.ts';
import { type Score, score, shape } from './score.ts';
import { type Tried, tryApp } from './try.ts';

const targets = { recall: 0.9, wrong: 0, unread: 0, leftovers: 0, broke: 0 } as const;

/** Seconds that trying one app may take. */
const seconds: Readonly<Record<string, number>> = { vampi: 30, 'juice-shop': 180 };

interface Line {
  readonly app: LabApp;
  readonly tried: Tried;
  readonly score: Score;
  readonly marks: Marks;
}

/** Files of the app's data that hold a mark of ours: at the end of the run, and once its data were put back and it was started again. */
interface Marks {
  readonly before: number;
  readonly after: number;
}

/** Tries the apps of the lab and compares with what is known of them; without them, what it costs. True when every target is met. */
export async function benchAccess({ corpus, match = '', list, write, browser }: BenchOptions): Promise<boolean> {
  if (corpus === undefined) return benchAccessSpeed();
  const lines: Line[] = [];
  const broke: string[] = [];
  for (const app of (await readLab()).filter(({ app: name }) => match.split(',').some((one) => name.includes(one)))) {
    process.stderr.write(`${app.app}\n`);
    try {
      lines.push(await tryOne(corpus, app, browser));
      const { tried } = lines.at(-1)!;
      if (!tried.live) broke.push(`${app.app}: ${tried.fault ?? 'no word why'}`);
    } catch (error) {
      broke.push(`${app.app}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (write) await record(lines);
  return report(lines, broke, list);
}

async function tryOne(corpus: string, app: LabApp, browser: boolean): Promise<Line> {
  const data = await mkdtemp(join(tmpdir(), 'lab-'));
  await chmod(data, 0o755);
  const running = await start(corpus, app, await freePort(), data);
  let tried: Tried;
  let before: number;
  try {
    tried = await tryApp(corpus, app, running, browser);
    before = await markedFiles(data);
  } finally {
    await running.stop();
  }
  const again = await start(corpus, app, await freePort(), data);
  const after = await markedFiles(data);
  await again.stop();
  await rm(data, { recursive: true, force: true });
  return { app, tried, score: score(app, tried.findings), marks: { before, after } };
}

async function record(lines: readonly Line[]): Promise<void> {
  const said = new Map(
    lines.flatMap(({ app, tried, score: one, marks }) =>
      tried.live ? [[app.app, { measured: measuredOf(tried, one, marks), rivals: factsOf(tried.probes) }] as const] : [],
    ),
  );
  await writeLab((await readLab()).map((app) => ({ ...app, ...said.get(app.app) })));
}

const measuredOf = ({ live, ms }: Tried, { found, missed, wrong }: Score, { before, after }: Marks): Measured => ({
  routes: live?.routes.length ?? 0,
  tried: live?.routes.filter(({ tried }) => tried).length ?? 0,
  flaws: found.length + missed.length,
  found: found.length,
  wrong: wrong.length,
  marked: before,
  left: after,
  requests: live?.requests ?? 0,
  seconds: Math.round(ms / 100) / 10,
});

/** What rules of other tools would have said of the same tries. */
function besideOthers(lines: readonly Line[], list: boolean): void {
  const all = lines.flatMap(({ tried }) => tried.probes);
  if (list)
    for (const { app, tried } of lines) {
      for (const { truth, route, who, whose, accusers } of tried.probes)
        console.log(
          `probe  ${app.app}: ${truth} ${route} by ${who} of ${whose}: ${accusers ? [...accusers].join(', ') || 'nobody says anything' : 'unpaired'}`,
        );
      console.log(`\n${rivalTable(app.app, tried.probes)}`);
    }
  console.log(`\n${rivalTable('all apps', all)}`);
  console.log(`\n${rivalTable('all apps, taking for clean what nobody names', all, ['clean', 'unnamed'])}`);
}

const isAllowed = ({ allow = [] }: LabApp, { method, path }: KnownFlaw): boolean =>
  allow.some((name) => shape(name) === shape(`${method} ${path}`));

function report(lines: readonly Line[], broke: readonly string[], list: boolean): boolean {
  const sum = (count: (one: Score) => number): number => lines.reduce((total, { score: one }) => total + count(one), 0);
  console.log(
    `\n${table(
      [
        'app',
        'routes',
        'tried',
        'cells',
        'flaws',
        'found',
        'recall',
        'also',
        'wrong',
        'read',
        'unread',
        'not removed',
        'files marked',
        'once restored',
        'requests',
        'seconds',
      ],
      lines.map(({ app, tried: { live, ms }, score: one, marks }) => [
        app.app,
        live?.routes.length ?? 0,
        live?.routes.filter(({ tried }) => tried).length ?? 0,
        live?.cells.length ?? 0,
        one.found.length + one.missed.length,
        one.found.length,
        share(one.found.length, one.found.length + one.missed.length),
        one.also.length,
        one.wrong.length,
        one.read.length,
        one.unread.length,
        (live?.leftovers ?? []).filter((line) => !line.startsWith('the account ')).length,
        marks.before,
        marks.after,
        live?.requests ?? 0,
        (ms / 1000).toFixed(1),
      ]),
    )}\n`,
  );
  for (const line of broke) console.log(`broke  ${line}`);
  for (const { app, score: one, tried } of lines) {
    for (const { method, path, class: kind, note } of one.missed) console.log(`missed ${app.app}: ${kind} ${method} ${path} ${note ?? ''}`);
    for (const { check, subject, message } of one.wrong) console.log(`wrong  ${app.app}: ${check} ${subject ?? ''}: ${message}`);
    for (const { check, subject, message } of one.unread) console.log(`unread ${app.app}: ${check} ${subject ?? ''}: ${message}`);
    if (list) {
      for (const { method, path, class: kind } of [...one.found, ...one.also]) console.log(`found  ${app.app}: ${kind} ${method} ${path}`);
      for (const { id, tried: was, why } of tried.live?.routes ?? []) if (!was) console.log(`untried ${app.app}: ${id}: ${why ?? ''}`);
      for (const line of tried.live?.leftovers ?? []) console.log(`left   ${app.app}: ${line}`);
    }
  }
  besideOthers(lines, list);
  const found = sum((one) => one.found.length);
  const named = lines.reduce((total, { app, score: one }) => total + one.found.filter((flaw) => isAllowed(app, flaw)).length, 0);
  const all = found + sum((one) => one.missed.length);
  console.log(
    `\n${found} of ${all} flaws found, ${named} of them by routes that a config allows by name: ${share(found - named, all)} without`,
  );
  const verdicts = [
    verdict('recall on confirmed flaws of access (BOLA, BFLA, unauthenticated, mass assignment)', found / all, targets.recall, 'more'),
    verdict(
      'findings that are wrong',
      sum((one) => one.wrong.length),
      targets.wrong,
      'less',
      0,
    ),
    verdict(
      'findings that nobody has read',
      sum((one) => one.unread.length),
      targets.unread,
      'less',
      0,
    ),
    verdict(
      'files with something of ours, once the data of each app were put back',
      lines.reduce((total, { marks }) => total + marks.after, 0),
      targets.leftovers,
      'less',
      0,
    ),
    verdict('apps that could not be tried', broke.length, targets.broke, 'less', 0),
    ...lines.flatMap(({ app, tried }) =>
      seconds[app.app] === undefined ? [] : [verdict(`seconds for ${app.app}`, tried.ms / 1000, seconds[app.app]!, 'less', 1)],
    ),
  ];
  console.log();
  for (const { line } of verdicts) console.log(line);
  return verdicts.every(({ met }) => met);
}
