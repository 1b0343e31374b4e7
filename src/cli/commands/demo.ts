import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rank } from '../../core/rank.ts';
import { parseArguments } from '../arguments.ts';
import { colorWanted } from '../color.ts';
import type { Command } from '../command.ts';
import { demoApps, unpack } from '../demo-apps.ts';
import { render } from '../formats.ts';
import { checkFolder, writeReport } from '../output.ts';
import { perform, verdictOf } from '../perform.ts';
import { makePlan } from '../plan.ts';
import { teller } from '../progress.ts';
import { riskListEvidence } from '../../deliver/risk-list-evidence.ts';

/** Where the demo leaves its apps and reports, below the current folder. */
const reportFolder = 'launch-ready-report';

/** `launch-ready demo`: audits the broken examples. Its exit code says whether the demo worked, not whether the examples are ready. */
export const demo: Command = async (args, session) => {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  checkFolder(reportFolder);
  const folder = freshFolder(join(reportFolder, 'demo'));
  const reports: string[] = [];
  let again: string | undefined;
  for (const [index, example] of demoApps().entries()) {
    const app = join(folder, example.name);
    unpack(example, app);
    tell.notice(`Auditing ${example.describes}, broken on purpose: ${app}`);
    const plan = makePlan(parseArguments('audit', []), [app], ['audit'], tell.notice);
    const result = await perform(plan, session, tell, riskListEvidence);
    const verdict = verdictOf(plan, result.run.findings, undefined);
    const html = `${app}.html`;
    writeReport(html, render('html', { plan, result, verdict }, { colour: false, verbose: true }));
    reports.push(html);
    again ??= rank(verdict.because)[0]?.lead.replay;
    const screen = { colour: colorWanted(args.on('color'), process.stdout), verbose: args.on('verbose') ?? false, fullReport: html };
    if (index === 0) process.stdout.write(render('terminal', { plan, result, verdict }, screen));
  }
  process.stdout.write(`\nThe whole report, to open in a browser:\n${reports.map((report) => `  ${report}\n`).join('')}`);
  if (again !== undefined) process.stdout.write(`\nOne finding again; the command turns green once it is fixed:\n  ${again}\n`);
  process.stdout.write('\nNow your own app:\n  launch-ready audit FOLDER URL\n');
  return 0;
};

/** `name`, or `name-2`, `name-3` ... when it exists: an earlier demo is not overwritten. Makes the folder. */
function freshFolder(name: string): string {
  for (let nth = 1; ; nth += 1) {
    const folder = nth === 1 ? name : `${name}-${nth}`;
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    return folder;
  }
}
