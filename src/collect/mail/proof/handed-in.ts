import { isIP } from 'node:net';
import type { Envelope } from '../../access/mail/mailbox.ts';
import { reachOf } from '../../http/address.ts';
import { type RawMessage, valuesOf } from '../dkim/message.ts';

/**
 * Who handed the mail in at the receiver, as its header tells: what the receiver says of SPF, else the topmost Received that names an address. One of the internet goes
 * before those of hops inside. `undefined` where nothing tells.
 */
export function handedIn(message: RawMessage): Envelope | undefined {
  const [returned = ''] = valuesOf(message, 'return-path');
  const from = /<?([^<>\s]*)>?/.exec(returned)?.[1] ?? '';
  const [spf = ''] = valuesOf(message, 'received-spf');
  // Yahoo and others tell the address in the comment alone.
  const ip = (/\bclient-ip=["[]?([0-9a-fA-F.:]+)/.exec(spf) ?? /\bdesignates? ([0-9a-fA-F.:]+) as permitted sender/.exec(spf))?.[1];
  if (ip !== undefined && isIP(ip) !== 0)
    return {
      ip,
      from: from || (/\benvelope-from=["<]*([^\s;">]+)/.exec(spf)?.[1] ?? ''),
      helo: /\bhelo=["]?([^\s;"]+)/.exec(spf)?.[1] ?? '',
    };
  const hops = hopsOf(message);
  const hop = hops.find((one) => reachOf(one.ip) === 'public') ?? hops[0];
  return hop && { ...hop, from };
}

/** Servers that handed the mail on, the last of them first: those whose address its header tells. */
export const hopsOf = (message: RawMessage): Omit<Envelope, 'from'>[] =>
  valuesOf(message, 'received').flatMap((value) => hopOf(value) ?? []);

/** Whom one Received says that the mail came from; `undefined` where it tells no address. */
export function hopOf(received: string): Omit<Envelope, 'from'> | undefined {
  const [, bare = '', greeted = ''] = /^from\s+([0-9a-fA-F.:]+)\s+\((?:EHLO|HELO)\s+([^\s)]+)/i.exec(received) ?? [];
  if (isIP(bare) !== 0) return { helo: greeted, ip: bare };
  const [, helo = '', address = ''] = /^from\s+(\S+).*?[[(](?:IPv6:)?([0-9a-fA-F.:]{3,})[\])]/i.exec(received) ?? [];
  return isIP(address) === 0 ? undefined : { helo, ip: address };
}
