import { CollectFault } from '../../core/evidence.ts';
import type { GivenDomains } from '../../core/target.ts';
import { type Outside, theInternet } from '../access/ownership/outside.ts';
import { wayTo } from '../access/ownership/way.ts';
import type { SenderOptions } from '../access/wire/sender.ts';
import { reachOf } from '../http/address.ts';
import { pinnedPlace } from './places.ts';

/** How the app of the domain map is reached. Pinned to this machine it needs no proof of whose it is; anywhere else it does, and the address that showed it is the only one asked. */
export async function reachOfApp(
  url: URL,
  domains: GivenDomains | undefined,
  outside: Outside = theInternet,
): Promise<Pick<SenderOptions, 'address' | 'authorities' | 'pace' | 'placeOf'>> {
  const place = pinnedPlace(domains?.connect, url.protocol, url.hostname);
  const authorities = [...outside.authorities, ...(domains?.authorities ?? [])];
  if (place === 'unsaid')
    throw new CollectFault(
      'absent',
      `Nobody said where ${url.origin} is reached before the cut-over.`,
      `Write ${url.protocol}//${url.hostname}=address:port under domains.connect.`,
    );
  if (place && reachOf(place.address) === 'loopback') return { authorities, placeOf: () => Promise.resolve(place) };
  // At a port of its own, only the user's word would say whose the machine is.
  if (place && place.port !== (url.protocol === 'http:' ? 80 : 443))
    throw new CollectFault(
      'denied',
      `${url.host} is pinned to another port of another machine, and nothing proves there that it is yours to try.`,
      'Try it after the cut-over, or on this machine.',
    );
  const beyond = place ? { ...outside, addresses: () => Promise.resolve([place.address]) } : outside;
  return (await wayTo(url, { ...beyond, authorities })).scope;
}
