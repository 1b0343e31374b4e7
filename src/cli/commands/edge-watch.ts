import { domainWanted } from '../../collect/dns/wanted.ts';
import type { Arguments } from '../arguments.ts';
import type { Session } from '../command.ts';
import { domainsFor, ended, paceOf, tellingOf, watched } from '../watch.ts';

/**
 * `launch-ready edge --watch`: asks all name servers and resolvers again and again until each host has an address, they say the same of it, and the records
 * under `domains.records` are there; or the time is up, or Ctrl-C.
 */
export async function edgeWatch(args: Arguments, { signal }: Session): Promise<number> {
  const telling = tellingOf(args);
  const pace = paceOf(args);
  const domains = domainsFor(args);
  return ended(domains, await watched(domains, domainWanted(domains), { pace, signal, say: telling.say }), {
    format: telling.format,
    signal,
  });
}
