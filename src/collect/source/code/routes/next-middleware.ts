import { exportPlace } from './path.ts';
import { type Codebase } from '../codebase.ts';
import { createLog } from '../interpret/log.ts';
import { matches } from '../interpret/regexp.ts';
import { type State, both, join, nothing } from '../interpret/state.ts';
import { type Machine, type Value, alternativesOf, literal, stringOf, unknown } from '../interpret/value.ts';
import { webRequest } from '../know/web.ts';
import { type MiddlewareFile, pathValue } from './path.ts';

/** Reads middleware.ts or proxy.ts of an app and its matcher. */
export function readMiddleware(code: Codebase, machine: Machine, prefix: string): MiddlewareFile[] {
  const files: MiddlewareFile[] = [];
  for (const name of ['middleware', 'proxy', 'src/middleware', 'src/proxy']) {
    for (const ending of ['ts', 'js', 'mjs', 'tsx']) {
      const path = `${prefix}${name}.${ending}`;
      const module = code.tree.has(path) ? code.module(path) : undefined;
      if (!module) continue;
      const exported = ['middleware', 'proxy', 'default'].find((item) => module.exports.has(item));
      if (!exported) continue;
      const config = machine.aside(() => machine.exported(module, 'config'));
      const matcher = config.props?.get('matcher');
      const patterns = (matcher?.items ?? (matcher ? [matcher] : [])).flatMap(
        (item) => stringOf(item) ?? stringOf(item.props?.get('source') ?? unknown) ?? [],
      );
      files.push({ module, run: machine.exported(module, exported), matcher: patterns, place: exportPlace(module, exported) });
    }
  }
  return files;
}

/** What middleware proved before a route is reached; memoised by path. */
export function entryFor(machine: Machine, middleware: readonly MiddlewareFile[], url: string, method: string): State {
  let entry: State = nothing;
  for (const file of middleware) {
    if (!covers(file.matcher, url)) continue;
    const outcome = machine.aside(() => {
      machine.log = createLog();
      machine.entering += 1;
      let answer: Value;
      try {
        const request = webRequest(pathValue(url), literal(method));
        answer = machine.call(file.run, [request, unknown], unknown, { start: 0, end: 0 }, file.module);
      } finally {
        machine.entering -= 1;
      }
      const passed: State[] = [];
      for (const { value, state } of alternativesOf(answer))
        if (value.response !== 'deny' && value.response !== 'answer') passed.push(state);
      return machine.state && join(passed, 'the middleware lets it through earlier');
    });
    if (outcome) entry = both(entry, throughFile(outcome, file.module.path));
  }
  return entry;
}

const throughFile = (state: State, via: string): State => ({
  ...state,
  guards: state.guards.map((guard) => ({ ...guard, via })),
  maybe: state.maybe.map((guard) => ({ ...guard, via })),
});

/** True when a matcher of path-to-regexp patterns covers the path; no matcher covers everything. */
export function covers(matcher: readonly string[], url: string): boolean {
  if (matcher.length === 0) return true;
  const concrete = url.replace(/:\w+[*+?]?/g, 'x');
  return matcher.some((pattern) => {
    const source = pattern
      .replace(/\/:\w+\*/g, '(?:/.*)?')
      .replace(/\/:\w+\+/g, '/.+')
      .replace(/\/:\w+\?/g, '(?:/[^/]+)?')
      .replace(/\/:\w+(\([^)]*\))/g, '/$1')
      .replace(/\/:\w+/g, '/[^/]+');
    return matches(`^${source}/?$`, '', concrete) ?? false;
  });
}
