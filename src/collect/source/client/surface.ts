import type { ClientAccess, ClientRoleGate, ClientSurface } from '../../../evidence/routes.ts';
import type { Context, Unit, Use } from './facts.ts';
import { createGuards } from './guard.ts';
import type { Program, Spot } from './program.ts';

/** Where a front end begins. */
export interface Root extends Spot {
  /** What stands around it by the framework's conventions (layouts). */
  readonly within?: Context;
}

/**
 * Follows the program from where it begins, first on the ways without a gate, then through the gates. An access counts as hidden only when
 * no open way leads to it; code that nothing reaches is left out. `browser`: files whose calls are made by a browser or phone.
 */
export function readSurface(program: Program, roots: readonly Root[], browser: (path: string) => boolean): ClientSurface {
  const gateAround = createGuards(program);
  const reached = new Map<string, ClientRoleGate | undefined>();
  const accesses = new Map<string, ClientAccess>();
  const dynamic = new Map<string, { what: string; why: string; place: { file: string } }>();

  const follow = (start: readonly { spot: Spot; gate: ClientRoleGate | undefined }[]): { spot: Spot; gate: ClientRoleGate }[] => {
    const later: { spot: Spot; gate: ClientRoleGate }[] = [];
    const queue = [...start];
    for (let next = queue.pop(); next; next = queue.pop()) {
      const { spot, gate } = next;
      const key = `${spot.path}\0${spot.unit}`;
      if (reached.has(key)) continue;
      const unit = program.facts(spot.path)?.units.get(spot.unit);
      if (!unit) continue;
      reached.set(key, gate);
      for (const access of accessesOf(spot, unit)) {
        const stands = gateAround(spot.path, access.within) ?? gate;
        note(accesses, { ...access.access, ...(stands && { gate: stands }) });
      }
      for (const use of unit.uses) {
        const stands = gateAround(spot.path, use.within);
        for (const to of program.spots(spot.path, use.of)) {
          if (stands && !gate) later.push({ spot: to, gate: stands });
          else queue.push({ spot: to, gate: stands ?? gate });
        }
      }
    }
    return later;
  };

  const accessesOf = (spot: Spot, unit: Unit): Unit['accesses'] => {
    const own = unit.accesses.filter(({ form }) => form === true || browser(spot.path));
    return [...own, ...unit.uses.flatMap((use) => actionOf(spot, use))];
  };

  // A server action is called by whoever uses its name.
  const actionOf = (spot: Spot, use: Use): Unit['accesses'] => {
    const action = program.action(spot.path, use.of);
    if (!action) return [];
    const name = `action ${action.path} ${action.name}`;
    return [{ access: { kind: 'action', name, operation: 'call', place: { file: spot.path } }, within: use.within }];
  };

  const begin = roots.map((root) => ({ spot: root, gate: gateAround(root.path, root.within) }));
  const hidden = follow(begin.filter(({ gate }) => gate === undefined));
  follow([...begin.filter(({ gate }) => gate !== undefined), ...hidden]);

  const paths = new Set([...reached.keys()].map((key) => key.slice(0, key.indexOf('\0'))));
  for (const path of paths)
    for (const { what, place } of browser(path) ? (program.facts(path)?.dynamic ?? []) : [])
      if (!dynamic.has(`${path} ${what}`))
        dynamic.set(`${path} ${what}`, {
          what: `${what} in ${path}`,
          why: 'its name is worked out while the app runs',
          place: { file: path, ...place },
        });

  const list = [...accesses.values()].toSorted((a, b) => order(a, b));
  return { accesses: list, roleGates: gatesOf(list), gaps: [...dynamic.values()] };
}

// An access in code that two ways reach is open when one of them is.
function note(accesses: Map<string, ClientAccess>, access: ClientAccess): void {
  const key = `${access.kind} ${access.name} ${access.operation} ${access.method ?? ''} ${access.place.file}:${access.place.line}`;
  const known = accesses.get(key);
  if (!known || (known.gate && !access.gate)) accesses.set(key, access);
}

const text = ({ kind, name, operation, place }: ClientAccess): string =>
  `${place.file}\0${String(place.line).padStart(6, '0')}\0${kind}\0${name}\0${operation}`;
const order = (a: ClientAccess, b: ClientAccess): number => (text(a) < text(b) ? -1 : 1);

const verbs: Readonly<Record<ClientAccess['operation'], string>> = {
  read: 'read',
  create: 'add to',
  update: 'change',
  delete: 'delete',
  call: 'call',
};

/** `delete invoices`, `PATCH /api/members/:param`. */
export const accessName = ({ kind, name, operation, method }: ClientAccess): string =>
  kind === 'api' ? `${method ?? ''} ${name}`.trim() : `${verbs[operation]} ${name}`;

function gatesOf(accesses: readonly ClientAccess[]): ClientSurface['roleGates'] {
  const gates = new Map<string, ClientRoleGate & { reaches: string[] }>();
  for (const access of accesses) {
    if (!access.gate) continue;
    const key = JSON.stringify(access.gate);
    const known = gates.get(key) ?? { ...access.gate, reaches: [] };
    if (!known.reaches.includes(accessName(access))) known.reaches.push(accessName(access));
    gates.set(key, known);
  }
  return [...gates.values()];
}
