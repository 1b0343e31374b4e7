import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rank } from '../../core/rank.ts';
import { liveAccess } from '../../evidence/live-access.ts';
import { parseArguments } from '../arguments.ts';
import { colorWanted } from '../color.ts';
import type { Command, Session } from '../command.ts';
import { demoApps, unpack } from '../demo-apps.ts';
import type { DemoDomain } from '../demo-domain.ts';
import type { DemoPortal } from '../demo-portal.ts';
import { type Judged, render, renderFirstProblem, renderWorstLeaks, shownBy } from '../formats.ts';
import { isAboutTheRunningApp } from '../live-options.ts';
import { checkFolder, writeReport } from '../output.ts';
import { perform, verdictOf } from '../perform.ts';
import { makePlan } from '../plan.ts';
import { type Teller, teller } from '../progress.ts';

/** Where the demo leaves its apps and reports, below the current folder. */
const reportFolder = 'launch-ready-report';

/**
 * `launch-ready demo`: audits the broken examples, lets customers of the first try to reach each other's data in its database, those of the second in the running app, and looks at a domain with its mail. Its exit code says whether the
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
  const portal = join(folder, 'portal');
  const running = await triedRunning(portal, session, tell);
  if (running) {
    const html = `${portal}-access.html`;
    writeReport(html, render('html', running, { colour: false, verbose: true }));
    reports.push(html);
    process.stdout.write(renderWorstLeaks(running, { ...screen, fullReport: html }, true));
  }
  for (const judged of await triedDomain(session, tell)) {
    const html = join(folder, judged.plan.stages.includes('email') ? 'domain-email.html' : 'domain-map.html');
    writeReport(html, render('html', judged, { colour: false, verbose: true }));
    reports.push(html);
    process.stdout.write(renderFirstProblem(judged, { ...screen, fullReport: html }));
  }
  process.stdout.write(`\nThe whole reports, to open in a browser:\n${reports.map((report) => `  ${report}\n`).join('')}`);
  if (again !== undefined) process.stdout.write(`\nOne finding again; the command turns green once it is fixed:\n  ${again}\n`);
  process.stdout.write(
    '\nNow your own app:\n  launch-ready audit FOLDER URL\n  launch-ready access FOLDER\n  launch-ready access URL --allow-writes\n  launch-ready edge DOMAIN\n  launch-ready email DOMAIN\n',
  );
  return 0;
};

/** Starts the portal, lets two of its customers try to reach each other's things, and ends it; nothing where it does not start on this machine. */
async function triedRunning(folder: string, session: Session, tell: Teller): Promise<Judged | undefined> {
  tell.notice('Starting the portal, and signing in as customers of two firms who try to reach what is the other’s');
  const { startDemoPortal } = await import('../demo-portal.ts');
  let portal: DemoPortal;
  try {
    portal = await startDemoPortal();
  } catch (error) {
    tell.notice(`Left out, because the portal does not start here: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
  // What is made in it goes with it: nothing is to be cleaned up later.
  const journals = mkdtempSync(join(tmpdir(), 'launch-ready-demo-'));
  try {
    const whole = makePlan(parseArguments('access', ['--allow-writes']), [folder, portal.url.href], ['access'], () => undefined);
    const plan = {
      ...whole,
      target: { ...whole.target, people: portal.people, journals, parts: ['routes', 'power', 'sessions', 'webhooks'] },
      checks: whole.checks.filter(isAboutTheRunningApp),
    };
    const result = await perform(plan, session, tell, [liveAccess]);
    return { plan, result, verdict: verdictOf(plan, result.run.findings, undefined) };
  } finally {
    rmSync(journals, { recursive: true, force: true });
    await portal.stop();
  }
}

/** Starts a domain with all its servers, looks at it as customers, browsers and mail servers do, and ends it; nothing where it does not start on this machine. */
async function triedDomain(session: Session, tell: Teller): Promise<Judged[]> {
  tell.notice('Starting a domain on this machine (name servers, hosts, a cache, mail), and looking whether customers and mails arrive');
  const { startDemoDomain } = await import('../demo-domain.ts');
  let domain: DemoDomain;
  try {
    domain = await startDemoDomain();
  } catch (error) {
    tell.notice(`Left out, because the domain does not start here: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
  const { domains, url, people, mail, email, root } = domain;
  // What is made in its app goes with it.
  const journals = mkdtempSync(join(tmpdir(), 'launch-ready-demo-'));
  try {
    const judged: Judged[] = [];
    for (const stage of ['edge', 'email'] as const) {
      const whole = makePlan(parseArguments(stage, []), [url.href], [stage], () => undefined);
      const mails = { mail, email, root, writes: true, journals };
      const plan = { ...whole, target: { ...whole.target, url, domains, people, ...(stage === 'email' && mails) } };
      const result = await perform(plan, session, tell, shownBy([stage]));
      judged.push({ plan, result, verdict: verdictOf(plan, result.run.findings, undefined) });
    }
    return judged;
  } finally {
    rmSync(journals, { recursive: true, force: true });
    await domain.stop();
  }
}

/** `name`, or `name-2`, `name-3` ... when it exists: an earlier demo is not overwritten. Makes the folder. */
function freshFolder(name: string): string {
  for (let nth = 1; ; nth += 1) {
    const folder = nth === 1 ? name : `${name}-${nth}`;
    if (existsSync(folder)) continue;
    mkdirSync(folder);
    return folder;
  }
}
