import { setTimeout as wait } from 'node:timers/promises';
import { addressOf, openDns } from '../../collect/dns/client.ts';
import { lookForWanted, wantedRecords, type WantedSight } from '../../collect/mail/wanted.ts';
import { exitCodes } from '../../core/gate.ts';
import type { GivenDomains } from '../../core/target.ts';
import { plural } from '../../core/wording.ts';
import type { Arguments } from '../arguments.ts';
import type { Session } from '../command.ts';
import { makePlan } from '../plan.ts';
import { teller } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

/** Seconds that it goes on, and between two rounds; port of name servers. */
const usual = { limit: 600, between: 10, port: 53 };

/** `launch-ready email --watch`: asks the name servers of the domain until the records that its mail needs are there, the time is up, or Ctrl-C. */
export async function emailWatch(args: Arguments, { signal }: Session): Promise<number> {
  const tell = teller(process.stderr, args.on('quiet') ?? false);
  const { target } = makePlan(args, args.operands, ['email'], tell.notice);
  if (!target.domains) throw new UsageError('There is no domain to watch.', 'Name it, or write it under domains in launch-ready.yaml.');
  const limit = Number(args.text('timeout')?.replace(/s$/, '') ?? usual.limit);
  return watchMail(target.domains, { ...usual, limit }, signal, (text) => void process.stdout.write(text));
}

/** Says what changes from round to round; ends with 0 once every name server has everything. */
export async function watchMail(
  domains: GivenDomains,
  { limit, between, port }: typeof usual,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<number> {
  const wanted = wantedRecords(domains);
  const servers = domains.resolvers?.map(addressOf);
  const start = Date.now();
  let before = '';
  for (;;) {
    // Nothing of an earlier round is remembered.
    const dns = openDns({ ...(servers && { servers }), waitMs: 2_000, tries: 2, signal });
    const sights = await lookForWanted(dns, wanted, { port, inside: servers !== undefined });
    const told = wanted.map((record) => recordText(sights.filter((one) => one.record === record))).join('');
    if (told !== before && !signal.aborted) say(`After ${Math.round((Date.now() - start) / 1000)} s\n${told}`);
    before = told;
    if (sights.length > 0 && sights.every(({ missing }) => missing === undefined)) {
      say(`Every name server has all ${plural(wanted.length, 'record')}.\n`);
      return exitCodes.ready;
    }
    if (signal.aborted || Date.now() + between * 1000 > start + limit * 1000) {
      say(`${signal.aborted ? 'Stopped' : `After ${limit} s`}: not everything is there yet.\n`);
      return sights.some(({ missing, failed }) => missing !== undefined && !failed) ? exitCodes['not-ready'] : exitCodes['cannot-tell'];
    }
    await wait(between * 1000, undefined, { signal }).catch(() => undefined);
  }
}

function recordText(sights: readonly WantedSight[]): string {
  const { name, what } = sights[0]!.record;
  const open = sights.filter(({ missing }) => missing !== undefined);
  if (open.length === 0) return `  ${name}  ${what}: there, at ${plural(sights.length, 'name server')}\n`;
  return `  ${name}  ${what}: ${open.map(({ missing, by }) => `${missing} at ${by}`).join('; ')}\n`;
}
