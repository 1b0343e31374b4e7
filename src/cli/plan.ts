import { dirname, resolve } from 'node:path';
import { checks as allChecks } from '../checks/index.ts';
import { isLocal } from '../collect/http/client.ts';
import { collectors as allCollectors } from '../collect/index.ts';
import { type AnyCheck, stageOf } from '../core/check.ts';
import type { AnyCollector } from '../core/collector.ts';
import { defaultPolicy, type GatePolicy } from '../core/gate.ts';
import { type Severity, severities, type Stage } from '../core/stage.ts';
import type { Target } from '../core/target.ts';
import { accessMatrixEvidence } from '../deliver/access-matrix-evidence.ts';
import { accessLock } from '../evidence/access-lock.ts';
import { liveAccess } from '../evidence/live-access.ts';
import { livePartsFor } from '../evidence/live-parts.ts';
import type { Arguments } from './arguments.ts';
import { type Config, loadConfig } from './config.ts';
import { domainOptions } from './domain-options.ts';
import { loadEvidence } from './evidence-folder.ts';
import { liveArguments, liveOptions } from './live-options.ts';
import { findLock, type LockFile } from './lock-file.ts';
import { peopleOf } from './people.ts';
import { sandboxArguments, sandboxOf } from './sandbox-options.ts';
import { shellQuote } from './shell-quote.ts';
import { didYouMean } from './suggest.ts';
import { type Aim, aimAt, parseAddress } from './target.ts';
import { UsageError } from './usage-error.ts';

