import ipaddr from 'ipaddr.js';
import type { GivenRecord } from '../../core/target.ts';
import type { RecordData, RecordType } from './message.ts';

const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '');
/** One way of writing an IPv6 address out of many (RFC 5952). */
const address = (text: string): string => (ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toRFC5952String() : plain(text));

/** What a record holds, as a zone file has it and without quotes, so that two can be compared. Names are in lower case; TXT stays as it is. */
export function recordText(type: RecordType, data: RecordData[RecordType]): string {
  if (type === 'TXT') return String(data);
  if (typeof data === 'string') return type === 'AAAA' ? address(data) : plain(data);
  const { preference, exchange, critical, tag, value, priority, weight, port, target } = data as unknown as Record<string, unknown>;
  if (exchange !== undefined) return `${String(preference)} ${plain(String(exchange)) || '.'}`;
  // The highest bit of the flags says that who does not know the tag may issue nothing (RFC 8659 §4.1).
  if (tag !== undefined) return plain(`${critical === true ? 128 : 0} ${String(tag)} ${String(value)}`);
  return `${[priority, weight, port].map(String).join(' ')} ${plain(String(target))}`;
}

/** What `recordText` gives of a record that is meant to be there. */
export function wantedText({ type, content, priority }: Pick<GivenRecord, 'type' | 'content' | 'priority'>): string {
  // A character for each byte, as the DNS client reads them.
  if (type === 'TXT') return Buffer.from(content).toString('latin1');
  const text = plain(content.replace(/"/g, '').trim().replace(/\s+/g, ' '));
  if (type === 'AAAA') return address(text);
  if (type !== 'MX') return text;
  const [, first, host = text] = /^(?:(\d+) )?(\S+)$/.exec(text) ?? [];
  return `${priority ?? first ?? 10} ${host || '.'}`;
}
