import type { GivenDomains } from '../../core/target.ts';
import { addressOf, type DnsClient } from '../dns/client.ts';
import { type AddressRules, type NetworkPlace, unplacedCode } from '../http/address.ts';

const usualPort = (protocol: string): number => (protocol === 'http:' ? 80 : 443);

/**
 * Where the user says that a host is reached, before DNS says so. A port beside a plain host name is that of https, unless it is 80; where http is reached then,
 * nobody said: that is refused, and never guessed. `undefined`: the user says nothing of this host.
 */
export function pinnedPlace(connect: GivenDomains['connect'], protocol: string, hostname: string): NetworkPlace | 'unsaid' | undefined {
  const own = connect?.[`${protocol}//${hostname}`];
  if (own !== undefined) return placeOf(own, usualPort(protocol));
  const text = connect?.[hostname];
  if (text === undefined)
    return connect?.[`${protocol === 'http:' ? 'https:' : 'http:'}//${hostname}`] === undefined ? undefined : 'unsaid';
  const place = placeOf(text, 443);
  const isUsual = place.port === 443 || place.port === 80;
  if (isUsual) return { ...place, port: usualPort(protocol) };
  return protocol === 'https:' ? place : 'unsaid';
}

function placeOf(text: string, port: number): NetworkPlace {
  const hasPort = /^(?:[^:]+|\[[^\]]+\]):\d+$/.test(text);
  const { address } = addressOf(text);
  return { address, port: hasPort ? addressOf(text).port : port };
}

/** Finds the place of a connection: as pinned, else as the name servers of the map say, else as the system does. */
export function placesOf({ connect, resolvers }: GivenDomains, dns: DnsClient): NonNullable<AddressRules['placeOf']> {
  return async (protocol, hostname) => {
    const pinned = pinnedPlace(connect, protocol, hostname);
    if (pinned === 'unsaid') throw coded(`nobody said where ${protocol}//${hostname} is reached`, unplacedCode);
    if (pinned) return pinned;
    if (!resolvers) return undefined;
    const answers = [await dns.ask(hostname, 'A'), await dns.ask(hostname, 'AAAA')];
    const address = answers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => data) : []))[0];
    if (address !== undefined) return { address, port: usualPort(protocol) };
    const isFailed = answers.some(({ is }) => is === 'failed');
    throw coded(`${hostname} has no address`, isFailed ? 'EAI_AGAIN' : 'ENOTFOUND');
  };
}

const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });
