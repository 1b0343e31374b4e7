import { CollectFault } from '../../../core/evidence.ts';
import type { GivenCloudflare, GivenDomains } from '../../../core/target.ts';
import {
  edgePlans,
  edgeSettings,
  type EdgePlan,
  type EdgeZone,
  type Part,
  rulePhases,
  type RulePhase,
} from '../../../evidence/cloudflare.ts';
import type { CloudflareApi, ZoneEntry } from './api.ts';
import { CloudflareError } from './client.ts';
import { isForbidden, type Permission, permissionOf, rowOf, tokenPage } from './permissions.ts';

/** Number of the answer to a token of an account where only those of persons are taken, as for page rules. */
const ownedByAccount = 1011;

/** The zone as it is now. */
export interface LiveZone extends Omit<EdgeZone, 'origins'> {
  /** Ids of the rule lists; absent where a phase has none. */
  readonly entrypoints: Partial<Readonly<Record<RulePhase, string>>>;
}

/** What of the target the zone is read for. */
export interface Wanted {
  readonly given: GivenCloudflare;
  readonly domains: GivenDomains | undefined;
}

/** The token; throws `CollectFault` where there is none. */
export function tokenOf({ token, tokenFrom }: GivenCloudflare): string {
  if (token !== undefined) return token;
  throw new CollectFault(
    'absent',
    `The token of Cloudflare is to be found in the environment variable ${tokenFrom}, which is not set.`,
    `Make one at ${tokenPage} (docs/guide/edge.md lists what it needs), and set ${tokenFrom} to it before the call.`,
  );
}

/** The token is tried first: everything after it would only say the same. Throws `CollectFault` where it is of no use. */
export async function checkToken(api: CloudflareApi): Promise<void> {
  let status: string;
  try {
    ({ status } = await api.verifyToken());
  } catch (error) {
    if (!(error instanceof CloudflareError)) throw error;
    // A token that belongs to an account, not to a person, is verified elsewhere, and called invalid here: whether it is shows when it reads.
    if (error.status === 404 || (error.status === 401 && (await isTaken(api)))) return;
    throw new CollectFault('denied', `Cloudflare does not take the token: ${error.message}`, `Make a new one at ${tokenPage}.`);
  }
  if (status !== 'active') throw new CollectFault('denied', `The token of Cloudflare is ${status}.`, `Make a new one at ${tokenPage}.`);
}

/** Whether the list of zones is handed out for the token. */
async function isTaken(api: CloudflareApi): Promise<boolean> {
  try {
    await api.zones();
    return true;
  } catch (error) {
    if (error instanceof CloudflareError) return false;
    throw error;
  }
}

/** Reads all of the zone that matters at the edge. What the token may not read is a part that is not known. Throws `CollectFault` where there is no such zone. */
export async function readZone(api: CloudflareApi, { given, domains }: Wanted): Promise<LiveZone> {
  const [entry, reached] = await zoneOf(api, given.zone);
  const { id } = entry;
  const part = async <T>(permission: Permission, what: string, read: () => Promise<T>): Promise<Part<T>> => {
    try {
      return { value: await read() };
    } catch (error) {
      if (!(error instanceof CloudflareError)) throw error;
      return unread(permission, what, error);
    }
  };
  const ids: Partial<Record<RulePhase, string>> = {};
  const all = async <Key extends string, T>(keys: readonly Key[], read: (key: Key) => Promise<T>): Promise<Record<Key, T>> =>
    Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await read(key)] as const))) as Record<Key, T>;
  const [records, settings, rules, pageRules, hostTls, bots, dnssec, certificates] = await Promise.all([
    part('DNS', 'the DNS records', () => api.records(id)),
    all(edgeSettings, (name) => part('Zone Settings', `the setting ${name}`, () => api.setting(id, name))),
    all(rulePhases, (phase) =>
      part(permissionOf[phase], `the rules of the phase ${phase}`, async () => {
        const found = await api.entrypoint(id, phase);
        if (found) ids[phase] = found.id;
        return found?.rules ?? [];
      }),
    ),
    part('Page Rules', 'the page rules', () => api.pageRules(id)),
    part('SSL and Certificates', 'the TLS versions of single hosts', () => api.hostTls(id)),
    part('Bot Management', 'the bot settings', () => api.bots(id)),
    part('DNS', 'DNSSEC', () => api.dnssec(id)),
    part('SSL and Certificates', 'the certificates', () => api.certificates(id)),
  ]);
  const emptied = rulePhases.filter((phase) => ids[phase] !== undefined && rules[phase].value?.length === 0);
  const plan = edgePlans.find((one) => one === entry.plan?.legacy_id) satisfies EdgePlan | undefined;
  return {
    id,
    name: entry.name,
    status: entry.status,
    paused: entry.paused ?? false,
    isPartial: entry.type === 'partial',
    plan: plan ?? 'unknown',
    nameServers: entry.name_servers ?? [],
    reached,
    records,
    settings,
    rules,
    ...(emptied.length > 0 && { emptied }),
    pageRules,
    hostTls,
    bots,
    dnssec,
    certificates,
    entrypoints: ids,
    hosts: domains?.drafted ? [] : (domains?.hosts ?? []),
    mail: domains?.mail ?? [],
    privatePaths: given.privatePaths,
  };
}

async function zoneOf(api: CloudflareApi, name: string): Promise<[ZoneEntry, number]> {
  try {
    const zones = await api.zones();
    const found = zones.find((one) => one.name === name);
    if (found) return [found, zones.length];
    throw new CollectFault(
      'absent',
      `The token of Cloudflare reaches ${
        zones.length === 0
          ? 'no zone'
          : zones
              .map((one) => one.name)
              .slice(0, 5)
              .join(', ')
      }, but not ${name}.`,
      `Add ${name} under "Zone Resources" of the token, with ${rowOf('Zone', 'Read')}, or name the zone as cloudflare.zone.`,
    );
  } catch (error) {
    if (error instanceof CloudflareError && isForbidden(error)) {
      const { why, toKnow } = unread('Zone', 'the zones', error);
      throw new CollectFault('denied', why, toKnow);
    }
    throw error;
  }
}

function unread(permission: Permission, what: string, error: CloudflareError): Required<Pick<Part<never>, 'why' | 'toKnow'>> {
  if (error.codes.includes(ownedByAccount))
    return {
      why: `Cloudflare does not show ${what} to a token of an account.`,
      toKnow: `Use a token of a person: make one at ${tokenPage}.`,
    };
  if (!isForbidden(error)) return { why: `Could not read ${what}: ${error.message}`, toKnow: 'Run it again later.' };
  return {
    why: `The token may not read ${what}.`,
    toKnow: `Add the row "${rowOf(permission, 'Read')}" to the token at ${tokenPage}.`,
  };
}
