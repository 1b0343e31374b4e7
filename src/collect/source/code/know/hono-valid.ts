import { remember } from '../interpret/patterns.ts';
import { type Machine, native, type NativeCall, stringOf, unknown, type Value } from '../interpret/value.ts';
import type { InputSource } from '../../../../evidence/routes.ts';
import { parsed } from './validation.ts';
import { input } from './web.ts';

/** Parts of a request that Hono's validators check, and where they come from. */
const sources: Readonly<Record<string, InputSource>> = {
  json: 'body',
  form: 'body',
  query: 'query',
  param: 'path',
  header: 'header',
  cookie: 'cookie',
};

const sourceOf = (target: string): InputSource => sources[target] ?? 'body';

// Beside what `c.set()` keeps; no name of the app's own has a space.
const keyOf = (target: string): string => `valid ${target}`;

/** `c.req.valid(target)`: what the validator of the route let through; the part as it was sent where none is known. */
export const validPart = (store: ReadonlyMap<string, Value>, target: Value | undefined): Value => {
  const name = stringOf(target) ?? 'json';
  return store.get(keyOf(name)) ?? input(sourceOf(name));
};

/** Keeps on the context what a validator made of a part of the request. */
export function keepValid(machine: Machine, context: Value | undefined, target: string, value: Value): void {
  const store = context?.api?.data;
  if (store instanceof Map) remember(machine, store as Map<string, Value>, keyOf(target), value);
}

/** The part of the request as it was sent. */
export const sentPart = (target: Value | undefined): Value => input(sourceOf(stringOf(target) ?? 'json'));

const goOn = (call: NativeCall): Value => (call.args[1] ? call.machine.call(call.args[1], [], unknown, call.node, call.module) : unknown);

/** `zValidator('json', schema)` and its kin for other schema libraries: the handler sees what the schema lets through. */
export const schemaValidator: Value = native(({ args }) => checking([[stringOf(args[0]) ?? 'json', args[1]]]));

function checking(parts: readonly (readonly [target: string, schema: Value | undefined])[]): Value {
  return native((call) => {
    for (const [target, schema] of parts) keepValid(call.machine, call.args[0], target, parsed(schema, input(sourceOf(target)), call));
    return goOn(call);
  });
}

const requestParts: Readonly<Record<string, string>> = { params: 'param', query: 'query', headers: 'header', cookies: 'cookie' };

/** What the `request` of a zod-openapi route says of its parts; nothing where it says nothing. */
export function describedParts(request: Value | undefined): readonly Value[] {
  const parts: [string, Value | undefined][] = Object.entries(requestParts).flatMap(([name, target]) => {
    const schema = request?.props?.get(name);
    return schema ? [[target, schema] as [string, Value]] : [];
  });
  for (const [type, content] of request?.props?.get('body')?.props?.get('content')?.props ?? [])
    parts.push([/json/i.test(type) ? 'json' : 'form', content.props?.get('schema')]);
  return parts.length === 0 ? [] : [checking(parts)];
}
