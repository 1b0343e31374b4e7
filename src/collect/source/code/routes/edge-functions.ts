import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import type { Codebase } from '../codebase.ts';
import { guarded, nothing } from '../interpret/state.ts';
import { api, type Frame, literal, type Machine, native, stringOf, unknown, type Value } from '../interpret/value.ts';
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
    const serve = native(
      ({ args, node }) => (
        handlers.push({
          value: args.find((arg) => arg.closure || arg.wraps || arg.alternatives) ?? args[0] ?? unknown,
          node: node as Node,
        }),
        unknown
      ),
    );
    const scope = machine.moduleScope(module);
    const frame: Frame = { scope, returns: [], leaves: [] };
    scope.names.set('Deno', denoWith(serve));
    for (const [local, binding] of module.imports) if (binding.name === 'serve') scope.names.set(local, serve);
    machine.aside(() => {
      for (const statement of module.program.body) {
        machine.state = nothing;
        if (statement.type === 'ExpressionStatement') machine.execute([statement], frame);
      }
    });
    if (handlers.length === 0 && module.exports.has('default'))
      handlers.push({ value: machine.exported(module, 'default'), node: module.program.body[0] as Node });
    const place = module.placeOf(handlers[0]?.node ?? { start: 0 });
    const entry = jwt
      ? guarded('presence', 'verify_jwt: any token of the project, the public anon key included', { file: posix.normalize(config) })
      : nothing;
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

const denoWith = (serve: Value): Value =>
  api('deno', {
    member: (name) =>
      name === 'serve'
        ? serve
        : name === 'env'
          ? api('env', { member: (member) => (member === 'get' ? native(({ args }) => ({ env: stringOf(args[0]) ?? '*' })) : undefined) })
          : undefined,
  });
