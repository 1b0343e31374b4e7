import { setTimeout as wait } from 'node:timers/promises';
import { type Looked, lookRound, type Wanted } from '../collect/dns/watch.ts';
import { exitCodes } from '../core/gate.ts';
import type { GivenDomains } from '../core/target.ts';
import { plural } from '../core/wording.ts';
import type { Arguments } from './arguments.ts';
import { domainCall } from './domain-call.ts';
import { seconds } from './plan.ts';
import { UsageError } from './usage-error.ts';
import { lookedText, openText } from './watch-text.ts';

/** How a domain is watched: for how long, and seconds between two rounds; looked at once where absent. */
export interface Pace {
  readonly limit: number;
  readonly between: number;
}

/** What the last whole round saw. */
export interface Watched {
  readonly outcome: 'there' | 'not-there' | 'unknown' | 'stopped';
  readonly seconds: number;
  readonly rounds: number;
  readonly looked: readonly Looked[];
}

/** Where it is said: the rounds as they come, or one JSON document at the end. */
export interface Telling {
  readonly format: 'terminal' | 'json';
  /** A sentence that is no part of a JSON document. */
  say(text: string): void;
}

/** Ten minutes, asking every five seconds. */
const usual: Pace = { limit: 600, between: 5 };

/** The pace that the flags ask for. Throws `UsageError`. */
export const paceOf = (args: Arguments): Pace => ({ ...usual, limit: seconds(args.text('timeout')) ?? usual.limit });

/** Reads `--format`; throws `UsageError` for what a watch cannot be shown as. */
export function tellingOf(args: Arguments): Telling {
  const formats = args.all('format');
  const other = formats.find((one) => one !== 'terminal' && one !== 'json') ?? (formats.length > 1 ? formats.join(' and ') : undefined);
  if (other !== undefined) throw new UsageError(`--format ${other}: what is watched is shown as terminal or json.`);
  if (args.text('output') !== undefined && args.text('output') !== '-')
    throw new UsageError('What is watched goes to the screen: --output is not for it.', 'Write it to a file with > FILE.');
  const isQuiet = args.on('quiet') ?? false;
  if (formats[0] !== 'json') return { format: 'terminal', say: (text) => void process.stdout.write(text) };
  return { format: 'json', say: (text) => void (isQuiet || process.stderr.write(text)) };
}

/** The domain map of the config or the address. Nothing else of the config is needed, so no secret has to be set for it. Throws `UsageError`. */
export function domainsFor(args: Arguments): GivenDomains {
  const { domains } = domainCall(args);
  if (!domains) throw new UsageError('There is no domain to look at.', 'Name it, or write it under domains in launch-ready.yaml.');
  return domains;
}

/** Looks until all is there, the time is up, or Ctrl-C; once where there is no pace. Says what changes from round to round. */
export async function watched(
  domains: GivenDomains,
  wanted: readonly Wanted[],
  { pace, signal, say }: { readonly pace?: Pace | undefined; readonly signal: AbortSignal; say(text: string): void },
): Promise<Watched> {
  const start = Date.now();
  const secondsNow = (): number => Math.round((Date.now() - start) / 1_000);
  const told = new Map<Wanted, string>();
  let looked: readonly Looked[] = [];
  for (let rounds = 0; ;) {
    const round = await lookRound(domains, wanted, signal);
    if (!signal.aborted) {
      looked = round;
      rounds += 1;
      const news = round.map((one) => [one.wanted, lookedText(one)] as const).filter(([wants, text]) => told.get(wants) !== text);
      for (const [wants, text] of news) told.set(wants, text);
      if (news.length > 0) say(`${pace ? `After ${secondsNow()} s\n` : ''}${news.map(([, text]) => text).join('')}\n`);
    }
    const isThere = looked.length > 0 && looked.every(({ is }) => is === 'there' || is === 'not-needed');
    const isOver = !pace || Date.now() + pace.between * 1_000 > start + pace.limit * 1_000;
    if (signal.aborted || isThere || isOver) {
      const outcome = signal.aborted
        ? 'stopped'
        : isThere
          ? 'there'
          : looked.some(({ is }) => is === 'not-there' || is === 'differs')
            ? 'not-there'
            : 'unknown';
      say(endText(outcome, looked, pace));
      return { outcome, seconds: secondsNow(), rounds, looked };
    }
    await wait(pace.between * 1_000, undefined, { signal }).catch(() => undefined);
  }
}

function endText(outcome: Watched['outcome'], looked: readonly Looked[], pace: Pace | undefined): string {
  const servers = new Set(looked.flatMap(({ sights }) => sights.map(({ by }) => by))).size;
  const there = looked.filter(({ is }) => is === 'there').length;
  if (outcome === 'there') return `${there === 1 ? 'It is' : `All ${there} are`} there, as ${plural(servers, 'server')} say.\n`;
  return `${outcome === 'stopped' ? 'Stopped.\n' : pace ? `The time is up (${pace.limit} s).\n` : ''}${openText(looked)}`;
}

/** Prints the document where JSON is asked for, and gives the exit code. Throws where it was stopped, as all commands do. `untold`: what is needed as well, and nobody can look for. */
export function ended(
  { apex }: GivenDomains,
  { looked, ...watch }: Watched,
  { format, signal, untold = [] }: Pick<Telling, 'format'> & { readonly signal: AbortSignal; readonly untold?: readonly string[] },
): number {
  if (format === 'json') {
    const wanted = looked.map(({ wanted: { name, label, types, wanted: text }, is, sights }) => ({
      name,
      label,
      types,
      wanted: text,
      is,
      sights,
    }));
    process.stdout.write(`${JSON.stringify({ domain: apex, ...watch, wanted, untold }, undefined, 2)}\n`);
  }
  signal.throwIfAborted();
  if (watch.outcome === 'not-there') return exitCodes['not-ready'];
  return watch.outcome === 'there' && untold.length === 0 ? exitCodes.ready : exitCodes['cannot-tell'];
}
