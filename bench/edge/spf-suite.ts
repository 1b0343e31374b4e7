import { openDns } from '../../src/collect/dns/client.ts';
import { startDns, zoned } from '../../src/collect/dns/fixture.ts';
import { faultOf, readSuite, zoneOf } from '../../src/collect/mail/spf/fixture.ts';

/** The cases of the test suite of RFC 7208 against a name server on this machine, by UDP and TCP. */
export async function spfSuite(file: string): Promise<{ readonly passed: number; readonly failures: readonly string[] }> {
  const failures: string[] = [];
  let passed = 0;
  for (const scenario of readSuite(file)) {
    const dns = await startDns(zoned(zoneOf(scenario)));
    const client = openDns({ servers: [dns.server], waitMs: 1_000, tries: 1 });
    for (const [name, one] of Object.entries(scenario.tests)) {
      const fault = await faultOf(client, one);
      if (fault === undefined) passed += 1;
      else failures.push(`${name}: ${fault}`);
    }
    await dns.stop();
  }
  return { passed, failures };
}
