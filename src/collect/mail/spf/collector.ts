import { defineCollector } from '../../../core/collector.ts';
import { spfRecords } from '../../../evidence/spf.ts';
import { dnsClient } from '../../dns/collector.ts';
import { spfFacts } from './facts.ts';

/** Reads the SPF record of each domain that mail is sent from, with all that it leads to. */
export const spfCollector = defineCollector({
  provides: spfRecords,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns }, { target: { domains } }) =>
    Promise.all(
      (domains?.mail ?? []).map(({ name, senders }) =>
        spfFacts(dns, {
          domain: name,
          ...(senders && { senders }),
          ...(domains?.adding && { adding: domains.adding }),
        }),
      ),
    ),
});
