import { isIP } from 'node:net';
import { getDomain } from 'tldts';
import { defineCollector } from '../../core/collector.ts';
import { type MailRecords, type MailRoute, mailRecords } from '../../evidence/mail-routes.ts';
import { isSpf } from '../mail/spf/record.ts';
import type { DnsClient } from './client.ts';
import { dnsClient } from './collector.ts';
import { placed } from './placed.ts';

/** Asks for the MX, SPF and CNAME records of the domain and of those that mail is sent from. */
export const mailRoutesCollector = defineCollector({
  provides: mailRecords,
  wants: 'domain',
  needs: { dns: dnsClient },
  effects: 'reads',
  timeoutMs: 60_000,
  collect({ dns }, { target: { domains } }) {
    const names = new Set([domains?.apex ?? '', ...(domains?.mail ?? []).map(({ name }) => name.toLowerCase())]);
    return Promise.all([...names].filter((name) => name !== '').map((name) => recordsOf(dns, name)));
  },
});

async function recordsOf(dns: DnsClient, domain: string): Promise<MailRecords> {
  const [alias, mx, txt] = await Promise.all([dns.ask(domain, 'CNAME'), dns.ask(domain, 'MX'), dns.ask(domain, 'TXT')]);
  const failed = [alias, mx, txt].find((one) => one.is === 'failed');
  return {
    domain,
    // Below it an alias is a way to hand the mail of a name to a service, records and all.
    alias: alias.is === 'records' && getDomain(domain) === domain ? alias.records[0]!.data.toLowerCase() : '',
    routes: mx.is === 'records' ? await Promise.all(mx.records.map(({ data }) => routeOf(dns, data))) : [],
    spf: txt.is === 'records' ? txt.records.map(({ data }) => data).filter(isSpf) : [],
    asked: failed ? 'failed' : 'told',
    why: failed?.text ?? '',
  };
}

async function routeOf(dns: DnsClient, { preference, exchange: target }: { preference: number; exchange: string }): Promise<MailRoute> {
  const exchange = target.toLowerCase();
  const route = { preference, exchange, addresses: [], provider: '' };
  if (exchange === '' || exchange === '.') return { ...route, exchange: '.', is: 'null' };
  if (isIP(exchange) !== 0) return { ...route, is: 'address' };
  const [alias, answer] = await Promise.all([dns.ask(exchange, 'CNAME'), dns.ask(exchange, 'A')]);
  const addresses = answer.is === 'records' ? answer.records.map(({ data }) => data) : [];
  const provider = addresses.map(placed).find((one) => one.provider !== '')?.provider ?? '';
  if (alias.is === 'records') return { ...route, is: 'alias', addresses, provider };
  return { ...route, is: alias.is === 'failed' || answer.is === 'failed' ? 'failed' : 'host', addresses, provider };
}
