import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDns } from '../../dns/client.ts';
import { type DnsFixture, startDns, zoned } from '../../dns/fixture.ts';
import { faultOf, readSuite, zoneOf } from './fixture.ts';

/** The test suite of RFC 7208, where it lies beside the checkout. */
const scenarios = readSuite(new URL('../../../../../shared/suites/rfc7208-tests.yml', import.meta.url));

describe.skipIf(scenarios.length === 0)('the test suite of RFC 7208 (beside the checkout, in shared/suites)', () => {
  it('is whole', () => {
    expect(scenarios.flatMap(({ tests }) => Object.keys(tests))).toHaveLength(203);
  });

  describe.each(scenarios.map((one) => [one.description, one] as const))('%s', (_, scenario) => {
    let dns: DnsFixture;
    beforeAll(async () => {
      dns = await startDns(zoned(zoneOf(scenario)));
    });
    afterAll(() => dns.stop());

    it.each(Object.entries(scenario.tests))('%s', async (__, one) => {
      expect(await faultOf(openDns({ servers: [dns.server], waitMs: 1_000, tries: 1 }), one)).toBeUndefined();
    });
  });
});
