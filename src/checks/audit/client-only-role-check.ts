import { defineCheck } from '../../core/check.ts';
import type { Observation } from '../../core/finding.ts';
import { gateProof, type HiddenThing, hiddenThings, rolesText, routeOf, verbOf } from '../../evidence/client-questions.ts';
import { askDump, doubt, policiesOf, policyProof, subjectOf, verbsText } from '../../evidence/database-questions.ts';
import { sampleDatabase, samplePolicy, sampleReach, sampleTable } from '../../evidence/database-samples.ts';
import { databaseModel, type Rows, type Table, type Verb } from '../../evidence/database.ts';
import { accessText, codeDecides, isOpen, isPrivate, routeProof } from '../../evidence/questions.ts';
import { clientAccess, type ClientAccess, type ClientSurface, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';

const place = { file: 'src/pages/Team.tsx', line: 30 };
const gate = { place: { ...place, line: 41 }, what: "role === 'owner'", roles: ['owner'], except: false };
const client = (...accesses: readonly Partial<ClientAccess>[]): ClientSurface => ({
  accesses: accesses.map((access) => ({ kind: 'table', name: 'invoices', operation: 'delete', place, gate, ...access })),
  roleGates: [],
  gaps: [],
});
const members = samplePolicy({ name: 'Members manage invoices', command: 'all' });
const letsMembers = sampleTable({
  policies: [members],
  withoutRole: sampleReach({ select: 'tenant', insert: 'tenant', update: 'tenant', delete: 'tenant' }, [members.name]),
});
const action = sampleRoute({
  id: 'POST /members/:id/role',
  path: '/members/:id/role',
  method: 'POST',
  data: [sampleAccess({ name: 'memberships', operation: 'update', scope: 'tenant' })],
});
const form = { kind: 'api', name: '/members/:param/role', method: 'POST', operation: 'create' } as const;

export const clientOnlyRoleCheck = defineCheck({
  id: 'audit/client-only-role-check',
  severity: 'medium',
  covers: ['S2-C1', 'S1-C3', 'MB-2', 'NT-3'],
  doc: {
    title: 'Only the screen checks the role',
    why: 'The button is hidden from customers, but what it does is not refused: whoever opens the browser’s tools can do it without the button, because the server or the database never asks for the role.',
    fix: 'Ask for the role where the data is changed: in the policy of the table (for example `has_role(auth.uid(), …)`) or at the top of the route. Keep hiding the button, but do not rely on it.',
    effort: 'hours',
    references: ['https://owasp.org/API-Security/editions/2023/en/0xa5-broken-function-level-authorization/'],
  },
  needs: { client: clientAccess, database: databaseModel, inventory: sourceRoutes },
  examples: {
    fails: [
      {
        name: 'the button is for owners, the policy for all members',
        given: { client: client({}), database: sampleDatabase({ tables: [letsMembers] }), inventory: sampleInventory() },
      },
      {
        name: 'the form is for owners, the route for whoever is signed in',
        given: { client: client(form), database: sampleDatabase(), inventory: sampleInventory(action) },
      },
    ],
    passes: [
      {
        name: 'the policy asks for the role as well',
        given: { client: client({}), database: sampleDatabase({ tables: [sampleTable()] }), inventory: sampleInventory() },
      },
      {
        name: 'the route asks for the role as well',
        given: {
          client: client(form),
          database: sampleDatabase(),
          inventory: sampleInventory({ ...action, auth: 'role', roles: ['owner'] }),
        },
      },
    ],
  },
  *evaluate({ client: { accesses }, database, inventory }) {
    for (const thing of hiddenThings(accesses)) {
      if (thing.kind === 'table') {
        const tables = database.tables.filter((table) => table.exposed && table.name === thing.name);
        const [table] = tables;
        if (table && tables.length === 1) yield* judgeTable(thing, table);
      } else {
        const route = routeOf(thing, inventory.routes);
        if (route) yield* judgeRoute(thing, route);
      }
    }
  },
});

const asksNoRole = (rows: Rows): boolean => rows === 'all' || rows === 'tenant' || rows === 'self-declared';

function* judgeTable(thing: HiddenThing, table: Table): Generator<Observation> {
  const about = { subject: subjectOf('table', table) };
  const hidden = [...new Set(thing.hidden.flatMap((access) => verbOf(access) ?? []))];
  const rowsOf = (verb: Verb): Rows => table.withoutRole[verb].rows;
  // What strangers reach as well is told by the checks of row-level security.
  const open = hidden.filter(
    (verb) => asksNoRole(rowsOf(verb)) && table.access.anon[verb].rows === 'none' && counts(table, verb, rowsOf(verb)),
  );
  const severity = open.some((verb) => verb !== 'select') && isGrave(table) ? ('high' as const) : ('medium' as const);
  const shown = thing.hidden.filter((access) => open.includes(verbOf(access) ?? 'select'));
  const [first] = shown;
  if (first) {
    const policies = policiesOf(
      table,
      open.map((verb) => table.withoutRole[verb]),
    );
    const where = { ...(policies[0]?.place ?? table.place), name: table.name };
    const why = doubt(table, policies);
    const everybody = open.some((verb) => rowsOf(verb) !== 'tenant');
    if (why === undefined)
      yield {
        ...about,
        outcome: 'fail',
        severity,
        place: where,
        message: `Only the screen keeps this to ${rolesText(first.gate)}: the database lets every ${everybody ? 'signed-in user' : 'member of the organisation'} ${verbsText(open)} ${table.name}, whatever the role.`,
        proof: [...shown.slice(0, 2).flatMap(gateProof), ...policyProof(policies)],
      };
    else if (severity === 'high')
      yield {
        ...about,
        outcome: 'unknown',
        severity,
        place: where,
        message: `Could not tell whether the database asks for the role that the screen asks for before it lets somebody ${verbsText(open)} ${table.name}: ${why}.`,
        toKnow: askDump,
      };
    return;
  }
  const blind = hidden.filter((verb) => verb !== 'select' && rowsOf(verb) === 'unknown');
  if (blind.length > 0 && isGrave(table))
    yield {
      ...about,
      outcome: 'unknown',
      severity: 'high',
      place: { ...table.place, name: table.name },
      message: `The screen keeps ${table.name} to ${rolesText((thing.hidden[0] as HiddenThing['hidden'][number]).gate)}; whether the database does is not known, because the repo does not hold its policies.`,
      toKnow: askDump,
    };
  else if (table.rls === 'on' && hidden.every((verb) => ['none', 'own', 'role'].includes(rowsOf(verb))))
    yield {
      ...about,
      outcome: 'pass',
      place: { ...table.place, name: table.name },
      message: `The database asks for the role as well before it lets somebody ${verbsText(hidden)} ${table.name}.`,
    };
}

// Reading counts where rows of all customers show that are nobody else's business.
const counts = (table: Table, verb: Verb, rows: Rows): boolean =>
  verb !== 'select'
    ? table.nature.kind !== 'intake' || verb !== 'insert'
    : rows !== 'tenant' && table.nature.kind === 'private' && table.holds.length > 0;

const grave =
  /role|permission|member|user|account|profile|invit|payment|invoice|payroll|salar|subscription|billing|plan|licen[cs]e|api_key|token/i;
const isGrave = (table: Table): boolean =>
  table.decides.length > 0 ||
  ['membership', 'tenant-root', 'profile'].includes(table.tenancy?.kind ?? '') ||
  table.holds.includes('money') ||
  table.holds.includes('secret') ||
  grave.test(table.name);

// Reads who may do what, or finds a row that names the caller: what it makes of it is not told apart from asking for a role.
const asksInItsOwnWay = (route: Route): boolean =>
  route.data.some((access) => access.operation === 'read' && /role|permission|admin|staff|privilege|grant/i.test(access.name)) ||
  route.guards.some(
    (guard) => /row ties the caller|row of the caller/.test(guard.what) && !/member|team|user_?org|org\w*_?user|profile/i.test(guard.what),
  );

function* judgeRoute(thing: HiddenThing, route: Route): Generator<Observation> {
  const about = { subject: route.id, place: { ...route.place, name: route.id } };
  const [first] = thing.hidden;
  if (!first || route.webhook || route.unresolved.length > 0 || /\/(?:me|profile|self)$/.test(route.path)) return;
  const relevant = route.data.filter((access) => codeDecides(access) && (access.operation !== 'read' || isPrivate(access)));
  if (relevant.length === 0 || relevant.some((access) => isOpen(access.auth))) return;
  const asks =
    route.roles.length > 0 || route.guards.some((guard) => guard.level === 'role') || relevant.every((access) => access.auth === 'role');
  if (asks) {
    yield { ...about, outcome: 'pass', message: `${route.id} asks for the role as well as the screen.` };
    return;
  }
  if (asksInItsOwnWay(route) || relevant.some((access) => access.auth === 'unverified-session')) return;
  const writes = relevant.filter((access) => access.operation !== 'read');
  const free = (writes.length > 0 ? writes : relevant).filter((access) => access.scope === 'none' || access.scope === 'tenant');
  if (free.length === 0) return;
  const high = writes.some((access) => access.kind === 'accounts' || grave.test(access.name));
  yield {
    ...about,
    outcome: 'fail',
    severity: high ? 'high' : 'medium',
    message: `Only the screen keeps this to ${rolesText(first.gate)}: ${route.id} ${accessText(free)} for every ${free.every((access) => access.scope === 'tenant') ? 'member of the organisation' : 'signed-in user'}, whatever the role.`,
    proof: [...gateProof(first), ...routeProof(route, free)],
  };
}
