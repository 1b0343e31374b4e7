import { api, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { stringOf } from '../interpret/value.ts';
import { addRoute } from './fastify-route.ts';
import type { Install } from './fastify-scope.ts';

/** Whether a folder's files are handed out, or their names are listed as well. */
export type FilesKind = 'listed' | 'served';

/** Middleware that hands out the files of a folder and passes on what it does not have. */
export const filesHandler = (kind: FilesKind): Value =>
  api('files', {
    data: kind,
    call: ({ args, machine, node, module }: NativeCall) => (args[2] ? machine.call(args[2], [], unknown, node, module) : unknown),
  });

/** Which of both a handler does; `undefined` where it does neither. */
export const filesOf = (handler: Value): FilesKind | undefined =>
  handler.api?.kind === 'files' ? (handler.api.data as FilesKind) : undefined;

/** `serveIndex('logs')`, `serveStatic('public')`: Express's own `static` is in `express.ts`. */
export function staticPackage(packageName: string, name: string): Value | undefined {
  const kind = packageName === 'serve-index' ? 'listed' : packageName === 'serve-static' ? 'served' : undefined;
  return kind && (name === 'default' || name === '*')
    ? api('files-module', { call: () => filesHandler(kind), member: (member) => staticPackage(packageName, member) })
    : undefined;
}

/** The option under which a Fastify route says that it hands out files. */
export const filesOption = 'hands out files';

/** `@fastify/static` below a prefix. */
export const staticPlugin: Install = (instance, options, call) => {
  const prefix = stringOf(options.props?.get('prefix'));
  if (prefix === undefined || prefix === '/') return;
  const list = options.props?.get('list');
  const isListed = list !== undefined && list.literal?.is !== false;
  addRoute(
    instance,
    new Map<string, Value>([
      ['method', { literal: { is: 'GET' } }],
      ['url', { literal: { is: prefix } }],
      ['handler', filesHandler(isListed ? 'listed' : 'served')],
      [filesOption, filesHandler(isListed ? 'listed' : 'served')],
    ]),
    call,
  );
};
