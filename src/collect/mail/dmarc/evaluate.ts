import { getDomain } from 'tldts';
import type { DnsClient } from '../../dns/client.ts';
import { type DmarcDiscovery, discoverDmarc, organisationalOf, walk } from './discover.ts';

/** What came of the two ways of a mail to show whom it is from. */
export interface DmarcQuestion {
  /** Domain of From, one. */
  readonly from: string;
  /** Of MAIL FROM; absent: not looked at. */
  readonly spf?: { readonly result: string; readonly domain: string };
  readonly dkim: readonly { readonly result: string; readonly domain: string; readonly selector?: string }[];
}

/** `unclear`: whether it is aligned could not be asked. */
export type Alignment = 'strict' | 'relaxed' | 'no' | 'unclear';

export interface DmarcVerdict extends DmarcDiscovery {
  /** `none`: the domain has no policy, so DMARC says nothing. `temperror`: it could not be asked. */
  readonly result: 'pass' | 'fail' | 'none' | 'temperror';
  readonly spf: { readonly alignment: Alignment; readonly counts: boolean };
  /** One a signature, in order. */
  readonly dkim: readonly { readonly alignment: Alignment; readonly counts: boolean }[];
  /** What receivers are asked to do with it: the policy where it fails, nothing where it passes. */
  readonly disposition: 'none' | 'quarantine' | 'reject';
}

/** Judges a mail by DMARC (RFC 9989 §5.3). Never throws. */
export async function evaluateDmarc(dns: DnsClient, { from, spf, dkim }: DmarcQuestion): Promise<DmarcVerdict> {
  const discovery = await discoverDmarc(dns, from);
  const { record } = discovery;
  const align = (domain: string, mode: 'r' | 's' = 'r'): Promise<Alignment> => alignment(dns, discovery, from, domain, mode);
  const spfAlignment = spf ? await align(spf.domain, record?.aspf) : 'no';
  const signatures = await Promise.all(
    dkim.map(async ({ result, domain }) => {
      const of = await align(domain, record?.adkim);
      return { alignment: of, counts: result === 'pass' && isAligned(of) };
    }),
  );
  const told = {
    ...discovery,
    spf: { alignment: spfAlignment, counts: spf?.result === 'pass' && isAligned(spfAlignment) },
    dkim: signatures,
  };
  if (discovery.fault !== undefined && !record) return { ...told, result: 'temperror', disposition: 'none' };
  if (!record || record.ignored) return { ...told, result: 'none', disposition: 'none' };
  if (told.spf.counts || signatures.some(({ counts }) => counts)) return { ...told, result: 'pass', disposition: 'none' };
  // RFC 9989 §5.3.6: a question without an answer lets a mail neither pass nor fail.
  const isOpen =
    discovery.fault !== undefined ||
    (spf?.result === 'temperror' && spfAlignment !== 'no') ||
    (spf?.result === 'pass' && spfAlignment === 'unclear') ||
    dkim.some(({ result }, nth) => {
      const of = signatures[nth]?.alignment;
      return (result === 'temperror' && of !== 'no') || (result === 'pass' && of === 'unclear');
    });
  if (isOpen) return { ...told, result: 'temperror', disposition: 'none' };
  return { ...told, result: 'fail', disposition: discovery.effective ?? 'none' };
}

const isAligned = (alignment: Alignment): boolean => alignment === 'strict' || alignment === 'relaxed';

async function alignment(
  dns: DnsClient,
  { organisational, steps }: DmarcDiscovery,
  from: string,
  domain: string,
  mode: 'r' | 's',
): Promise<Alignment> {
  const [left, right] = [from, domain].map((name) => name.toLowerCase().replace(/\.$/, ''));
  if (left === right) return 'strict';
  if (mode === 's') return 'no';
  const other = await walk(dns, domain);
  if ([...steps, ...other].some(({ fault }) => fault !== undefined)) return 'unclear';
  // Where nobody has a policy, the walk finds no organisation, and nobody asks by DMARC: what counts then is the registered domain, as before RFC 9989.
  if (![...steps, ...other].some(({ record }) => record)) return registered(left!) === registered(right!) ? 'relaxed' : 'no';
  return organisationalOf(other) === organisational ? 'relaxed' : 'no';
}

/** The registered domain by the list of public suffixes, those of hosts included; the name itself where it is one. */
const registered = (name: string): string => getDomain(name, { allowPrivateDomains: true }) ?? name;
