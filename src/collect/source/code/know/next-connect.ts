import { recordGap } from '../interpret/log.ts';
import { api, native, stringOf, unknown, type Value } from '../interpret/value.ts';
import { makeRouter, nodeOf, register, type RouterNode, type RouterStyle } from './router.ts';

const framework = 'next-connect';
const verb = /^(?:get|post|put|patch|delete|head|options|trace|all)$/;

const style: RouterStyle = {
  framework,
  member: (node, self, name) => {
    // The path may be left out: the file has one already.
    if (verb.test(name))
      return native((call) => {
        const pathless = { ...call, args: [{ literal: { is: '/' } }, ...call.args] };
        register(node, name.toUpperCase(), stringOf(call.args[0]) === undefined ? pathless : call);
        return self;
      });
    if (name === 'handler') return native(() => api('next-connect', { data: node }));
    if (name === 'clone') return native((call) => copyOf(node, makeRouter(call, style, true)));
    if (name === 'run')
      return native(({ machine, node: span, module }) => {
        recordGap(machine.log, 'the router', 'is asked by hand, so that its methods could not be told apart', module.placeOf(span));
        return unknown;
      });
    return undefined;
  },
};

function copyOf(node: RouterNode, copy: Value): Value {
  nodeOf(copy)?.entries.push(...node.entries);
  return copy;
}

/** The router behind a handler made with next-connect. */
export const connected = (handler: Value): RouterNode | undefined => {
  const node = handler.api?.kind === 'next-connect' ? (handler.api.data as RouterNode) : nodeOf(handler);
  return node?.framework === framework ? node : undefined;
};

/** What next-connect exports: `createRouter` of version 1, the default function of those before. */
export const nextConnectPackage = (packageName: string, name: string): Value | undefined =>
  packageName === 'next-connect' && /^(?:default|createRouter|createEdgeRouter|nc|\*)$/.test(name)
    ? name === '*'
      ? api('package', {
          data: { package: packageName, name },
          call: (call) => makeRouter(call, style, true),
          member: (member) => nextConnectPackage(packageName, member),
        })
      : native((call) => makeRouter(call, style, true))
    : undefined;
