import { api, literal, native, some, unknown, type Value } from '../interpret/value.ts';

/** `sign(payload, key)` of JWT libraries: the key signs the token and is not in it. */
export const signToken: Value = native((call) => {
  const token = api('signed-token', { data: call.args[0] ?? unknown });
  const callback = call.args.find((arg) => arg.closure);
  return callback ? call.machine.call(callback, [literal(null), token], unknown, call.node, call.module) : token;
});

/** `new SignJWT(payload)` of jose, up to its `sign(key)`. */
export const tokenBuilder: Value = api('signed-token-class', { call: ({ args }) => builder(args[0] ?? unknown) });

const builder = (payload: Value): Value =>
  api('signed-token-builder', {
    member: (name) =>
      name === 'sign' ? native(() => api('signed-token', { data: payload })) : name === 'then' ? undefined : native(() => builder(payload)),
  });

/** True where a token is shown that was signed for an account which the request named. */
export const showsTokenOfNamed = (body: Value): boolean =>
  some(
    body,
    ({ api: known }) =>
      known?.kind === 'signed-token' && some(known.data as Value, ({ row }) => row !== undefined && row.access.inputs.length > 0),
  );
