import type { Expression, Node } from 'oxc-parser';
import { alternativesOf, type Closure, each, type Machine, type Scope, stringOf, type Value } from './value.ts';

type Call = Extract<Expression, { type: 'CallExpression' }>;

/** The name that `ALLOWED.includes(key)` or `ALLOWED.has(key)` tests, and the strings that are all it can be where it holds. */
export function listedIn(
  machine: Machine,
  test: Call,
  scope: Scope,
): { readonly name: string; readonly among: readonly string[] } | undefined {
  const { callee } = test;
  const [needle] = test.arguments;
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return undefined;
  if (!/^(?:includes|has)$/.test(callee.property.name) || needle?.type !== 'Identifier') return undefined;
  const list = machine.aside(() => machine.evaluate(callee.object, scope));
  const names = list.open ? undefined : list.items?.map(stringOf);
  return names?.every((name) => name !== undefined) ? { name: needle.name, among: names } : undefined;
}

/** A field's name or value that the caller sent, known to be one of a few. */
export const limited = (value: Value, among: readonly string[]): Value => each(value, (one) => (one.input ? { ...one, among } : one));

/** True where limiting says something. */
export const isFromCaller = (value: Value): boolean => alternativesOf(value).some((item) => item.value.input !== undefined);

/** What is left of the elements where `list.filter((key) => ALLOWED.includes(key))` has let them through. */
export function filteredElement(machine: Machine, callback: Closure | undefined, element: Value): Value | undefined {
  const [param] = callback?.node.params ?? [];
  const body = callback && testOf(callback.node.body);
  if (!callback || !param || body?.type !== 'CallExpression' || !isFromCaller(element)) return undefined;
  const listed = listedIn(machine, body, callback.scope);
  if (!listed) return undefined;
  if (param.type === 'Identifier') return param.name === listed.name ? limited(element, listed.among) : undefined;
  // `Object.entries(body).filter(([key]) => …)`
  const [key] = param.type === 'ArrayPattern' ? param.elements : [];
  return key?.type === 'Identifier' && key.name === listed.name ? { items: [limited(element, listed.among), element] } : undefined;
}

function testOf(body: Node | null | undefined): Node | undefined {
  if (body?.type !== 'BlockStatement') return body ?? undefined;
  const [only] = body.body;
  return only?.type === 'ReturnStatement' && only.argument ? only.argument : undefined;
}
