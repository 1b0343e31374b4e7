import { alternativesOf, api, literal, native, type NativeCall, object, unknown, type Value } from '../interpret/value.ts';
import { resolved } from './graphql-run.ts';
import { mapped, type RootField, schemaOf } from './graphql-schema.ts';
import type { SdlDirective } from './graphql-sdl.ts';

const argumentsOf = ({ args }: SdlDirective): Value =>
  object(
    Object.fromEntries(
      Object.entries(args).map(([name, is]): [string, Value] => [
        name,
        Array.isArray(is) ? { items: is.map((one: string) => literal(one)) } : literal(is as string),
      ]),
    ),
  );

// A field as transformers see it: they read and replace `resolve`.
interface Config {
  readonly value: Value;
  readonly fields: Map<string, Value>;
  /** The resolver as it was handed out. */
  readonly first: Value;
}

function configOf(field: RootField): Config {
  const first = native((call) => resolved(call.machine, field, call.args));
  const fields = new Map<string, Value>([
    ['resolve', first],
    [
      'astNode',
      object({ directives: { items: field.directives.map(({ name }) => object({ name: object({ value: literal(name) }) }, true)) } }, true),
    ],
  ]);
  return { value: api('graphql-field', { data: fields, member: (name) => fields.get(name) }), fields, first };
}

/** `mapSchema(schema, { [MapperKind.OBJECT_FIELD]: (config) => config })`: directives are mostly made so. */
const mapSchema: Value = native((call) => {
  const [given = unknown, mappers] = call.args;
  const schema = schemaOf(given);
  if (!schema) return given;
  return mapped(schema, call, (field) => {
    let now = field;
    for (const [kind, mapper] of mappers?.props ?? []) {
      const fits =
        /OBJECT_FIELD$|COMPOSITE_FIELD|^MapperKind\.FIELD$|ROOT_FIELD/.test(kind) ||
        kind === `MapperKind.${field.type.toUpperCase()}_ROOT_FIELD`;
      if (!fits || !mapper.closure) continue;
      const config = configOf(now);
      directives.set(config.fields, now.directives);
      const returned = call.machine.aside(() =>
        call.machine.call(mapper, [config.value, literal(field.name), literal(field.type), given], unknown, call.node, call.module),
      );
      now = withResolver(now, config, replaced(returned));
    }
    return now;
  });
});

// A field whose resolver was put in another is one whose directives we have followed.
function withResolver(field: RootField, { fields, first }: Config, replacement: Value | undefined): RootField {
  const resolve = replacement ?? fields.get('resolve');
  return resolve && resolve !== first ? { ...field, resolve, directives: [] } : field;
}

const directives = new WeakMap<Map<string, Value>, readonly SdlDirective[]>();

// A mapper may return a new field in place of the one it was given.
const replaced = (value: Value): Value | undefined =>
  alternativesOf(value)
    .map(({ value: one }) => one.props?.get('resolve'))
    .find((resolve) => resolve !== undefined);

/** `getDirective(schema, config, 'auth')`: a list with the directive's arguments. */
const getDirective: Value = native(({ args: [, config, name] }) => {
  const fields = config?.api?.kind === 'graphql-field' ? (config.api.data as Map<string, Value>) : undefined;
  const wanted = name?.literal?.is;
  const found = (fields && directives.get(fields))?.filter((one) => one.name === wanted) ?? [];
  return found.length > 0 ? { items: found.map(argumentsOf) } : literal(undefined);
});

/** Visitors of graphql-tools up to 7: `visitFieldDefinition(field)` replaces its resolver. */
export function visited(call: NativeCall, field: RootField, visitors: Value | undefined, functions: Value | undefined): RootField {
  let now = field;
  for (const directive of field.directives) {
    const run = functions?.props?.get(directive.name);
    if (run) now = underFunction(now, run, argumentsOf(directive));
    const visitor = visitors?.props?.get(directive.name);
    if (!visitor?.constructs) continue;
    const { constructs } = visitor;
    const instance = call.machine.aside(() => call.machine.construct(visitor, [], call.node, call.module));
    if (instance.api?.data instanceof Map) (instance.api.data as Map<string, Value>).set('args', argumentsOf(directive));
    const config = configOf(now);
    const visit = call.machine.member(instance, 'visitFieldDefinition', true, call.node, constructs.module);
    if (!visit.closure) continue;
    call.machine.aside(() => call.machine.call(visit, [config.value, object({}, true)], instance, call.node, call.module));
    now = withResolver(now, config, undefined);
  }
  return now;
}

// `directiveResolvers: { auth: (next, source, args, context) => next() }`
function underFunction(field: RootField, run: Value, given: Value): RootField {
  const resolve = native((call) => {
    const [source = unknown, , context = unknown, info = unknown] = call.args;
    const next = native((inner) => resolved(inner.machine, field, call.args));
    return call.machine.call(run, [next, source, given, context, info], unknown, call.node, call.module);
  });
  return { ...field, resolve, directives: [] };
}

const mapperKinds: Value = api('mapper-kinds', { member: (name) => literal(`MapperKind.${name}`) });

/** What @graphql-tools/utils and its ancestors export for directives. */
export function graphqlDirectives(packageName: string, name: string): Value | undefined {
  if (name === 'defaultFieldResolver' && packageName === 'graphql') return native(() => unknown);
  if (!/^(?:@graphql-tools\/(?:utils|schema)|graphql-tools|apollo-server(?:-\w+)*)$/.test(packageName)) return undefined;
  if (name === 'mapSchema') return mapSchema;
  if (name === 'getDirective') return getDirective;
  return name === 'MapperKind' ? mapperKinds : undefined;
}
