import { posix } from 'node:path';
import type { Place } from '../../../../core/finding.ts';
import type { Codebase } from '../codebase.ts';
import type { Machine, Value } from '../interpret/value.ts';
import { type Gateway, gatewayGuard, openGateway } from '../know/lambda.ts';
import type { RouteSpec } from './assemble.ts';
import { runGateway } from './functions-gateway.ts';
import { type Documents, list, record } from './openapi-documents.ts';
import { exportPlace, joinPaths } from './path.ts';

/** An address in front of a function. */
interface HttpEvent {
  readonly method: string;
  readonly path: string;
  /** Name or kind of what checks the caller before the function is called. */
  readonly authorizer: string | undefined;
  /** True when a key of the gateway is asked for. */
  readonly key: boolean;
}

interface Declared {
  /** File and export: `src/orders.create`. */
  readonly handler: string;
  readonly folder: string;
  readonly events: readonly HttpEvent[];
  readonly place: Place;
}

/** Functions of serverless.yml (or .ts) and AWS SAM templates with their HTTP events. */
export function* awsRoutes(code: Codebase, machine: Machine, documents: Documents): Generator<RouteSpec> {
  const declared = [...documents].flatMap(([file, content]) => [...fromServerless(file, content), ...fromSam(file, content)]);
  for (const path of code.sources) {
    if (!/(^|\/)serverless\.[tj]s$/.test(path)) continue;
    const module = code.module(path);
    const settings =
      module && machine.aside(() => (module.exports.has('default') ? machine.exported(module, 'default') : machine.exported(module, '*')));
    if (settings) declared.push(...fromServerless(path, plain(settings, 8)));
  }
  for (const one of declared) yield* specs(code, machine, one);
}

function* specs(code: Codebase, machine: Machine, { handler, folder, events, place }: Declared): Generator<RouteSpec> {
  const [, file = '', name = ''] = /^(.*)\.([\w$]+)$/.exec(handler) ?? [];
  const stem = posix.join(folder, file);
  const path = ['ts', 'js', 'mjs', 'cjs', 'tsx', 'mts'].map((ending) => `${stem}.${ending}`).find((one) => code.tree.has(one));
  const module = path === undefined ? undefined : code.module(path);
  const run = module && handlerOf(machine, module, name);
  // A whole server behind one function has its routes told by its framework's rules.
  if (run?.api?.kind === 'wrapped-server') return;
  for (const { method, path: url, authorizer, key } of events) {
    const gateway: Gateway =
      authorizer !== undefined
        ? { entry: gatewayGuard(`the gateway's authorizer ${authorizer}`, place, /iam/i.test(authorizer)), authorizes: true }
        : key
          ? { entry: gatewayGuard('a key of the gateway', place, true), authorizes: false }
          : openGateway;
    yield {
      kind: 'http',
      framework: 'AWS Lambda',
      method,
      path: url,
      place: module ? (run?.closure?.module.path === module.path ? module.placeOf(run.closure.node) : exportPlace(module, name)) : place,
      csrf: 'not-cookie',
      entry: gateway.entry,
      run: (m) => {
        if (!module || !run) {
          m.log.gaps.set(handler, { what: handler, why: 'the file of the function is not in the repo', place });
          return undefined;
        }
        return runGateway(m, run, url, method, gateway, module);
      },
    };
  }
}

function handlerOf(machine: Machine, module: Parameters<Machine['exported']>[0], name: string): Value {
  if (module.exports.has(name)) return machine.exported(module, name);
  return machine.exported(module, '*').props?.get(name) ?? {};
}

