import type { Block } from '../core/deliverable.ts';
import type { Evidence } from '../core/evidence.ts';
import { plural } from '../core/wording.ts';
import { type CaaFacts, caaFacts } from '../evidence/caa.ts';
import { type DnssecFacts, dnssecFacts } from '../evidence/dnssec.ts';
import { placement, type Placement } from '../evidence/placement.ts';
import { providerOf } from '../evidence/providers.ts';
import { type Registration, registration } from '../evidence/registration.ts';
import { type NameServer, type ZoneFacts, zoneFacts } from '../evidence/zone.ts';
import { type Collected, read } from './evidence-of.ts';

/** What the part of the domain map about the DNS shows. */
export const dnsMapEvidence: readonly Evidence[] = [zoneFacts, dnssecFacts, placement, caaFacts, registration];

/** Who serves the domain, who registered it, and which service each host leads to. */
export function dnsBlocks(evidence: Collected): Block[] {
  const zone = read(evidence, zoneFacts);
  const placed = read(evidence, placement);
  return [
    ...(placed ? servicesTable(placed, read(evidence, caaFacts) ?? []) : []),
    ...(zone ? serversTable(zone) : []),
    ...domainTable(zone, read(evidence, dnssecFacts), read(evidence, registration), placed),
  ];
}

const heading = (text: string): Block => ({ kind: 'heading', level: 2, text });

function servicesTable({ hosts }: Placement, caa: readonly CaaFacts[]): Block[] {
  const rows = hosts.map(({ name, on, provider, addresses }) => {
    const found = provider || (addresses.find((one) => one.provider !== '')?.provider ?? '');
    const behind = addresses.length > 0 && addresses.every(({ proxied }) => proxied);
    const rule = caa.find(({ host }) => host === name);
    return [
      name,
      providerOf(on)?.name ?? '–',
      behind ? "Cloudflare's proxy" : (providerOf(found)?.name ?? (addresses.length > 0 ? 'not known' : '–')),
      rule === undefined || rule.issuer === '' ? 'not seen' : rule.issuer,
      rule === undefined || rule.found === 'failed' ? 'not known' : rule.found === 'none' ? 'any' : issuersOf(rule),
    ];
  });
  if (rows.length === 0) return [];
  return [
    heading('Which service answers for each host'),
    { kind: 'table', columns: ['Host', 'Meant to be on', 'Leads to', 'Certificate of', 'Who may issue (CAA)'], rows },
  ];
}

const issuersOf = ({ records }: CaaFacts): string => {
  const rules = records.filter(({ tag }) => tag === 'issue');
  return rules.length === 0 ? 'any' : rules.map(({ value }) => (value.split(';', 1)[0] ?? '').trim() || 'nobody').join(', ');
};

function serversTable({ zone, delegation, names, servers }: ZoneFacts): Block[] {
  if (servers.length === 0) return [];
  const above = delegation.names.map(({ name }) => name);
  return [
    heading(`The name servers of ${zone}`),
    {
      kind: 'table',
      columns: ['Name server', 'Named by', 'Addresses', 'Says'],
      rows: servers.map((server) => [
        server.name,
        [above.includes(server.name) ? 'registrar' : '', names.includes(server.name) ? 'zone' : ''].filter(Boolean).join(' and ') ||
          'resolver',
        server.looks.map(({ address }) => address).join(', ') || 'none',
        saidBy(server),
      ]),
    },
  ];
}

function saidBy({ looks }: NameServer): string {
  const bad = looks.find(({ said }) => said !== 'answers');
  const serials = [...new Set(looks.flatMap(({ soa }) => (soa ? [soa.serial] : [])))];
  return (
    [serials.length > 0 ? `serial ${serials.join(', ')}` : '', bad ? (bad.why ?? bad.said) : ''].filter(Boolean).join('; ') || 'nothing'
  );
}

function domainTable(
  zone: ZoneFacts | undefined,
  dnssec: DnssecFacts | undefined,
  registered: Registration | undefined,
  placed: Placement | undefined,
): Block[] {
  const rows = [
    ...(registered && registered.is !== 'not-ours' ? registrationRows(registered) : []),
    ...(zone ? [['Zone above', zone.delegation.parent || (zone.delegation.why ?? 'not known')]] : []),
    ...(dnssec ? [['Signed (DNSSEC)', signedText(dnssec)]] : []),
    ...(placed ? [['Names that nobody set up', wildcardText(placed)]] : []),
  ];
  return rows.length === 0 ? [] : [heading('The domain itself'), { kind: 'table', columns: ['What', 'How it is'], rows }];
}

function registrationRows({ is, why, registrar, expires, status }: Registration): string[][] {
  if (is !== 'told') return [['Registration', why]];
  return [
    ['Registrar', registrar || 'not said'],
    ['Registered until', expires.map(dateOf).join(', ') || 'not said'],
    ['Locked against transfer', status.some((one) => one.endsWith('transfer prohibited')) ? 'yes' : 'no'],
  ];
}

function signedText({ ds, dsAsked, keys, computed, names }: DnssecFacts): string {
  if (dsAsked === 'failed') return 'not known';
  if (ds.length === 0) return keys.length === 0 ? 'no' : 'yes, but the registrar does not know it';
  if (ds.every(({ matches }) => matches === 'no')) return 'wrongly: the DS record fits no key';
  const broken = new Set(computed.filter(({ is }) => is === 'broken').map(({ server }) => server));
  if (broken.size > 0) return `wrongly: signatures do not hold at ${[...broken].join(', ')}`;
  const bogus = names.filter(({ is }) => is === 'bogus');
  if (bogus.length > 0) return `wrongly: ${plural(bogus.length, 'host')} cannot be validated`;
  if (names.some(({ is }) => is === 'secure')) return 'yes, and it validates';
  const isHeld = computed.length > 0 && computed.every(({ is }) => is === 'holds');
  return isHeld ? 'yes, and its signatures hold; no resolver here checks them' : 'yes; no resolver here checks it';
}

const wildcardText = ({ wildcard: { is, provider, chain, addresses } }: Placement): string =>
  is === 'none'
    ? 'are not there'
    : is === 'failed'
      ? 'not known'
      : `lead to ${providerOf(provider)?.name ?? [...chain, ...addresses].join(', ')}`;

/** `2027-11-23`; a time that is none as the number it is. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1_000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 10);
}
