import { defineCollector } from '../../../core/collector.ts';
import { type DnssecFacts, dnssecFacts, type SignatureFact, type ValidatedName } from '../../../evidence/dnssec.ts';
import { type ZoneFacts, zoneFacts } from '../../../evidence/zone.ts';
import { type DnsAnswer, type DnsClient, nameOf } from '../client.ts';
import { dnsClient } from '../collector.ts';
import type { ServerAddress } from '../exchange.ts';
import type { DnsRecord, RecordData } from '../message.ts';
import { findDelegation, type Ways, waysOf } from './delegation.ts';
import { entryPoint, keyTagOf, matchOf } from './key.ts';

/** Servers of the zone that are asked for keys and signatures. */
const asked = 4;

/** Asks the zone above for DS records, the zone for its keys and signatures, and the resolver what it makes of them. */
export const dnssecCollector = defineCollector({
  provides: dnssecFacts,
  wants: 'domain',
  needs: { dns: dnsClient, zone: zoneFacts },
  effects: 'reads',
  timeoutMs: 60_000,
  collect({ dns, zone }, { target: { domains } }) {
    const names = [...new Set([zone.zone, ...(domains?.hosts ?? []).map(({ name }) => name)])];
    return factsOf(waysOf(dns, domains?.roots), zone, names);
  },
});

async function factsOf(ways: Ways, facts: ZoneFacts, hosts: readonly string[]): Promise<DnssecFacts> {
  const { zone } = facts;
  const [ds, keyAnswers, resolver] = await Promise.all([dsOf(ways, zone), atServers(ways, facts, 'DNSKEY'), resolverOf(ways.dns)]);
  const isSigned = keyAnswers.some(({ is }) => is !== 'none');
  const [soaAnswers, names] = await Promise.all([
    isSigned ? atServers(ways, facts, 'SOA') : [],
    Promise.all(hosts.map((name) => validated(ways.dns, name))),
  ]);
  const keys = new Map(
    keyAnswers.flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => [keyTagOf(data), data] as const) : [])),
  );
  return {
    zone,
    askedAt: Math.floor(Date.now() / 1_000),
    resolver,
    dsAsked: ds.is === 'failed' ? 'failed' : 'told',
    ds:
      ds.is === 'records'
        ? ds.records.map(({ data }) => ({
            keyTag: data.keyTag,
            algorithm: data.algorithm,
            digestType: data.digestType,
            matches: matchOf(zone, data, [...keys.values()]),
          }))
        : [],
    keysAsked: keyAnswers.some(({ is }) => is !== 'failed') ? 'told' : 'failed',
    keys: [...keys].map(([keyTag, { algorithm, flags }]) => ({ keyTag, algorithm, entry: (flags & entryPoint) !== 0 })),
    signatures: [...signaturesOf(keyAnswers, zone, 'DNSKEY'), ...signaturesOf(soaAnswers, zone, 'SOA')],
    names,
  };
}

/** The servers of the zone above know; else the resolver is asked, which must not check them on the way. */
async function dsOf(ways: Ways, zone: string): Promise<DnsAnswer<'DS'>> {
  const { servers } = await findDelegation(ways, zone);
  for (const server of servers.slice(0, asked)) {
    const answer = await ways.dns.ask(zone, 'DS', { server, recursion: false, dnssec: true });
    if (answer.is !== 'failed') return answer;
  }
  return ways.dns.ask(zone, 'DS', { dnssec: true, checkingDisabled: true });
}

/** What the servers of the zone say themselves; the resolver stands in where none can be asked. */
async function atServers<Type extends 'DNSKEY' | 'SOA'>(ways: Ways, { zone, servers }: ZoneFacts, type: Type): Promise<DnsAnswer<Type>[]> {
  const looks = servers.flatMap(({ looks: all }) => all).filter(({ said }) => said === 'answers');
  if (looks.length === 0) return [await ways.dns.ask(zone, type, { dnssec: true, checkingDisabled: true })];
  const at = (address: string): ServerAddress => ({ address, port: ways.port });
  return Promise.all(
    looks.slice(0, asked).map(({ address }) => ways.dns.ask(zone, type, { server: at(address), recursion: false, dnssec: true })),
  );
}

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
