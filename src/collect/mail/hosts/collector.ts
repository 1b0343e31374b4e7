import { defineCollector } from '../../../core/collector.ts';
import type { GivenMailDomain } from '../../../core/target.ts';
import { mailDomains } from '../../../evidence/mail-domains.ts';
import { mailSender, type MailSender, sendersAt } from '../../../evidence/mail-senders.ts';
import { type MailHost, type MailHostFacts, mailHosts } from '../../../evidence/mail-hosts.ts';
import { reachOf } from '../../http/address.ts';
import type { DnsClient } from '../../dns/client.ts';
import { dnsClient } from '../../dns/collector.ts';
import { isBelow, parentOf } from '../../dns/name.ts';
import { lookedAt } from '../domains.ts';
import { isSpf } from '../spf/record.ts';
import { mtaSts, type Reaching, versionedText } from './mta-sts.ts';
import { offersStartTls } from './starttls.ts';

/** Looks at where mail to each domain goes, and whether it goes there by TLS. */
export const mailHostsCollector = defineCollector({
  provides: mailHosts,
  wants: 'domain',
  needs: { dns: dnsClient, known: mailDomains },
  effects: 'reads',
  timeoutMs: 60_000,
  collect: ({ dns, known }, { target: { domains } }) =>
    Promise.all(
      lookedAt(domains, known).map((one) =>
        mailHostFacts(dns, one, {
          ...(domains?.connect && { connect: domains.connect }),
          ...(domains?.authorities && { authorities: domains.authorities }),
        }),
      ),
    ),
});

/** Servers that are asked for STARTTLS. */
const mostHosts = 5;

/** What one domain says of mail to it. Never throws. */
export async function mailHostFacts(
  dns: DnsClient,
  { name: domain, senders }: GivenMailDomain,
  reaching: Reaching,
): Promise<MailHostFacts> {
  const answer = await dns.ask(domain, 'MX');
  const all = answer.is === 'records' ? answer.records.map(({ data }) => data).toSorted((a, b) => a.preference - b.preference) : [];
  const names = all.map(({ exchange }) => exchange).filter((host) => host !== '.' && host !== '');
  const isNull = all.length > 0 && names.length === 0;
  const [zone, hosts, sts, tlsRpt, bimi, returnPaths] = await Promise.all([
    zoneOf(dns, domain),
    Promise.all(names.slice(0, mostHosts).map((host) => hostOf(dns, host, reaching))),
    mtaSts(dns, domain, names, reaching),
    versionedText(dns, `_smtp._tls.${domain}`, 'TLSRPTv1'),
    versionedText(dns, `default._bimi.${domain}`, 'BIMI1'),
    Promise.all((senders ?? []).flatMap((id) => returnPath(dns, domain, mailSender(id)) ?? [])),
  ]);
  const problem =
    names.length > 0 && names.length < all.length
      ? 'one of its MX records says that it takes no mail, and others name servers'
      : all.find(({ exchange }) => /^\d+(?:\.\d+){3}$/.test(exchange))
        ? 'an MX record names an address; it must name a host'
        : undefined;
  return {
    domain,
    ...(senders && { senders }),
    ...(zone && { zone }),
    mx: answer.is === 'failed' ? 'failed' : isNull ? 'null' : names.length > 0 ? 'found' : 'none',
    hosts,
    services: [...new Set(names.flatMap((host) => sendersAt(host)).map(({ id }) => id))],
    ...(problem !== undefined && { problem }),
    ...(answer.is === 'failed' && { fault: answer.text }),
    mtaSts: sts,
    tlsRpt,
    bimi,
    returnPaths,
  };
}

/** The nearest name upwards that has name servers. */
async function zoneOf(dns: DnsClient, domain: string): Promise<MailHostFacts['zone']> {
  for (let name: string | undefined = domain; name !== undefined && name.includes('.'); name = parentOf(name)) {
    const answer = await dns.ask(name, 'NS');
    if (answer.is === 'failed') return undefined;
    if (answer.is === 'records') return { name, servers: answer.records.map(({ data }) => data.toLowerCase()).toSorted() };
  }
  return undefined;
}

async function hostOf(dns: DnsClient, name: string, { connect = {} }: Reaching): Promise<MailHost> {
  const [, pinned, port] = /^(.*):(\d+)$/.exec(connect[name] ?? '') ?? [];
  if (pinned !== undefined) return { name, ...(await offersStartTls(pinned.replace(/^\[|\]$/g, ''), Number(port))) };
  const answer = await dns.ask(name, 'A');
  if (answer.is !== 'records') return { name, startTls: 'unclear', why: answer.is === 'failed' ? answer.text : 'it has no IPv4 address' };
  const address = answer.records[0]?.data ?? '';
  // A name that leads into a private network is not knocked at.
  if (reachOf(address) !== 'public') return { name, startTls: 'unclear', why: `it leads to ${address}, which is not on the internet` };
  return { name, ...(await offersStartTls(address, 25)) };
}

/** Whether the name that mails of a service usually come back to is its own, or names it in its SPF record; `undefined` where there is no usual name. */
function returnPath(
  dns: DnsClient,
  domain: string,
  sender: MailSender | undefined,
): Promise<MailHostFacts['returnPaths'][number]> | undefined {
  const label = sender?.at ?? sender?.oftenAt;
  if (!sender || label === undefined) return undefined;
  const name = `${label}.${domain}`;
  const about = { sender: sender.id, name };
  return dns.ask(name, 'TXT').then((answer) => {
    if (answer.is === 'failed') return { ...about, state: 'failed' };
    // Whoever has an alias to a host of the service has its record with it, whatever that says.
    const isAlias = answer.message.answers.some(({ type, data }) => type === 'CNAME' && isOf(sender, String(data)));
    const [text] = answer.is === 'records' ? answer.records.map(({ data }) => data).filter(isSpf) : [];
    if (isAlias && text !== undefined) return { ...about, state: 'fits' };
    if (text === undefined) return { ...about, state: 'none' };
    const includes = text.split(' ').flatMap((term) => /^\+?(?:include:|redirect=)(.+)$/i.exec(term)?.[1] ?? []);
    return { ...about, state: includes.some((one) => sendersAt(one).some(({ id }) => id === sender.id)) ? 'fits' : 'other' };
  });
}

/** Whether a host is of the registered domain that a service has its senders in. */
const isOf = ({ include = '' }: MailSender, host: string): boolean => isBelow(host.toLowerCase(), include.split('.').slice(-2).join('.'));
