import { alternativesOf, literal, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { type FastifyInstance, lifecycle } from './fastify-scope.ts';
import { flatten, pathText, registrationPlace } from './registration.ts';

/** Options of `app.get(path, options?, handler)`. */
export function shorthand(verb: string, call: NativeCall): Map<string, Value> {
  const [path, second, third] = call.args;
  const options = third ? second : second?.props && !second.closure ? second : undefined;
  const props = new Map(options?.props ?? alternativesOf(options ?? unknown).find((item) => item.value.props)?.value.props ?? []);
  if (options && !options.props) props.set('unfollowed options', options);
  props.set('method', literal(verb.toUpperCase()));
  props.set('url', path ?? literal('/'));
  const handler = third ?? (options ? undefined : second);
  if (handler) props.set('handler', handler);
  return props;
}

/** Registers a route from its options, after the `onRoute` hooks have had their say. */
export function addRoute(
  instance: FastifyInstance,
  options: Map<string, Value>,
  call: Pick<NativeCall, 'machine' | 'node' | 'module'>,
): void {
  const { machine } = call;
  const path = joined(instance.prefix, pathText(options.get('url') ?? options.get('path')) ?? '*');
  const methods = flatten(options.get('method')).flatMap((method) => stringOf(method)?.toUpperCase() ?? []);
  options
    .set('routePath', options.get('url') ?? literal(path))
    .set('url', literal(path))
    .set('path', literal(path))
    .set('prefix', literal(instance.prefix));
  for (const hook of instance.hooks)
    if (hook.name === 'onRoute') machine.aside(() => machine.call(hook.run, [{ props: options }], instance.value, call.node, call.module));
  const place = registrationPlace(call);
  const gaps = options.has('unfollowed options')
    ? [{ what: 'the options of a route', why: 'a hook among them could not be seen', place }]
    : [];
  const hooks = new Map(lifecycle.map((phase) => [phase, flatten(options.get(phase))]));
  for (const method of methods.length > 0 ? methods : ['GET'])
    instance.routes.push({
      instance,
      method,
      path,
      handler: options.get('handler') ?? unknown,
      hooks,
      options,
      place,
      module: call.module,
      gaps,
    });
}

/** Joins a prefix and a path: one slash between, none at the end. */
export const joined = (prefix: string, path: string): string => `/${prefix}/${path}`.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
