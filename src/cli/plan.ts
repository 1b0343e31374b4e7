import { dirname, resolve } from 'node:path';
import { checks as allChecks } from '../checks/index.ts';
import { collectors as allCollectors } from '../collect/index.ts';
import { type AnyCheck, stageOf } from '../core/check.ts';
import type { AnyCollector } from '../core/collector.ts';
import { defaultPolicy, type GatePolicy } from '../core/gate.ts';
import { type Severity, severities } from '../core/stage.ts';
import type { Target } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import { type Config, loadConfig } from './config.ts';
import { loadEvidence } from './evidence-folder.ts';
import { shellQuote } from './shell-quote.ts';
import { didYouMean } from './suggest.ts';
import { type Aim, aimAt, parseAddress } from './target.ts';
import { UsageError } from './usage-error.ts';

/** All that is decided before the work starts. */
export interface Plan {
  readonly target: Target;
  /** How replay commands name the target. */
  readonly targetArguments: string;
  readonly checks: readonly AnyCheck[];
  readonly off: SwitchedOff;
  readonly collectors: readonly AnyCollector[];
  readonly evidence?: Readonly<Record<string, unknown>>;
  readonly config: Config;
  readonly policy: GatePolicy;
  /** Folder that relative names of the config mean. */
  readonly base: string;
}

const defaultRequests = 300;

/** Makes the plan from operands, flags and config; throws `UsageError` for all that is wrong with them. `notice` hears what the user should know. */
export function makePlan(args: Arguments, operands: readonly string[], notice: (message: string) => void): Plan {
  const evidenceFolder = args.text('evidence');
  const evidence =
    evidenceFolder === undefined
      ? undefined
      : loadEvidence(
          evidenceFolder,
          allCollectors.map(({ provides }) => provides.id),
        );
  const aim = aimAt(operands.length === 0 && !evidence ? ['.'] : operands);
  const configFile = args.text('config');
  const config = loadConfig(aim.root ?? process.cwd(), configFile, notice);
  const target = targetOf(aim, config, args, notice);
  const failOn = severityOf(args.text('fail-on')) ?? config.gate?.failOn ?? defaultPolicy.blockOn;
  const timeout = seconds(args.text('timeout'));
  return {
    target,
    targetArguments: [
      aim.typed,
      evidenceFolder === undefined ? '' : `--evidence ${shellQuote(evidenceFolder)}`,
      configFile === undefined ? '' : `--config ${shellQuote(configFile)}`,
    ]
      .filter(Boolean)
      .join(' '),
    ...chosenChecks(args.all('only'), config, notice),
    collectors: timeout === undefined ? allCollectors : allCollectors.map((collector) => ({ ...collector, timeoutMs: timeout * 1000 })),
    ...(evidence && { evidence }),
    config,
    policy: { blockOn: failOn, unknown: config.gate?.unknown ?? defaultPolicy.unknown, waivers: config.waivers ?? [] },
    base: config.file === undefined ? (aim.root ?? process.cwd()) : dirname(resolve(config.file)),
  };
}

function targetOf(aim: Aim, config: Config, args: Arguments, notice: (message: string) => void): Target {
  const url = aim.url ?? (config.url === undefined || args.text('evidence') !== undefined ? undefined : parseAddress(config.url));
  if (url && !aim.url) notice(`Also looking at ${url.href} (from ${config.file ?? 'the config'}).`);
  const requests = wholeNumber('--requests', args.text('requests')) ?? config.scope?.requests ?? defaultRequests;
  return {
    ...(aim.root !== undefined && { root: aim.root }),
    ...(url && { url }),
    scope: {
      hosts: [...(url ? [url.host] : []), ...(config.scope?.hosts ?? [])],
      requests,
      history: args.on('history') ?? config.scope?.history ?? true,
    },
  };
}

type SwitchedOff = readonly { readonly check: AnyCheck; readonly reason: string }[];

function chosenChecks(
  only: readonly string[],
  config: Config,
  notice: (message: string) => void,
): { readonly checks: readonly AnyCheck[]; readonly off: SwitchedOff } {
  const wanted = only.map((id) => knownCheck(id));
  const off = (config.off ?? []).map(({ check, reason }) => ({ check: knownCheck(check, config.file), reason }));
  if (wanted.length > 0) {
    notice(`Only ${wanted.length} of ${allChecks.length} checks: the verdict is about these alone.`);
    return { checks: allChecks.filter((check) => wanted.includes(check)), off: [] };
  }
  for (const { check, reason } of off) notice(`Switched off in the config: ${check.id} (${reason})`);
  // `audit` runs the first stage; a check of another one has to be named.
  return { checks: allChecks.filter((check) => stageOf(check) === 'audit' && !off.some((item) => item.check === check)), off };
}

/** The check of this id; throws `UsageError` with the nearest one when there is none. */
export function knownCheck(id: string, where?: string): AnyCheck {
  const check = allChecks.find((candidate) => candidate.id === id);
  if (check) return check;
  const ids = allChecks.map((candidate) => candidate.id);
  const remedy = didYouMean(id, ids) ?? 'launch-ready explain lists the checks.';
  throw new UsageError(`${where === undefined ? '' : `${where}: `}there is no check ${id}.`.replace(/^t/, 'T'), remedy);
}

function severityOf(text: string | undefined): Severity | undefined {
  if (text === undefined) return undefined;
  const severity = severities.find((candidate) => candidate === text);
  if (!severity) throw new UsageError(`--fail-on ${text}: there is no such severity.`, `It is one of ${severities.join(', ')}.`);
  return severity;
}

function seconds(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text.replace(/s$/, ''));
  // setTimeout cannot wait longer than 24.8 days; an hour is long enough for anything we do.
  if (!(value > 0 && value <= 3600)) throw new UsageError(`--timeout ${text}: give the seconds, from 1 to 3600.`);
  return value;
}

function wholeNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 10_000)
    throw new UsageError(`${flag} ${text}: give a whole number from 1 to 10000.`);
  return value;
}
