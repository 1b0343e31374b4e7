import { defineCollector } from '../../../core/collector.ts';
import { CollectFault, optional } from '../../../core/evidence.ts';
import { edgeCache } from '../../../evidence/edge-cache.ts';
import { type RouteInventory, sourceRoutes } from '../../../evidence/routes.ts';
import { NobodySignedIn } from '../../access/people/everybody.ts';
import type { Sender } from '../../access/wire/sender.ts';
import { ableToSignIn, edgeApp, edgePeople, hostsBeside } from '../people.ts';
import { controlOf } from './control.ts';
import { proveCache } from './prove.ts';

const noRoutes: RouteInventory = { routes: [], gaps: [], middleware: [] };

/** Asks as each of those who are signed in for what a cache may have kept of another. Nothing is changed in the app. */
export const cacheCollector = defineCollector({
  provides: edgeCache,
  wants: 'people',
  needs: { inventory: optional(sourceRoutes, noRoutes), edge: edgeApp },
  later: { entered: edgePeople },
  effects: 'reads',
  timeoutMs: 900_000,
  async collect({ inventory, edge, entered }, { target, progress }) {
    if (ableToSignIn(target).length < 2)
      throw new CollectFault(
        'absent',
        'Whether a cache gives one customer what is another’s is seen only with two people who can sign in.',
        'Name two people of different customers under access.people in launch-ready.yaml.',
      );
    // Held from before anybody is signed in.
    return edge.sessions.during(async () => {
      // It takes as long as people take to sign in.
      const control = controlOf(edge.sender);
      control.catch(() => undefined);
      const app = await entered();
      const apis: Sender[] = [];
      const unasked: { name: string; why: string }[] = [];
      try {
        for (const { name } of hostsBeside(new URL(app.sender.origin), target.domains, ['api'])) {
          try {
            apis.push(await app.open(new URL(`https://${name}/`)));
          } catch (error) {
            if (!(error instanceof CollectFault)) throw error;
            unasked.push({ name, why: error.message });
          }
        }
        const seen = await proveCache({ app, control, routes: inventory.routes, apis, progress });
        return { ...seen, ...(unasked.length > 0 && { unasked }) };
      } catch (error) {
        if (error instanceof NobodySignedIn) throw new CollectFault('absent', error.message, error.remedy);
        throw error;
      } finally {
        await Promise.all(apis.map((one) => one.close()));
      }
    });
  },
});
