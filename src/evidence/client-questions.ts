import type { Proof } from '../core/finding.ts';
import type { Verb } from './database.ts';
import type { ClientAccess, ClientRoleGate, Route } from './routes.ts';

/** Questions about what the browser reaches and what it only hides. */

/** Accesses of one thing, each verb with the accesses behind a gate. */
export interface HiddenThing {
  readonly kind: ClientAccess['kind'];
  readonly name: string;
  readonly method?: string;
  /** Only operations that no open way leads to. */
  readonly hidden: readonly (ClientAccess & { readonly gate: ClientRoleGate })[];
}

/** Things of which at least one operation is hidden by role on every way the app has to it. */
export function hiddenThings(accesses: readonly ClientAccess[]): HiddenThing[] {
  const things = new Map<string, ClientAccess[]>();
  for (const access of accesses) {
    const key = `${access.kind} ${access.method ?? ''} ${access.name}`;
    const known = things.get(key);
    if (known) known.push(access);
    else things.set(key, [access]);
  }
  return [...things.values()].flatMap((all): HiddenThing[] => {
    const [first] = all;
    const open = new Set(all.filter(({ gate }) => gate === undefined).map(({ operation }) => operation));
    const hidden = all.filter(
      (access): access is ClientAccess & { gate: ClientRoleGate } => access.gate !== undefined && !open.has(access.operation),
    );
    if (!first || hidden.length === 0) return [];
    return [{ kind: first.kind, name: first.name, ...(first.method !== undefined && { method: first.method }), hidden }];
  });
}

const verbs: Readonly<Record<ClientAccess['operation'], Verb | undefined>> = {
  read: 'select',
  create: 'insert',
  update: 'update',
  delete: 'delete',
  call: undefined,
};

/** What an operation is called in the database. */
export const verbOf = ({ operation }: Pick<ClientAccess, 'operation'>): Verb | undefined => verbs[operation];

// `ORG_ADMIN` is how programs write it.
const plainRole = (role: string): string => (/^[A-Z_]+$/.test(role) ? role.toLowerCase() : role).replaceAll('_', ' ');

/** `owner or staff`, `everybody but client`. */
export function rolesText({ roles, except }: Pick<ClientRoleGate, 'roles' | 'except'>): string {
  const names = roles.map((role) => (role.startsWith('permission ') ? `holders of “${role.slice(11)}”` : plainRole(role)));
  const last = names.at(-1) ?? '';
  const list = names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
  return except ? `everybody but ${list}` : list;
}

/** The condition that hides it, and the line that reaches it. */
export const gateProof = ({ gate, operation, name, place, method }: ClientAccess & { readonly gate: ClientRoleGate }): Proof[] => [
  { kind: 'step', place: gate.place, text: `Shown to ${rolesText(gate)} only: ${gate.what}` },
  { kind: 'step', place, text: `What it hides: ${method ?? operation} ${name}` },
];

const parts = (path: string): string[] => path.split('/').filter((part) => part !== '');
const isParameter = (part: string): boolean => part.startsWith(':') || part.startsWith('{') || part.startsWith('[') || part === '*';

/** True when an address as the code writes it is this route's path, or the end of it where the code leaves a base out. */
export function leadsTo(address: string, path: string): boolean {
  const asked = parts(address);
  const own = parts(path);
  const skip = own.length - asked.length;
  if (skip < 0 || skip > 3) return false;
  // What is left out must be a base, not a thing of its own.
  if (skip > 0 && !own.slice(0, skip).every((part) => /^(?:api|v\d+|rest|backend|server|app|functions|trpc)$/.test(part))) return false;
  return asked.every((part, at) => {
    const there = own[at + skip] ?? '';
    return part === there || isParameter(there) || (part.startsWith(':') && isParameter(there));
  });
}

/** The route that an access of the browser calls; `undefined` when none or several fit. */
export function routeOf(
  { kind, name, method }: Pick<HiddenThing, 'kind' | 'name' | 'method'>,
  routes: readonly Route[],
): Route | undefined {
  if (kind === 'action') return routes.find((route) => route.kind === 'server-action' && route.id === name);
  if (kind === 'procedure') return routes.find((route) => route.kind === 'trpc' && route.id === `trpc ${name}`);
  if (kind === 'function') return routes.find((route) => route.kind === 'edge-function' && route.path.endsWith(`/${name}`));
  if (kind !== 'api') return undefined;
  const fit = routes.filter(
    (route) => route.kind !== 'page' && (route.method === method || route.method === 'ALL') && leadsTo(name, route.path),
  );
  const exact = fit.filter((route) => route.path === name || route.path.split('/').length === name.split('/').length);
  const best = exact.length > 0 ? exact : fit;
  const plain = best.filter((route) => route.path.replace(/:\w+|\*/g, ':param').endsWith(name));
  const [found, ...others] = plain.length > 0 ? plain : best;
  // Of routes registered twice under one path the first answers.
  return others.every((route) => route.path === found?.path) ? found : undefined;
}
