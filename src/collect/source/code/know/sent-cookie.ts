import { native, some, unknown, type Value } from '../interpret/value.ts';

/** `cookies.set(name, value)`, `headers.set(name, value)` of an answer: what a row holds leaves in it, as it does in the body. */
export const setsForCaller: Value = native(({ machine, args: [first, second] }) => {
  const value = second ?? first?.props?.get('value');
  if (value && some(value, ({ row }) => row !== undefined)) machine.log.answers.push(value);
  return unknown;
});
