import type { Route } from '../../../../evidence/routes.ts';
import type { Gap } from '../../../../evidence/source.ts';
import type { Codebase } from '../codebase.ts';
import { noteExit, recordGap } from '../interpret/log.ts';
import { nothing } from '../interpret/state.ts';
import type { RouteSpec } from './assemble.ts';
import { type Documents, list, record } from './openapi-documents.ts';
import { joinPaths } from './path.ts';

const verbs = ['get', 'post', 'put', 'patch', 'delete'];

/** One operation of an API description. */
export interface Operation {
  readonly method: string;
  /** As clients call it, parameters as `:name`. */
  readonly path: string;
  /** Names of the security schemes it asks for; empty when it says that none is needed, `undefined` when it says nothing. */
  readonly security: readonly string[] | undefined;
}

/** An API description of the repo. */
export interface Description {
  readonly file: string;
  readonly title: string;
  /** Host it is served at, when it names one. */
  readonly host: string | undefined;
  readonly operations: readonly Operation[];
}

/** The OpenAPI and Swagger descriptions among the documents. */
export function descriptions(documents: Documents): Description[] {
  return [...documents].flatMap(([file, content]) => {
    const whole = record(content);
    if (typeof (whole['openapi'] ?? whole['swagger']) !== 'string' && typeof whole['swagger'] !== 'number') return [];
    const { base, host } = served(whole);
    const operations = Object.entries(record(whole['paths'])).flatMap(([path, item]) =>
      verbs.flatMap((verb): Operation[] => {
        const operation = record(item)[verb];
        if (operation === undefined || !path.startsWith('/')) return [];
        const security = record(operation)['security'] ?? whole['security'];
        return [
          {
            method: verb.toUpperCase(),
            path: joinPaths(base, path).replace(/\{(\w[^}]*)\}/g, (_, name: string) => `:${name.replace(/\W/g, '_')}`),
            security: security === undefined ? undefined : schemes(security),
          },
        ];
      }),
    );
    return operations.length === 0 ? [] : [{ file, title: String(record(whole['info'])['title'] ?? file), host, operations }];
  });
}

// `[{}]` makes the login optional, which asks for nothing.
const schemes = (security: unknown): string[] => {
  const asked = list(security).map((one) => Object.keys(record(one)));
  return asked.some((names) => names.length === 0) ? [] : [...new Set(asked.flat())];
};

function served(whole: Readonly<Record<string, unknown>>): { base: string; host: string | undefined } {
  if (whole['swagger'] !== undefined)
    return {
      base: typeof whole['basePath'] === 'string' ? whole['basePath'] : '',
      host: typeof whole['host'] === 'string' ? whole['host'] : undefined,
    };
  const url = record(list(whole['servers'])[0])['url'];
  if (typeof url !== 'string') return { base: '', host: undefined };
  const absolute = /^https?:\/\/([^/]+)(\/.*)?$/.exec(url);
  const path = (absolute ? absolute[2] : url)?.replace(/\{[^}]*\}/g, '') ?? '';
  return { base: path === '/' || !path.startsWith('/') ? '' : path, host: absolute?.[1] };
}

/** What the documents add to the routes of the code. */
export interface Documented {
  readonly specs: readonly RouteSpec[];
  readonly gaps: readonly Gap[];
}

/**
 * Joins the descriptions with the routes of the code: where both have an operation, the code says how it is guarded and the document
 * adds nothing. What only a document has is listed; that it asks for a login there is a claim. A description none of whose operations
 * is in the code, of a repo that has routes, is that of another service; not so one that the program serves by its file (`served`).
 */
export function documented(
  code: Codebase,
  documents: Documents,
  routes: readonly Route[],
  served: ReadonlySet<string> = new Set(),
): Documented {
  const specs: RouteSpec[] = [];
  const gaps: Gap[] = [];
  const seen = new Set<string>();
  const inCode = matcher(routes);
  for (const description of descriptions(documents)) {
    const { file, operations, title, host } = description;
    const missing = operations.filter((operation) => !inCode(operation));
    const isOurs = [...served].some((name) => `/${file}`.endsWith(`/${name.replace(/^\.?\//, '')}`));
    if (!isOurs && missing.length === operations.length && routes.some(({ kind }) => kind !== 'page')) {
      gaps.push({
        what: file,
        why: `describes "${title.slice(0, 80)}"${host ? ` at ${host.slice(0, 80)}` : ''}, of which nothing is in the code: taken for another service`,
        place: { file },
      });
      continue;
    }
    for (const operation of missing) {
      const key = `${operation.method} ${shape(operation.path)}`;
      if (seen.has(key)) continue;
      seen.add(key);
      specs.push(specOf(operation, { file, line: lineOf(code, file, operation) }));
    }
  }
  return { specs, gaps };
}

const shape = (path: string): string =>
  path
    .replace(/:[^/]+/g, ':')
    .replace(/(?<=.)\/$/, '')
    .toLowerCase();

// A description may leave out the prefix the server is mounted under; a catch-all of the code serves what lies below it.
function matcher(routes: readonly Route[]): (operation: Operation) => boolean {
  const exact = new Set<string>();
  const below: { method: string; prefix: string }[] = [];
  for (const { method, path, kind } of routes) {
    if (kind === 'server-action') continue;
    exact.add(`${method} ${shape(path.split('?')[0] ?? path)}`);
    const rest = /^(\/.+?)\/(?:\*|:\w+[*+])$/.exec(path);
    if (rest) below.push({ method, prefix: `${shape(rest[1] ?? '')}/` });
  }
  return ({ method, path }) => {
    const plain = shape(path);
    const ways = [plain, `/api${plain}`, plain.replace(/^\/api(?=\/)/, ''), plain.replace(/^\/(?:api\/)?v\d+(?=\/)/, '')];
    return ways.some(
      (way) =>
        exact.has(`${method} ${way}`) ||
        exact.has(`ALL ${way}`) ||
        below.some((one) => (one.method === method || one.method === 'ALL') && way.startsWith(one.prefix)),
    );
  };
}

const specOf = ({ method, path, security }: Operation, place: { readonly file: string; readonly line: number }): RouteSpec => ({
  kind: 'openapi',
  framework: 'OpenAPI',
  method,
  path,
  place,
  csrf: 'unknown',
  run: (machine) => {
    recordGap(machine.log, `${method} ${path}`, 'documented, not found in code', place);
    const claims =
      security === undefined || security.length === 0
        ? []
        : [
            {
              level: 'presence' as const,
              what: `the document asks for ${security.join(' or ')}`,
              place,
              skippedWhen: 'the code that would check it was not found',
            },
          ];
    noteExit(machine.log, { ...nothing, maybe: claims });
    return undefined;
  },
});

function lineOf(code: Codebase, file: string, operation: Operation): number {
  const text = code.tree.text(file) ?? '';
  const last = operation.path
    .replace(/:(\w+)/g, '{$1}')
    .split('/')
    .slice(-2)
    .join('/');
  const at = text.indexOf(`/${last.replace(/^\//, '')}`);
  return at === -1 ? 1 : text.slice(0, at).split('\n').length;
}
