import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { openDns } from '../../dns/client.ts';
import { type DnsFixture, startDns, type Zone, zoned } from '../../dns/fixture.ts';
import { checkSpf } from './check-host.ts';

/** The test suite of RFC 7208, where it lies beside the checkout. */
const file = new URL('../../../../../shared/suites/rfc7208-tests.yml', import.meta.url);

interface Case {
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly result: string | readonly string[];
  readonly explanation?: string;
}

type Value = string | readonly (string | number)[];
interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, Case>>;
  readonly zonedata: Readonly<Record<string, readonly (string | Readonly<Record<string, Value>>)[]>>;
}

/** YAML writes characters beyond ASCII; records hold bytes. */
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Records of type SPF stand for TXT where a name has no TXT of its own. */
function zoneOf({ zonedata }: Scenario): Zone {
  return Object.fromEntries(
    Object.entries(zonedata).map(([name, entries]) => {
      const hasText = entries.some((one) => typeof one !== 'string' && 'TXT' in one);
      const records = entries.flatMap((one): Zone[string][number][] => {
        if (one === 'TIMEOUT') return ['silent'];
        if (typeof one === 'string') return [];
        return Object.entries(one).flatMap(([type, value]): Zone[string][number][] => {
          if (type === 'SPF' && hasText) return [];
          if (type === 'SPF' || type === 'TXT') {
            if (value === 'NONE') return [];
            return [{ type: 'TXT', data: (Array.isArray(value) ? value : [value]).map((text) => bytes(String(text))) }];
          }
          if (type === 'MX') return [{ type, data: { preference: Number(value[0]), exchange: String(value[1]) } }];
          return [{ type, data: String(value) }];
        });
      });
      return [name, records];
    }),
  );
}

const scenarios = existsSync(file) ? parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as Scenario) : [];

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

    it.each(Object.entries(scenario.tests))('%s', async (__, { helo, host, mailfrom, result, explanation }) => {
      const client = openDns({ servers: [dns.server], waitMs: 400, tries: 1 });
      const verdict = await checkSpf(client, { ip: host, sender: mailfrom, helo });
      expect([result].flat(), verdict.problem).toContain(verdict.result);
      if (explanation !== undefined && verdict.result === 'fail') expect(verdict.explanation ?? 'DEFAULT').toBe(explanation);
    });
  });
});
