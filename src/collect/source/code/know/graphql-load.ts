import type { Module } from '../module.ts';
import { createLog } from '../interpret/log.ts';
import { nothing } from '../interpret/state.ts';
import type { Frame, Machine } from '../interpret/value.ts';

/** Files that a module imports, with those that are imported for their effect only. */
function importsOf(machine: Machine, module: Module): Module[] {
  const sources = module.program.body.flatMap((statement) =>
    (statement.type === 'ImportDeclaration' || statement.type === 'ExportAllDeclaration' || statement.type === 'ExportNamedDeclaration') &&
    statement.source
      ? [statement.source.value]
      : statement.type === 'ExpressionStatement'
        ? [...module.text.slice(statement.start, statement.end).matchAll(/\b(?:require|import)\(\s*['"]([^'"]+)['"]/g)].flatMap(
            (match) => match[1] ?? [],
          )
        : [],
  );
  return sources.flatMap((source) => {
    const target = machine.code.resolve(module.path, source);
    return target.kind === 'file' ? (machine.code.module(target.path) ?? []) : [];
  });
}

/** The module and all it imports, each after what it imports itself, as they are loaded. */
export function loadedWith(machine: Machine, module: Module): Module[] {
  const seen = new Set<string>();
  const order: Module[] = [];
  const visit = (at: Module): void => {
    if (seen.has(at.path)) return;
    seen.add(at.path);
    for (const next of importsOf(machine, at)) visit(next);
    order.push(at);
  };
  visit(module);
  return order;
}

/** Runs the top level of modules whose text matches: registering things on a builder is what they are imported for. */
export function runModules(machine: Machine, modules: readonly Module[], wanted: RegExp): void {
  for (const module of modules) {
    if (!wanted.test(module.text)) continue;
    const scope = machine.moduleScope(module);
    const frame: Frame = { scope, returns: [], leaves: [] };
    machine.aside(() => {
      for (const statement of module.program.body) {
        machine.state = nothing;
        machine.log = createLog();
        machine.budget = 100_000;
        if (statement.type === 'ExpressionStatement' || statement.type === 'ForOfStatement') machine.execute([statement], frame);
      }
      machine.state = nothing;
      for (const name of module.declarations.keys()) machine.lookup(name, scope);
    });
  }
}
