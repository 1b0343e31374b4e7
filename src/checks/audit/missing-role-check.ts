import { defineCheck } from '../../core/check.ts';
import { accessText, cannotFollow, codeDecides, isPrivate, routeProof } from '../../evidence/questions.ts';
import { type DataAccess, type Route, sourceRoutes, withoutRole } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const admin = { id: 'POST /api/admin/users', path: '/api/admin/users', method: 'POST', purposes: ['admin'] } as const;

// Whether accounts without a role exist is for the app to know: where every one has a role, nobody slips through.
const asksOnlyThoseWithRole = ({ guards }: Route): boolean =>
  guards.some(({ level, skippedWhen }) => level === 'role' && skippedWhen === withoutRole);

// An account that is looked for by its address, and of which nothing leaves, is no power over accounts.
const leaves = (access: DataAccess): boolean => access.leaves !== 'nothing';

export const missingRoleCheck = defineCheck({
  id: 'audit/missing-role-check',
  severity: 'blocker',
  covers: ['S2-C1', 'S1-C3', 'MB-2', 'NT-3'],
  doc: {
    title: 'An administrator’s route only asks whether somebody is signed in',
    why: 'Every customer with an account can do what only your team should: see all customers, change roles, delete accounts. Hiding the menu entry does not stop them.',
    fix: 'Check the caller’s role on the server at the top of the handler, from the database or the verified token, never from the browser or from user-editable metadata.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/'],
  },
  needs: { inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'an admin route with a session check only',
        given: { inventory: sampleInventory(sampleRoute({ ...admin, data: [sampleAccess({ operation: 'update' })] })) },
      },
      {
        name: 'any signed-in user may create accounts',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              id: 'POST /api/users',
              method: 'POST',
              data: [sampleAccess({ kind: 'accounts', name: 'auth.users (createUser)', operation: 'create', client: 'service' })],
            }),
          ),
        },
      },
      {
        name: 'a role check that lets pass accounts without a role',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              ...admin,
              guards: [{ level: 'role', what: "user.role !== 'admin'", place: {}, skippedWhen: withoutRole }],
              data: [sampleAccess({ operation: 'update' })],
            }),
          ),
        },
      },
    ],
    passes: [
      {
        name: 'the role is checked',
        given: {
          inventory: sampleInventory(
            sampleRoute({
              ...admin,
              auth: 'role',
              roles: ['admin'],
              data: [sampleAccess({ auth: 'role', scope: 'role', operation: 'update' })],
            }),
          ),
        },
      },
    ],
  },
  *evaluate({ inventory }) {
    for (const route of inventory.routes) {
      const isAdmin = route.purposes.includes('admin');
      const powers = route.data.filter(
        (access) =>
          codeDecides(access) &&
          (access.kind === 'accounts'
            ? access.scope !== 'owner' &&
              (access.operation !== 'read' || (leaves(access) && (access.inputs.length > 0 || access.name.includes('listUsers'))))
            : isAdmin && (access.operation !== 'read' || (isPrivate(access) && leaves(access))) && access.scope !== 'owner'),
      );
      if (powers.length === 0) continue;
      // Without any sign-in the unauthenticated checks speak.
      const weak = powers.filter((access) => access.auth === 'identity' || access.auth === 'unverified-session');
      if (weak.length === 0) {
        if (powers.every((access) => access.auth === 'role' || access.auth === 'tenant'))
          yield {
            outcome: 'pass',
            subject: route.id,
            place: { ...route.place, name: route.id },
            message: `${route.id} checks the caller’s role.`,
          };
        continue;
      }
      if (route.unresolved.length > 0) {
        yield cannotFollow(route);
        continue;
      }
      if (asksOnlyThoseWithRole(route) && weak.every(({ auth }) => auth === 'identity')) {
        yield {
          outcome: 'fail',
          subject: route.id,
          severity: 'medium',
          place: { ...(weak[0]?.place ?? route.place), name: route.id },
          message: `${route.id} refuses other roles, but lets pass an account that has no role at all. Can there be one? If so, it ${accessText(weak)}. Refuse whoever is not an administrator instead.`,
          proof: routeProof(route, weak),
        };
        continue;
      }
      const accounts = weak.some((access) => access.kind === 'accounts');
      yield {
        outcome: 'fail',
        subject: route.id,
        place: { ...(weak[0]?.place ?? route.place), name: route.id },
        ...(!accounts &&
          !weak.some((access) => access.subject === 'tenant' || access.subject === 'owner') && { severity: 'high' as const }),
        message: accounts
          ? `${route.id} manages user accounts with administrator rights for any signed-in user: no role is checked.`
          : `${route.id} ${accessText(weak)} for any signed-in user: it is an administrator’s route, but no role is checked.`,
        proof: routeProof(route, weak),
      };
    }
  },
});
