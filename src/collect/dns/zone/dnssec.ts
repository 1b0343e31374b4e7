import { defineCollector } from '../../../core/collector.ts';
import { type DnssecFacts, dnssecFacts, type SignatureFact, type ValidatedName } from '../../../evidence/dnssec.ts';
import { type ZoneFacts, zoneFacts } from '../../../evidence/zone.ts';
import { type DnsAnswer, type DnsClient, nameOf } from '../client.ts';
import { dnsClient } from '../collector.ts';
import type { DnsRecord, RecordData } from '../message.ts';
import { findDelegation, type Ways, waysOf } from './delegation.ts';
import { keyTagOf, matchOf } from './key.ts';
import { type Place, proofOf } from './proof.ts';
import { entryPoint } from './public-key.ts';

/** Servers of the zone above that are asked for DS records, and addresses of servers of the zone that are asked for keys and signatures. */
const most = { above: 4, own: 16 } as const;

/** Asks the zone above for DS records, the zone for its keys and signatures, and the resolver what it makes of them. */
export const dnssecCollector = defineCollector({
  provides: dnssecFacts,
  wants: 'domain',
  needs: { dns: dnsClient, zone: zoneFacts },
  effects: 'reads',
  timeoutMs: 60_000,
  collect({ dns, zone }, { target: { domains }, signal }) {
    const names = [...new Set([zone.zone, ...(domains?.hosts ?? []).map(({ name }) => name)])];
    return factsOf(waysOf(dns, domains?.roots), zone, names, signal);
  },
});

async function factsOf(ways: Ways, facts: ZoneFacts, hosts: readonly string[], signal: AbortSignal): Promise<DnssecFacts> {
  const { zone } = facts;
  const places = placesOf(ways, facts);
  const [ds, keyAnswers, resolver] = await Promise.all([dsOf(ways, zone), atAll(ways.dns, places, zone, 'DNSKEY'), resolverOf(ways.dns)]);
  const isSigned = keyAnswers.some(({ is }) => is !== 'none');
  const [soaAnswers, names] = await Promise.all([
    isSigned ? atAll(ways.dns, places, zone, 'SOA') : [],
    Promise.all(hosts.map((name) => validated(ways.dns, name))),
  ]);
  const now = Math.floor(Date.now() / 1_000);
  const named = ds.is === 'records' ? ds.records.map(({ data }) => data) : [];
  const keys = distinct(keyAnswers);
  return {
    zone,
    askedAt: now,
    resolver,
    dsAsked: ds.is === 'failed' ? 'failed' : 'told',
    ds: named.map((data) => ({
      keyTag: data.keyTag,
      algorithm: data.algorithm,
      digestType: data.digestType,
      matches: matchOf(zone, data, keys),
    })),
    keysAsked: keyAnswers.some(({ is }) => is !== 'failed') ? 'told' : 'failed',
    keys: keys.map((key) => ({ keyTag: keyTagOf(key), algorithm: key.algorithm, entry: (key.flags & entryPoint) !== 0 })),
    signatures: [...signaturesOf(keyAnswers, zone, 'DNSKEY'), ...signaturesOf(soaAnswers, zone, 'SOA')],
    ...(await proofOf(ways.dns, zone, named, { hosts, places, now, signal })),
    names,
  };
}

/** Keys that servers gave, each once; two may have the same number. */
function distinct(answers: readonly DnsAnswer<'DNSKEY'>[]): RecordData['DNSKEY'][] {
  const all = answers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => data) : []));
  return [...new Map(all.map((key) => [[key.flags, key.algorithm, key.key.toString('hex')].join(), key])).values()];
}

/** The servers of the zone above know; else the resolver is asked, which must not check them on the way. */
async function dsOf(ways: Ways, zone: string): Promise<DnsAnswer<'DS'>> {
  const { servers } = await findDelegation(ways, zone);
  for (const server of servers.slice(0, most.above)) {
    const answer = await ways.dns.ask(zone, 'DS', { server, recursion: false, dnssec: true });
    if (answer.is !== 'failed') return answer;
  }
  return ways.dns.ask(zone, 'DS', { dnssec: true, checkingDisabled: true });
}

/** The servers of the zone that answer; the resolver stands in where there is none. */
function placesOf(ways: Ways, { servers }: ZoneFacts): Place[] {
  const found = new Map<string, Place>();
  for (const { name, looks } of servers)
    for (const { address, said } of looks) {
      if (said !== 'answers' || found.has(address) || found.size >= most.own) continue;
      const server = { address, port: ways.port };
      const options = { server, recursion: false, dnssec: true };
      found.set(address, { name: `${name} (${nameOf(server)})`, options, hostOptions: options, hearsay: false });
    }
  if (found.size > 0) return [...found.values()];
  return [{ name: 'the resolver', options: { dnssec: true, checkingDisabled: true }, hostOptions: {}, hearsay: true }];
}

const atAll = <Type extends 'DNSKEY' | 'SOA'>(
  dns: DnsClient,
  places: readonly Place[],
  zone: string,
  type: Type,
): Promise<DnsAnswer<Type>[]> => Promise.all(places.map(({ options }) => dns.ask(zone, type, options)));

const signaturesOf = (answers: readonly DnsAnswer[], zone: string, covers: string): SignatureFact[] =>
  answers.flatMap((one) =>
    one.is === 'records'
      ? one.message.answers
          .filter((record): record is DnsRecord<'RRSIG'> => record.type === 'RRSIG' && record.name === zone)
          .map(({ data }): RecordData['RRSIG'] => data)
          .filter(({ typeCovered }) => typeCovered === covers)
          .map(({ keyTag, inception, expiration }) => ({ covers, keyTag, inception, expiration, server: nameOf(one.server) }))
      : [],
  );

/** Whether the resolver checks signatures: those of the root are always there. */
async function resolverOf(dns: DnsClient): Promise<DnssecFacts['resolver']> {
  const answer = await dns.ask('.', 'SOA', { dnssec: true });
  if (answer.is === 'failed') return 'unknown';
  return answer.message.authenticated ? 'validates' : 'does-not';
}

/**
 * RFC 4035 §3.2.2: a name that fails with validation and is answered without is signed wrongly. One of a zone without signatures is asked for too: it may
 * lead into another that has some.
 */
async function validated(dns: DnsClient, name: string): Promise<ValidatedName> {
  const answer = await dns.ask(name, 'A');
  if (answer.is !== 'failed') {
    const { authenticated } = answer.message;
    return { name, is: authenticated ? 'secure' : 'insecure', text: authenticated ? 'it validates' : 'it is answered, without a proof' };
  }
  if (answer.why !== 'servfail') return { name, is: 'untold', text: answer.text };
  const unchecked = await dns.ask(name, 'A', { dnssec: true, checkingDisabled: true });
  if (unchecked.is === 'failed') return { name, is: 'untold', text: `${answer.text}, without validation too` };
  return { name, is: 'bogus', text: `${answer.text}; asked not to validate, it answers` };
}
