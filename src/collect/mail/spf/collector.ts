import { defineCollector } from '../../../core/collector.ts';
import { mailDomains } from '../../../evidence/mail-domains.ts';
import { spfRecords } from '../../../evidence/spf.ts';
import { dnsClient } from '../../dns/collector.ts';
import { lookedAt } from '../domains.ts';
import { spfFacts } from './facts.ts';

/** Reads the SPF record of each domain that mail is sent from, with all that it leads to. */
export const spfCollector = defineCollector({
  provides: spfRecords,
  wants: 'domain',
  needs: { dns: dnsClient, known: mailDomains },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns, known }, { target: { domains } }) =>
    Promise.all(
      lookedAt(domains, known).map(({ name, senders }) =>
        spfFacts(dns, {
          domain: name,
          ...(senders && { senders }),
          ...(domains?.adding && { adding: domains.adding }),
        }),
      ),
    ),
});
