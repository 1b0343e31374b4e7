import ipaddr from 'ipaddr.js';
import type { DnsClient } from '../dns/client.ts';
import type { HandedOver } from '../../evidence/mail-proof.ts';
import { reverseName } from './spf/check-host.ts';

/** Names of one address; more are made to keep somebody busy. */
const mostNames = 5;

/** The name of an address that leads back to it (forward-confirmed reverse DNS, RFC 8601 §2.7.3). Never throws for an address. */
export async function reverseOf(dns: DnsClient, ip: string): Promise<HandedOver['reverse']> {
  const answer = await dns.ask(reverseName(ip), 'PTR');
  if (answer.is === 'failed') return { state: 'unclear', why: answer.text };
  if (answer.is === 'none') return { state: 'none' };
  const address = ipaddr.process(ip);
  let unclear: string | undefined;
  for (const { data } of answer.records.slice(0, mostNames)) {
    const back = await dns.ask(data, address.kind() === 'ipv6' ? 'AAAA' : 'A');
    if (back.is === 'failed') unclear = back.text;
    if (back.is === 'records' && back.records.some((one) => ipaddr.process(one.data).toString() === address.toString()))
      return { state: 'confirmed', name: data.toLowerCase() };
  }
  const name = answer.records[0]?.data.toLowerCase();
  const named = name === undefined ? {} : { name };
  return unclear === undefined ? { state: 'not-back', ...named } : { state: 'unclear', ...named, why: unclear };
}
