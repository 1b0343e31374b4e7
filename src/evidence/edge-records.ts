import type { EdgeRecord, EdgeZone } from './cloudflare.ts';
import { isBelowAny } from './mail-names.ts';
import { providers } from './providers.ts';

/** What a record is for, as far as it matters whether visitors go through the proxy. */
export type RecordPurpose =
  /** Mail goes there, or is set up by it. */
  | 'mail'
  /** A service proves by it that the domain is the user's. */
  | 'verification'
  /** A host of the domain map, or the domain itself and www. */
  | 'web'
  | 'other';

const mailLabels = /^(?:smtp|imap|pop3?|mx\d*)$/;

/** Where programs for mail look up how to set themselves up, by https. */
const setupLabels = /^(?:autodiscover|autoconfig)$/;

/** Where links in mails lead that a service counts. They are opened in a browser, and the services themselves tell users to put a proxy in front for https. */
const linkTargets = /^(?:sendgrid\.net|(?:eu\.)?mailgun\.org)$/;

/** Where names of services lead that send or sign mail; they look at the name itself, which a proxy hides. */
const mailTargets =
  /(?:^|\.)(?:sendgrid\.net|mailgun\.org|amazonses\.com|sparkpostmail\.com|mtasv\.net|mcsv\.net|mandrillapp\.com|hubspotemail\.net|klaviyomail\.com|sendinblue\.com|brevo\.com|outlook\.com|outbound\.protection\.outlook\.com|onmicrosoft\.com|zoho\.(?:com|eu)|protonmail\.ch|fastmail\.com|messagingengine\.com|resend\.com)$/;

const verificationTargets = /(?:^|\.)(?:acm-validations\.aws|verify\.bing\.com|comodoca\.com|sectigo\.com|dcv\.digicert\.com)$/;

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');

/** The builder or host whose own edge a record leads to, by a name or an IPv4 address. */
export function ownEdgeOf({ content }: Pick<EdgeRecord, 'content'>): string | undefined {
  const target = plain(content);
  return providers.find(
    ({ proxy, suffixes, addresses }) =>
      proxy !== 'fine' && (isBelowAny(target, suffixes) || addresses.some((network) => isInNetwork(target, network))),
  )?.name;
}

/** The builder or host that a record leads to, by a name or an IPv4 address, whether or not it has an edge of its own. */
export function hostedBy({ content }: Pick<EdgeRecord, 'content'>): string | undefined {
  const target = plain(content);
  return providers.find(
    ({ id, suffixes, addresses }) =>
      id !== 'godaddy-parking' && (isBelowAny(target, suffixes) || addresses.some((network) => isInNetwork(target, network))),
  )?.name;
}

/** Where a record leads in the end: itself, or what its alias leads to within the zone. */
export function endsOf<One extends Pick<EdgeRecord, 'type' | 'name' | 'content'>>(record: One, all: readonly One[], left = 8): One[] {
  const next = record.type === 'CNAME' && left > 0 ? all.filter((one) => isAddress(one) && plain(one.name) === plain(record.content)) : [];
  return next.length === 0 ? [record] : next.flatMap((one) => endsOf(one, all, left - 1));
}

/** Whether an IPv4 address lies in a network, `192.0.2.0/24`, or is this one address. */
function isInNetwork(address: string, network: string): boolean {
  const [start = '', bits = '32'] = network.split('/');
  const [value, first] = [address, start].map(ipv4Number);
  const size = 2 ** (32 - Number(bits));
  return value !== undefined && first !== undefined && value >= first && value < first + size;
}

const ipv4Number = (text: string): number | undefined =>
  /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text) ? text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;

/** Whether a record can go through the proxy at all. */
export const isAddress = ({ type }: Pick<EdgeRecord, 'type'>): boolean => type === 'A' || type === 'AAAA' || type === 'CNAME';

