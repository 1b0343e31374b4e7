import type { SpfEnd, SpfTerm, SpfTree } from '../../../evidence/spf.ts';
import type { DnsClient } from '../../dns/client.ts';
import { askable } from '../../dns/name.ts';
import { type Directive, isSpf, type Mechanism, parseSpf, type SpfRecord, SpfSyntaxError } from './record.ts';
import { spfLimits } from './verdict.ts';

/** Terms that are followed in all; a record that leads to itself, or one that is made to be followed for ever, ends here. */
const mostFollowed = 60;

/** All that a receiver has to look at who finds no match: every include, redirect, `a` and `mx`, with exact counts. Never throws. */
export async function spfTree(dns: DnsClient, domain: string, record: SpfRecord): Promise<SpfTree> {
  return new Walk(dns).tree(domain, record, []);
}

/** Sums over the terms of a record. */
export const costOf = ({ terms }: SpfTree): { readonly lookups: number; readonly voids: number } => ({
  lookups: terms.reduce((sum, { lookups }) => sum + lookups, 0),
  voids: terms.reduce((sum, { voids }) => sum + voids, 0),
});

/** Every term with the terms that lead to it. */
export function* termsOf(
  { terms }: SpfTree,
  path: readonly string[] = [],
): Generator<{ readonly path: readonly string[]; readonly term: SpfTerm }> {
  for (const term of terms) {
    yield { path, term };
    if (term.of) yield* termsOf(term.of, [...path, term.term]);
  }
}

/** What is told whom nothing names: the qualifier of `all`, else what the redirect says, else nothing. */
export function endOf({ record, terms }: SpfTree): SpfEnd {
  if (record === undefined) return 'unclear';
  const parsed = parseSpf(record);
  const all = parsed.directives.find(({ mechanism }) => mechanism.is === 'all');
  if (all) return ({ '+': 'pass', '-': 'fail', '~': 'softfail', '?': 'neutral' } as const)[all.qualifier];
  if (parsed.redirect === undefined) return 'none';
  const of = terms.find(({ term }) => term.startsWith('redirect='))?.of;
  return of ? endOf(of) : 'unclear';
}

class Walk {
  #followed = 0;
  readonly #dns: DnsClient;
  constructor(dns: DnsClient) {
    this.#dns = dns;
  }

  async tree(domain: string, record: SpfRecord, path: readonly string[]): Promise<SpfTree> {
    const at = record.directives.findIndex(({ mechanism }) => mechanism.is === 'all');
    // What stands behind “all” is never looked at, and neither is a redirect beside it (RFC 7208 §5.1, §6.1).
    const seen = at < 0 ? record.directives : record.directives.slice(0, at + 1);
    const here = [...path, domain.toLowerCase()];
    const terms = await Promise.all(seen.map((one) => this.#term(one, domain, here)));
    const redirect = at < 0 ? record.redirect : undefined;
    const led = redirect === undefined ? [] : [await this.#followedTerm(`redirect=${redirect}`, redirect, here)];
    return { domain, record: record.text, terms: [...terms, ...led] };
  }

  async #term({ term, mechanism }: Directive, domain: string, path: readonly string[]): Promise<SpfTerm> {
    switch (mechanism.is) {
      case 'all':
      case 'ip4':
      case 'ip6':
        return { term, lookups: 0, voids: 0 };
      case 'include':
        return this.#followedTerm(term, mechanism.domain, path);
      case 'exists':
        if (mechanism.domain.includes('%')) return { term, lookups: 1, voids: 0 };
        return this.#hosts(term, [mechanism.domain], mechanism, ['A']);
      case 'ptr':
        return { term, lookups: 1, voids: 0 };
      case 'a':
      case 'mx': {
        const name = mechanism.domain ?? domain;
        if (name.includes('%')) return { term, lookups: 1, voids: 0 };
        return mechanism.is === 'a' ? this.#hosts(term, [name], mechanism) : this.#exchanges(term, name, mechanism);
      }
    }
  }

  /** An include or a redirect, with the record that it leads to. */
  async #followedTerm(term: string, target: string, path: readonly string[]): Promise<SpfTerm> {
    const alone = { term, lookups: 1, voids: 0 };
    if (target.includes('%')) return { ...alone, unclear: 'it leads to another record with each mail' };
    if (path.includes(target.toLowerCase().replace(/\.$/, '')))
      return { ...alone, problem: 'it leads back to a record that led to it, so it never ends' };
    this.#followed += 1;
    if (this.#followed > mostFollowed) return { ...alone, unclear: `more than ${mostFollowed} records were not followed` };
    if (askable(target) === undefined) return { ...alone, problem: `${target} is no name that can be asked for` };
    const answer = await this.#dns.ask(target, 'TXT');
    if (answer.is === 'failed') return { ...alone, unclear: answer.text };
    const texts = answer.is === 'records' ? answer.records.map(({ data }) => data).filter(isSpf) : [];
    if (texts.length === 0) return { ...alone, voids: answer.is === 'none' ? 1 : 0, problem: `${target} has no SPF record` };
    if (texts.length > 1) return { ...alone, problem: `${target} has ${texts.length} SPF records, and may have one` };
    try {
      const of = await this.tree(target, parseSpf(texts[0]!), path);
      const below = costOf(of);
      return { term, lookups: 1 + below.lookups, voids: below.voids, of };
    } catch (error) {
      if (error instanceof SpfSyntaxError) return { ...alone, problem: `the record of ${target}: ${error.message}` };
      throw error;
    }
  }

  async #exchanges(term: string, name: string, mechanism: Mechanism): Promise<SpfTerm> {
    const answer = await this.#dns.ask(name, 'MX');
    if (answer.is === 'failed') return { term, lookups: 1, voids: 0, unclear: answer.text };
    if (answer.is === 'none') return { term, lookups: 1, voids: 1, networks: [] };
    const hosts = answer.records.map(({ data }) => data.exchange).filter((host) => host !== '.' && host !== '');
    if (hosts.length > spfLimits.names)
      return { term, lookups: 1, voids: 0, problem: `${name} has ${hosts.length} mail servers, and SPF takes ${spfLimits.names}` };
    return this.#hosts(term, hosts, mechanism);
  }

  async #hosts(
    term: string,
    names: readonly string[],
    mechanism: Mechanism,
    types: readonly ('A' | 'AAAA')[] = ['A', 'AAAA'],
  ): Promise<SpfTerm> {
    const asked = await Promise.all(names.map((name) => Promise.all(types.map((type) => this.#dns.ask(name, type)))));
    const failed = asked.flat().find((one) => one.is === 'failed');
    const voids = asked.filter((answers) => answers.every(({ is }) => is === 'none')).length;
    const addresses = asked.flat().flatMap((one) => (one.is === 'records' ? one.records.map(({ data }) => String(data)) : []));
    const { cidr4 = 32, cidr6 = 128 } = 'cidr4' in mechanism ? mechanism : {};
    const networks = addresses.map((one) =>
      one.includes(':') ? `ip6:${one}${cidr6 === 128 ? '' : `/${cidr6}`}` : `ip4:${one}${cidr4 === 32 ? '' : `/${cidr4}`}`,
    );
    return { term, lookups: 1, voids, networks: [...new Set(networks)], ...(failed?.is === 'failed' && { unclear: failed.text }) };
  }
}