function fromServerless(file: string, content: unknown): Declared[] {
  const whole = record(content);
  if (whole['provider'] === undefined || whole['functions'] === undefined) return [];
  const folder = posix.dirname(file);
  const groups = Array.isArray(whole['functions']) ? whole['functions'].map(record) : [record(whole['functions'])];
  return groups.flatMap((functions) =>
    Object.entries(functions).flatMap(([name, given]): Declared[] => {
      const settings = record(given);
      const { handler } = settings;
      const events = list(settings['events']).flatMap((event) => [
        ...httpEvents(record(event)['http'], 'http'),
        ...httpEvents(record(event)['httpApi'], 'httpApi'),
      ]);
      const direct = settings['url'];
      if (direct) events.push({ method: 'ALL', path: `/${name}`, authorizer: text(record(direct)['authorizer']), key: false });
      return typeof handler === 'string' && events.length > 0 ? [{ handler, folder, events, place: { file } }] : [];
    }),
  );
}

// `http: GET orders/{id}` and `http: { path, method, authorizer, private }`.
function httpEvents(given: unknown, kind: 'http' | 'httpApi'): HttpEvent[] {
  if (given === undefined || given === null) return [];
  const settings = record(given);
  const [method = '*', path = '/*'] =
    typeof given === 'string' ? given.trim().split(/\s+/) : [String(settings['method'] ?? '*'), String(settings['path'] ?? '/*')];
  const authorizer = text(settings['authorizer']);
  return [{ method: verb(method), path: url(path), authorizer, key: kind === 'http' && settings['private'] === true }];
}

const text = (value: unknown): string | undefined => {
  if (typeof value === 'string') return /^none$/i.test(value) ? undefined : value;
  const { name, type, id, arn } = record(value);
  const found = name ?? type ?? id ?? arn;
  return typeof found === 'string' ? found : Object.keys(record(value)).length > 0 ? 'of the config' : undefined;
};

const verb = (method: string): string => (/^(?:\*|any)$/i.test(method) ? 'ALL' : method.toUpperCase());
const url = (path: string): string =>
  joinPaths(path === '*' ? '/*' : path.replace(/\{([\w-]+)\+\}/g, ':$1*').replace(/\{([\w-]+)\}/g, ':$1'));

function fromSam(file: string, content: unknown): Declared[] {
  const whole = record(content);
  const globals = record(record(whole['Globals'])['Function']);
  const resources = Object.values(record(whole['Resources'])).map(record);
  const standard = resources
    .map((resource) => text(record(record(record(resource['Properties'])['Auth']))['DefaultAuthorizer']))
    .find((name) => name !== undefined);
  return resources.flatMap((resource): Declared[] => {
    if (resource['Type'] !== 'AWS::Serverless::Function') return [];
    const properties = { ...globals, ...record(resource['Properties']) };
    const { Handler: handler, CodeUri: source } = properties;
    const events = Object.values(record(properties['Events'])).flatMap((event): HttpEvent[] => {
      const { Type: type, Properties: given } = record(event);
      if (type !== 'Api' && type !== 'HttpApi') return [];
      const settings = record(given);
      const own = record(settings['Auth'])['Authorizer'];
      const key = record(settings['Auth'])['ApiKeyRequired'] === true;
      return [
        {
          method: verb(String(settings['Method'] ?? 'any')),
          path: url(String(settings['Path'] ?? '/*')),
          authorizer: own === undefined ? standard : text(own),
          key,
        },
      ];
    });
    const direct = record(properties['FunctionUrlConfig'])['AuthType'];
    if (typeof direct === 'string') events.push({ method: 'ALL', path: '/', authorizer: text(direct), key: false });
    return typeof handler === 'string' && events.length > 0
      ? [{ handler, folder: posix.join(posix.dirname(file), typeof source === 'string' ? source : '.'), events, place: { file } }]
      : [];
  });
}

/** A value as plain data, as far as it is known. */
function plain(value: Value, depth: number): unknown {
  if (value.literal) return value.literal.is;
  if (depth === 0) return undefined;
  if (value.items) return value.items.map((item) => plain(item, depth - 1));
  if (value.props) return Object.fromEntries([...value.props].map(([name, item]) => [name, plain(item, depth - 1)]));
  return undefined;
}
