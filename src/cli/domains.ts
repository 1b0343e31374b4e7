import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { getDomain } from 'tldts';
import { askable } from '../collect/dns/name.ts';
import { isLocal } from '../collect/http/client.ts';
import type { GivenDomains, GivenHost } from '../core/target.ts';
import type { Config } from './config.ts';
import { reasonOf } from './file-error.ts';
import { UsageError } from './usage-error.ts';

/**
 * The domain map of the config; without one, a draft out of the address of the app: its registered domain, www and the host itself. `undefined` where neither
 * names a domain. `base`: the folder that files are named from. Throws `UsageError` for what contradicts itself.
 */
export function domainsOf({ domains, file }: Config, url: URL | undefined, base: string): GivenDomains | undefined {
  if (!domains) return url && draftedDomains(url);
  const { resolvers, roots, rdap, connect = [], authorities = [] } = domains;
  const where = file ?? 'the config';
  const apex = named(domains.apex, where);
  const hosts = (domains.hosts ?? []).map((host) => ({
    ...host,
    name: named(host.name, where),
    ...(host.redirectsTo !== undefined && { redirectsTo: named(host.redirectsTo, where) }),
  }));
  const records = (domains.records ?? []).map((one) => ({ ...one, name: named(one.name, where) }));
  const mail = (domains.mail ?? []).map((one) => ({ ...one, name: named(one.name, where) }));
  const twice = hosts.find(({ name }, nth) => hosts.findIndex((one) => one.name === name) !== nth);
  if (twice) throw new UsageError(`${twice.name} stands twice under domains.hosts in ${where}.`, 'Leave one of the two.');
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
    drafted: false,
    ...(resolvers && { resolvers }),
    ...(roots && { roots }),
    ...(rdap !== undefined && { rdap }),
    ...(records.length > 0 && { records }),
    ...(connect.length > 0 && { connect: Object.fromEntries(connect.map((one) => pinned(one, where))) }),
    ...(authorities.length > 0 && { authorities: authorities.map((name) => certificate(resolve(base, name), name)) }),
  };
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
