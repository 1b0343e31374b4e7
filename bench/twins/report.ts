import { knownChecks } from '../run-audit.ts';
import { endProgress, showProgress } from '../progress.ts';
import { share, table, verdict } from '../table.ts';
import { examples } from './examples.ts';
import { liveResults, runLive } from './live/run.ts';
import { runTwins } from './run.ts';
import { type CheckScore, score, type TwinResult } from './score.ts';

const target = 1;

/**
 * Prints precision and recall per check over the twins, folders and running apps. Returns the results on folders for the comparison with
 * other tools, and whether the targets are met.
 */
export async function reportTwins(): Promise<{ readonly results: readonly TwinResult[]; readonly met: boolean }> {
  const { results, unknown, faults } = await runTwins(examples, showProgress);
  const audits = await runLive(showProgress);
  faults.push(...audits.flatMap((audit) => audit.faults.map((fault) => `live ${audit.twin.name}: ${fault}`)));
  endProgress();
  const live = liveResults(audits);
  const scores = score([...results, ...live], knownChecks);
  const flaws = results.filter(({ expected }) => expected.length > 0).length;
  console.log(
    `\nTwins: ${examples.length} apps, clean and with each of ${results.length - examples.length} flaws (${flaws} of them for the audit);\n` +
      `one of the apps running, clean and with ${live.filter(({ expected }) => expected.length > 0).length} flaws that show from outside, in ${audits.length} starts\n`,
  );
  const said = scores.checks.filter(({ hits, misses, falseAlarms, consequences }) => hits + misses + falseAlarms + consequences > 0);
  console.log(
    table(['check', 'flaws', 'found', 'missed', 'false alarms', 'consequences', 'precision', 'recall'], [...said, scores.total].map(row)),
  );
  const silent = scores.checks.filter((entry) => !said.includes(entry)).map(({ check }) => check);
  if (silent.length > 0) console.log(`\nNo flaw for: ${silent.join(', ')}`);
  for (const { example, flaw, check } of scores.missed)
    console.log(`missed       ${example} ${flaw}: ${check}${knownChecks.has(check) ? '' : ' (there is no such check)'}`);
  for (const { example, flaw, check, message } of scores.alarms) console.log(`false alarm  ${example} ${flaw}: ${check}: ${message}`);
  for (const fault of faults) console.log(`fault        ${fault}`);
  console.log(`\nOn the clean apps ${unknown} things could not be told.`);
  const { hits, misses, falseAlarms } = scores.total;
  const lines = [
    verdict('precision on the twins', hits / (hits + falseAlarms), target, 'more'),
    verdict('recall on the twins', hits / (hits + misses), target, 'more'),
  ];
  for (const { line } of lines) console.log(line);
  return { results, met: lines.every(({ met }) => met) && faults.length === 0 };
}

const row = ({ check, hits, misses, falseAlarms, consequences }: CheckScore): (string | number)[] => [
  check.replace(/^audit\//, ''),
  hits + misses,
  hits,
  misses,
  falseAlarms,
  consequences,
  share(hits, hits + falseAlarms),
  share(hits, hits + misses),
];
