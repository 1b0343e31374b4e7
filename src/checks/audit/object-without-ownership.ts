import { defineCheck } from '../../core/check.ts';
import type { Observation, Proof } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { routeProof, verb } from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { isUntied, meantIn, ofSomebody, ofTheHouse, tyingIn } from '../../evidence/untied.ts';

/** Another route that shows how rows of the table are tied to a customer. */
const tied = sampleRoute({
  id: 'PATCH /api/invoices/:id',
  method: 'PATCH',
  data: [sampleAccess({ operation: 'update', scope: 'tenant' })],
});

export const objectWithoutOwnership = defineCheck({
  id: 'audit/object-without-ownership',
  severity: 'blocker',
  covers: ['S1-F', 'S2-F', 'MB-2', 'NT-3', 'S2-C2', 'S2-C3'],
  tripwire: true,
  doc: {
    title: 'A signed-in user can reach another customer’s record',
    why: 'A customer changes the number in the address and sees, changes or deletes what belongs to somebody else. It is the most common way portals leak.',
    fix: 'Put the caller’s organisation (or user id) from the session into the query itself: `where id = … and organisation_id = …`. Answer 404 when nothing is found.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa1-broken-object-level-authorization/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      { name: 'found by id alone', given: { inventory: sampleInventory(tied, sampleRoute()) } },
      {
        name: 'a list without a filter',
        given: {
          inventory: sampleInventory(
            tied,
            sampleRoute({ id: 'GET /api/invoices', path: '/api/invoices', data: [sampleAccess({ inputs: [] })] }),
          ),
        },
      },
      {
        name: 'a role inside the tenant, but no tenant in the query',
        given: {
          inventory: sampleInventory(
            tied,
            sampleRoute({ roles: ['staff'], auth: 'role', data: [sampleAccess({ auth: 'role', scope: 'role' })] }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'id and organisation in the query',
        given: { inventory: sampleInventory(sampleRoute({ data: [sampleAccess({ scope: 'tenant' })] })) },
      },
      {
        name: 'platform administrators see all',
        given: {
          inventory: sampleInventory(
            sampleRoute({ roles: ['platform_admin'], auth: 'role', data: [sampleAccess({ auth: 'role', scope: 'role' })] }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    const tying = tyingIn(inventory.routes);
    const meant = meantIn(inventory.routes);
    const isOfTheHouse = ofTheHouse(inventory.routes);
    const loose: Reached[] = [];
    const house: Reached[] = [];
    for (const route of inventory.routes) {
      const known = ofSomebody(route);
      if (known.length === 0) continue;
      const all = known.filter((access) => isUntied(route, access));
      const reached = all.filter((access) => !isOfTheHouse(access));
      const inside = all.find(isOfTheHouse);
      if (inside && route.unresolved.length === 0) house.push({ route, access: inside });
      const untied = reached.filter((access) => meant(access) === undefined);
      // The heaviest of those that the app ties elsewhere, before those of which it may be meant.
      const weight = (access: DataAccess): number => Number(tying(route, access)) * 2 + Number(access.subject === 'tenant');
      const [worst] = untied.toSorted((a, b) => weight(b) - weight(a));
      const unclear = known.find((access) => access.scope === 'unknown');
      const [asked] = reached;
      const about = { subject: route.id, place: { ...(worst ?? asked ?? unclear ?? route).place, name: route.id } };
      if (!worst && asked && route.unresolved.length === 0) {
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'medium',
          message: `${route.id} ${verb[asked.operation]} ${asked.name}${asked.inputs.length > 0 ? ` by ${columnsOf(asked)} alone` : ''}, for any signed-in user: ${meant(asked) ?? ''}.`,
          toKnow:
            'Say whether it is meant so. If not, tie the query to the caller; see too that no column leaves that others must not see.',
          proof: routeProof(route, [asked]),
        };
        continue;
      }
      if (worst && route.unresolved.length === 0 && !tying(route, worst)) loose.push({ route, access: worst });
      else if (worst && route.unresolved.length === 0) {
        yield {
          ...about,
          outcome: 'fail',
          severity: severityOf(worst),
          message: messageOf(route, worst),
          proof: routeProof(route, untied),
        };
      } else if (worst ?? unclear) {
        yield {
          ...about,
          outcome: 'unknown',
          severity: 'medium',
          message: `${route.id}: could not tell whether ${(worst ?? unclear)?.name ?? 'the data'} is tied to the caller.`,
          toKnow: 'Look at the filter of this query by hand; the access stage tries it on the running app.',
        };
      } else if (!inside) yield { ...about, outcome: 'pass', message: `${route.id} ties its data to the caller.` };
    }
    if (loose.length > 0) yield oneTeamQuestion(loose);
    if (house.length > 0) yield houseQuestion(house);
  },
});

const severityOf = (access: DataAccess): Severity => (access.subject === 'tenant' ? 'blocker' : 'high');

const columnsOf = (access: DataAccess): string => [...new Set(access.inputs.map((input) => input.column))].join(', ');

function messageOf(route: Route, access: DataAccess): string {
  if (access.inputs.length === 0)
    return `${route.id} ${verb[access.operation]} ${access.name} of all customers: the query has no tie to the caller.`;
  const who = access.auth === 'role' ? 'whoever has the role that is asked for' : 'any signed-in user';
  return `${route.id} ${verb[access.operation]} ${access.name} by ${columnsOf(access)} alone: ${who} can put another customer’s there.`;
}

interface Reached {
  readonly route: Route;
  readonly access: DataAccess;
}

const steps = (list: readonly Reached[]): Proof[] =>
  list
    .slice(0, 8)
    .map(({ route, access }) => ({ kind: 'step', place: access.place, text: `${route.id} ${verb[access.operation]} ${access.name}` }));

const houseQuestion = (list: readonly Reached[]): Observation => ({
  outcome: 'unknown',
  subject: 'own staff',
  severity: 'medium',
  place: { ...list[0]?.route.place, name: list[0]?.route.id ?? '' },
  message: `${list.length === 1 ? `${list[0]?.route.id ?? ''} keeps` : `${list.length} routes (e.g. ${list[0]?.route.id ?? ''}) keep`} customers to their own rows or out, and ${list.length === 1 ? 'lets' : 'let'} every other role reach everybody’s. That is right if all other roles are held by your own staff.`,
  toKnow: 'Say who holds the other roles. If outsiders do, such as sellers or partners, tie each query to them too.',
  proof: steps(list),
});

const oneTeamQuestion = (loose: readonly Reached[]): Observation => ({
  outcome: 'unknown',
  subject: 'one team',
  severity: 'high',
  place: { ...loose[0]?.route.place, name: loose[0]?.route.id ?? '' },
  message: `${loose.length === 1 ? `${loose[0]?.route.id ?? ''} shows` : `${loose.length} routes (e.g. ${loose[0]?.route.id ?? ''}) show`} any signed-in user every row. That is right if only your own team signs in, and a leak if customers do.`,
  toKnow:
    'Say who signs in. If customers do, tie each query to their organisation; if only your team does, waive this question with that reason.',
  proof: steps(loose),
});
