import type { DmarcPolicy, DmarcRecord, DmarcStep } from '../../../evidence/dmarc.ts';
import type { DnsClient } from '../../dns/client.ts';
import { askable } from '../../dns/name.ts';
import { isDmarc, parseDmarc, weakened } from './record.ts';

/** Labels of the longest name that is asked for on the way up, and so the questions of a walk but one (RFC 9989 §4.10). */
const mostLabels = 7;

/** The domains that a walk asks at, from the domain itself up to its top-level domain: at most eight. */
export function walkNames(domain: string): string[] {
  const labels = domain.toLowerCase().replace(/\.$/, '').split('.');
  const above = labels.length - 1 > mostLabels ? labels.slice(-mostLabels) : labels.slice(1);
  return [labels.join('.'), ...above.map((_, nth) => above.slice(nth).join('.'))];
}

/** Walks up from a domain until a record with `psd=y` or `psd=n`, or the end. Never throws; a step that could not be asked has a `fault`. */
export async function walk(dns: DnsClient, domain: string): Promise<DmarcStep[]> {
  const steps: DmarcStep[] = [];
  for (const name of walkNames(domain)) {
    const step = await askAt(dns, name);
    steps.push(step);
    if (step.record && step.record.psd !== 'u') break;
  }
  return steps;
}

async function askAt(dns: DnsClient, domain: string): Promise<DmarcStep> {
  // A name that is too long has no record.
  if (askable(`_dmarc.${domain}`) === undefined) return { domain, texts: [] };
  const answer = await dns.ask(`_dmarc.${domain}`, 'TXT');
  if (answer.is === 'failed') return { domain, texts: [], fault: answer.text };
  const texts = answer.is === 'records' ? answer.records.map(({ data }) => data).filter(isDmarc) : [];
  return { domain, texts, ...(texts.length === 1 && { record: parseDmarc(texts[0]!) }) };
}

/** The organisational domain out of a walk (RFC 9989 §4.10.2). */
export function organisationalOf(steps: readonly DmarcStep[]): string {
  const start = steps[0]?.domain ?? '';
  const found = steps.filter(({ record }) => record);
  for (const { domain, record } of found) {
    if (record?.psd === 'n') return domain;
    if (record?.psd === 'y' && domain !== start) return below(start, domain);
  }
  return found.at(-1)?.domain ?? start;
}

/** The domain one label below a parent, on the way to `start`. */
function below(start: string, parent: string): string {
  const labels = start.split('.');
  return labels.slice(-(parent.split('.').length + 1)).join('.');
}

/** The record that counts for mail from a domain, and what it asks for. */
export interface DmarcDiscovery {
  readonly steps: readonly DmarcStep[];
  readonly organisational: string;
  readonly at?: string;
  readonly record?: DmarcRecord;
  readonly by?: 'p' | 'sp' | 'np';
  readonly policy?: DmarcPolicy;
  readonly effective?: DmarcPolicy;
  /** A question that decides it could not be asked. */
  readonly fault?: string;
}

/** Finds the policy for a From domain: its own record, else that of its organisational domain, else that of the public suffix (RFC 9989 §4.10.1). */
export async function discoverDmarc(dns: DnsClient, from: string): Promise<DmarcDiscovery> {
  const steps = await walk(dns, from);
  const organisational = organisationalOf(steps);
  const own = steps[0];
  // The own record counts whatever stands above; without one, a step that failed may have hidden the one that counts.
  const fault = own?.record ? own.fault : steps.find((step) => step.fault !== undefined)?.fault;
  if (fault !== undefined) return { steps, organisational, fault };
  const last = steps.at(-1);
  const source =
    (own?.record && own) ||
    steps.find(({ domain, record }) => domain === organisational && record) ||
    (last?.record?.psd === 'y' ? last : undefined);
  if (!source?.record) return { steps, organisational };
  const { record, domain: at } = source;
  const found = { steps, organisational, at, record };
  if (record.ignored || record.p === undefined) return found;
  if (source === own) return { ...found, ...asked('p', record.p, record) };
  const existence = await dns.ask(from, 'A');
  if (existence.is === 'failed') return { ...found, fault: existence.text };
  const isThere = !(existence.is === 'none' && existence.why === 'nxdomain');
  if (!isThere && record.np) return { ...found, ...asked('np', record.np, record) };
  return { ...found, ...(record.sp ? asked('sp', record.sp, record) : asked('p', record.p, record)) };
}

const asked = (by: 'p' | 'sp' | 'np', policy: DmarcPolicy, { test }: DmarcRecord) => ({
  by,
  policy,
  effective: test ? weakened(policy) : policy,
});
