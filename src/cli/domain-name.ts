import { isIP } from 'node:net';
import { askable } from '../collect/dns/name.ts';
import { UsageError } from './usage-error.ts';

/** A name of a host, in the letters of any script, a dot at its end or not. */
export const isHostName = (text: string): boolean =>
  /^(?:[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_-]*[\p{L}\p{M}\p{N}_])?\.)+(?!\d+\.?$)[\p{L}\p{M}\p{N}-]{2,}\.?$/u.test(text) &&
  isIP(text) === 0 &&
  askable(text) !== undefined &&
  URL.parse(`https://${text}`) !== null;

const likeThis = 'Write it like example.com.';

/** Throws `UsageError` for what was meant as a domain and is none; a word that may be a folder is left alone. */
export function refuseMisnamed(typed: string): void {
  const problem = misnamed(typed);
  if (problem) throw new UsageError(...problem);
}

function misnamed(typed: string): [message: string, remedy: string] | undefined {
  const text = typed.trim();
  if (/^[./~\\]|^[A-Za-z]:\\|^localhost\b/.test(text)) return undefined;
  if (isIP(text.replace(/^\[(.*)\]$/, '$1')) !== 0 || /^[\d.]+:\d+$/.test(text))
    return [`${text} is an address of a machine (IP), not the name of a domain.`, 'Name the domain that customers type, like example.com.'];
  const [, mailbox, domain = ''] = /^(?:mailto:)?([^@/\s]+)@([^@/\s]+)$/.exec(text) ?? [];
  if (mailbox !== undefined)
    return [`${text} is the address of a mailbox, not a domain.`, isHostName(domain) ? `Did you mean ${domain}?` : likeThis];
  const [, host = text, port, path] = /^([^:/?#]*)(:\d*)?([/?#].*)?$/s.exec(text) ?? [];
  const isMeant = /\.[\p{L}\p{M}][\p{L}\p{M}\p{N}-]+\.?$/u.test(host) || /[^\p{ASCII}]/u.test(host);
  if (!isMeant) return undefined;
  if (isHostName(host) && (port !== undefined || path !== undefined))
    return [
      `${text} is no domain: ${port === undefined ? 'a path' : path === undefined || path === '/' ? 'a port' : 'a port and a path'} is no part of its name.`,
      `Write ${host} for the whole domain, or https://${text} for what answers there.`,
    ];
  const name = host.replace(/\.$/, '');
  const labels = name.split('.');
  const stray = /[^\p{L}\p{M}\p{N}_.-]/u.exec(name)?.[0];
  const shown = text.length > 80 ? `${text.slice(0, 60)}…` : text;
  const why =
    stray !== undefined
      ? `“${stray}” cannot stand in one`
      : labels.includes('')
        ? 'there is nothing between two of its dots'
        : (labels.map(labelProblem).find((one) => one !== undefined) ??
          (askable(name) === undefined ? `it is too long: ${Buffer.byteLength(name)} bytes, where 253 can be sent` : undefined));
  if (why !== undefined) return [`${shown} is no name of a domain: ${why}.`, likeThis];
  return isHostName(host) ? undefined : [`${shown} is no name that a domain can have.`, likeThis];
}

function labelProblem(label: string): string | undefined {
  if (/^-|-$/.test(label)) return 'a part of it begins or ends with a hyphen';
  if (/^\p{ASCII}*$/u.test(label) ? label.length > 63 : askable(label) === undefined)
    return `a part of it is too long: “${label.slice(0, 12)}…” has ${label.length} letters, and 63 are the most`;
  return undefined;
}
