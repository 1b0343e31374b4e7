import ipaddr from 'ipaddr.js';
import type { DnsClient } from '../../dns/client.ts';
import type { RecordType } from '../../dns/message.ts';
import { askable, isBelow } from '../../dns/name.ts';
import { expandMacros, MacroError, type MacroValues } from './macro.ts';
import { type Directive, isSpf, parseSpf, type Qualifier, type SpfRecord, SpfSyntaxError } from './record.ts';
import { type SpfCheck, spfLimits, type SpfQuestion, type SpfResult, type SpfStep, type SpfVerdict } from './verdict.ts';

const results: Readonly<Record<Qualifier, SpfResult>> = { '+': 'pass', '-': 'fail', '~': 'softfail', '?': 'neutral' };

/**
 * Whether a server may send mail of a domain: `check_host()` of RFC 7208 §4, with the limits of §4.6.4. An IPv4 address in IPv6 form counts as IPv4
 * (§5). Never throws: what could not be asked is `temperror`.
 */
export async function checkSpf(dns: DnsClient, { ip, sender, helo, receiver }: SpfQuestion): Promise<SpfVerdict> {
  const whole = sender === '' ? helo : sender;
  const at = whole.lastIndexOf('@');
  const domain = whole.slice(at + 1);
  // RFC 7208 §4.3: who has no local part is postmaster.
  const local = at > 0 ? whole.slice(0, at) : 'postmaster';
  const host = new HostCheck(dns, {
    ip: ipaddr.process(ip).toString(),
    sender: `${local}@${domain}`,
    helo,
    ...(receiver !== undefined && { receiver }),
  });
  const check = await host.check(domain, true);
  return { ...check, lookups: host.lookups, voids: host.voids };
}

/** Ends the check of a record. */
class Ended extends Error {
  readonly result: 'temperror' | 'permerror';
  constructor(result: 'temperror' | 'permerror', message: string) {
    super(message);
    this.result = result;
  }
}

class HostCheck {
  lookups = 0;
  voids = 0;
  readonly #dns: DnsClient;
  readonly #about: Required<Pick<SpfQuestion, 'ip' | 'sender' | 'helo'>> & Pick<SpfQuestion, 'receiver'>;
  readonly #address: ipaddr.IPv4 | ipaddr.IPv6;

  constructor(dns: DnsClient, about: SpfQuestion) {
    this.#dns = dns;
    this.#about = about;
    this.#address = ipaddr.parse(about.ip);
  }

  /** `check_host()` for one domain. `explains`: whether what it refuses is told; what an include refuses is not (§6.2). */
  async check(domain: string, explains: boolean): Promise<SpfCheck> {
    const steps: SpfStep[] = [];
    let record: SpfRecord | undefined;
    try {
      record = await this.#recordOf(domain);
      if (!record) return { domain, result: 'none', steps };
      const { result, of } = await this.#evaluate(record, domain, steps, explains);
      const own = explains && result === 'fail' && !of ? record.exp : undefined;
      const told = of?.explanation ?? (own === undefined ? undefined : await this.#explanation(own, domain));
      const problem = of?.problem;
      return {
        domain,
        result,
        record: record.text,
        ...(problem !== undefined && { problem }),
        ...(told !== undefined && { explanation: told }),
        steps,
      };
    } catch (error) {
      if (error instanceof Ended)
        return { domain, result: error.result, ...(record && { record: record.text }), problem: error.message, steps };
      if (error instanceof SpfSyntaxError) return { domain, result: 'permerror', problem: error.message, steps };
      throw error;
    }
  }

  /** The record of a domain (§4.4, §4.5); `undefined` where it has none. */
  async #recordOf(domain: string): Promise<SpfRecord | undefined> {
    const name = domain.replace(/\.$/, '');
    if (!name.includes('.') || /^\[.*\]$/.test(name) || askable(name) === undefined) return undefined;
    const answer = await this.#dns.ask(name, 'TXT');
    if (answer.is === 'failed') throw new Ended('temperror', `${domain}: ${answer.text}`);
    const texts = answer.is === 'records' ? answer.records.map(({ data }) => data).filter(isSpf) : [];
    if (texts.length > 1) throw new Ended('permerror', `${domain} has ${texts.length} SPF records, and may have one`);
    return texts[0] === undefined ? undefined : parseSpf(texts[0]);
  }

