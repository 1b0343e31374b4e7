import { type Expression, type Node } from 'oxc-parser';
import { afterFailure } from './rows.ts';
import { join } from './state.ts';
import { type Machine, type Scope, type Value, oneOf, thrown, unknown } from './value.ts';

type Call = Extract<Expression, { type: 'CallExpression' }>;

/**
 * `work().catch(handler)`: as in a `try` block, work may have failed at its first step, so what it proved is not sure where the
 * handler lets the code go on. `undefined` for other calls of that name (`schema.catch('')`), with `object` already evaluated.
 */
export function caughtCall(machine: Machine, node: Call, object: () => Value, scope: Scope): { self: Value; result?: Value } {
  const before = machine.state;
  const asked = machine.log.asked.size;
  const self = object();
  const [first] = node.arguments;
  if (!first || first.type === 'SpreadElement' || self.api?.kind === 'schema') return { self };
  if (!before || !machine.state) return { self };
  const value = machine.settle(self);
  const after = machine.state;
  const handler = machine.evaluate(first as Node, scope);
  if (!after || !(handler.closure ?? handler.native)) return { self: value };
  machine.state = afterFailure(before, after, [...machine.log.asked].slice(asked));
  const instead = machine.call(handler, [thrown], unknown, node, scope.module);
  const failed = machine.state;
  machine.state = join([after, failed], 'an error is caught and ignored');
  const result = failed
    ? oneOf([
        { value, state: after },
        { value: instead, state: failed },
      ])
    : value;
  return { self: value, result };
}
