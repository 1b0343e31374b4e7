import type { Codebase } from '../code/codebase.ts';
import { extractFacts } from './extract.ts';
import type { Elsewhere, ModuleFacts, Target } from './facts.ts';

/** A unit of a file. */
export interface Spot {
  readonly path: string;
  readonly unit: string;
}

/** The files of a front end as one program: names lead from file to file. Files are read on first demand. */
export interface Program {
  facts(path: string): ModuleFacts | undefined;
  /** Code that runs when the name is used. */
  spots(from: string, target: Target): readonly Spot[];
  /** `path name` of a server action, when the name is one. */
  action(from: string, target: Target): { readonly path: string; readonly name: string } | undefined;
  file(from: string, specifier: string): string | undefined;
}

const templated = /\.(?:vue|svelte|astro)$/;
const mostSteps = 8;

/** Opens a front end. `concerns` tells which files are worth reading: the others reach nothing. */
export function createProgram(code: Codebase, concerns: (path: string) => boolean): Program {
  const known = new Map<string, ModuleFacts | undefined>();
  const actions = new Map<string, boolean>();

  const facts = (path: string): ModuleFacts | undefined => {
    if (!known.has(path)) {
      const module = concerns(path) ? code.glance(path) : undefined;
      known.set(path, module && extractFacts(module));
    }
    return known.get(path);
  };

  // Names are asked for much more often than they are written.
  const files = new Map<string, Map<string, string | undefined>>();
  const file = (from: string, specifier: string): string | undefined => {
    const own = remembered(files, from, () => new Map<string, string | undefined>());
    if (!own.has(specifier)) {
      const found = code.resolve(from, specifier);
      own.set(specifier, found.kind === 'file' ? found.path : undefined);
    }
    return own.get(specifier);
  };

  const isActions = (path: string): boolean => {
    let is = actions.get(path);
    if (is === undefined)
      actions.set(path, (is = /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use server["']/.test((code.text(path) ?? '').slice(0, 2000))));
    return is;
  };

  // Where an exported name is made, through re-exports.
  const origins = new Map<string, Map<string, readonly Spot[]>>();
  const origin = (path: string, name: string, steps = 0): readonly Spot[] => {
    const own = remembered(origins, path, () => new Map<string, readonly Spot[]>());
    const known = own.get(name);
    if (known) return known;
    const spots = findOrigin(path, name, steps);
    if (steps <= mostSteps) own.set(name, spots);
    return spots;
  };

  const findOrigin = (path: string, name: string, steps: number): readonly Spot[] => {
    const found = steps > mostSteps ? undefined : facts(path);
    if (!found) return [];
    // A template uses names that its script alone does not show.
    if (templated.test(path)) return [...found.units.keys()].map((unit) => ({ path, unit }));
    const exported = found.exports.get(name);
    if (typeof exported === 'string') return [{ path, unit: exported }];
    if (exported) return elsewhere(path, exported, steps);
    for (const source of found.exportAll) {
      const there = file(path, source);
      const spots = there === undefined ? [] : origin(there, name, steps + 1);
      if (spots.length > 0) return spots;
    }
    return [];
  };

  const elsewhere = (path: string, { source, name }: Elsewhere, steps: number): readonly Spot[] => {
    const there = file(path, source);
    if (there === undefined) return [];
    return name === '*' ? all(there, steps + 1) : origin(there, name, steps + 1);
  };

  const all = (path: string, steps: number): readonly Spot[] => {
    const found = facts(path);
    if (!found) return [];
    return templated.test(path) ? origin(path, 'default') : [...found.exports.keys()].flatMap((name) => origin(path, name, steps));
  };

  // A hook's body runs where it is called, its parts where they are used; an object handed on as a whole may be used whole.
  const membersOf = new Map<ModuleFacts['units'], Map<string, string[]>>();
  const parts = ({ path, unit }: Spot, member: string | undefined): Spot[] => {
    const units = facts(path)?.units;
    const members = units ? (remembered(membersOf, units, () => groupMembers(units.keys())).get(unit) ?? []) : [];
    const here = { path, unit };
    if (member === '()' || members.length === 0) return [here];
    const named = member !== undefined && member !== '*' ? [`${unit}.${member}`, `${unit}.*`].find((name) => units?.has(name)) : undefined;
    if (named !== undefined) return [{ path, unit: named }];
    const whole = [here, ...members.map((name) => ({ path, unit: name }))];
    return member !== undefined && member !== '*' && isHook(unit) ? [] : whole;
  };

  const target = (from: string, of: Target): { spots: readonly Spot[]; member: string | undefined } => {
    if ('unit' in of) return { spots: [{ path: from, unit: of.unit }], member: of.member };
    const there = file(from, of.source);
    if (there === undefined) return { spots: [], member: undefined };
    if (of.name !== '*') return { spots: origin(there, of.name), member: of.member };
    // `import * as api`: the member is what is exported.
    return of.member === undefined || of.member === '*'
      ? { spots: all(there, 0), member: undefined }
      : { spots: origin(there, of.member), member: undefined };
  };

  return {
    facts,
    file,
    spots(from, of) {
      // The browser has a stub of a server action, not its code.
      if ('source' in of && isActions(file(from, of.source) ?? '')) return [];
      const { spots, member } = target(from, of);
      return spots.flatMap((spot) => parts(spot, member));
    },
    action(from, of) {
      if ('unit' in of) return undefined;
      const there = file(from, of.source);
      if (there === undefined || !isActions(there)) return undefined;
      const name = of.name === '*' ? of.member : of.name;
      return name === undefined || name === '*' ? undefined : { path: there, name };
    },
  };
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}

/** Units of a file by the object, class or hook they are parts of. */
function groupMembers(names: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    if (dot < 0) continue;
    const whole = name.slice(0, dot);
    remembered(groups, whole, () => [] as string[]).push(name);
  }
  return groups;
}

const isHook = (unit: string): boolean => /(?:^|[/.])use[A-Z]\w*$/.test(unit);
