import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDns } from '../../src/collect/dns/client.ts';
import { dnssecCollector } from '../../src/collect/dns/zone/dnssec.ts';
import { zoneCollector } from '../../src/collect/dns/zone/collector.ts';
import { checks } from '../../src/checks/index.ts';
import { dnssecFacts } from '../../src/evidence/dnssec.ts';
import { zoneFacts } from '../../src/evidence/zone.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Observation } from '../../src/core/finding.ts';
import type { CollectContext } from '../../src/core/collector.ts';
import { addresses, type Lab, type LabZone, missing, port, startLab } from './lab.ts';

if (missing) console.warn(`skipped, the name servers of the domain against real ones: ${missing}`);

const records = '@ A 192.0.2.7\nwww CNAME @\napp A 192.0.2.8';
const zones: Readonly<Record<string, LabZone>> = {
  'good.test': { records },
  'signed.test': { records, signed: true, ds: 'right' },
  'lame.test': { records, second: false },
  'silent.test': { records, ns: ['ns1.hoster.test.', 'ns3.hoster.test.'] },
  'gone.test': { records, ns: ['ns3.hoster.test.'] },
  'nameless.test': { records, ns: ['ns1.hoster.test.', 'ns9.hoster.test.'] },
  'unregistered.test': { records, delegation: '' },
  'differ.test': { records, delegation: 'differ.test. NS ns1.hoster.test.' },
  'glueless.test': {
    records: `${records}\nns A ${addresses.first}`,
    ns: ['ns', 'ns2.hoster.test.'],
    delegation: 'glueless.test. NS ns.glueless.test.\nglueless.test. NS ns2.hoster.test.',
  },
  'oldglue.test': {
    records: `${records}\nns A ${addresses.first}`,
    ns: ['ns', 'ns2.hoster.test.'],
    delegation: `oldglue.test. NS ns.oldglue.test.\noldglue.test. NS ns2.hoster.test.\nns.oldglue.test. A ${addresses.second}`,
  },
  'ownglue.test': {
    records: `${records}\nns A ${addresses.first}`,
    ns: ['ns', 'ns2.hoster.test.'],
    delegation: `ownglue.test. NS ns.ownglue.test.\nownglue.test. NS ns2.hoster.test.\nns.ownglue.test. A ${addresses.first}`,
  },
  'behind.test': { records, secondSoa: 'ns1.hoster.test. hostmaster.hoster.test. 9 7200 3600 1209600 300' },
  'apart.test': { records, second: '@ A 192.0.2.7\nwww CNAME @\napp A 198.51.100.8' },
  'halfway.test': { records, second: '@ A 192.0.2.7\nwww CNAME @' },
  'onenet.test': { records, ns: ['ns1.hoster.test.', 'ns4.hoster.test.'] },
  'slow.test': { records, soa: 'ns1.hoster.test. hostmaster.hoster.test. 1 7200 3600 1209600 604800' },
  'oldds.test': { records, signed: true, ds: 'old' },
  'unsigned.test': { records, ds: 'old' },
  'unlinked.test': { records, signed: true },
};

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
async function verdicts(apex: string): Promise<string[]> {
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

describe.skipIf(missing)('the name servers of the domain, with knot and unbound', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab(zones);
  });
  afterAll(() => lab?.stop());

  it.each([
    ['good.test', []],
    ['signed.test', []],
    ['ownglue.test', []],
    ['lame.test', ['edge/name-server-broken fail high', 'edge/zone-out-of-step unknown high']],
    ['silent.test', ['edge/name-server-broken fail high', 'edge/zone-out-of-step unknown high']],
    ['nameless.test', ['edge/name-server-broken fail high', 'edge/name-servers-alike fail low']],
    ['unregistered.test', ['edge/name-server-broken fail blocker']],
    ['differ.test', ['edge/name-servers-differ fail medium']],
    ['glueless.test', ['edge/glue-wrong fail high']],
    ['oldglue.test', ['edge/glue-wrong fail high']],
    ['behind.test', ['edge/zone-out-of-step fail low']],
    ['apart.test', ['edge/zone-out-of-step fail medium']],
    ['halfway.test', ['edge/zone-out-of-step fail high', 'edge/zone-out-of-step fail high']],
    ['onenet.test', ['edge/name-servers-alike fail low']],
    ['slow.test', ['edge/soa-values fail low']],
    ['oldds.test', ['edge/dnssec-broken fail blocker']],
    ['unsigned.test', ['edge/dnssec-broken fail blocker']],
    ['unlinked.test', ['edge/dnssec-unlinked fail low']],
  ])('%s: %j', async (zone, told) => {
    expect(await verdicts(zone)).toEqual(told);
  });

  it('gone.test: no server of it answers, which stops the launch', async () => {
    expect(await verdicts('gone.test')).toContain('edge/name-server-broken fail blocker');
  });
});
