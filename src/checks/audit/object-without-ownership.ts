import { defineCheck } from '../../core/check.ts';
import type { Observation, Proof } from '../../core/finding.ts';
import type { Severity } from '../../core/stage.ts';
import { codeDecides, isSignInFlow, keepsToItself, mayBePublic, routeProof, verb } from '../../evidence/questions.ts';
import { isLow } from '../../evidence/role-names.ts';
import { type DataAccess, type Route, sourceRoutes } from '../../evidence/routes.ts';
import { sampleAccess, sampleInventory, sampleRoute } from '../../evidence/samples.ts';
import { plainTableName } from '../../evidence/table-name.ts';

const platform = /admin|super|platform|system|root|internal|machine|e-mail|user id/i;

/** True when the role stands above all tenants; an owner or member of one tenant does not. */
const aboveTenants = (route: Route, access: DataAccess): boolean =>
  route.purposes.includes('admin') ||
  route.roles.length === 0 ||
  // `admin` beside `member` lets the members in as well.
  (route.roles.some((role) => platform.test(role)) && (access.insiders === true || !route.roles.some(isLow)));

/** A login looks the caller up by what was typed in: that is no choice of another's record. */
const isLogin = (route: Route, access: DataAccess): boolean =>
  access.operation === 'read' &&
  isSignInFlow(route) &&
  access.inputs.length > 0 &&
  access.inputs.every(({ column }) => /mail|user_?name|phone|mobile|login|handle/i.test(column));

/** Rows that belong to somebody and are reached by the caller's choice without a tie to the caller. */
function isUntied(route: Route, access: DataAccess): boolean {
  if (!codeDecides(access) || access.kind === 'rpc') return false;
  if (access.subject !== 'tenant' && access.subject !== 'owner') return false;
  if (access.auth === 'role' && aboveTenants(route, access)) return false;
  // An administrator's route without a role check is told as that.
  if (access.auth !== 'role' && route.purposes.includes('admin')) return false;
  if (isLogin(route, access) || keepsToItself(route, access)) return false;
  if (access.scope !== 'none' && access.scope !== 'role') return false;
  if (access.operation === 'create') return access.inputs.length > 0;
  // A list without any filter shows every tenant's rows.
  return access.inputs.some((input) => input.source !== 'header') || (access.operation === 'read' && access.subject === 'tenant');
}

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
      const known = judged(route);
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

const judged = (route: Route): DataAccess[] =>
  route.data.filter(
    (access) =>
      (access.subject === 'tenant' || access.subject === 'owner') &&
      codeDecides(access) &&
      ['identity', 'role', 'tenant', 'unverified-session'].includes(access.auth),
  );

const severityOf = (access: DataAccess): Severity => (access.subject === 'tenant' ? 'blocker' : 'high');

const columnsOf = (access: DataAccess): string => [...new Set(access.inputs.map((input) => input.column))].join(', ');

function messageOf(route: Route, access: DataAccess): string {
  if (access.inputs.length === 0)
    return `${route.id} ${verb[access.operation]} ${access.name} of all customers: the query has no tie to the caller.`;
  const who = access.auth === 'role' ? 'whoever has the role that is asked for' : 'any signed-in user';
  return `${route.id} ${verb[access.operation]} ${access.name} by ${columnsOf(access)} alone: ${who} can put another customer’s there.`;
}

const account = /user|profile|account|member|person|people/i;
const address = /mail|user_?name|phone|mobile|handle/i;
const mailed = /invit/i;

/** True for a page or listing for everybody: it asks nobody who is calling, and only reads. */
const showsAnybody = (route: Route): boolean =>
  route.method === 'GET' &&
  route.auth === 'none' &&
  route.purposes.every((purpose) => purpose === 'public') &&
  route.data.every((access) => access.operation === 'read');

/**
 * Why reading a row that is not the caller's may be what the app is for. That is no proof, so it is asked: people find each other by an
 * address they know, an invitation is known by the id in its link, and what anybody may read needs no owner.
 */
function meantIn(routes: readonly Route[]): (access: DataAccess) => string | undefined {
  const shown = new Map<string, string>();
  for (const route of routes)
    if (showsAnybody(route))
      for (const access of route.data)
        if (access.operation === 'read' && access.scope === 'none' && access.leaves !== 'private' && codeDecides(access))
          shown.set(plainTableName(access.name), route.id);
  return (access) => {
    if (mayBePublic(access)) return 'right if what leaves of them could stand on a public page';
    if (access.operation !== 'read' || access.inputs.length === 0) return undefined;
    if (account.test(access.name) && access.inputs.every(({ column }) => address.test(column)))
      return 'right if people find each other by an address they know, and only what they may see of each other leaves';
    if (mailed.test(access.name) && access.inputs.every(({ column }) => /^_?id$/i.test(column)))
      return 'right if that id cannot be guessed and stands only in the link that was mailed';
    const open = shown.get(plainTableName(access.name));
    return open === undefined ? undefined : `right if these rows are for everybody, as ${open} has it, which asks nobody who is calling`;
  };
}

/**
 * Whether the app shows elsewhere that rows of this table are tied to a caller: the same table is tied in another place, or tying is
 * the app's habit. A tool in which every signed-in person belongs to one team ties nothing, and must not be accused of it.
 */
function tyingIn(routes: readonly Route[]): (route: Route, access: DataAccess) => boolean {
  const tables = new Set<string>();
  const apart = new Set<string>();
  let tied = 0;
  let all = 0;
  for (const { data } of routes) {
    const made = new Set(data.flatMap(({ operation, name }) => (operation === 'create' ? [plainTableName(name)] : [])));
    for (const access of data) {
      if (access.subject !== 'tenant' && access.subject !== 'owner') continue;
      all++;
      // Looking up one's own profile shows nothing: a row is tied when it is asked for by the caller's tenant, or by an id and its owner.
      const shown = access.subject === 'tenant' ? access.scope === 'tenant' : access.scope === 'owner' && access.inputs.length > 0;
      if (!shown || access.client === 'user') continue;
      tied++;
      // Every app writes the creator down, and may finish the row it has just made.
      if (made.has(plainTableName(access.name))) continue;
      tables.add(plainTableName(access.name));
      if (access.subject === 'tenant') apart.add(plainTableName(access.name));
    }
  }
  const habit = tied >= 3 && tied / Math.max(all, 1) >= 0.3;
  // Where the rows of several tables are kept apart by customer, the list of customers is no one team's.
  const customers = tables.size >= 3;
  // Where those of many are, a table that says whose its rows are is none that one team shares, in however few routes they are kept apart.
  const several = apart.size >= 5;
  return (route, access) => {
    const name = plainTableName(access.name);
    if (habit || tables.has(name) || (several && access.subject === 'tenant')) return true;
    return customers && listsCustomers.test(name) && (access.inputs.length > 0 || plainTableName(route.path).includes(name));
  };
}

const listsCustomers = /^(?:organi[sz]ation|tenant|workspace|company)$/;

interface Reached {
  readonly route: Route;
  readonly access: DataAccess;
}

/**
 * Rows of persons that only those reach who hold no customer's role: in an app of one business its own people may see them all. Where rows
 * belong to tenants, the people of one tenant may not see those of another, whatever their role.
 */
function ofTheHouse(routes: readonly Route[]): (access: DataAccess) => boolean {
  const oneBusiness = !routes.some(({ data }) => data.some(({ subject }) => subject === 'tenant'));
  return ({ insiders }) => oneBusiness && insiders === true;
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
