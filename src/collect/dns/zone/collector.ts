import { isIPv6 } from 'node:net';
import { defineCollector } from '../../../core/collector.ts';
import { type HostAnswer, type NameServer, type ZoneFacts, zoneFacts } from '../../../evidence/zone.ts';
import { dnsClient } from '../collector.ts';
import type { ServerAddress } from '../exchange.ts';
import { isBelow } from '../name.ts';
import { addressesOf, findDelegation, type Ways, waysOf } from './delegation.ts';
import { asksAgain, heardByIPv6, lookAt } from './server.ts';

/** Asks the zone above who serves the domain, and each of those servers what it knows. */
export const zoneCollector = defineCollector({
  provides: zoneFacts,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  collect({ dns }, { target: { domains } }) {
    const { apex, hosts } = domains ?? { apex: '', hosts: [] };
    const names = [...new Set([apex, ...hosts.map(({ name }) => name)])].filter((name) => isBelow(name, apex));
    return factsOf(waysOf(dns, domains?.roots), apex, names);
  },
});

/** Name servers, and addresses of each, that are asked: the root itself has 13, and who names more wants to be asked for the sake of asking. */
const most = { names: 16, addresses: 6 };

async function factsOf(ways: Ways, zone: string, hosts: readonly string[]): Promise<ZoneFacts> {
  const { delegation, servers: above } = await findDelegation(ways, zone);
  if (delegation.is === 'missing' || delegation.is === 'no-cut') return { zone, delegation, names: [], servers: [] };
  const told = delegation.is === 'delegated' ? delegation.names : await byResolver(ways, zone);
  const first = await Promise.all(told.slice(0, most.names).map(({ name, glue }) => serverOf(ways, zone, name, glue, hosts)));
  const names = [...new Set(first.flatMap(({ looks }) => looks.flatMap((look) => look.names ?? [])))].toSorted();
  const more = names.filter((name) => !told.some((one) => one.name === name));
  const others = await Promise.all(more.slice(0, most.names).map((name) => serverOf(ways, zone, name, [], hosts)));
  const servers = await heardByIPv6([...first, ...others], () => reachesIPv6(ways, delegation.parent, above));
  return { zone, delegation, names, servers: await settled(ways, zone, servers) };
}

/** Whether a server of the zone above answers by IPv6, whatever it says. */
async function reachesIPv6({ dns }: Ways, parent: string, above: readonly ServerAddress[]): Promise<boolean> {
  const server = above.find(({ address }) => isIPv6(address));
  if (!server || parent === '') return false;
  const answer = await dns.ask(parent, 'SOA', { server, recursion: false });
  return answer.message !== undefined;
}

async function byResolver({ dns }: Ways, zone: string): Promise<{ readonly name: string; readonly glue: readonly string[] }[]> {
  const answer = await dns.ask(zone, 'NS', { checkingDisabled: true });
  return answer.is === 'records' ? answer.records.map(({ data }) => ({ name: data.toLowerCase(), glue: [] })) : [];
}

async function serverOf(ways: Ways, zone: string, name: string, glue: readonly string[], hosts: readonly string[]): Promise<NameServer> {
  const { own, found, alias } = await addressesOf(ways, name);
  const addresses = [...new Set([...glue, ...own])].slice(0, most.addresses);
  const looks = await Promise.all(addresses.map((address) => lookAt(ways, zone, address, hosts)));
  return { name, own, found, ...(alias !== undefined && { alias }), looks };
}

/** Where servers do not say the same of a host, each is asked again: some turn their answers round by intent. */
async function settled(ways: Ways, zone: string, servers: readonly NameServer[]): Promise<NameServer[]> {
  const all = servers.flatMap(({ looks }) => looks.flatMap(({ hosts }) => hosts ?? []));
  const said = new Map<string, Set<string>>();
  for (const one of all) said.set(keyOf(one), (said.get(keyOf(one)) ?? new Set()).add(`${one.is} ${one.records.join()}`));
  const again = async (one: HostAnswer, address: string): Promise<HostAnswer> =>
    (said.get(keyOf(one))?.size ?? 0) > 1 ? asksAgain(ways, zone, address, one) : one;
  return Promise.all(
    servers.map(async (server) => ({
      ...server,
      looks: await Promise.all(
        server.looks.map(async (look) =>
          look.hosts ? { ...look, hosts: await Promise.all(look.hosts.map((one) => again(one, look.address))) } : look,
        ),
      ),
    })),
  );
}

const keyOf = ({ name, type }: HostAnswer): string => `${name} ${type}`;
