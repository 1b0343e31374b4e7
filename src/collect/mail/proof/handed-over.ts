import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { HandedOver } from '../../../evidence/mail-proof.ts';
import type { DnsClient } from '../../dns/client.ts';
import { reachOf } from '../../http/address.ts';
import { type RawMessage, valuesOf } from '../dkim/message.ts';
import { reverseOf } from '../reverse.ts';
import { hopOf } from './handed-in.ts';

/**
 * Whether the server at `ip` handed the mail in by TLS, and by which name it goes; `undefined` where it is no address of the internet, about which nobody can tell
 * anything. The DNS client asks for each address once in a run.
 */
export async function handedOver(dns: DnsClient, message: RawMessage, ip: string): Promise<HandedOver | undefined> {
  if (isIP(ip) === 0 || reachOf(ip) !== 'public') return undefined;
  return { ip, tls: tlsOf(receivedFrom(message, ip)), reverse: await reverseOf(dns, ip) };
}

/** The topmost Received that names this address as whom the mail came from: what stands below was written by others. */
export const receivedFrom = (message: RawMessage, ip: string): string | undefined => {
  const wanted = ipaddr.process(ip).toString();
  return valuesOf(message, 'received').find((value) => {
    const hop = hopOf(value);
    return hop !== undefined && ipaddr.process(hop.ip).toString() === wanted;
  });
};

/** Whether a Received tells of TLS: by the word behind `with` (RFC 3848), or by a version as Gmail, Outlook and Postfix write it. */
export function tlsOf(received: string | undefined): HandedOver['tls'] {
  if (received === undefined) return 'unclear';
  const plain = received.replace(/;[^;]*$/, '');
  if (/\b(?:version=|using )\(?TLS|\bTLSv?1[._ ]?\d\b|\bcipher[= ]/i.test(plain)) return 'yes';
  const word = /\swith\s+([A-Za-z0-9-]+)/.exec(plain.replace(/\([^()]*\)/g, ' '))?.[1]?.toUpperCase();
  if (word === undefined) return 'unclear';
  if (/^(?:UTF8)?(?:E?SMTP|LMTP)SA?$|^HTTPS$/.test(word)) return 'yes';
  return /^(?:UTF8)?E?SMTPA?$/.test(word) ? 'no' : 'unclear';
}
