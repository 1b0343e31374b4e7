import { addressOf, type DnsClient, openDns } from '../collect/dns/client.ts';
import { makeFolder } from '../collect/access/state.ts';
import { cloudflareApi } from '../collect/provider/cloudflare/api.ts';
import { CloudflareError, openCloudflare, UnansweredCall } from '../collect/provider/cloudflare/client.ts';
import { edgeFolder, edgeJournals, UnreadableJournal } from '../collect/provider/cloudflare/apply/journal.ts';
import { ChangedMeanwhile } from '../collect/provider/cloudflare/apply/send.ts';
import { EdgeRefusal, type EdgeOptions } from '../collect/provider/cloudflare/apply/session.ts';
import { type Risk, risks } from '../collect/provider/cloudflare/plan/change.ts';
import { checkToken, tokenOf } from '../collect/provider/cloudflare/zone.ts';
import { CollectFault } from '../core/evidence.ts';
import { exitCodes } from '../core/gate.ts';
import type { GivenCloudflare, GivenDomains } from '../core/target.ts';
import type { Arguments } from './arguments.ts';
import type { Session } from './command.ts';
import { cloudflareOf } from './cloudflare.ts';
import { domainCall } from './domain-call.ts';
import { reasonOf } from './file-error.ts';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** What the commands that plan and change the edge are about. */
export interface EdgeTarget {
  readonly domains: GivenDomains | undefined;
  /** Absent: no zone at Cloudflare is named. */
  readonly given: GivenCloudflare | undefined;
  /** A client of the DNS that has asked nothing yet. */
  openDns(): DnsClient;
}

/** Reads the call and the config; throws `UsageError` for what is wrong with them. Nothing is sent yet. */
export function edgeTarget(args: Arguments, session: Session): EdgeTarget {
  const { config, domains } = domainCall(args);
  const servers = domains?.resolvers?.map(addressOf);
  return {
    domains,
    given: cloudflareOf(config, domains),
    openDns: () => openDns({ ...(servers && { servers }), signal: session.signal }),
  };
}

/**
 * Does something with the zone at Cloudflare. What stands in the way is printed, and gives the exit code: 1 where nothing was done or it broke off, 3 where
 * the zone could not be reached.
 */
export async function withZone(
  { domains, given }: EdgeTarget,
  args: Arguments,
  { signal }: Session,
  work: (options: EdgeOptions) => Promise<number>,
): Promise<number> {
  if (!given)
    throw new UsageError(
      'No zone at Cloudflare is named.',
      'Write cloudflare: { tokenFrom: CLOUDFLARE_API_TOKEN } into launch-ready.yaml. For another DNS host, launch-ready edge plan --records prints what to enter.',
    );
  const accepted = args.all('accept-risk').map(riskOf);
  const folder = edgeFolder(given.zone);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new UsageError(
      `What is changed is written down first, and the folder for it cannot be made: ${reasonOf(error)}.`,
      'Set LAUNCH_READY_STATE to a folder that can be written to.',
    );
  }
  const fail = (message: string, remedy: string, code: number): number => {
    for (const line of [message, remedy, brokenOff(folder)]) if (line !== '') process.stderr.write(`${line}\n`);
    return code;
  };
  try {
    const client = openCloudflare({ token: tokenOf(given), base: given.base, signal });
    try {
      const api = cloudflareApi(client);
      await checkToken(api);
      const deletable = args.all('allow-delete').map((name) => name.toLowerCase().replace(/\.$/, ''));
      return await work({ api, given, domains, folder, accepted, deletable, now: Date.now() });
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof EdgeRefusal) return fail(error.message, error.remedy, exitCodes['not-ready']);
    if (error instanceof CollectFault) return fail(error.fault.message, error.fault.remedy, exitCodes['cannot-tell']);
    if (error instanceof UnreadableJournal) {
      process.stderr.write(
        `${error.message}\nMend it, or move it away after you compared the zone in the dashboard: what stands in it is not undone then.\n`,
      );
      return exitCodes['not-ready'];
    }
    if (error instanceof CloudflareError || error instanceof UnansweredCall || error instanceof ChangedMeanwhile)
      return fail(error.message, '', exitCodes['not-ready']);
    throw error;
  }
}

/** What to do about a change that did not come to its end. */
function brokenOff(folder: string): string {
  const state = edgeJournals(folder).findLast((one) => one.state !== 'undone')?.state;
  if (state === 'applying') return 'The apply broke off: launch-ready edge apply goes on with it, launch-ready edge undo takes it back.';
  return state === 'undoing' ? 'The undo broke off: run launch-ready edge undo again, it goes on where it stopped.' : '';
}

function riskOf(text: string): Risk {
  const found = risks.find((one) => one.toLowerCase() === text.toLowerCase());
  if (found) return found;
  throw new UsageError(`${text} is no risk that a plan names.`, didYouMean(text, risks) ?? `There are ${risks.join(', ')}.`);
}
