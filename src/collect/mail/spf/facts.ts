import type { SpfAddition, SpfFacts, SpfTree } from '../../../evidence/spf.ts';
import { mailSender, sendersAt } from '../../../evidence/mail-senders.ts';
import type { DnsClient } from '../../dns/client.ts';
import { checkSpf } from './check-host.ts';
import { isSpf, parseSpf, type SpfRecord, SpfSyntaxError } from './record.ts';
import { costOf, endOf, spfTree, termsOf } from './tree.ts';

/** What is asked about a domain. */
export interface SpfSubject {
  readonly domain: string;
  /** Services that send for it, as the user says. */
  readonly senders?: readonly string[];
  /** Services, or domains to include, that might be added. */
  readonly adding?: readonly string[];
}

/** Reads the SPF record of a domain whole. Never throws. */
export async function spfFacts(dns: DnsClient, { domain, senders, adding = [] }: SpfSubject): Promise<SpfFacts> {
  const known = { domain, ...(senders && { senders }) };
  const answer = await dns.ask(domain, 'TXT');
  if (answer.is === 'failed') return { ...known, records: [], fault: answer.text };
  const records = answer.is === 'records' ? answer.records.map(({ data }) => data).filter(isSpf) : [];
  if (records.length !== 1) return { ...known, records, ...wantedOf(records, senders) };
  let record: SpfRecord;
  try {
    record = parseSpf(records[0]!);
  } catch (error) {
    if (error instanceof SpfSyntaxError) return { ...known, records, problem: error.message };
    throw error;
  }
  const tree = await spfTree(dns, domain, record);
  const all = [...termsOf(tree)];
  const told = (key: 'problem' | 'unclear'): string[] =>
    all.flatMap(({ path, term }) => (term[key] === undefined ? [] : [`${[...path, term.term].join(' > ')}: ${term[key]}`]));
  const includes = includedSenders(tree);
  const missing = [...(senders ?? []).filter((id) => mailSender(id)?.spf === 'domain'), ...adding].filter((id) => !includes.includes(id));
  const named = [...new Set((senders ?? []).filter((id) => missing.includes(id)))];
  const covered = await Promise.all(named.map(async (id) => ((await passes(dns, domain, mailSender(id)?.include)) ? [id] : [])));
  const additions = await Promise.all([...new Set(missing)].map((id) => addition(dns, domain, record, id)));
  const lacking = named.filter((id) => !covered.flat().includes(id));
  const everybody = await openTerm(dns, domain);
  const flat = await flattened(dns, tree, record);
  return {
    ...known,
    records,
    tree,
    ...costOf(tree),
    broken: told('problem'),
    unclear: told('unclear'),
    end: endOf(tree),
    ...(everybody !== undefined && { everybody }),
    ptr: all.flatMap(({ path, term }) => (/^[-+~?]?ptr\b/i.test(term.term) ? [[...path, term.term].join(' > ')] : [])),
    includes,
    covered: covered.flat(),
    additions: additions.flatMap((one) => one ?? []),
    ...wantedOf(records, lacking),
    ...(flat && { flat }),
  };
}

/** Services that the record leads to, directly or by another record of the same domain. */
const includedSenders = (tree: SpfTree): string[] => [
  ...new Set(
    [...termsOf(tree)].flatMap(({ term: { term } }) => {
      const [, target] = /^(?:[-+~?]?include:|redirect=)(.+)$/i.exec(term) ?? [];
      return target === undefined ? [] : sendersAt(target).map(({ id }) => id);
    }),
  ),
];

/** Addresses for documentation (RFC 5737), of three networks: nobody sends mail from there. */
const nobodys = ['192.0.2.77', '198.51.100.77', '203.0.113.77'];

/** The term that lets all of them pass: an include of a record that ends in +all, a network that is half the internet. */
async function openTerm(dns: DnsClient, domain: string): Promise<string | undefined> {
  let term: string | undefined;
  for (const ip of nobodys) {
    const { result, steps } = await checkSpf(dns, { ip, sender: `postmaster@${domain}`, helo: domain });
    if (result !== 'pass') return undefined;
    term = steps.at(-1)?.term;
  }
  return term;
}

/** Servers of a service that are tried. */
const tried = 4;

/**
 * Whether servers of a service pass, although its include is not there: records that are written out as addresses, or made anew for each mail by a macro,
 * name it in another way.
 */
