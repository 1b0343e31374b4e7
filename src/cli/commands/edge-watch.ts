import { setTimeout as wait } from 'node:timers/promises';
import { lookRound, type Opinion, opinions, type Sight } from '../../collect/dns/watch.ts';
import { exitCodes } from '../../core/gate.ts';
import type { GivenDomains } from '../../core/target.ts';
import { plural } from '../../core/wording.ts';
import type { Arguments } from '../arguments.ts';
import type { Session } from '../command.ts';
import { makePlan } from '../plan.ts';
import { teller } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** Seconds that it goes on, and between two rounds. */
const usual = { limit: 600, between: 5 };

/** `launch-ready edge --watch`: asks all name servers and resolvers again and again until they say the same of every host, the time is up, or Ctrl-C. */
export async function edgeWatch(args: Arguments, { signal }: Session): Promise<number> {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const { target } = makePlan(args, args.operands, ['edge'], tell.notice);
  const { domains } = target;
  if (!domains) throw new UsageError('There is no domain to watch.', 'Name it, or write it under domains in launch-ready.yaml.');
  const limit = Number(args.text('timeout')?.replace(/s$/, '') ?? usual.limit);
  return watch(domains, { ...usual, limit }, signal, (text) => void process.stdout.write(text));
}

/** Says what changes from round to round. `limit` and `between`: seconds. */
export async function watch(
  given: GivenDomains,
  { limit, between }: typeof usual,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<number> {
  // Without hosts in the map there is still the domain itself.
  const domains: GivenDomains = given.hosts.length > 0 ? given : { ...given, hosts: [{ name: given.apex, role: 'other' }] };
  const start = Date.now();
  let before = '';
  for (;;) {
    const sights = await lookRound(domains, signal);
    const told = domains.hosts.map(({ name }) => hostText(name, opinions(sights, name))).join('');
    const seconds = Math.round((Date.now() - start) / 1_000);
    if (told !== before && !signal.aborted) say(`After ${seconds} s\n${told}`);
    before = told;
    const agreed = domains.hosts.every(({ name }) => agree(opinions(sights, name)));
    if (agreed) {
      say(`All ${plural(new Set(sights.map(({ by }) => by)).size, 'server')} say the same of ${plural(domains.hosts.length, 'host')}.\n`);
      return exitCodes.ready;
    }
    if (signal.aborted || Date.now() + between * 1_000 > start + limit * 1_000) {
      say(`${signal.aborted ? 'Stopped' : `After ${limit} s`}: they do not say the same yet.\n`);
      return sights.some(({ answered }) => answered) ? exitCodes['not-ready'] : exitCodes['cannot-tell'];
    }
    await wait(between * 1_000, undefined, { signal }).catch(() => undefined);
  }
}

const agree = ([first, ...others]: readonly Opinion[]): boolean => first !== undefined && first.answered && others.length === 0;

function hostText(host: string, all: readonly Opinion[]): string {
  if (agree(all)) return `  ${host}: ${all[0]!.said}\n`;
  return [`  ${host}`, ...all.map(({ said, by }) => `    ${said}  ${by.map(byText).join(', ')}`)].join('\n').concat('\n');
}

/** A resolver goes on with what it knows for so long. */
const byText = ({ by, answered, ttl }: Sight): string => (answered && ttl > 0 && !by.includes('(') ? `${by} for up to ${ttl} s` : by);
