import { defineCheck } from '../../core/check.ts';
import type { Severity } from '../../core/stage.ts';
import { codeDecides, routeProof, verb } from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const platform = /admin|super|platform|system|root|internal|e-mail|user id/i;

/** True when the role stands above all tenants; an owner or member of one tenant does not. */
const aboveTenants = (route: Route): boolean =>
  route.purposes.includes('admin') || route.roles.some((role) => platform.test(role)) || route.roles.length === 0;

/** Rows that belong to somebody and are reached by the caller's choice without a tie to the caller. */
function isUntied(route: Route, access: DataAccess): boolean {
  if (!codeDecides(access) || access.kind === 'rpc') return false;
  if (access.subject !== 'tenant' && access.subject !== 'owner') return false;
  if (access.auth === 'role' && aboveTenants(route)) return false;
  if (access.scope !== 'none' && access.scope !== 'role') return false;
  if (access.operation === 'create') return access.inputs.length > 0;
  // A list without any filter shows every tenant's rows.
  return access.inputs.some((input) => input.source !== 'header') || (access.operation === 'read' && access.subject === 'tenant');
}

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
      { name: 'found by id alone', given: { inventory: sampleInventory(sampleRoute()) } },
      {
        name: 'a list without a filter',
        given: {
          inventory: sampleInventory(sampleRoute({ id: 'GET /api/invoices', path: '/api/invoices', data: [sampleAccess({ inputs: [] })] })),
        },
      },
      {
        name: 'a role inside the tenant, but no tenant in the query',
        given: {
          inventory: sampleInventory(
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
    for (const route of inventory.routes) {
      const known = route.data.filter(
        (access) =>
          (access.subject === 'tenant' || access.subject === 'owner') &&
          codeDecides(access) &&
          ['identity', 'role', 'tenant', 'unverified-session'].includes(access.auth),
      );
      if (known.length === 0) continue;
      const untied = known.filter((access) => isUntied(route, access));
      const unclear = known.filter((access) => access.scope === 'unknown');
      const [worst] = untied.toSorted((a, b) => Number(b.subject === 'tenant') - Number(a.subject === 'tenant'));
      if (worst && route.unresolved.length === 0) {
        const severity: Severity = worst.subject === 'tenant' ? 'blocker' : 'high';
        const by = worst.inputs.map((input) => input.column).join(', ');
        yield {
          outcome: 'fail',
          subject: route.id,
          severity,
          place: { ...worst.place, name: route.id },
          message:
            worst.inputs.length > 0
              ? `${route.id} ${verb[worst.operation]} ${worst.name} by ${by} alone: any signed-in user can put another customer’s there.`
              : `${route.id} ${verb[worst.operation]} ${worst.name} of all customers: the query has no tie to the caller.`,
          proof: routeProof(route, untied),
        };
      } else if (worst || unclear.length > 0) {
        yield {
          outcome: 'unknown',
          subject: route.id,
          severity: 'medium',
          place: { ...(worst ?? unclear[0])?.place, name: route.id },
          message: `${route.id}: could not tell whether ${(worst ?? unclear[0])?.name ?? 'the data'} is tied to the caller.`,
          toKnow: 'Look at the filter of this query by hand; the access stage tries it on the running app.',
        };
      } else
        yield {
          outcome: 'pass',
          subject: route.id,
          place: { ...route.place, name: route.id },
          message: `${route.id} ties its data to the caller.`,
        };
    }
  },
});
