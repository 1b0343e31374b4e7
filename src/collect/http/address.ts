import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** Where an IP address lies: this machine, a network that is not the internet, or the internet. */
export type Reach = 'loopback' | 'private' | 'public';

// IANA special-purpose address registries (RFC 6890 and its updates): nothing in them is a public web server.
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const special = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  special.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 128],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const)
  special.addSubnet(net, bits, 'ipv6');

/** Tells where an IP address lies; IPv4 hidden in IPv6 (mapped, NAT64, 6to4) is judged as the IPv4 address it leads to. */
export function reachOf(address: string): Reach {
  const family = isIP(address);
  if (family === 0) return 'private';
  if (family === 6) {
    const inner = embeddedIpv4(address);
    if (inner !== undefined) return reachOf(inner);
  }
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  if (loopback.check(address, kind)) return 'loopback';
  return special.check(address, kind) ? 'private' : 'public';
}

function embeddedIpv4(address: string): string | undefined {
  const groups = expand(address);
  if (!groups) return undefined;
  const at = (index: number): number => groups[index] ?? 0;
  const dotted = (high: number, low: number): string => [high >> 8, high & 255, low >> 8, low & 255].join('.');
  const zeros = (from: number, to: number): boolean => groups.slice(from, to).every((group) => group === 0);
  if (zeros(0, 5) && at(5) === 0xffff) return dotted(at(6), at(7));
  // RFC 6052 (64:ff9b::/96) and the old IPv4-compatible form (::a.b.c.d).
  if (at(0) === 0x64 && at(1) === 0xff9b && zeros(2, 6)) return dotted(at(6), at(7));
  if (zeros(0, 6) && at(6) !== 0) return dotted(at(6), at(7));
  if (at(0) === 0x2002) return dotted(at(1), at(2));
  return undefined;
}

function expand(address: string): number[] | undefined {
  const plain = (address.split('%', 1)[0] ?? '').replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      `${((Number(a) << 8) | Number(b)).toString(16)}:${((Number(c) << 8) | Number(d)).toString(16)}`,
  );
  const [head = '', tail] = plain.split('::', 2);
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = parse(head);
  if (tail === undefined) return left.length === 8 ? left : undefined;
  const right = parse(tail);
  return [...left, ...Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => 0), ...right];
}

/** The error code of a connection refused by the guard. */
export const guardedCode = 'E_GUARDED';
/** The error code of a connection that nobody said the place of. */
export const unplacedCode = 'E_UNPLACED';

const guarded = (host: string, address: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${host} leads to ${address}, which is not on the internet`), { code: guardedCode });

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;
type Lookup = (hostname: string, options: LookupOptions, callback: Answer) => void;

/** Where a connection goes. */
export interface NetworkPlace {
  /** IP address. */
  readonly address: string;
  readonly port: number;
}

export interface AddressRules {
  /** Host name to IP address, as `curl --resolve`: the user's word, used as it stands. */
  readonly pins: Readonly<Record<string, string>>;
  /** Where a host is reached at another port too, or by other name servers; `undefined`: as the system says. May throw the error of a connection. */
  readonly placeOf?: (protocol: string, hostname: string) => Promise<NetworkPlace | undefined>;
  /** True for host names the user gave: these may lie anywhere. All others must lie on the internet. */
  named(hostname: string): boolean;
}

/** A name that is an IP address never reaches the resolver; it is judged here before anything is sent. */
export function checkLiteral(hostname: string, rules: AddressRules): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) === 0 || rules.named(hostname) || reachOf(address) === 'public') return;
  throw guarded(hostname, address);
}

/** The resolver of the connections. It judges the very addresses that are connected to, so a name cannot change its mind in between. */
export function guardedLookup(rules: AddressRules): Lookup {
  return (hostname, options, callback) => {
    const answer = (addresses: LookupAddress[]): void => {
      const first = addresses[0];
      if (options.all) callback(null, addresses);
      else callback(null, first?.address ?? '', first?.family ?? 4);
    };
    const pinned = rules.pins[hostname];
    if (pinned !== undefined) {
      answer([{ address: pinned, family: isIP(pinned) || 4 }]);
      return;
    }
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const allowed = rules.named(hostname) ? addresses : addresses.filter(({ address }) => reachOf(address) === 'public');
      if (allowed.length === 0) callback(guarded(hostname, addresses[0]?.address ?? 'nowhere'), []);
      else answer(allowed);
    });
  };
}