  /** Terms from left to right until one matches (§4.6.2); then the redirect (§6.1); else neutral (§4.7). */
  async #evaluate(
    { directives, redirect }: SpfRecord,
    domain: string,
    steps: SpfStep[],
    explains: boolean,
  ): Promise<{ result: SpfResult; of?: SpfCheck }> {
    for (const directive of directives) {
      const matches = await this.#step(directive.term, steps, () => this.#matches(directive, domain));
      if (matches) return { result: results[directive.qualifier] };
    }
    // A redirect beside an “all” is never reached (§6.1).
    if (redirect === undefined || directives.some(({ mechanism }) => mechanism.is === 'all')) return { result: 'neutral' };
    let of: SpfCheck | undefined;
    await this.#step(`redirect=${redirect}`, steps, async () => {
      this.#count();
      const target = await this.#expanded(redirect, domain);
      of = await this.check(target, explains);
      if (of.result === 'none') throw new Ended('permerror', `redirect=${redirect}: ${target} has no SPF record`);
      return { matches: true, of };
    });
    return { result: of?.result ?? 'permerror', ...(of && { of }) };
  }

  async #step(term: string, steps: SpfStep[], look: () => Promise<boolean | { matches: boolean; of: SpfCheck }>): Promise<boolean> {
    const before = { lookups: this.lookups, voids: this.voids };
    const tell = (came: SpfStep['came'], of?: SpfCheck): void => {
      steps.push({ term, came, lookups: this.lookups - before.lookups, voids: this.voids - before.voids, ...(of && { of }) });
    };
    try {
      const found = await look();
      const matches = typeof found === 'boolean' ? found : found.matches;
      tell(matches ? 'match' : 'no match', typeof found === 'boolean' ? undefined : found.of);
      return matches;
    } catch (error) {
      if (error instanceof Ended) tell(error.result, error instanceof EndedBelow ? error.of : undefined);
      throw error;
    }
  }

  async #matches({ mechanism, term }: Directive, domain: string): Promise<boolean | { matches: boolean; of: SpfCheck }> {
    switch (mechanism.is) {
      case 'all':
        return true;
      case 'ip4':
      case 'ip6':
        return this.#isIn(mechanism.address, mechanism.cidr);
      case 'include': {
        this.#count();
        const target = await this.#expanded(mechanism.domain, domain);
        const of = await this.check(target, false);
        // RFC 7208 §5.2: only a pass is a match, and what is no verdict ends the check.
        if (of.result === 'temperror') throw new EndedBelow('temperror', of.problem ?? term, of);
        if (of.result === 'permerror') throw new EndedBelow('permerror', of.problem ?? term, of);
        if (of.result === 'none') throw new EndedBelow('permerror', `${term}: ${target} has no SPF record`, of);
        return { matches: of.result === 'pass', of };
      }
      case 'exists': {
        this.#count();
        return (await this.#records(await this.#expanded(mechanism.domain, domain), 'A')).length > 0;
      }
      case 'a': {
        this.#count();
        return this.#hasAddress(await this.#target(mechanism.domain, domain), mechanism);
      }
      case 'mx': {
        this.#count();
        const name = await this.#target(mechanism.domain, domain);
        const hosts = await this.#records(name, 'MX');
        if (hosts.length > spfLimits.names)
          throw new Ended('permerror', `${name} has ${hosts.length} mail servers, and SPF takes ${spfLimits.names}`);
        for (const { exchange } of hosts.toSorted((a, b) => a.preference - b.preference))
          if (exchange !== '.' && (await this.#hasAddress(exchange, mechanism))) return true;
        return false;
      }
      case 'ptr': {
        this.#count();
        const name = await this.#target(mechanism.domain, domain);
        return (await this.#validated()).some((one) => isBelow(one, name.toLowerCase().replace(/\.$/, '')));
      }
    }
  }

  #count(): void {
    this.lookups += 1;
    if (this.lookups > spfLimits.lookups) throw new Ended('permerror', `it takes more than ${spfLimits.lookups} terms that ask the DNS`);
  }

  /** Records of a name; none where there are none. What could not be asked ends the check. */
  async #records<Type extends 'A' | 'AAAA' | 'MX'>(name: string, type: Type) {
    // What no server can be asked for is not there.
    if (askable(name) === undefined) return [];
    const answer = await this.#dns.ask(name, type);
    if (answer.is === 'failed') throw new Ended('temperror', `${name}: ${answer.text}`);
    if (answer.is === 'records') return answer.records.map(({ data }) => data);
    if (!(await this.#hasOther(name, type, answer.why))) this.#void();
    return [];
  }

  /** A host with addresses of the other kind alone is there: receivers that look for both find it, and a limit on names that lead nowhere is not about it. */
  async #hasOther(name: string, type: 'A' | 'AAAA' | 'MX', why: 'nodata' | 'nxdomain'): Promise<boolean> {
    if (type === 'MX' || why === 'nxdomain') return false;
    const other = await this.#dns.ask(name, type === 'A' ? 'AAAA' : 'A');
    return other.is === 'records';
  }

  #void(): void {
    this.voids += 1;
    if (this.voids > spfLimits.voids)
      throw new Ended('permerror', `more than ${spfLimits.voids} of the names it asks for have nothing in the DNS`);
  }

  get #type(): 'A' | 'AAAA' {
    return this.#address.kind() === 'ipv4' ? 'A' : 'AAAA';
  }

  async #hasAddress(name: string, { cidr4, cidr6 }: { readonly cidr4: number; readonly cidr6: number }): Promise<boolean> {
    const type = this.#type;
    return (await this.#records(name, type)).some((address) => this.#isIn(address, type === 'A' ? cidr4 : cidr6));
  }

  #isIn(address: string, bits: number): boolean {
    const network = ipaddr.parse(address);
    return network.kind() === this.#address.kind() && this.#address.match(network as ipaddr.IPv4 & ipaddr.IPv6, bits);
  }

  async #target(spec: string | undefined, domain: string): Promise<string> {
    return spec === undefined ? domain : this.#expanded(spec, domain);
  }

  /** A domain with its macros expanded; labels on its left are left out where it is too long (§7.3). */
  async #expanded(spec: string, domain: string): Promise<string> {
    let name = await expandMacros(spec, this.#values(domain));
    while (name.length > longestName && name.includes('.')) name = name.slice(name.indexOf('.') + 1);
    return name;
  }

  #values(domain: string): MacroValues {
    const { ip, sender, helo, receiver } = this.#about;
    return { ip, sender, helo, domain, validated: () => this.#oneValidated(domain), ...(receiver !== undefined && { receiver }) };
  }

  /** `%{p}` (§7.3): the domain itself, else one below it, else any; `unknown` where there is none. */
  async #oneValidated(domain: string): Promise<string> {
    const names = await this.#validated();
    const own = domain.toLowerCase();
    return names.find((one) => one === own) ?? names.find((one) => isBelow(one, own)) ?? names[0] ?? 'unknown';
  }

  /** Names of the address that lead back to it (§5.5), of the first ten. What cannot be asked is none. */
  async #validated(): Promise<string[]> {
    const type = this.#type;
    const answer = await this.#dns.ask(reverseOf(this.#address), 'PTR');
    if (answer.is !== 'records') {
      if (answer.is === 'none') this.#void();
      return [];
    }
    const names: string[] = [];
    for (const { data: name } of answer.records.slice(0, spfLimits.names)) {
      const addresses = await this.#dns.ask(name, type as RecordType);
      if (addresses.is === 'records' && addresses.records.some(({ data }) => this.#isIn(String(data), type === 'A' ? 32 : 128)))
        names.push(name.toLowerCase());
    }
    return names;
  }

  /** What whoever is refused is told (§6.2); nothing where anything is wrong with it. */
  async #explanation(spec: string, domain: string): Promise<string | undefined> {
    try {
      const name = await this.#expanded(spec, domain);
      const answer = askable(name) === undefined ? undefined : await this.#dns.ask(name, 'TXT');
      if (answer?.is !== 'records' || answer.records.length !== 1) return undefined;
      const text = answer.records[0]?.data ?? '';
      // oxlint-disable-next-line no-control-regex -- ASCII is meant
      if (!/^[\x20-\x7e]*$/.test(text)) return undefined;
      return await expandMacros(text, this.#values(domain), true);
    } catch (error) {
      if (error instanceof Ended || error instanceof MacroError) return undefined;
      throw error;
    }
  }
}

/** Ended by the record that a term led to. */
class EndedBelow extends Ended {
  readonly of: SpfCheck;
  constructor(result: 'temperror' | 'permerror', message: string, of: SpfCheck) {
    super(result, message);
    this.of = of;
  }
}

/** Characters of a name after macros (RFC 7208 §7.3). */
const longestName = 253;

/** The name below which an address is told its names. Throws for what is no address. */
export const reverseName = (ip: string): string => reverseOf(ipaddr.process(ip));

/** `4.3.2.1.in-addr.arpa`; nibbles and `ip6.arpa` of IPv6. */
function reverseOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  const bytes = Buffer.from(address.toByteArray());
  return address.kind() === 'ipv4'
    ? `${[...bytes].toReversed().join('.')}.in-addr.arpa`
    : `${[...bytes.toString('hex')].toReversed().join('.')}.ip6.arpa`;
}
