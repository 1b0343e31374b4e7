import { getDomain } from 'tldts';
import { defineCollector } from '../../core/collector.ts';
import type { GivenDomains, GivenMailDomain } from '../../core/target.ts';
import { type MailDomain, mailDomains } from '../../evidence/mail-domains.ts';
import type { DnsClient } from '../dns/client.ts';
import { dnsClient } from '../dns/collector.ts';

/** Looks whether each domain that mail is sent from is in the DNS; what it asks is what SPF asks as well, and is sent once. */
export const mailDomainsCollector = defineCollector({
  provides: mailDomains,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns }, { target: { domains } }) => Promise.all((domains?.mail ?? []).map(({ name }) => mailDomain(dns, name))),
});

/**
 * Whether a domain is there. A name below one that is there may still have to be made: it is missing only where its registered domain is. Never throws.
 */
export async function mailDomain(dns: DnsClient, domain: string): Promise<MailDomain> {
  const registered = getDomain(domain, { allowPrivateDomains: true }) ?? domain;
  for (const name of new Set([domain, registered])) {
    const answer = await dns.ask(name, 'TXT');
    if (answer.is === 'failed') return { domain, exists: 'unclear', text: `asked for ${name}: ${answer.text}` };
    // An alias is there, whatever becomes of where it leads.
    const isThere = answer.is === 'records' || answer.why !== 'nxdomain' || answer.message.answers.length > 0;
    if (isThere) return { domain, exists: 'yes', text: `asked for ${name}: it is there` };
  }
  return { domain, exists: 'no', registered, text: `asked for ${registered}: there is no such name (NXDOMAIN)` };
}

/** The domains of the map that have something to look at: records of one that is not there are nobody's to mend. */
export const lookedAt = (domains: GivenDomains | undefined, known: readonly MailDomain[]): readonly GivenMailDomain[] =>
  (domains?.mail ?? []).filter(({ name }) => known.find(({ domain }) => domain === name)?.exists !== 'no');
