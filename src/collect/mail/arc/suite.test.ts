import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { openDns } from '../../dns/client.ts';
import { type DnsFixture, startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { splitMessage } from '../dkim/message.ts';
import { verifyArc } from './verify.ts';

/** The test suite of ARC (github.com/ValiMail/arc_test_suite), where it lies beside the checkout. */
const file = new URL('../../../../../shared/suites/arc-draft-validation-tests.yml', import.meta.url);

interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, { readonly message: string; readonly cv: string | null }>>;
  readonly 'txt-records': Readonly<Record<string, string>>;
}

const scenarios = existsSync(file)
  ? parseAllDocuments(readFileSync(file, 'utf8'), { uniqueKeys: false }).map((one) => one.toJS() as Scenario)
  : [];

const zoneOf = (scenario: Scenario): Zone =>
  Object.fromEntries(
    Object.entries(scenario['txt-records']).map(([name, text]) => [
      name,
      [{ type: 'TXT', data: String(text).match(/.{1,255}/gs) ?? [''] }],
    ]),
  );

describe.skipIf(scenarios.length === 0)('the test suite of ARC (beside the checkout, in shared/suites)', () => {
  it('is whole', () => {
    expect(scenarios.flatMap(({ tests }) => Object.keys(tests))).toHaveLength(171);
  });

  describe.each(scenarios.map((one) => [one.description, one] as const))('%s', (_, scenario) => {
    let dns: DnsFixture;
    beforeAll(async () => {
      dns = await startDns(zoned(zoneOf(scenario)));
    });
    afterAll(() => dns.stop());

    it.each(Object.entries(scenario.tests))('%s', async (__, { message, cv }) => {
      const found = await verifyArc(openDns({ servers: [dns.server], waitMs: 400, tries: 1 }), splitMessage(Buffer.from(message)));
      // Of a chain that says of itself that it was broken, the suite wants nothing more to be said.
      expect(found.result, found.why).toBe((cv || 'fail').toLowerCase());
    });
  });
});
