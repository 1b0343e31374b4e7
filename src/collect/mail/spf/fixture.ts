import { existsSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { DnsClient } from '../../dns/client.ts';
import type { Zone } from '../../dns/fixture.ts';
import { checkSpf } from './check-host.ts';

export interface Case {
  readonly helo: string;
  readonly host: string;
  readonly mailfrom: string;
  readonly result: string | readonly string[];
  readonly explanation?: string;
}

type Value = string | readonly (string | number)[];
/** A zone and what is asked about it. */
export interface Scenario {
  readonly description: string;
  readonly tests: Readonly<Record<string, Case>>;
  readonly zonedata: Readonly<Record<string, readonly (string | Readonly<Record<string, Value>>)[]>>;
}

/** YAML writes characters beyond ASCII; records hold bytes. */
const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Records of type SPF stand for TXT where a name has no TXT of its own. */
export function zoneOf({ zonedata }: Scenario): Zone {
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

/** The scenarios of the test suite of RFC 7208; none where it is not there. */
export const readSuite = (file: string | URL): Scenario[] =>
  existsSync(file) ? parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as Scenario) : [];

/** What is wrong with our verdict on a case; nothing where it is as it should be. */
export async function faultOf(dns: DnsClient, { helo, host, mailfrom, result, explanation }: Case): Promise<string | undefined> {
  const verdict = await checkSpf(dns, { ip: host, sender: mailfrom, helo });
  const allowed = [result].flat();
  if (!allowed.includes(verdict.result)) return `${verdict.result} instead of ${allowed.join(' or ')}: ${verdict.problem ?? 'no word why'}`;
  const said = verdict.explanation ?? 'DEFAULT';
  return explanation !== undefined && verdict.result === 'fail' && said !== explanation
    ? `it explains "${said}" instead of "${explanation}"`
    : undefined;
}