/** All that is decided before the work starts. */
export interface Plan {
  readonly target: Target;
  /** Stages whose checks run. */
  readonly stages: readonly Stage[];
  /** The reviewed access matrix, as the user knows the file and as it was found; absent where stage `access` does not run. */
  readonly lock?: LockFile;
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

/** Requests of a run: of looking at an app, and of trying it as several people, on this machine and, where it goes slowly, elsewhere. */
const defaultRequests = { look: 300, try: 6_000, tryElsewhere: 2_000 };

/**
 * Makes the plan from operands, flags and config, for the checks of these stages; throws `UsageError` for all that is wrong with them. `notice`
 * hears what the user should know.
 */
export function makePlan(args: Arguments, operands: readonly string[], stages: readonly Stage[], notice: (message: string) => void): Plan {
  const evidenceFolder = args.text('evidence');
  const evidence =
    evidenceFolder === undefined
      ? undefined
      : loadEvidence(evidenceFolder, [
          ...new Set([...allCollectors.map(({ provides }) => provides), ...accessMatrixEvidence].map(({ id }) => id)),
        ]);
  const asksDomain = stages.includes('edge') || stages.includes('email');
  const aim = aimAt(operands.length === 0 && !evidence ? ['.'] : operands, asksDomain);
  const configFile = args.text('config');
  const config = loadConfig(aim.root ?? process.cwd(), configFile, notice);
  const base = config.file === undefined ? (aim.root ?? process.cwd()) : dirname(resolve(config.file));
  const proves = stages.includes('access');
  const isElsewhere = aim.url !== undefined && !isLocal(aim.url);
  const lock = proves ? findLock(args.text('lock'), base, aim.root !== undefined || !evidence) : undefined;
  const target = {
    ...targetOf(aim, config, args, requestsFor(stages, config, isElsewhere), notice),
    ...(proves && { sandbox: sandboxOf(args) }),
    // An app elsewhere is signed in to only by the commands that are there to try it.
    ...(proves && aim.url && (!isElsewhere || args.takes('allow-writes')) && liveOptions(config, args, base)),
    ...(lock && { lock: lock.file }),
    // Only what a cache gives to others is asked as them: nothing is changed for it.
    ...signingIn(stages, config, args, aim.url, notice),
  };
  const domainTarget = domainOptions(config, args, { stages, url: target.url, isName: aim.isName, base });
  const chosen = chosenChecks(args.all('only'), stages, config, notice);
  const failOn = severityOf(args.text('fail-on')) ?? config.gate?.failOn ?? defaultPolicy.blockOn;
  const timeout = seconds(args.text('timeout'));
  return {
    // Trying what nobody asked about would only take time.
    target: {
      ...target,
      ...domainTarget,
      ...(args.all('only').length > 0 && { parts: livePartsFor(chosen.checks.map(({ id }) => id)) }),
    },
    stages,
    ...(lock && { lock }),
    targetArguments: [
      aim.typed,
      evidenceFolder === undefined ? '' : `--evidence ${shellQuote(evidenceFolder)}`,
      configFile === undefined ? '' : `--config ${shellQuote(configFile)}`,
      ...(proves ? sandboxArguments(args) : []),
      ...liveArguments(args),
    ]
      .filter(Boolean)
      .join(' '),
    ...chosen,
    collectors: timed(timeout ?? (isElsewhere ? slowSeconds : undefined), timeout === undefined),
    // Saved facts are judged with the lock of today where one was named: the answers in it are what changes.
    ...(evidence && { evidence: args.text('lock') !== undefined && lock?.value ? { ...evidence, [accessLock.id]: lock.value } : evidence }),
    config,
    policy: { blockOn: failOn, unknown: config.gate?.unknown ?? defaultPolicy.unknown, waivers: config.waivers ?? [] },
    base,
  };
}

/** Who signs in where the app is only looked at, where that is the domain map says, and whether its pages are opened in a browser. */
function signingIn(
  stages: readonly Stage[],
  config: Config,
  args: Arguments,
  url: URL | undefined,
  notice: (message: string) => void,
): Pick<Target, 'people' | 'browser' | 'url'> {
  if (!stages.includes('edge') || stages.includes('access')) return {};
  const people = peopleWithSecrets(config, notice);
  const app = config.domains?.hosts?.find(({ role, redirectsTo }) => role === 'app' && redirectsTo === undefined);
  const isUnsaid = url === undefined && config.url === undefined && args.text('evidence') === undefined;
  return {
    ...(people.length > 0 && { people }),
    ...(people.length > 0 && isUnsaid && app && { url: new URL(`https://${app.name.replace(/\.$/, '')}/`) }),
    ...(args.on('browser') === true && { browser: true }),
  };
}

/** Those who can sign in; none where a secret of one is not set: the rest of the domain can be looked at without. */
function peopleWithSecrets(config: Config, notice: (message: string) => void): ReturnType<typeof peopleOf> {
  try {
    return peopleOf(config);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    notice(`Nobody signs in, so neither caches nor the pages behind the sign-in are looked at: ${error.message}`);
    return [];
  }
}

/** Requests of a run, unless the user says: more where people sign in, to try the app, or to look at what it shows them. */
function requestsFor(stages: readonly Stage[], { access }: Config, isElsewhere: boolean): number {
  const signsIn = stages.includes('access') || (stages.includes('edge') && (access?.people ?? []).length > 0);
  return signsIn ? (isElsewhere ? defaultRequests.tryElsewhere : defaultRequests.try) : defaultRequests.look;
}

/** How long an app may be tried that is asked slowly: all its requests, each answered within a second, take little more than half of it. */
const slowSeconds = 1_800;

/** The collectors with another time limit, or only the one that tries the app. */
const timed = (limit: number | undefined, isForTrying: boolean): readonly AnyCollector[] =>
  allCollectors.map((collector) =>
    limit === undefined || (isForTrying && collector.provides.id !== liveAccess.id) ? collector : { ...collector, timeoutMs: limit * 1000 },
  );

function targetOf(aim: Aim, config: Config, args: Arguments, usual: number, notice: (message: string) => void): Target {
  const url = aim.url ?? (config.url === undefined || args.text('evidence') !== undefined ? undefined : parseAddress(config.url));
  if (url && !aim.url) notice(`Also looking at ${url.href} (from ${config.file ?? 'the config'}).`);
  const requests = wholeNumber('--requests', args.text('requests')) ?? config.scope?.requests ?? usual;
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
  stages: readonly Stage[],
  config: Config,
  notice: (message: string) => void,
): { readonly checks: readonly AnyCheck[]; readonly off: SwitchedOff } {
  const own = allChecks.filter((check) => stages.includes(stageOf(check)));
  const wanted = only.map((id) => {
    const check = knownCheck(id);
    if (own.includes(check)) return check;
    throw new UsageError(`${id} belongs to another stage.`, `launch-ready ${stageOf(check)} --only ${id} runs it.`);
  });
  // The config speaks of all stages; what does not run now is not switched off now.
  const off = (config.off ?? [])
    .map(({ check, reason }) => ({ check: knownCheck(check, config.file), reason }))
    .filter(({ check }) => own.includes(check));
  if (wanted.length > 0) {
    notice(`Only ${wanted.length} of ${own.length} checks: the verdict is about these alone.`);
    return { checks: own.filter((check) => wanted.includes(check)), off: [] };
  }
  for (const { check, reason } of off) notice(`Switched off in the config: ${check.id} (${reason})`);
  return { checks: own.filter((check) => !off.some((item) => item.check === check)), off };
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

/** Seconds of `--timeout`. Throws `UsageError` for what is no time that can be waited. */
export function seconds(text: string | undefined): number | undefined {
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
