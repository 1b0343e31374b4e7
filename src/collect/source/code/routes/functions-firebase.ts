import { posix } from 'node:path';
import { readJson } from '../../tree.ts';
import type { Codebase } from '../codebase.ts';
import type { Module } from '../module.ts';
import { answersAtEnd } from '../interpret/answering.ts';
import { guarded, nothing, type State } from '../interpret/state.ts';
import type { Machine, Value } from '../interpret/value.ts';
import { nodeRequest } from '../know/express.ts';
import { nodeResponse } from '../know/node-response.ts';
import { callableArguments, type FirebaseFunction, firebaseFunctionOf } from '../know/lambda-firebase.ts';
import { nodeOf } from '../know/router.ts';
import type { RouteSpec } from './assemble.ts';
import { methodsNamed } from './functions-gateway.ts';
import { exportPlace, pathValue } from './path.ts';

const framework = 'Firebase Functions';
const nowhere = { start: 0, end: 0 };

/** HTTP and callable functions that the entry file of a functions folder exports. */
export function* firebaseRoutes(code: Codebase, machine: Machine): Generator<RouteSpec> {
  const seen = new Set<string>();
  for (const path of entries(code)) {
    const module = code.module(path);
    if (!module) continue;
    for (const [name, value] of exportsOf(code, machine, module, new Set())) {
      for (const [full, made] of grouped(name, value)) {
        const place = made.handler.closure ? made.handler.closure.module.placeOf(made.handler.closure.node) : exportPlace(module, name);
        // An Express app behind a function has its routes told by its own rules.
        if (seen.has(full) || nodeOf(made.handler)) continue;
        seen.add(full);
        yield* specs(full, made, place, made.handler.closure?.module ?? module);
      }
    }
  }
}

/** Entry files of the folders that use firebase-functions. */
function entries(code: Codebase): string[] {
  const found: string[] = [];
  for (const { path } of code.tree.files) {
    if (!/(^|\/)package\.json$/.test(path)) continue;
    const manifest = readJson(code.tree, path) as { main?: unknown; dependencies?: Record<string, unknown> } | undefined;
    if (manifest?.dependencies?.['firebase-functions'] === undefined) continue;
    const folder = path.slice(0, -'package.json'.length);
    const main = typeof manifest.main === 'string' ? manifest.main : 'index.js';
    const source = main.replace(/^(\.\/)?(?:lib|dist|build)\//, 'src/');
    const names = [main, source, source.replace(/\.js$/, '.ts'), 'src/index.ts', 'src/index.js', 'index.ts', 'index.js'];
    const entry = names.map((name) => posix.join(folder, name)).find((name) => code.sources.includes(name));
    if (entry !== undefined) found.push(entry);
  }
  return found;
}

function* exportsOf(code: Codebase, machine: Machine, module: Module, seen: Set<string>): Generator<[string, Value]> {
  if (seen.has(module.path)) return;
  seen.add(module.path);
  for (const name of module.exports.keys()) if (name !== 'default') yield [name, machine.exported(module, name)];
  for (const source of module.exportAll) {
    const target = code.resolve(module.path, source);
    const other = target.kind === 'file' ? code.module(target.path) : undefined;
    if (other) yield* exportsOf(code, machine, other, seen);
  }
  if (module.exports.size === 0 && module.exportAll.length === 0)
    for (const [name, value] of machine.exported(module, '*').props ?? []) yield [name, value];
}

// `exports.orders = { create: onCall(...) }` is the function `orders-create`.
function* grouped(name: string, value: Value): Generator<[string, FirebaseFunction]> {
  const made = firebaseFunctionOf(value);
  if (made) yield [name, made];
  else for (const [inner, part] of value.props ?? []) yield* grouped(`${name}-${inner}`, part);
}

function* specs(name: string, made: FirebaseFunction, place: RouteSpec['place'], module: Module): Generator<RouteSpec> {
  const path = `/${name}`;
  const entry = entryOf(made, place);
  if (made.kind === 'call') {
    yield {
      kind: 'http',
      framework,
      method: 'POST',
      path,
      place,
      entry,
      csrf: 'not-cookie',
      run: (m) => m.settle(m.call(made.handler, callableArguments(made), {}, nowhere, module)),
    };
    return;
  }
  for (const method of methodsNamed(made.handler, module))
    yield {
      kind: 'http',
      framework,
      method,
      path,
      place,
      entry,
      run: (m) => {
        m.call(made.handler, [nodeRequest(pathValue(path), method), nodeResponse()], {}, nowhere, module);
        answersAtEnd(m);
        return undefined;
      },
    };
}

// `invoker: 'private'` lets only accounts of the cloud project through; App Check tells apps from scripts, not people apart.
function entryOf({ options }: FirebaseFunction, place: RouteSpec['place']): State {
  const invoker = options?.props?.get('invoker');
  if (invoker && invoker.literal?.is !== 'public')
    return guarded('role', 'only accounts of the cloud project may invoke it', place, ['machine']);
  const appCheck = options?.props?.get('enforceAppCheck')?.literal?.is === true;
  return appCheck ? guarded('presence', 'App Check: a token of the app', place) : nothing;
}
