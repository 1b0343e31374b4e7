import type { LiveAccess, LiveCell, LiveRoute } from '../../src/evidence/live-access.ts';
import { sampleCell, sampleLive } from '../../src/evidence/live-samples.ts';

const own = (route: string, change: Partial<LiveCell> = {}): LiveCell =>
  sampleCell({ route, request: route.replace(/\{\w+\}/, '7'), who: 'owner', relation: 'own', outcome: 'got', status: 200, ...change });
const refused = (route: string, change: Partial<LiveCell> = {}): LiveCell =>
  own(route, { who: 'stranger', relation: 'stranger', outcome: 'refused', status: 404, ...change });
const leaked = (route: string, change: Partial<LiveCell> = {}): LiveCell =>
  refused(route, { outcome: 'got', proof: 'canary', status: 200, shows: ['lr0a1b2c3d4e-title'], ...change });
const route = (id: string, change: Partial<LiveRoute> = {}): LiveRoute => ({ id, sources: ['code', 'openapi'], tried: true, ...change });

/** The routes of the portal of `fixture-access.ts`: one leaks, one cannot be told, the others keep to what is meant. */
export const portalRoutes: LiveAccess = {
  ...sampleLive([
    own('GET /api/invoices/{id}'),
    leaked('GET /api/invoices/{id}'),
    refused('GET /api/invoices/{id}', { who: 'visitor', relation: 'visitor', status: 401 }),
    own('PATCH /api/invoices/{id}', { verb: 'update' }),
    refused('PATCH /api/invoices/{id}', { verb: 'update' }),
    own('PUT /api/invoices/{id}', { verb: 'update' }),
    refused('PUT /api/invoices/{id}', { verb: 'update' }),
    own('GET /api/cases/{id}'),
    refused('GET /api/cases/{id}'),
    sampleCell({ route: 'GET /api/cases/{id}', outcome: 'unknown', status: 0, why: 'the request was cut off' }),
    sampleCell({
      route: 'DELETE /api/cases/{id}',
      verb: 'delete',
      outcome: 'unknown',
      status: 405,
      why: 'the same request does nothing for its owner either',
    }),
  ]),
  routes: [
    route('GET /api/invoices/{id}', { place: { file: 'src/routes/invoices.ts', line: 12 } }),
    route('PATCH /api/invoices/{id}'),
    route('PUT /api/invoices/{id}'),
    route('GET /api/cases/{id}'),
    route('DELETE /api/cases/{id}'),
    route('POST /api/exports', { tried: false, why: 'nothing in it belongs to one person' }),
  ],
};

/** Many routes and five people: `leaks` of them let a stranger in. */
export function manyRoutes(count: number, leaks: number): LiveAccess {
  const ids = Array.from(
    { length: count },
    (_, index) => `${['GET', 'PATCH', 'DELETE', 'PUT'][index % 4]} /api/kind-${Math.floor(index / 8)}/${index % 8 < 4 ? '' : 'parts/'}{id}`,
  );
  const verb = (id: string): Partial<LiveCell> => ({ verb: id.startsWith('GET') ? 'read' : id.startsWith('DELETE') ? 'delete' : 'update' });
  return {
    ...sampleLive(
      ids.flatMap((id, index) => [
        own(id, verb(id)),
        own(id, { ...verb(id), who: 'admin', relation: 'administrator' }),
        refused(id, { ...verb(id), who: 'colleague', relation: 'peer', status: 403 }),
        refused(id, { ...verb(id), who: 'visitor', relation: 'visitor', status: 401 }),
        index % Math.ceil(count / leaks) === 0 ? leaked(id, verb(id)) : refused(id, verb(id)),
      ]),
    ),
    routes: ids.map((id) => route(id)),
  };
}

/** Routes with hostile texts wherever the app could put one. */
export const hostileRoutes = (texts: readonly string[]): LiveAccess => ({
  ...sampleLive(
    texts.flatMap((text, index) => [
      own(`GET /${text}/${index}`, { request: text, whose: text }),
      leaked(`GET /${text}/${index}`, { request: text, who: text, whose: text, shows: [text] }),
      refused(`PATCH /${text}/${index}`, { verb: 'update', outcome: 'unknown', who: text, why: text }),
    ]),
  ),
  leftovers: texts,
  routes: texts.flatMap((text, index) => [
    route(`GET /${text}/${index}`, { place: { file: `src/${text}`, line: 1 } }),
    route(`POST /${text}`, { tried: false, why: text }),
  ]),
});
