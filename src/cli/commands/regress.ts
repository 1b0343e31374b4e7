import { startWithout } from '../../collect/access/app/settings.ts';
import { exitCodes } from '../../core/gate.ts';
import { inputsOf } from '../../core/target.ts';
import { type PackLine, regressionPack } from '../../deliver/regression-pack.ts';
import { liveAccess, type LiveAccess } from '../../evidence/live-access.ts';
import type { StartTrial } from '../../evidence/start-trials.ts';
import { colorWanted } from '../color.ts';
import type { Command, Session } from '../command.ts';
import { isAboutTheRunningApp } from '../live-options.ts';
import { nobodyToSignIn } from '../nobody.ts';
import { perform, verdictOf } from '../perform.ts';
import { makePlan, type Plan } from '../plan.ts';
import { teller } from '../progress.ts';
import { startedApp, startOf, withApp } from '../started-app.ts';

/**
 * `launch-ready regress [FOLDER] URL`: the five points of the security regression pack on the running app, a line each. Ends with 1 where one is broken,
 * with 3 where one could not be tried.
 */
export const regress: Command = async (args, session) => {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const whole = makePlan(args, args.operands, ['access'], tell.notice);
  const plan: Plan = { ...whole, checks: whole.checks.filter(isAboutTheRunningApp) };
  const { target, config } = plan;
  if (!inputsOf(target).has('people')) throw nobodyToSignIn(target.url);
  const starts = args.on('start') ? await startsWithout(plan, session) : undefined;
  const app = args.on('start') ? await startedApp(config, target.url, plan.base, session.signal) : undefined;
  const result = await withApp(
    () => app,
    () => perform(plan, session, tell, [liveAccess]),
  );
  const { findings, evidence } = result.run;
  const fault = evidence.find(({ id }) => id === liveAccess.id)?.fault;
  if (fault) tell.notice(`${fault.message} ${fault.remedy}`);
  const waived = new Set(verdictOf(plan, findings, undefined).waived.map(({ finding }) => finding));
  const fails = findings.filter((finding) => finding.outcome === 'fail' && !waived.has(finding));
  const live = result.evidence[liveAccess.id] as LiveAccess | undefined;
  const lines = regressionPack(live && live.origin !== '' ? live : undefined, fails, starts);
  process.stdout.write(`${lines.map((line, index) => shown(line, index + 1, colorWanted(args.on('color'), process.stdout))).join('\n')}\n`);
  if (lines.some(({ outcome }) => outcome === 'broken')) return exitCodes['not-ready'];
  return lines.some(({ outcome }) => outcome === 'unknown') ? exitCodes['cannot-tell'] : exitCodes.ready;
};

function startsWithout({ config, target, base }: Plan, { signal }: Session): Promise<StartTrial[]> {
  const { start, url } = startOf(config, target.url);
  return startWithout(start, start.required ?? [], { folder: base, url, signal });
}

const words: Readonly<Record<PackLine['outcome'], readonly [string, number]>> = {
  holds: ['holds', 32],
  broken: ['BROKEN', 31],
  none: ['none', 2],
  unknown: ['not known', 33],
};

function shown({ name, outcome, text }: PackLine, nr: number, colour: boolean): string {
  const [word, code] = words[outcome];
  const told = word.padEnd(9);
  return `${nr}  ${name.padEnd(39)}  ${colour ? `\u001B[${code}m${told}\u001B[0m` : told}  ${text}`;
}
