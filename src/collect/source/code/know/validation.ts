import { flagged, nothing } from '../interpret/state.ts';
import { api, inputOf, literal, native, type NativeCall, object, oneOf, unknown, type Value } from '../interpret/value.ts';

const libraries = new Set([
  'zod',
  'yup',
  'joi',
  '@hapi/joi',
  'valibot',
  'superstruct',
  'arktype',
  '@sinclair/typebox',
  'zod-form-data',
  '@conform-to/zod',
  'drizzle-zod',
  'ajv',
  'runtypes',
  'io-ts',
  '@sideway/address',
  'myzod',
  'ow',
]);

/** Validators: what comes out has the listed fields only, and is still the caller's. */
export function validationPackage(packageName: string, name: string): Value | undefined {
  return libraries.has(packageName) ? schema(name) : undefined;
}

/** The caller's value, restricted to known fields. */
function validated(value: Value | undefined): Value {
  const input = value && inputOf(value);
  return input ? { input: { source: input.source, name: input.name ?? 'validated' } } : unknown;
}

const schema = (name: string, loose = false): Value =>
  api('schema', {
    call: (call) => (answers[name] ? answers[name](call, loose) : schema(name, loose)),
    member: (member) =>
      member === 'then' || member === 'catch' || member === 'finally'
        ? undefined
        : schema(member, loose || member === 'passthrough' || member === 'loose' || member === 'any'),
  });

// valibot passes the schema first (`parse(schema, value)`), the others only the value.
const subject = (call: NativeCall): Value | undefined =>
  call.args.find((arg) => arg.api?.kind !== 'schema' && inputOf(arg) !== undefined) ?? call.args.find((arg) => arg.api?.kind !== 'schema');

const result = (call: NativeCall, loose: boolean): Value => (loose ? (subject(call) ?? unknown) : validated(subject(call)));

const safe = (call: NativeCall, loose: boolean): Value => {
  const value = result(call, loose);
  return oneOf([
    {
      value: object({ success: literal(true), data: value, output: value, value, error: literal(undefined), issues: literal(undefined) }),
      state: flagged('validated', call.module.snippet(call.node, 60), call.module.placeOf(call.node)),
    },
    {
      value: object({ success: literal(false), error: object({}, true), issues: unknown, data: literal(undefined), output: unknown }),
      state: nothing,
    },
  ]);
};

const answers: Readonly<Record<string, (call: NativeCall, loose: boolean) => Value>> = {
  parse: result,
  parseAsync: result,
  validateSync: result,
  cast: result,
  create: result,
  attempt: result,
  safeParse: safe,
  safeParseAsync: safe,
  spa: safe,
  validateAsync: result,
  validate: (call, loose) => {
    const value = result(call, loose);
    // Joi gives `{ error, value }`, yup the value itself.
    return { ...value, ...object({ error: unknown, value }, true) };
  },
  parseWithZod: (call) =>
    object({ status: unknown, value: validated(subject(call)), payload: unknown, reply: native(() => unknown), submission: unknown }, true),
};
