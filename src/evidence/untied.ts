import { codeDecides, isSignInFlow, keepsToItself, mayBePublic } from './questions.ts';
import { isLow } from './role-names.ts';
import type { DataAccess, Route } from './routes.ts';
import { plainTableName } from './table-name.ts';

/** Which queries of the server reach rows of somebody without a tie to the caller: asked of the code alone, and with the schema beside it. */

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
export function isUntied(route: Route, access: DataAccess): boolean {
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

/** Accesses by signed-in callers to rows of a customer or a person, where only the code decides whose they get. */
export const ofSomebody = (route: Route): DataAccess[] =>
  route.data.filter(
    (access) =>
      (access.subject === 'tenant' || access.subject === 'owner') &&
      codeDecides(access) &&
      ['identity', 'role', 'tenant', 'unverified-session'].includes(access.auth),
  );

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
export function meantIn(routes: readonly Route[]): (access: DataAccess) => string | undefined {
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
export function tyingIn(routes: readonly Route[]): (route: Route, access: DataAccess) => boolean {
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

/**
 * Rows of persons that only those reach who hold no customer's role: in an app of one business its own people may see them all. Where rows
 * belong to tenants, the people of one tenant may not see those of another, whatever their role.
 */
export function ofTheHouse(routes: readonly Route[]): (access: DataAccess) => boolean {
  const oneBusiness = !routes.some(({ data }) => data.some(({ subject }) => subject === 'tenant'));
  return ({ insiders }) => oneBusiness && insiders === true;
}
