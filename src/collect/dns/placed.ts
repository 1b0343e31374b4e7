import { BlockList, isIP } from 'node:net';
import { cloudflareNetworks, type HostingProvider, providers } from '../../evidence/providers.ts';
import type { PlacedAddress } from '../../evidence/placement.ts';
import { isBelow } from './name.ts';

/** The provider whose name this is, or lies below. */
export const providerOfName = (name: string): HostingProvider | undefined =>
  providers.find(({ suffixes }) => suffixes.some((suffix) => isBelow(name, suffix)));

const networks = providers.map(({ id, addresses }) => [id, listOf(addresses)] as const);
const cloudflare = listOf(cloudflareNetworks);

/** Whose address this is. */
export function placed(address: string): PlacedAddress {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  const own = networks.find(([, list]) => list.check(address, family));
  return { address, provider: own?.[0] ?? '', proxied: own === undefined && cloudflare.check(address, family) };
}

function listOf(all: readonly string[]): BlockList {
  const list = new BlockList();
  for (const one of all) {
    const [address = '', bits] = one.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
