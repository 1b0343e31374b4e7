import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endProgress, showProgress } from '../progress.ts';
import { share, table } from '../table.ts';
import { examples, filesOf, withTwin } from '../twins/examples.ts';
import type { TwinResult } from '../twins/score.ts';
import { type Answer, answerOf } from './compare.ts';
import { eslintSecurity } from './eslint-security.ts';
import { install } from './install.ts';
import type { Alarm, Rival } from './rival.ts';
import { secretlint } from './secretlint.ts';
import { shipSafe } from './ship-safe.ts';

const rivals: readonly Rival[] = [shipSafe, eslintSecurity, secretlint];

interface Row {
  readonly name: string;
  readonly answers: readonly { readonly flaw: string; readonly answer: Answer }[];
  readonly cleanAlarms: number;
  readonly seconds: number;
}

/** Prints what other tools find on the same twins. They set no target: `ours` is judged by `reportTwins`. */
export async function reportRivals(ours: readonly TwinResult[]): Promise<void> {
  console.log('\nOther tools on the same twins, installed into bench/.rivals and run offline\n');
  const rows: Row[] = [rowOfOurs(ours)];
  for (const rival of rivals) {
    showProgress(`installing ${rival.name}`);
    const installed = await install(rival);
    if ('missing' in installed) console.log(`${rival.name}: not compared, because it could not be installed (${installed.missing})`);
    else rows.push(await measure(rival, installed.home));
  }
  endProgress();
  const flaws = rows[0]?.answers.length ?? 0;
  const head = [
    'tool',
    'told apart',
    'recall',
    'or anything new there',
    'or the same alarm when clean',
    'alarms on the clean apps',
    'seconds',
  ];
  console.log(
    table(
      head,
      rows.map((row) => rowOf(row)),
    ),
  );
  console.log(
    [
      `\nOf ${flaws} flaws. Told apart: an alarm of the right kind that is not there without the flaw (the mapping of rules is in bench/rivals/mapping.ts,`,
      'and generous). The next two columns add flaws where a tool says something else in a file that the flaw touches.',
      'Not compared: Preflight.sh (its package downloads a binary), supashield (needs a live database), tools that upload the code.',
    ].join('\n'),
  );
}

function rowOf({ name, answers, cleanAlarms, seconds }: Row): (string | number)[] {
  const count = (...wanted: Answer[]): number => answers.filter(({ answer }) => wanted.includes(answer)).length;
  const apart = count('told apart');
  return [
    name,
    apart,
    share(apart, answers.length),
    count('told apart', 'something new there'),
    count('told apart', 'something new there', 'same alarm when clean'),
    cleanAlarms,
    seconds.toFixed(0),
  ];
}

// Ours by the same rule: a new finding of a named check, a new finding at the flaw, or nothing.
function rowOfOurs(results: readonly TwinResult[]): Row {
  const answers = results
    .filter(({ expected }) => expected.length > 0)
    .map(({ flaw, expected, files, found }): Row['answers'][number] => {
      if (found.some(({ check }) => expected.includes(check))) return { flaw, answer: 'told apart' };
      return { flaw, answer: found.some(({ place }) => files.has(place?.file ?? '')) ? 'something new there' : 'nothing' };
    });
  const cleanAlarms = results.filter(({ flaw }) => flaw === 'clean').reduce((sum, { found }) => sum + found.length, 0);
  return { name: 'launch-ready', answers, cleanAlarms, seconds: results.reduce((sum, { ms }) => sum + ms, 0) / 1000 };
}

async function measure(rival: Rival, home: string): Promise<Row> {
  const answers: { flaw: string; answer: Answer }[] = [];
  let cleanAlarms = 0;
  let seconds = 0;
  const timed = async (folder: string, files?: readonly string[]): Promise<readonly Alarm[]> => {
    const begun = performance.now();
    const alarms = await rival.scan(folder, files, home);
    seconds += (performance.now() - begun) / 1000;
    return alarms;
  };
  for (const example of examples) {
    const clean = await withTwin(example, [], (folder) => timed(folder));
    cleanAlarms += clean.length;
    for (const flaw of example.flaws) {
      const checks = flaw.checks.filter((check) => check.startsWith('audit/'));
      if (checks.length === 0) continue;
      showProgress(`${rival.name}: ${example.name} with ${flaw.id}`);
      const files = filesOf(flaw);
      // What a flaw takes away, or left in the history only, is no file to scan.
      const there = (folder: string): string[] => [...files].filter((file) => existsSync(join(folder, file)));
      const flawed = await withTwin(example, [flaw], (folder) => timed(folder, rival.perFile ? there(folder) : undefined));
      const before = rival.perFile ? clean.filter(({ file }) => files.has(file)) : clean;
      answers.push({ flaw: flaw.id, answer: answerOf(checks, files, before, flawed) });
    }
  }
  return { name: rival.name, answers, cleanAlarms, seconds };
}
