import { defineCollector } from '../../../core/collector.ts';
import { CollectFault, optional } from '../../../core/evidence.ts';
import type { GivenDomains, GivenHost, Target } from '../../../core/target.ts';
import { edgeCache } from '../../../evidence/edge-cache.ts';
import { type RouteInventory, sourceRoutes } from '../../../evidence/routes.ts';
import { NobodySignedIn } from '../../access/people/everybody.ts';
import { changesAt } from '../../access/surface/changing.ts';
import { openSender, type Sender } from '../../access/wire/sender.ts';
import { userAgent } from '../../http/client.ts';
import { reachOfApp } from '../app-way.ts';
import { proveCache } from './prove.ts';

const noRoutes: RouteInventory = { routes: [], gaps: [], middleware: [] };

/** Signs in as the people who are named, and asks as each for what a cache may have kept of another. Nothing is changed in the app. */
export const cacheCollector = defineCollector({
  provides: edgeCache,
  wants: 'people',
  needs: { inventory: optional(sourceRoutes, noRoutes) },
  effects: 'reads',
  timeoutMs: 600_000,
  async collect({ inventory }, { target, vault, signal, progress }) {
    const url = appOf(target);
    const people = (target.people ?? []).filter(({ password, key, email }) => password !== undefined || key !== undefined || email !== '');
    if (!url || people.length < 2)
      throw new CollectFault(
        'absent',
        'Whether a cache gives one customer what is another’s is seen only with two people who can sign in.',
        'Name two people of different customers under access.people in launch-ready.yaml.',
      );
    for (const { password, key, totp } of people)
      for (const secret of [password, key?.value, totp]) if (secret !== undefined) vault.hide(secret);
    const open = async (at: URL): Promise<Sender> =>
      openSender({
        harmOf: changesAt(inventory.routes),
        origin: at.origin,
        requests: target.scope.requests,
        vault,
        signal,
        userAgent,
        changes: false,
        ...(await reachOfApp(at, target.domains)),
      });
    const sender = await open(url);
    const apis: Sender[] = [];
    const unasked: { name: string; why: string }[] = [];
    try {
      for (const { name } of apisBeside(url, target.domains)) {
        try {
          apis.push(await open(new URL(`https://${name}/`)));
        } catch (error) {
          if (!(error instanceof CollectFault)) throw error;
          unasked.push({ name, why: error.message });
        }
      }
      const seen = await proveCache({ sender, routes: inventory.routes, people, apis, progress });
      return { ...seen, ...(unasked.length > 0 && { unasked }) };
    } catch (error) {
      if (error instanceof NobodySignedIn) throw new CollectFault('absent', error.message, error.remedy);
      throw error;
    } finally {
      await Promise.all([sender, ...apis].map((one) => one.close()));
    }
  },
});

/** The address that people sign in at: as given, else the app of the domain map. */
function appOf({ url, domains }: Target): URL | undefined {
  const app =
    domains?.drafted === false ? domains.hosts.find(({ role, redirectsTo }) => role === 'app' && redirectsTo === undefined) : undefined;
  const isOfMap = url !== undefined && domains?.hosts.some(({ name, role }) => name === url.hostname && (role === 'app' || role === 'api'));
  if (isOfMap || app === undefined) return url;
  return url === undefined || domains?.hosts.some(({ name }) => name === url.hostname) ? new URL(`https://${app.name}/`) : url;
}

/** Hosts of the API that a person wrote down, besides the one that people sign in at. */
const apisBeside = (url: URL, domains: GivenDomains | undefined): readonly GivenHost[] =>
  domains?.drafted === false
    ? domains.hosts.filter(({ name, role, redirectsTo }) => role === 'api' && redirectsTo === undefined && name !== url.hostname)
    : [];
