import { remember } from '../interpret/patterns.ts';
import { both, join } from '../interpret/state.ts';
import { alternativesOf, native, type NativeCall, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';
import { passedBy } from './validation.ts';
import { input } from './web.ts';

const sources = { json: 'body', form: 'body', query: 'query', param: 'path', header: 'header', cookie: 'cookie' } as const;
const targetInput = (target: string): Value => input(sources[target as keyof typeof sources] ?? 'body');
const keyOf = (target: string): string => `valid ${target}`;

/** `c.req.valid('json')`: what the validator of the route has let through, else the request's own. */
export const validOf = (store: ReadonlyMap<string, Value>, target = 'json'): Value => store.get(keyOf(target)) ?? targetInput(target);

const goOn = (call: NativeCall): Value => (call.args[1] ? call.machine.call(call.args[1], [], unknown, call.node, call.module) : unknown);

function keep({ args: [context], machine }: NativeCall, target: string, value: Value): void {
  const store = context?.api?.data;
  if (store instanceof Map) remember(machine, store as Map<string, Value>, keyOf(target), value);
}

/** Hono's own `validator(target, check)`: it may refuse, and its answer is then the response; else what it gives is the valid value. */
export const validator: Value = native(({ args: [target, check] }) =>
  native((call) => {
    const { machine } = call;
    const name = stringOf(target) ?? 'json';
    const answer = check?.closure
      ? machine.settle(machine.call(check, [targetInput(name), call.args[0] ?? unknown], unknown, call.node, call.module))
      : unknown;
    const base = machine.state;
    if (!base) return unknown;
    const passed = alternativesOf(answer).filter(({ value }) => value.response !== 'deny');
    machine.state = join(passed.map(({ state }) => both(base, state)));
    if (check?.closure && passed.length > 0) keep(call, name, oneOf(passed));
    return goOn(call);
  }),
);

/** `zValidator(target, schema)` and its kin of other libraries. */
export const schemaValidator: Value = native(({ args: [target, schema] }) =>
  native((call) => {
    const name = stringOf(target) ?? 'json';
    keep(call, name, passedBy(call, schema, targetInput(name)));
    return goOn(call);
  }),
);

/** The validation that `createRoute({ request })` of zod-openapi describes, as a middleware. */
export const describedRequest = (request: Value | undefined): Value =>
  native((call) => {
    const props = request?.props;
    const content = props?.get('body')?.props?.get('content')?.props;
    const schemas: readonly [string, Value | undefined][] = [
      ['json', [...(content ?? [])].find(([type]) => /json/i.test(type))?.[1].props?.get('schema')],
      ['form', [...(content ?? [])].find(([type]) => /form/i.test(type))?.[1].props?.get('schema')],
      ['query', props?.get('query')],
      ['param', props?.get('params')],
      ['header', props?.get('headers')],
    ];
    for (const [target, schema] of schemas) if (schema) keep(call, target, passedBy(call, schema, targetInput(target)));
    return goOn(call);
  });