async function passes(dns: DnsClient, domain: string, include: string | undefined): Promise<boolean> {
  const answer = include === undefined ? undefined : await dns.ask(include, 'TXT');
  const text = answer?.is === 'records' ? answer.records.map(({ data }) => data).find(isSpf) : undefined;
  if (include === undefined || text === undefined) return false;
  try {
    const networks = [...termsOf(await spfTree(dns, include, parseSpf(text)))].flatMap(
      ({ term: { term } }) => /^\+?ip[46]:([^/]+)/i.exec(term)?.[1] ?? [],
    );
    const some = networks.filter((_, nth) => nth % Math.ceil(networks.length / tried) === 0);
    const came = await Promise.all(some.map((ip) => checkSpf(dns, { ip, sender: `postmaster@${domain}`, helo: domain })));
    return came.length > 0 && came.every(({ result }) => result === 'pass');
  } catch (error) {
    if (error instanceof SpfSyntaxError) return false;
    throw error;
  }
}

/** One record out of those that are there and the services that send; nothing where one of them cannot be read. */
function wantedOf(texts: readonly string[], senders: readonly string[] | undefined): Pick<SpfFacts, 'wanted'> {
  let records: SpfRecord[];
  try {
    records = texts.map(parseSpf);
  } catch (error) {
    if (error instanceof SpfSyntaxError) return {};
    throw error;
  }
  const includes = (senders ?? []).flatMap((id) => {
    const { spf, include } = mailSender(id) ?? {};
    return spf === 'domain' && include !== undefined ? [`include:${include}`] : [];
  });
  if (senders?.length === 0 && texts.length === 0) return { wanted: 'v=spf1 -all' };
  const [first, ...others] = records;
  if (!first) return { wanted: ['v=spf1', ...includes, '~all'].join(' ') };
  const all = records.flatMap(({ directives }) => directives);
  const end = all.find(({ mechanism }) => mechanism.is === 'all');
  // A redirect is the end of a record that has no other.
  const isClosed = end === undefined ? others.length === 0 && first.redirect !== undefined : end.qualifier === '-' || end.qualifier === '~';
  if (others.length === 0 && includes.length === 0 && isClosed) return { wanted: first.text };
  const terms = all.flatMap(({ mechanism, term }) => (mechanism.is === 'all' ? [] : [term]));
  const closed = isClosed ? first : parseSpf('v=spf1 ~all');
  return {
    wanted: withTerms({ ...closed, ...(first.exp !== undefined && { exp: first.exp }) }, () => [...new Set([...terms, ...includes])]),
  };
}

/** The record with an include more, in front of what ends it. */
async function addition(dns: DnsClient, domain: string, record: SpfRecord, id: string): Promise<SpfAddition | undefined> {
  const include = mailSender(id)?.include ?? (id.includes('.') ? id : undefined);
  if (include === undefined) return undefined;
  const text = withTerms(record, (terms) => [...terms, `include:${include}`]);
  const { lookups, voids } = costOf(await spfTree(dns, domain, parseSpf(text)));
  return { sender: id, include, record: text, lookups, voids };
}

/** `a` and `mx` of the domain's own as addresses: they cost nothing, for as long as the hosts keep them. */
async function flattened(dns: DnsClient, tree: SpfTree, record: SpfRecord): Promise<SpfFacts['flat']> {
  const plain = tree.terms.filter(
    ({ term, networks, unclear, problem }) => /^\+?(?:a|mx)\b/i.test(term) && networks && !unclear && !problem,
  );
  if (plain.length === 0) return undefined;
  const known = new Map(plain.map(({ term, networks }) => [term, networks ?? []]));
  const text = withTerms(record, (terms) => [...new Set(terms.flatMap((term) => known.get(term) ?? [term]))]);
  const { lookups } = costOf(await spfTree(dns, tree.domain, parseSpf(text)));
  return { record: text, lookups };
}

function withTerms(record: SpfRecord, change: (terms: readonly string[]) => readonly string[]): string {
  const all = record.directives.find(({ mechanism }) => mechanism.is === 'all')?.term;
  const terms = record.directives.filter(({ mechanism }) => mechanism.is !== 'all').map(({ term }) => term);
  const rest = [...(all === undefined ? [] : [all]), ...(record.redirect === undefined ? [] : [`redirect=${record.redirect}`])];
  const exp = record.exp === undefined ? [] : [`exp=${record.exp}`];
  return ['v=spf1', ...change(terms), ...rest, ...exp].join(' ');
}
