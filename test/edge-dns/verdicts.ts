import { openDns } from '../../src/collect/dns/client.ts';
import { judge, mapOf, open } from './judge.ts';
import { addresses, port } from './lab.ts';

const looked = [
  'edge/name-server-broken',
  'edge/name-servers-differ',
  'edge/glue-wrong',
  'edge/zone-out-of-step',
  'edge/name-servers-alike',
  'edge/soa-values',
  'edge/dnssec-broken',
  'edge/dnssec-expiring',
  'edge/dnssec-unlinked',
];

/** What the checks of name servers and signatures say of a zone of the lab, of all that is no pass. */
export async function verdicts(apex: string): Promise<string[]> {
  const dns = openDns({ servers: [{ address: addresses.resolver, port }], waitMs: 1_000 });
  return open(await judge(dns, mapOf(apex, undefined, { roots: [`${addresses.root}:${port}`] }), looked));
}
