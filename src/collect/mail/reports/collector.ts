import { defineCollector } from '../../../core/collector.ts';
import { dmarcReports } from '../../../evidence/dmarc-reports.ts';
import { addressOf, openDns } from '../../dns/client.ts';
import { gatherReports } from './gather.ts';

/** Reads the DMARC reports that were given. */
export const reportsCollector = defineCollector({
  provides: dmarcReports,
  wants: 'reports',
  needs: {},
  effects: 'reads',
  timeoutMs: 120_000,
  collect: (_, { target: { reports = [], domains }, signal }) => {
    const servers = domains?.resolvers?.map(addressOf);
    // Without a domain there is no client of the run, and reports are looked up all the same.
    return gatherReports(reports, openDns({ ...(servers && { servers }), signal }));
  },
});
