import { openDns } from '../../src/collect/dns/client.ts';
import { dnssecCollector } from '../../src/collect/dns/zone/dnssec.ts';
import { zoneCollector } from '../../src/collect/dns/zone/collector.ts';
import { checks } from '../../src/checks/index.ts';
import type { CollectContext } from '../../src/core/collector.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Observation } from '../../src/core/finding.ts';
import { dnssecFacts } from '../../src/evidence/dnssec.ts';
import { zoneFacts } from '../../src/evidence/zone.ts';
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

/** `check outcome severity`, of all that is no pass. */
export async function verdicts(apex: string): Promise<string[]> {
  const dns = openDns({ servers: [{ address: addresses.resolver, port }], waitMs: 1_000 });
  const hosts = ['', 'www.', 'app.'].map((label) => ({ name: `${label}${apex}`, role: 'app' as const }));
  const domains = { apex, hosts, mail: [], drafted: false, roots: [`${addresses.root}:${port}`] };
  const context = { target: { scope: { hosts: [], requests: 0, history: false }, domains } } as unknown as CollectContext;
  const zone = await zoneCollector.collect({ dns }, context);
  const dnssec = await dnssecCollector.collect({ dns, zone }, context);
  const facts: Record<string, unknown> = { [zoneFacts.id]: zone, [dnssecFacts.id]: dnssec };
  return looked.flatMap((id) => {
    const check = checks.find((one) => one.id === id)!;
    const given = Object.fromEntries(Object.entries<Evidence>(check.needs).map(([key, need]) => [key, facts[need.id]]));
    return [...(check.evaluate(given) as Iterable<Observation>)]
      .filter(({ outcome }) => outcome === 'fail' || outcome === 'unknown')
      .map(({ outcome, severity }) => `${id} ${outcome} ${severity ?? check.severity}`);
  });
}
