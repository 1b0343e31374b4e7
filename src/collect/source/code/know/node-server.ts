import { api, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import { isEndpoint, stand, takeReached } from './endpoint.ts';
import { nodeRequest } from './express.ts';
import { nodeResponse } from './node-response.ts';

const packages = new Set(['http', 'node:http', 'https', 'node:https', 'http2', 'node:http2']);

/** A server of Node itself whose handler is an endpoint of a library, or a function that hands it the request. */
export function nodeServerPackage(packageName: string, name: string): Value | undefined {
  if (!packages.has(packageName) || !/^create(?:Secure)?Server$/.test(name)) return undefined;
  return native((call) => {
    const handler = call.args.findLast((arg) => isEndpoint(arg) || arg.closure);
    if (handler && (isEndpoint(handler) || reachesEndpoint(call, handler))) stand(call, handler, ownPath(call, handler));
    return api('package', { data: { package: packageName, name } });
  });
}

// Yoga answers at one path, wherever its server is asked.
const ownPath = ({ machine, node, module }: NativeCall, handler: Value): string =>
  isEndpoint(handler) ? (stringOf(machine.member(handler, 'graphqlEndpoint', true, node, module)) ?? '/') : '/';

// What comes before is put back: this is a look ahead, not a request.
function reachesEndpoint({ machine, node, module }: NativeCall, handler: Value): boolean {
  const request = nodeRequest(unknown, 'ALL');
  machine.aside(() => machine.call(handler, [request, nodeResponse()], unknown, node, module));
  return takeReached(machine).length > 0;
}
