import type { Module } from '../module.ts';
import { recordGap } from '../interpret/log.ts';
import { both } from '../interpret/state.ts';
import type { Machine, Value } from '../interpret/value.ts';
import { type Gateway, gatewayCallback, gatewayEvent, netlifyContext, noteGatewayAnswer } from '../know/lambda.ts';
import { isFollowed } from './ahead.ts';
import { pathValue } from './path.ts';

const nowhere = { start: 0, end: 0 };

/** Runs a function that gets an event and answers with an object that has a `statusCode`. */
export function runGateway(machine: Machine, handler: Value, path: string, method: string, gateway: Gateway, module: Module): undefined {
  if (machine.state) machine.state = both(machine.state, gateway.entry);
  if (machine.state) machine.log.entered = machine.state;
  if (!isFollowed(handler)) recordGap(machine.log, 'the handler', 'could not be found', { file: module.path });
  const event = gatewayEvent(pathValue(path.replace(/\*$/, ':rest*')), method, gateway);
  const callback = (handler.closure?.node.params.length ?? 0) >= 3;
  const answer = machine.call(handler, [event, netlifyContext, gatewayCallback], {}, nowhere, module);
  // With a callback what is returned says nothing.
  if (!callback || machine.log.exits.length === 0) noteGatewayAnswer(machine, answer);
  return undefined;
}

/** Methods that a handler tells apart by name in its own text; `ALL` when it does not. */
export function methodsNamed(handler: Value, module: Module): readonly string[] {
  const { closure } = handler;
  const text = closure ? closure.module.text.slice(closure.node.start, closure.node.end) : module.text;
  const named = [
    ...text.matchAll(
      /\b(?:httpMethod|method)\s*(?:===?|!==?)\s*['"](GET|POST|PUT|PATCH|DELETE)['"]|case\s*['"](GET|POST|PUT|PATCH|DELETE)['"]/g,
    ),
  ];
  const methods = [...new Set(named.map((match) => match[1] ?? match[2] ?? ''))];
  return methods.length > 0 ? methods : ['ALL'];
}

/** True for a module that has a gateway's `handler` and nothing for Next.js, in whose folder it may stand. */
export const isGatewayFile = (module: Module): boolean =>
  module.exports.has('handler') && !module.exports.has('default') && /\bstatusCode\b|@netlify\/functions|aws-lambda/.test(module.text);
