import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { getDomain } from 'tldts';
import { askable } from '../collect/dns/name.ts';
import { isLocal } from '../collect/http/client.ts';
import type { GivenDomains, GivenHost } from '../core/target.ts';
import { mailSender, mailSenders } from '../evidence/mail-senders.ts';
import { providerNamed, providers } from '../evidence/providers.ts';
import type { Config } from './config.ts';
import { reasonOf } from './file-error.ts';
import { nearest } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/** What the call names besides the config. */
export interface DomainCall {
  /** Address of the app: as typed, else of the config. */
  readonly url: URL | undefined;
  /** It was typed as the bare name of a host. */
  readonly isName?: true | undefined;
  /** Folder that files of the config are named from. */
  readonly base: string;
}

/**
 * The domain map of the config; without one, or without hosts or mail in it, a draft: the registered domain, www and the host of the app. `undefined` where
 * neither names a domain. Throws `UsageError` for what contradicts itself, and for a domain that is not the one of the map.
 */
export function domainsOf({ domains, file }: Config, { url, isName, base }: DomainCall): GivenDomains | undefined {
  if (url && !isLocal(url) && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 && askable(url.hostname) === undefined)
    throw new UsageError(
      `${url.hostname.slice(0, 60)}… is no name that the DNS can have: a part of it has more than 63 letters, or all of it more than 253.`,
      'Write it like https://app.example.com.',
    );
  if (!domains) return url && draftedDomains(url);
  const { resolvers, roots, rdap, connect = [], authorities = [] } = domains;
  const where = file ?? 'the config';
  const apex = named(domains.apex, where);
  if (isName && url && !isOf(url.hostname, apex))
    throw new UsageError(
      `${url.hostname} is not on ${apex}, which the domain map in ${where} is about.`,
      `Leave the name out to look at ${apex}, or look at ${url.hostname} from a folder without that config.`,
    );
  const written = (domains.hosts ?? []).map((host) => ({
    ...host,
    name: named(host.name, where),
    ...(host.redirectsTo !== undefined && { redirectsTo: named(host.redirectsTo, where) }),
  }));
  const records = (domains.records ?? []).map((one) => ({ ...one, name: named(one.name, where) }));
  const namedMail = (domains.mail ?? []).map((one) => ({ ...one, name: named(one.name, where) }));
  // A map without hosts is no order to look at nothing.
  const draft = draftedDomains(url && isOf(url.hostname, apex) ? url : new URL(`https://${apex}`));
  const hosts = written.length > 0 ? written : (draft?.hosts ?? []);
  const mail = namedMail.length > 0 ? namedMail : (draft?.mail ?? []);
  for (const [list, names] of [
    ['hosts', hosts],
    ['mail', mail],
  ] as const) {
    const twice = names.find(({ name }, nth) => names.findIndex((one) => one.name === name) !== nth);
    if (twice) throw new UsageError(`${twice.name} stands twice under domains.${list} in ${where}.`, 'Leave one of the two.');
  }
  for (const { on } of written)
    if (on !== undefined && !providerNamed(on))
      refuseMistyped(
        on,
        `domains.hosts in ${where}`,
        providers.map(({ id }) => id),
      );
  for (const sender of namedMail.flatMap(({ senders = [] }) => senders))
    if (!mailSender(sender))
      refuseMistyped(
        sender,
        `domains.mail in ${where}`,
        mailSenders.map(({ id }) => id),
      );
  const [place, outside] =
    (
      [
        ['hosts', hosts.find(({ name }) => !isOf(name, apex))],
        ['records', records.find(({ name }) => !isOf(name, apex))],
      ] as const
    ).find(([, one]) => one) ?? [];
  if (outside)
    throw new UsageError(
      `${outside.name} under domains.${place} in ${where} is not on ${apex}.`,
      'One domain map speaks of one registered domain.',
    );
  return {
    apex,
    hosts,
    mail,
    drafted: written.length === 0,
    ...(resolvers && { resolvers }),
    ...(roots && { roots }),
    ...(rdap !== undefined && { rdap }),
    ...(records.length > 0 && { records }),
    ...(connect.length > 0 && { connect: Object.fromEntries(connect.map((one) => pinned(one, where))) }),
    ...(authorities.length > 0 && { authorities: authorities.map((name) => certificate(resolve(base, name), name)) }),
  };
}

/** A service that we do not know is taken as it stands, and nothing is asked of it; one that is mistyped would be left out without a word. */
function refuseMistyped(word: string, where: string, known: readonly string[]): void {
  // Of a short word, nearly every other is near.
  const meant = word.length >= 5 ? nearest(word, known) : undefined;
  if (meant !== undefined) throw new UsageError(`${word} under ${where} is no service that we know.`, `Did you mean ${meant}?`);
}

const isOf = (name: string, apex: string): boolean => `.${name}`.endsWith(`.${apex}`);

/** A name as it is asked for and compared: lower case, in ASCII, without the dot at its end. */
function named(name: string, where: string): string {
  const plain = askable(name);
  if (plain === undefined) throw new UsageError(`${name} under domains in ${where} is no name that the DNS can have.`);
  return plain;
}

/** `https://app.example.com=192.0.2.7`. */
function pinned(text: string, where: string): [string, string] {
  const [, scheme = '', name = '', address = ''] = /^((?:https?:\/\/)?(?:\*\.)?)([^=]+)=(.+)$/.exec(text) ?? [];
  return [`${scheme}${named(name, where)}`, address];
}

/** What an address alone tells of a domain: its registered domain, www and the host itself. `undefined` for addresses of this machine and numbers. */
export function draftedDomains(url: URL): GivenDomains | undefined {
  const host = url.hostname;
  if (isLocal(url) || isIP(host.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  // On a domain of a host (`app.lovable.app`) only the own name is the user's.
  const apex = getDomain(host, { allowPrivateDomains: true }) ?? host;
  const names = new Map<string, GivenHost>();
  for (const name of [apex, `www.${apex}`]) names.set(name, { name, role: 'marketing' });
  names.set(host, { name: host, role: 'app' });
  // Nobody can send from below a name of the host (`lovable.app`): its DNS is not the user's.
  const isOwn = getDomain(host) === apex;
  return { apex, hosts: [...names.values()], mail: isOwn ? [{ name: apex }] : [], drafted: true };
}

function certificate(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`The certificates ${shown} cannot be read: ${reasonOf(error)}.`);
  }
}
