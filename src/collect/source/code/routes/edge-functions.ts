import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import type { Place } from '../../../../core/finding.ts';
import type { Codebase } from '../codebase.ts';
import type { Module } from '../module.ts';
import { both, flagged, guarded, nothing, type State } from '../interpret/state.ts';
import { whileServing } from '../interpret/serving.ts';
import { type Frame, literal, type Machine, native, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { servedByHono } from '../know/hono-app.ts';
import { webRequest } from '../know/web.ts';
import type { RouteSpec } from './assemble.ts';

/** `verify_jwt` of each function in supabase/config.toml; the platform's default is true. */
export function readVerifyJwt(toml: string): Map<string, boolean> {
  const result = new Map<string, boolean>();
  let current: string | undefined;
  for (const line of toml.split('\n')) {
    const section = /^\s*\[\s*functions\s*\.\s*"?([\w-]+)"?\s*\]/.exec(line);
    if (section) current = section[1];
    else if (/^\s*\[/.test(line)) current = undefined;
    const value = current !== undefined ? /^\s*verify_jwt\s*=\s*(true|false)/.exec(line) : null;
    if (current !== undefined && value) result.set(current, value[1] === 'true');
  }
  return result;
}

/** What holds behind `verify_jwt`, which is set (or left on) in this file. */
export function afterVerifyJwt(file: string): State {
  const what = 'verify_jwt: any token of the project, the public anon key included';
  return both(guarded('presence', what, { file }), flagged('verified-token', what, { file }));
}

/**
 * Supabase Edge Functions. With `verify_jwt` the platform lets only signed tokens through, but the public anon key is such a token:
 * anybody who has opened the app holds one, so it proves presence, not identity.
 */
export function* edgeFunctions(code: Codebase, machine: Machine): Generator<RouteSpec> {
  for (const path of code.sources) {
    const match = /^(.*?)(?:supabase\/)functions\/([\w-]+)\/index\.[tj]sx?$/.exec(path);
    const [, , name] = match ?? [];
    if (!match || name === undefined || name.startsWith('_')) continue;
    const config = `${match[1] ?? ''}supabase/config.toml`;
    const jwt = readVerifyJwt(code.text(config) ?? code.tree.text(config) ?? '').get(name) ?? true;
    const module = code.module(path);
    if (!module || servedByHono(machine, path.slice(0, path.lastIndexOf('/') + 1))) continue;
    const handlers: { value: Value; node: Node }[] = [];
    const heard = ({ args, node }: Pick<NativeCall, 'args' | 'node'>): void => {
      const value = args.find((arg) => arg.closure || arg.wraps || arg.alternatives) ?? args[0] ?? unknown;
      handlers.push({ value, node: node as Node });
    };
    const scope = machine.moduleScope(module);
    const frame: Frame = { scope, returns: [], leaves: [] };
    // The older way: `serve` of Deno's standard library.
    for (const [local, binding] of module.imports)
      if (binding.name === 'serve' && code.resolve(path, binding.source).kind === 'package')
        scope.names.set(
          local,
          native((call) => (heard(call), unknown)),
        );
    machine.aside(() =>
      whileServing(machine, heard, () => {
        for (const statement of module.program.body) {
          machine.state = nothing;
          if (statement.type === 'ExpressionStatement') machine.execute([statement], frame);
        }
      }),
    );
    if (handlers.length === 0 && module.exports.has('default'))
      handlers.push({ value: machine.exported(module, 'default'), node: module.program.body[0] as Node });
    const place = servedAt(module, handlers[0]?.node);
    const entry = jwt ? afterVerifyJwt(posix.normalize(config)) : nothing;
    yield {
      kind: 'edge-function',
      framework: 'Supabase Edge Functions',
      method: 'POST',
      path: `/functions/v1/${name}`,
      place,
      entry,
      csrf: 'not-cookie',
      run: (m) =>
        m.call(
          handlers[0]?.value ?? unknown,
          [webRequest(literal(`/functions/v1/${name}`), literal('POST'))],
          unknown,
          { start: 0, end: 0 },
          module,
        ),
    };
  }
}

// A call in a shared helper has its own file's offsets: only one within this file says where this function is.
function servedAt(module: Module, node: Node | undefined): Place {
  const serving = module.program.body.find((statement) => statement.type === 'ExpressionStatement');
  return module.placeOf(node && serving && node.start >= serving.start && node.end <= serving.end ? node : (serving ?? { start: 0 }));
}
