import { defineCheck } from '../../core/check.ts';
import { accessLock, noLock } from '../../evidence/access-lock.ts';
import { optional } from '../../core/evidence.ts';
import { liveAccess, type LiveVerb } from '../../evidence/live-access.ts';
import { sampleCell, sampleLive } from '../../evidence/live-samples.ts';
import { passes, routeLeaks, tellRoute } from '../live-leak.ts';

const verbs: readonly LiveVerb[] = ['create', 'update', 'delete'];
const deed = 'change what belongs to other customers';
const cell = (change: Parameters<typeof sampleCell>[0]) => sampleCell({ route: 'PATCH /api/invoices/{id}', verb: 'update', ...change });
const own = cell({ who: 'owner', relation: 'own', outcome: 'got' });

export const routeStrangerWrites = defineCheck({
  id: 'access/route-stranger-writes',
  severity: 'blocker',
  covers: ['MB-2', 'NT-3', 'S2-C2', 'AU-3', 'API1-object-check'],
  tripwire: true,
  doc: {
    title: 'A route of the running app lets somebody change what belongs to another customer',
    why: 'One person of the running app sent a change for a thing of another, and its owner found it changed or gone afterwards, whatever the app had answered.',
    fix: 'Put the organisation or the user of the session into the condition of the UPDATE or DELETE itself, and answer 404 when no row was changed.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/'],
  },
  needs: { live: liveAccess, lock: optional(accessLock, noLock) },
  examples: {
    fails: [
      {
        name: 'a stranger does it',
        given: {
          live: sampleLive([own, cell({ outcome: 'got', proof: 're-read', shows: ['its owner finds lr0a1b2c3d4e in it'] })]),
          lock: noLock,
        },
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
