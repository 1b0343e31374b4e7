import type { EvidenceStore } from '../core/evidence-store.ts';
import type { Evidence } from '../core/evidence.ts';
import type { GivenDomains, GivenHost, GivenMailDomain } from '../core/target.ts';
import { type AppPaths, appPaths } from '../evidence/app-paths.ts';
import { edgeRedirects, hostOf, type HostRedirects, type Redirects } from '../evidence/edge-redirects.ts';
import { type CodeMail, codeMail } from '../evidence/mail-hosts.ts';
import { isBelowAny } from '../evidence/mail-names.ts';
import { type MailRecords, mailRecords } from '../evidence/mail-routes.ts';
import { mailSender, sendersAt } from '../evidence/mail-senders.ts';
import { type PlacedHost, type Placement, placement } from '../evidence/placement.ts';
import { type SpfFacts, spfRecords } from '../evidence/spf.ts';
import { usualHosts } from '../evidence/usual-hosts.ts';

/** Hosts to look for, and the domains that mail may be from: what `draftFrom` then chooses of. */
export function candidatesOf(base: GivenDomains): GivenDomains {
  const known = new Set(base.hosts.map(({ name }) => name));
  const more = Object.entries(usualHosts)
    .map(([label, role]): GivenHost => ({ name: `${label}.${base.apex}`, role }))
    .filter(({ name }) => !known.has(name));
  const mail = base.mail.length === 0 ? [] : ['mail', 'send'].map((label): GivenMailDomain => ({ name: `${label}.${base.apex}` }));
  return { ...base, hosts: [...base.hosts, ...more], mail: [...base.mail, ...mail] };
}

export interface DomainDraft {
  readonly domains: GivenDomains;
  /** What could not be looked at, a sentence each. */
  readonly unknown: readonly string[];
}

/**
 * The domain map as DNS, the answers of the hosts and the code show it. `base` says which host is the app, and `store` knows the candidates. A host stands
 * in it where the DNS has it; where a wildcard answers for every name, only those of `base`.
 */
export async function draftFrom(store: Pick<EvidenceStore, 'get'>, base: GivenDomains): Promise<DomainDraft> {
  const unknown: string[] = [];
  const read = async <Id extends string, T>(one: Evidence<Id, T>): Promise<T | undefined> => {
    const result = await store.get(one);
    if (result.ok) return result.value as T;
    unknown.push(`${one.describes}: ${result.fault.message}`);
    return undefined;
  };
  const placed = await read(placement);
  const [redirects, paths, code, spf, mail] = await Promise.all([
    read(edgeRedirects),
    read(appPaths),
    read(codeMail),
    base.mail.length > 0 ? read(spfRecords) : undefined,
    base.mail.length > 0 ? read(mailRecords) : undefined,
  ]);
  unknown.push(...(placed?.hosts ?? []).filter(({ outcome }) => outcome === 'failed').map(({ name, why }) => `${name}: ${why}`));
  const found = placed ? hostsOf(base, placed, redirects, paths) : [];
  if (placed?.hosts.every(({ outcome }) => outcome === 'none'))
    unknown.push(`nothing of ${base.apex} is in the DNS yet, so its hosts are guessed from the address`);
  const hosts = found.length > 0 ? found : base.hosts;
  return { domains: { ...base, hosts, mail: mailOf(base, { spf, mail, code }) }, unknown };
}

function hostsOf(base: GivenDomains, placed: Placement, redirects: Redirects | undefined, paths: AppPaths | undefined): GivenHost[] {
  const isGiven = (name: string): boolean => base.hosts.some((one) => one.name === name);
  const there = placed.hosts.filter(({ name, outcome }) => outcome === 'found' && (isGiven(name) || placed.wildcard.is === 'none'));
  const names = new Set(there.map(({ name }) => name));
  // Who names the bare domain means the whole of it, and not that the app is there.
  const isElsewhere = there.some(({ name, role }) => role === 'app' && name !== base.apex);
  return there.map((one) => {
    const host = one.name === base.apex && isElsewhere ? { ...one, role: 'marketing' as const } : one;
    const redirectsTo = endOf(
      redirects?.hosts.find(({ name }) => name === host.name),
      names,
    );
    const on = onOf(host);
    const isApp = host.role === 'app' && redirectsTo === undefined;
    return {
      name: host.name,
      role: host.role,
      ...(redirectsTo !== undefined && { redirectsTo }),
      ...(on !== '' && { on }),
      ...(isApp && paths?.login[0] !== undefined && { login: paths.login[0] }),
      ...(isApp && paths && paths.callbacks.length > 0 && { callbacks: paths.callbacks }),
      ...(isApp && paths && paths.mailedLinks.length > 0 && { mailedLinks: paths.mailedLinks }),
    };
  });
}

/** The host that all visitors of a host end at: one of the map, by http and by https where both answer. */
function endOf(host: HostRedirects | undefined, names: ReadonlySet<string>): string | undefined {
  const ends = new Set((host?.rows ?? []).filter(({ kind, end }) => kind === 'home' && end === 'answer').map(({ at }) => hostOf(at)));
  const [end, ...others] = ends;
  return end !== undefined && others.length === 0 && end !== host?.name && names.has(end) ? end : undefined;
}

const onOf = ({ provider, addresses }: PlacedHost): string => {
  const [first = '', ...others] = new Set(addresses.map((one) => one.provider));
  return provider || (others.length === 0 ? first : '');
};

interface MailKnown {
  readonly spf: readonly SpfFacts[] | undefined;
  readonly mail: readonly MailRecords[] | undefined;
  readonly code: CodeMail | undefined;
}

/** A domain sends where its SPF record, its mail servers or the code say so. Services are named only where one of them shows which. */
function mailOf({ apex, mail }: GivenDomains, known: MailKnown): GivenMailDomain[] {
  if (mail.length === 0) return [];
  const senders = new Map<string, Set<string>>([[apex, new Set()]]);
  const add = (domain: string, ids: readonly string[]): void => {
    senders.set(domain, new Set([...(senders.get(domain) ?? []), ...ids]));
  };
  for (const { domain, includes = [] } of known.spf ?? []) {
    const ids = includes.filter((id) => mailSender(id)?.spf === 'domain');
    if (domain === apex || ids.length > 0) add(domain, ids);
  }
  for (const { domain, routes } of known.mail ?? []) {
    const ids = routes.flatMap(({ exchange }) => sendersAt(exchange).map(({ id }) => id));
    if (domain === apex) add(domain, ids);
  }
  const froms = (known.code?.from ?? []).map(({ domain }) => domain).filter((domain) => isBelowAny(domain, [apex]));
  for (const domain of froms) add(domain, []);
  // Which of its addresses a service sends from is told only where there is one.
  const [from = apex, ...otherFroms] = new Set(froms);
  for (const { sender } of known.code?.senders ?? []) if (otherFroms.length === 0) add(from, [sender]);
  return [...senders].map(([name, ids]) => ({ name, ...(ids.size > 0 && { senders: [...ids].toSorted() }) }));
}
