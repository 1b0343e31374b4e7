import type { DmarcDestination } from '../../../evidence/dmarc.ts';
import type { DnsClient } from '../../dns/client.ts';
import { askable } from '../../dns/name.ts';
import { organisationalOf, walk } from './discover.ts';
import { isDmarc } from './record.ts';

/** Whether those whom reports go to, daily ones or such about single mails, have agreed to take them (RFC 9990 §4, RFC 9991). `at`: the domain whose record it is. */
export const destinationsOf = (dns: DnsClient, at: string, organisational: string, uris: readonly string[]): Promise<DmarcDestination[]> =>
  Promise.all(uris.map((uri) => destination(dns, at, organisational, uri)));

async function destination(dns: DnsClient, at: string, organisational: string, uri: string): Promise<DmarcDestination> {
  const host = hostOf(uri).toLowerCase();
  const steps = await walk(dns, host);
  if (organisationalOf(steps) === organisational) return { uri, host, own: true, agreed: 'yes' };
  // What failed may have been what makes it the same organisation.
  if (steps.some(({ fault }) => fault !== undefined)) return { uri, host, own: false, agreed: 'unclear' };
  const name = `${at}._report._dmarc.${host}`;
  if (askable(name) === undefined) return { uri, host, own: false, name, agreed: 'no' };
  const answer = await dns.ask(name, 'TXT');
  const agreed =
    answer.is === 'failed' ? 'unclear' : answer.is === 'records' && answer.records.some(({ data }) => isDmarc(data)) ? 'yes' : 'no';
  return { uri, host, own: false, name, agreed };
}

const hostOf = (uri: string): string => (/^mailto:/i.test(uri) ? (/@([^?]*)/.exec(uri)?.[1] ?? '') : (URL.parse(uri)?.hostname ?? ''));
