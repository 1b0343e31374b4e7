import type { GivenRecord } from '../../../../core/target.ts';
import type { RecordBody } from '../api.ts';

/** Bytes that one string of a TXT record holds (RFC 1035 §3.3). */
const longest = 255;

/** Parts of at most 255 bytes; no character is cut in two. */
export function splitText(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let bytes = 0;
  for (const character of text) {
    const size = Buffer.byteLength(character);
    if (bytes + size > longest) {
      parts.push(part);
      part = '';
      bytes = 0;
    }
    part += character;
    bytes += size;
  }
  return [...parts, part];
}

/** The text of a TXT record as a zone file has it: quoted, in strings of at most 255 bytes. */
export const quoted = (text: string): string =>
  splitText(text)
    .map((part) => `"${part.replace(/["\\]/g, '\\$&')}"`)
    .join(' ');

/** A record as the API takes it. `undefined` where its content cannot be read. */
export function bodyFor({ name, type, content, priority, ttl }: GivenRecord): RecordBody | undefined {
  const base = { name, type, ttl: ttl ?? 1 };
  switch (type) {
    case 'TXT':
      return { ...base, content: quoted(content) };
    case 'MX': {
      const [, first, host] = /^(?:(\d+)\s+)?(\S+)$/.exec(content.trim()) ?? [];
      return host === undefined ? undefined : { ...base, content: host.replace(/\.$/, ''), priority: priority ?? Number(first ?? 10) };
    }
    case 'CAA': {
      const [, flags, tag, value] = /^(\d+)\s+(\w+)\s+"?([^"]*)"?$/.exec(content.trim()) ?? [];
      return value === undefined ? undefined : { ...base, data: { flags: Number(flags), tag, value } };
    }
    case 'SRV': {
      const [, first, weight, port, target] = /^(\d+)\s+(\d+)\s+(\d+)\s+(\S+)$/.exec(content.trim()) ?? [];
      return target === undefined
        ? undefined
        : { ...base, data: { priority: Number(first), weight: Number(weight), port: Number(port), target: target.replace(/\.$/, '') } };
    }
    case 'CNAME':
    case 'NS':
      return { ...base, content: content.trim().replace(/\.$/, '') };
    default:
      return { ...base, content: content.trim() };
  }
}
