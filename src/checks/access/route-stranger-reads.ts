import { defineCheck } from '../../core/check.ts';
import { accessLock, noLock } from '../../evidence/access-lock.ts';
import { optional } from '../../core/evidence.ts';
import { liveAccess, type LiveVerb } from '../../evidence/live-access.ts';
import { sampleCell, sampleLive } from '../../evidence/live-samples.ts';
import { passes, routeLeaks, tellRoute } from '../live-leak.ts';

const verbs: readonly LiveVerb[] = ['read', 'list'];
const deed = 'read what belongs to other customers';
const cell = (change: Parameters<typeof sampleCell>[0]) => sampleCell({ route: 'GET /api/invoices/{id}', verb: 'read', ...change });
const own = cell({ who: 'owner', relation: 'own', outcome: 'got' });

export const routeStrangerReads = defineCheck({
  id: 'access/route-stranger-reads',
  severity: 'blocker',
  covers: ['MB-2', 'NT-3', 'S2-C2', 'AU-3', 'API1-object-check', 'AZ-tenant-broad-query'],
  tripwire: true,
  doc: {
    title: 'A route of the running app gives somebody what belongs to another customer',
    why: 'Several people were signed in to the running app, and one of them was answered with what another had put there. Whoever changes a number in the address can do the same.',
    fix: 'Let the query ask for the organisation or the user of the session as well as for the id, and answer 404 when nothing is found. A list needs the same condition.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/'],
  },
  needs: { live: liveAccess, lock: optional(accessLock, noLock) },
  examples: {
    fails: [
      {
        name: 'a stranger does it',
        given: { live: sampleLive([own, cell({ outcome: 'got', proof: 'canary', shows: ['lr0a1b2c3d4e'] })]), lock: noLock },
      },
    ],
    passes: [{ name: 'strangers get nothing', given: { live: sampleLive([own, cell({ outcome: 'refused' })]), lock: noLock } }],
    unknowns: [
      {
        name: 'its owner cannot do it either',
        given: {
          live: sampleLive([cell({ outcome: 'unknown', why: 'the same request does nothing for its owner either' })]),
          lock: noLock,
        },
      },
    ],
  },
  *evaluate({ live, lock }) {
    const leaks = routeLeaks(live, verbs, lock);
    for (const leak of leaks) yield tellRoute(live, leak, deed);
    yield* passes(live, verbs, leaks, deed);
  },
});