/** What a record is for. `all`: the records of the zone, which say where mail goes. */
export function purposeOf(
  record: Pick<EdgeRecord, 'type' | 'name' | 'content'>,
  all: readonly Pick<EdgeRecord, 'type' | 'name' | 'content'>[],
  { name: zone, hosts }: Pick<EdgeZone, 'name' | 'hosts'>,
): RecordPurpose {
  const name = plain(record.name);
  const content = plain(record.content);
  if (record.type === 'MX') return 'mail';
  if (record.type === 'TXT')
    return /^"?v=(?:spf1|DMARC1|DKIM1|STSv1|TLSRPTv1)/i.test(record.content) || /(?:^|\.)_(?:domainkey|dmarc)\./.test(name)
      ? 'mail'
      : 'verification';
  if (!isAddress(record)) return 'other';
  if (name.includes('._domainkey.')) return 'mail';
  if (all.some(({ type, content: target }) => type === 'MX' && plain(target) === name)) return 'mail';
  if (hosts.some((one) => one.name === name)) return 'web';
  const first = name.split('.', 1)[0] ?? '';
  // Left over from a registrar that sets up domains for other services (https://www.domainconnect.org): nobody asks for it here.
  if (first === '_domainconnect') return 'other';
  if (first.startsWith('_')) return 'verification';
  if (name !== zone && mailLabels.test(first)) return 'mail';
  // A server of the user's own answers it through the proxy; one of a mail service has no certificate for it.
  if (name !== zone && setupLabels.test(first) && record.type === 'CNAME' && !isBelowAny(content, [zone])) return 'mail';
  // Where all mail goes to a service, a host called mail is its web page, if anything.
  if (name !== zone && first === 'mail' && !isMailElsewhere(all, zone)) return 'mail';
  if (record.type === 'CNAME' && mailTargets.test(content) && !linkTargets.test(content)) return 'mail';
  if (record.type === 'CNAME' && verificationTargets.test(content)) return 'verification';
  return name === zone || name === `www.${zone}` ? 'web' : 'other';
}

/** Whether mail of the domain goes to servers of others alone. */
function isMailElsewhere(all: readonly Pick<EdgeRecord, 'type' | 'content'>[], zone: string): boolean {
  const servers = all.filter(({ type }) => type === 'MX').map(({ content }) => plain(content));
  return servers.length > 0 && servers.every((server) => !isBelowAny(server, [zone]));
}

/** What Cloudflare itself serves: Pages, Workers, R2 and tunnels, and the addresses that stand for "no server" (https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-dns-records/). */
const withoutServer =
  /(?:^|\.)(?:pages\.dev|workers\.dev|cfargotunnel\.com|r2\.dev|r2\.cloudflarestorage\.com)$|^100::$|^192\.0\.2\.[01]$|^2001:db8::1?$/;

type Leading = Pick<EdgeRecord, 'type' | 'name' | 'content' | 'meta'>;

/** Whether there is no server behind a record that Cloudflare would have to reach over the internet. `all`: the records of the zone, through which an alias may lead. */
export const isWithoutServer = (record: Leading, all: readonly Leading[] = []): boolean =>
  endsOf(record, all).every(({ content, meta }) => meta?.read_only === true || withoutServer.test(plain(content)));

/** Names of the hosts whose visitors come by the edge; of wildcards one that stands for all of them. `undefined`: the records could not be read. */
export const proxiedNames = ({ records: { value: all } }: Pick<EdgeZone, 'records'>): string[] | undefined =>
  all && [...new Set(all.filter((one) => one.proxied && isAddress(one)).map(({ name }) => plain(name).replace(/^\*/, 'any')))];

/** Of these, the hosts with a server behind them that Cloudflare reaches over the internet. */
export function namesWithServer(records: readonly Partial<Leading & Pick<EdgeRecord, 'proxied'>>[]): Set<string> {
  const all = records.map((one) => ({ ...one, type: one.type ?? '', name: one.name ?? '', content: one.content ?? '' }));
  return new Set(
    all.filter((one) => one.proxied && isAddress(one) && !isWithoutServer(one, all)).map(({ name }) => plain(name).replace(/^\*/, 'any')),
  );
}

/** Whether visitors of a host come by the edge; a wildcard is for hosts without a record. `undefined`: the records could not be read. */
export function comesByEdge({ records: { value: all } }: Pick<EdgeZone, 'records'>, host: string): boolean | undefined {
  if (all === undefined) return undefined;
  const name = plain(host);
  const own = all.filter((one) => isAddress(one) && plain(one.name) === name);
  if (own.length > 0) return own.some(({ proxied }) => proxied);
  const wildcards = name.split('.').map((_, nth, labels) => `*.${labels.slice(nth + 1).join('.')}`);
  return all.some((one) => one.proxied && wildcards.includes(plain(one.name)));
}

/** Whether anybody comes by the edge: of a zone that only has the DNS, settings and rules are nobody's. `undefined`: the records could not be read. */
export const isEdgeInUse = ({ records }: Pick<EdgeZone, 'records'>): boolean | undefined => records.value?.some(({ proxied }) => proxied);
