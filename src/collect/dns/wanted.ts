import { plural } from '../../core/wording.ts';
import type { GivenDomains, GivenHost, GivenRecord } from '../../core/target.ts';
import { type HostingProvider, providerNamed, providerOf } from '../../evidence/providers.ts';
import type { DnsAnswer } from './client.ts';
import type { DnsRecord } from './message.ts';
import { placed, providerOfName } from './placed.ts';
import { recordText, wantedText } from './record-text.ts';
import type { Asked, Judged, Wanted } from './watch.ts';

/**
 * What the domain map wants of the DNS: an address for each host, and the records under `domains.records`. Of hosts that are a guess only that of the app is
 * waited for; without hosts there is still the domain itself.
 */
export const domainWanted = (domains: GivenDomains): Wanted[] => [
  ...(domains.hosts.length > 0 ? domains.hosts : [{ name: domains.apex, role: 'app' as const }]).map((host) => ({
    ...hostWanted(host, domains),
    ...(domains.drafted && host.role !== 'app' && { optional: true as const }),
  })),
  ...(domains.records ?? []).map((record) => recordWanted(record, domains.apex)),
];

/** `no such name`, or that there is nothing of these types. */
export const nothingOf = (answers: readonly DnsAnswer[], what: string): string =>
  answers.some((one) => one.is === 'none' && one.why === 'nxdomain') ? 'no such name' : `no ${what}`;

/** The alias that stands at a name itself. */
export const aliasAt = (name: string, answers: readonly DnsAnswer[]): string | undefined =>
  answers
    .flatMap(({ message }) => message?.answers ?? [])
    .find((one): one is DnsRecord<'CNAME'> => one.type === 'CNAME' && one.name === name)
    ?.data.toLowerCase();

function hostWanted({ name, on, redirectsTo }: GivenHost, { apex }: GivenDomains): Wanted {
  const provider = on === undefined || redirectsTo !== undefined ? undefined : providerNamed(on);
  return {
    name,
    label: name,
    wanted: provider
      ? `an address of ${provider.name} (${name === apex ? provider.apex : provider.below}), the same everywhere`
      : 'an address, the same everywhere',
    types: ['A', 'AAAA'],
    alike: true,
    judge: (answers, asked) => judgeHost(name, answers, asked, provider),
  };
}

/** Resolvers lead along an alias and name servers do not: where there is one, it alone is compared. */
function judgeHost(name: string, answers: readonly DnsAnswer[], asked: Asked, wanted: HostingProvider | undefined): Judged {
  const alias = aliasAt(name, answers);
  const addresses = answers
    .flatMap((one) => (one.is === 'records' ? one.records : []))
    .filter(({ type }) => type === 'A' || type === 'AAAA');
  if (alias !== undefined && addresses.length === 0 && asked === 'resolver')
    return { is: 'absent', said: `CNAME ${alias}, which has no address` };
  const texts = addresses.map(({ type, data }) => `${type} ${recordText(type, data)}`);
  const said = alias === undefined ? [...new Set(texts)].toSorted().join(', ') : `CNAME ${alias}`;
  if (said === '') return { is: 'absent', said: nothingOf(answers, 'address') };
  const other =
    wanted &&
    leadsElsewhere(
      wanted,
      alias,
      addresses.map(({ data }) => String(data)),
    );
  return other === undefined ? { is: 'there', said } : { is: 'wrong', said: `${said}, which is ${other}` };
}

/** Where a host leads instead of to this service, as far as that is known for sure. */
function leadsElsewhere(wanted: HostingProvider, alias: string | undefined, addresses: readonly string[]): string | undefined {
  if (alias !== undefined) {
    const of = providerOfName(alias);
    return of && of.id !== wanted.id ? `of ${of.name}` : undefined;
  }
  const places = addresses.map(placed);
  if (places.some(({ provider }) => provider === wanted.id) || places.every(({ proxied }) => proxied)) return undefined;
  const other = places.map(({ provider }) => providerOf(provider)).find((one) => one !== undefined);
  return other ? `of ${other.name}` : wanted.exact ? `not of ${wanted.name}` : undefined;
}

/** A record under `domains.records`. */
export function recordWanted(record: GivenRecord, apex: string): Wanted {
  const { name, type, proxied } = record;
  const isHost = type === 'A' || type === 'AAAA' || type === 'CNAME';
  // DNS hosts answer with the addresses in its place: beside SOA and NS there can be no alias (RFC 1912 §2.4).
  const isFlat = type === 'CNAME' && name === apex;
  const want = wantedText(record);
  return {
    name,
    label: `${type} record of ${name}`,
    wanted: isFlat ? `${want}, or the addresses that your DNS host makes of it` : want,
    // Behind a proxy, and at the domain itself, there are addresses instead of an alias.
    types: type === 'CNAME' ? [type, 'A'] : [type],
    judge(answers) {
      const all = answers.flatMap((one) => (one.is === 'records' ? one.records : []));
      const texts = [...new Set(all.filter((one) => one.type === type).map((one) => recordText(type, one.data)))].toSorted();
      const addresses = isHost ? all.filter((one) => one.type !== 'CNAME').map(({ data }) => String(data)) : [];
      const isProxied = addresses.length > 0 && addresses.every((one) => placed(one).proxied);
      if (proxied !== true && texts.includes(want)) return { is: 'there', said: isHost ? texts.join(', ') : want };
      if (proxied !== false && isProxied) return { is: 'there', said: "addresses of Cloudflare's proxy, which stand for it" };
      if (isFlat && addresses.length > 0) return { is: 'there', said: addresses.toSorted().join(', ') };
      const alias = type === 'CNAME' ? undefined : aliasAt(name, answers);
      if (alias !== undefined) return { is: 'wrong', said: `CNAME ${alias}` };
      return instead(type, want, texts) ?? { is: 'absent', said: nothingOf(answers, `${type} record`) };
    },
  };
}

/** What is there instead. Many TXT records may stand side by side, unless they are of a kind of which there may be one. */
function instead(type: GivenRecord['type'], want: string, texts: readonly string[]): Judged | undefined {
  if (texts.length === 0) return undefined;
  if (type !== 'TXT') return { is: 'wrong', said: texts.join(', ') };
  const kind = /^v=[a-z]+\d+/i.exec(want)?.[0].toLowerCase();
  const rivals = kind === undefined ? [] : texts.filter((one) => one.toLowerCase().startsWith(kind));
  if (rivals.length > 0) return { is: 'wrong', said: rivals.join(', ') };
  return { is: 'absent', said: `not among ${plural(texts.length, 'TXT record')}` };
}
