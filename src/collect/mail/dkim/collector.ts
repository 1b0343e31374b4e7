import { defineCollector } from '../../../core/collector.ts';
import { optional } from '../../../core/evidence.ts';
import type { GivenMailDomain } from '../../../core/target.ts';
import { type DkimFacts, type DkimKey, dkimKeys } from '../../../evidence/dkim.ts';
import { mailDomains } from '../../../evidence/mail-domains.ts';
import { codeMail, mailHosts } from '../../../evidence/mail-hosts.ts';
import { mailSender } from '../../../evidence/mail-senders.ts';
import { spfRecords } from '../../../evidence/spf.ts';
import type { DnsClient } from '../../dns/client.ts';
import { dnsClient } from '../../dns/collector.ts';
import { lookedAt } from '../domains.ts';
import { askKey, shownKey } from './key.ts';

/** Looks at the DKIM keys of each domain: those of the config, and those that its services usually take. */
export const dkimCollector = defineCollector({
  provides: dkimKeys,
  wants: 'domain',
  needs: { dns: dnsClient, known: mailDomains, spf: spfRecords, hosts: mailHosts, code: optional(codeMail, { senders: [], from: [] }) },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns, known, spf, hosts, code }, { target: { domains } }) =>
    Promise.all(
      lookedAt(domains, known).map((one) => {
        const guessed = [
          ...(one.senders ?? []),
          ...(spf.find(({ domain }) => domain === one.name)?.includes ?? []),
          ...(hosts.find(({ domain }) => domain === one.name)?.services ?? []),
          ...code.senders.map(({ sender }) => sender),
        ];
        return dkimFacts(dns, one, [...new Set(guessed)]);
      }),
    ),
});

/** The keys of one domain. `services`: those that may send for it. Never throws. */
export async function dkimFacts(
  dns: DnsClient,
  { name, senders, selectors = [] }: GivenMailDomain,
  services: readonly string[],
): Promise<DkimFacts> {
  const usual = services.flatMap((id) => mailSender(id)?.selectors ?? []).filter((one) => !selectors.includes(one));
  const look = async (selector: string, told: DkimKey['told']): Promise<{ readonly key: DkimKey; readonly isMeant: boolean }> => {
    const asked = await askKey(dns, name, selector);
    return { key: { ...shownKey(asked), told }, isMeant: asked.isMeant };
  };
  const [own, hinted] = await Promise.all([
    Promise.all(selectors.map((one) => look(one, 'config'))),
    Promise.all([...new Set(usual)].map((one) => look(one, 'habit'))),
  ]);
  // By habit a key is only there where something stands that is meant as one: a wildcard in the zone answers at every name, and a key is taken back after a change.
  const there = hinted.filter(({ key, isMeant }) => key.state === 'found' && !key.revoked && isMeant);
  return {
    domain: name,
    ...(senders && { senders }),
    // A selector of habit that could not be asked for says nothing.
    keys: [...own, ...there].map(({ key }) => key),
    missed: hinted.filter((one) => one.key.state !== 'failed' && !there.includes(one)).map(({ key }) => key.selector),
  };
}
