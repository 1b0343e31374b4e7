import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rank } from '../../core/rank.ts';
import { parseArguments } from '../arguments.ts';
import { colorWanted } from '../color.ts';
import type { Command } from '../command.ts';
import { demoApps, unpack } from '../demo-apps.ts';
import { type Judged, render, renderWorstLeaks, shownBy } from '../formats.ts';
import { checkFolder, writeReport } from '../output.ts';
import { perform, verdictOf } from '../perform.ts';
import { makePlan } from '../plan.ts';
import { teller } from '../progress.ts';

/** Where the demo leaves its apps and reports, below the current folder. */
const reportFolder = 'launch-ready-report';

/**
 * `launch-ready demo`: audits the broken examples, and lets customers of the first try to reach each other's data. Its exit code says whether the
 * demo worked, not whether the examples are ready.
 */
export const demo: Command = async (args, session) => {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  checkFolder(reportFolder);
  const folder = freshFolder(join(reportFolder, 'demo'));
  const reports: string[] = [];
  let again: string | undefined;
  const show = async (app: string, stage: 'audit' | 'access', html: string): Promise<Judged> => {
    const plan = makePlan(parseArguments(stage, []), [app], [stage], tell.notice);
    const result = await perform(plan, session, tell, shownBy([stage]));
    const judged = { plan, result, verdict: verdictOf(plan, result.run.findings, undefined) };
    writeReport(html, render('html', judged, { colour: false, verbose: true }));
    reports.push(html);
    return judged;
  };
  const screen = { colour: colorWanted(args.on('color'), process.stdout), verbose: args.on('verbose') ?? false };
  for (const [index, example] of demoApps().entries()) {
    const app = join(folder, example.name);
    unpack(example, app);
    tell.notice(`Auditing ${example.describes}, broken on purpose: ${app}`);
    const audited = await show(app, 'audit', `${app}.html`);
    again ??= rank(audited.verdict.because)[0]?.lead.replay;
    if (index > 0) continue;
    process.stdout.write(render('terminal', audited, { ...screen, fullReport: `${app}.html` }));
    tell.notice('Rebuilding its database in a sandbox, and trying to reach what belongs to other customers');
    const tried = await show(app, 'access', `${app}-access.html`);
    process.stdout.write(renderWorstLeaks(tried, { ...screen, fullReport: `${app}-access.html` }));
  }
  process.stdout.write(`\nThe whole reports, to open in a browser:\n${reports.map((report) => `  ${report}\n`).join('')}`);
  if (again !== undefined) process.stdout.write(`\nOne finding again; the command turns green once it is fixed:\n  ${again}\n`);
  process.stdout.write('\nNow your own app:\n  launch-ready audit FOLDER URL\n  launch-ready access FOLDER\n');
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
