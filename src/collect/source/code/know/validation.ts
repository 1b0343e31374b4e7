import { flagged, nothing } from '../interpret/state.ts';
import { api, inputOf, literal, native, type NativeCall, object, oneOf, stringOf, unknown, type Value } from '../interpret/value.ts';

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

/** What a schema lets through, as far as it matters here. */
interface Shape {
  /** Fields besides the listed ones pass as well. */
  readonly loose?: boolean;
  /** drizzle-zod's schema of a table, of which no column was left out. */
  readonly whole?: boolean;
  /** The only values there may be. */
  readonly among?: readonly string[];
  /** Of an object: the fields of which `among` is known. */
  readonly limits?: ReadonlyMap<string, readonly string[]>;
}

// Schemas that let any field through: zod's, valibot's and arktype's words for it.
const looseName = /^(?:passthrough|loose|looseObject|any|unknown|record|catchall|objectWithRest)$/;

/** The caller's value, restricted to known fields. */
function validated(value: Value | undefined, { limits }: Shape): Value {
  // What a provider or session says of the caller is that also after it was checked.
  if (value?.who ?? value?.from) return value ?? unknown;
  const input = value && inputOf(value);
  return input ? { input: { source: input.source, name: input.name ?? 'validated' }, ...(limits && { limits }) } : unknown;
}

const schema = (name: string, shape: Shape = {}): Value =>
  api('schema', {
    data: shape,
    call: (call) => (answers[name] ? answers[name](call, shape) : schema(name, learned(name, call.args, shape))),
    member: (member) =>
      member === 'then' || member === 'catch' || member === 'finally' ? undefined : schema(member, reshaped(member, shape)),
  });

function reshaped(member: string, shape: Shape): Shape {
  if (looseName.test(member)) return { ...shape, loose: true };
  return shape.whole && (member === 'omit' || member === 'pick') ? { ...shape, whole: false } : shape;
}

// `z.enum(['buyer', 'seller'])`, `Joi.valid('buyer', 'seller')`, and the objects whose fields they are.
function learned(name: string, args: readonly Value[], shape: Shape): Shape {
  if (/^create(?:Insert|Update|Select)Schema$/.test(name)) return { ...shape, whole: true };
  if (/^(?:enum|picklist|oneOf|valid|literal|enumeration)$/.test(name)) {
    const values = args.flatMap((arg) => arg.items ?? [arg]).map(stringOf);
    return values.every((value) => value !== undefined) && values.length > 0 ? { ...shape, among: values } : shape;
  }
  const fields = args.find((arg) => arg.props)?.props;
  if (!fields) return shape;
  const limits = new Map(shape.limits);
  for (const [field, { api: known }] of fields) {
    const among = known?.kind === 'schema' ? (known.data as Shape).among : undefined;
    if (among) limits.set(field, among);
    else limits.delete(field);
  }
  const { among: _, ...rest } = shape;
  return { ...rest, limits };
}

/**
 * What a framework's validator hands on of `value`: all of it where the schema lets every field or column through. One that could not be
 * followed lists its fields too, as schemas do unless told otherwise.
 */
export function passedBy({ machine, node, module }: Omit<NativeCall, 'args' | 'self'>, given: Value | undefined, value: Value): Value {
  const shape = given?.api?.kind === 'schema' ? (given.api.data as Shape) : undefined;
  if (!given || shape?.whole || shape?.loose) return value;
  if (!shape) return validated(value, {});
  return machine.call(machine.member(given, 'parse', false, node, module), [value], given, node, module);
}

// valibot passes the schema first (`parse(schema, value)`), the others only the value.
const subject = (call: NativeCall): Value | undefined =>
  call.args.find((arg) => arg.api?.kind !== 'schema' && inputOf(arg) !== undefined) ?? call.args.find((arg) => arg.api?.kind !== 'schema');

const result = (call: NativeCall, shape: Shape): Value => (shape.loose ? (subject(call) ?? unknown) : validated(subject(call), shape));

const safe = (call: NativeCall, shape: Shape): Value => {
  const value = result(call, shape);
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

const answers: Readonly<Record<string, (call: NativeCall, shape: Shape) => Value>> = {
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
  validate: (call, shape) => {
    const value = result(call, shape);
    // Joi gives `{ error, value }`, yup the value itself.
    return { ...value, ...object({ error: unknown, value }, true) };
  },
  parseWithZod: (call, shape) =>
    object(
      { status: unknown, value: validated(subject(call), shape), payload: unknown, reply: native(() => unknown), submission: unknown },
      true,
    ),
};
