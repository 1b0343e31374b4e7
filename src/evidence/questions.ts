import type { Observation, Proof } from '../core/finding.ts';
import { andList } from '../core/wording.ts';
import type { AuthLevel, DataAccess, Route, SideEffect } from './routes.ts';

/** Questions that several checks ask of the same evidence, answered in one place so that no two checks differ. */

/** True when only the app's own code stands between the caller and the rows; otherwise row-level security decides. */
export const codeDecides = (access: DataAccess): boolean => access.client === 'service' || access.client === 'server';

/** True for rows of customers, people or money. */
export const isPrivate = (access: DataAccess): boolean =>
  access.subject === 'tenant' || access.subject === 'owner' || access.subject === 'private';

/**
 * True for a read of which nothing leaves that the caller may not have: nothing at all, or a row found by the link that was mailed to
 * them. Figures for administrators are no public ones, and whoever writes the mail that goes to the people read has reached them.
 */
export const keepsToItself = (route: Route, { operation, leaves }: DataAccess): boolean =>
  operation === 'read' &&
  (leaves === 'nothing' || leaves === 'link') &&
  !route.purposes.includes('admin') &&
  !route.effects.some(
    ({ kind, auth, fromInput }) => kind === 'mail' && isOpen(auth) && fromInput.some((field) => field === 'html' || field === 'subject'),
  );

/** True for a read of what could be on a public page. */
export const mayBePublic = ({ operation, leaves }: DataAccess): boolean => operation === 'read' && leaves === 'content';

const linkTable = /(?:^|_)(?:share_?)?links?$|[a-z]Links?$|(?:^|_)shares?$|[a-z]Shares?$/;
const linkKey = /^(?:id|slug|url|path|key|hash|token|code|domain)$|_(?:slug|token|code|key)$|[a-z](?:Slug|Token|Code|Key)$/;
const isLink = ({ name, inputs }: DataAccess): boolean =>
  linkTable.test(name) && inputs.length > 0 && inputs.every(({ column }) => linkKey.test(column));

/** True for the page behind a link that somebody handed out: the row of the link, found by its address, and what hangs on that row. */
export const behindLink = (reads: readonly DataAccess[]): boolean =>
  // A read without any condition hangs on nothing: it shows the whole table.
  reads.some(isLink) && reads.every((read) => isLink(read) || (read.inputs.length === 0 && read.scope !== 'none'));

/** True when nobody in particular has to be calling: nothing is asked, or a token merely has to be there. */
export const isOpen = (level: AuthLevel): boolean => level === 'none' || level === 'presence';

/** Flows that strangers must be able to use: they look people up by mail address and start sessions. */
export const isSignInFlow = (route: Route): boolean =>
  route.purposes.some((purpose) => purpose === 'login' || purpose === 'signup' || purpose === 'reset' || purpose === 'logout') &&
  !route.purposes.includes('admin');

const powerColumn =
  /^(?:(?:user|account|member|system|global|app)_?)?(?:roles?|permissions?|privileges?|access_?level)$|^(?:user|account)_?type$|^is_?(?:super_?|site_?|org_?)?(?:admin|staff|owner|superuser)$/i;
const tenantColumn = /^(?:org|organi[sz]ation|tenant|company|workspace|team|clinic|firm|agency|business)_?(?:id|uuid)$/i;
const passwordColumn = /^(?:hashed_?|encrypted_?)?(?:password|passwd|passcode)(?:_?(?:hash|digest|hashed))?$/i;

/** True for columns that keep a password. */
export const keepsPassword = (column: string): boolean => passwordColumn.test(column);

/** Columns that say where something is reached over the network. */
const host = /^(?:\w+_)?(?:host|host_?name|server|ip_?address)$/i;

/** True for a row that describes a network or a server: the password in it opens that, and is no account's. */
export const keepsConnection = (columns: readonly string[]): boolean =>
  columns.some((column) => /^(?:wi_?fi_?)?[be]?ssid$/i.test(column)) ||
  (columns.some((column) => host.test(column)) &&
    columns.some((column) => /^(?:\w+_)?port$/i.test(column)) &&
    !columns.some((column) => /mail|phone/i.test(column)));

/** True for tables of logins; sessions of chats, courses and payments are something else. */
export const keepsLogins = (table: string): boolean =>
  /(?:^|[_.])sessions?$|[a-z]Sessions?$/.test(table) &&
  !/chat|bot|game|checkout|payment|work|train|study|coach|live|time|upload|call|meet|class|quiz/i.test(table);

/** Columns of a new row that give power or belong to a tenant, and that the request fills in. */
export const chosenPower = (access: DataAccess): string[] =>
  (access.chosen ?? []).filter((column) => powerColumn.test(column) || tenantColumn.test(column));

/** True where a row for somebody who may log in is made: it has a password of their own, or they are known by their address. */
export const makesAccount = (access: DataAccess): boolean =>
  access.operation === 'create' &&
  access.kind === 'table' &&
  (access.writes ?? []).some(keepsPassword) &&
  (access.chosen ?? []).some((column) => /mail|user_?name|login|phone|handle/i.test(column));

