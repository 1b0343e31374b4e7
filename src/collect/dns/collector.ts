import { defineCollector } from '../../core/collector.ts';
import { evidence } from '../../core/evidence.ts';
import { addressOf, type DnsClient, openDns } from './client.ts';

/** Asks the DNS, each question once in a run, whoever asks. */
export const dnsClient = evidence<DnsClient>()('dns.client', 'the DNS');

export const dnsCollector = defineCollector({
  provides: dnsClient,
  wants: 'domain',
  needs: {},
  effects: 'reads',
  timeoutMs: 1_000,
  transient: true,
  collect: (_, { target }) => {
    const servers = target.domains?.resolvers?.map(addressOf);
    const authorities = target.domains?.authorities;
    return Promise.resolve(openDns({ ...(servers && { servers }), ...(authorities && { authorities }) }));
  },
});