const handedIn =
  /(?:viewer|visitor|guest|attendee|registrant|request|application|enquiry|enquirie|inquiry|inquirie|rsvp|registration|booking|reservation|appointment|sign_?up|submission|order|referral|complaint)s?$/i;
/** What visitors leave behind by looking, and the codes mailed to them. */
const visits = /(?:view|visit|click|impression|reaction)s?$/i;
const codes = /(?:verification|magic|login|log_in|one_?time|access)_?(?:token|code|link)s?$|otps?$/i;
const guests = /(?:order|cart|basket|event|visit|view|click|impression|session)s?$/i;

/**
 * A new row that strangers may be meant to make, and that gives them nothing: it is tied to the caller where they are signed in and to
 * nobody where not (a guest's order), holds their own address in a table of what is handed in, or says that they looked. So is the row that
 * their cookie names, and the code that is mailed to them.
 */
export const mayBeMeant = (access: DataAccess): boolean => {
  if (access.kind !== 'table' || access.wholeInput !== undefined || makesAccount(access) || access.joins !== undefined) return false;
  if (codes.test(access.name) && !(access.chosen ?? []).some((column) => /token|code|hash|otp/i.test(column)))
    return (
      access.operation === 'create' ||
      (access.operation === 'delete' && access.inputs.some(({ column }) => /mail|phone|identifier/i.test(column)))
    );
  if (access.operation === 'update')
    return access.inputs.length > 0 && access.inputs.every(({ column, source }) => column === 'id' && source === 'cookie');
  if (access.operation !== 'create' || chosenPower(access).length > 0) return false;
  return (
    (access.scope === 'owner' && guests.test(access.name)) ||
    visits.test(access.name) ||
    (handedIn.test(access.name) && (access.chosen ?? []).some((column) => /mail|phone/i.test(column)))
  );
};

/** The setting without which the route's check is skipped, when that is the only way around it. */
export function openWithoutSetting(route: Route): string | undefined {
  const skipped = route.guards.filter((guard) => guard.skippedWhen !== undefined && !isOpen(guard.level) && guard.via === undefined);
  return skipped
    .map((guard) => /(?:process\.env|Deno\.env\.get|import\.meta\.env)[.(['"]+(\w+)/.exec(guard.skippedWhen ?? '')?.[1])
    .find((name) => name !== undefined && name !== 'NODE_ENV');
}

/** True when middleware guards the route, but not on every path: the check of the middleware itself says so, once for all routes. */
export const leansOnMiddleware = (route: Route): boolean =>
  route.guards.some((guard) => guard.via !== undefined && guard.skippedWhen !== undefined && !isOpen(guard.level));

export const verb: Readonly<Record<DataAccess['operation'], string>> = {
  read: 'reads',
  create: 'adds to',
  update: 'changes',
  delete: 'deletes from',
  call: 'calls',
};

/** `reads invoices and changes orders`. */
export function accessText(accesses: readonly DataAccess[]): string {
  const texts = [...new Set(accesses.map((access) => `${verb[access.operation]} ${access.name === '*' ? 'a table' : access.name}`))];
  const shown = texts.slice(0, 3);
  const rest = texts.length - shown.length;
  return rest > 0
    ? `${shown.join(', ')} and ${rest} more`
    : shown.length > 1
      ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
      : (shown[0] ?? '');
}

/** How strangers come to it, as the end of the sentence `<route> reads invoices for anybody ...`. */
export function openText(route: Route, open: readonly { readonly auth: AuthLevel }[]): string {
  const setting = openWithoutSetting(route);
  if (setting !== undefined) return `for anybody while ${setting} is not set: the check is skipped without it.`;
  return open.every((access) => access.auth === 'presence')
    ? 'for anybody who sends some token: it only checks that one is there, not that it is valid.'
    : 'for anybody: it never asks who is calling.';
}

/** Where the route stands, which guards were met, and the line that reaches the data. */
export function routeProof(route: Route, lines: readonly (DataAccess | SideEffect)[]): Proof[] {
  const guards = route.guards.slice(0, 4).map((guard): Proof => ({
    kind: 'step',
    place: guard.place,
    text: guard.skippedWhen ? `Guard that does not stand on every path (${guard.skippedWhen}): ${guard.what}` : `Guard: ${guard.what}`,
  }));
  const data = lines.slice(0, 4).map((line): Proof => ({
    kind: 'step',
    place: line.place,
    text:
      'operation' in line
        ? `${verb[line.operation]} ${line.name}${line.client === 'service' ? ' with the service key, which row-level security does not stop' : ''}`
        : line.what,
  }));
  return [{ kind: 'step', place: route.place, text: `Route ${route.id} (${route.framework})` }, ...guards, ...data];
}

/** Names of what could not be followed, at most three. */
export const unresolvedText = (route: Route): string => andList([...new Set(route.unresolved.map((gap) => gap.what))].slice(0, 3));

/** The unknown that a route gives when part of its code could not be followed. */
export function cannotFollow(route: Route): Observation {
  const names = unresolvedText(route);
  return {
    outcome: 'unknown',
    subject: route.id,
    place: { ...route.place, name: route.id },
    message: `${route.id}: could not tell who may call it, because ${names} could not be followed.`,
    toKnow: `Look at ${names} by hand, or run \`launch-ready audit\` on a checkout that contains it.`,
  };
}
