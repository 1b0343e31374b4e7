import type { Place } from '../../../../core/finding.ts';
import type { Gap } from '../../../../evidence/source.ts';
import type { Module } from '../module.ts';
import { alternativesOf, api, type Machine, type NativeCall, type Span, unknown, type Value } from '../interpret/value.ts';
import { flatten } from './registration.ts';
import { rootFields, type SdlDirective, type SdlField } from './graphql-sdl.ts';

/** A field that a client can ask for at the top of a GraphQL request. */
export interface RootField {
  readonly type: SdlField['type'];
  readonly name: string;
  readonly place: Place;
  readonly module: Module;
  readonly directives: readonly SdlDirective[];
  /** The function `(parent, args, context, info) => value`; unknown where the schema has a field without one. */
  readonly resolve: Value;
}

/** A field of another type that has a resolver of its own: reached over the fields that give such an object. */
export interface InnerField extends Omit<RootField, 'type' | 'directives'> {
  readonly type: string;
}

/** An executable schema. Its fields are asked for when a request comes: builders go on adding until then. */
export interface GraphSchema {
  readonly fields: () => readonly RootField[];
  readonly inner: readonly InnerField[];
  readonly gaps: readonly Gap[];
  readonly place: Place;
}

const made = new WeakMap<Machine, GraphSchema[]>();
const served = new WeakMap<Machine, Set<GraphSchema>>();

/** All schemas of a run. */
export const graphSchemas = (machine: Machine): readonly GraphSchema[] => made.get(machine) ?? [];

const servers = new WeakMap<Machine, (() => GraphSchema | undefined)[]>();

/** Notes a server whose schema is made when something serves it. */
export function noteServer(machine: Machine, schema: () => GraphSchema | undefined): void {
  const all = servers.get(machine);
  if (all) all.push(schema);
  else servers.set(machine, [schema]);
}

/** Makes the schemas of servers that nothing was seen to serve. */
export const openServers = (machine: Machine): void => servers.get(machine)?.forEach((open) => void machine.aside(open));

/** Notes that an endpoint serves a schema. */
export function markServed(machine: Machine, schema: GraphSchema): void {
  const set = served.get(machine);
  if (set) set.add(schema);
  else served.set(machine, new Set([schema]));
}

export const isServed = (machine: Machine, schema: GraphSchema): boolean => served.get(machine)?.has(schema) ?? false;

/** A schema as a value. */
export function schemaValue(
  call: Pick<NativeCall, 'machine' | 'node' | 'module'>,
  fields: GraphSchema['fields'],
  gaps: readonly Gap[] = [],
  inner: readonly InnerField[] = [],
): Value {
  const schema: GraphSchema = { fields, inner, gaps, place: call.module.placeOf(call.node) };
  const all = made.get(call.machine);
  if (all) all.push(schema);
  else made.set(call.machine, [schema]);
  return api('graphql-schema', { data: schema });
}

/** The schema behind a value. */
export const schemaOf = (value: Value | undefined): GraphSchema | undefined =>
  value?.api?.kind === 'graphql-schema' ? (value.api.data as GraphSchema) : undefined;

/** Text in GraphQL's schema language, with where it begins. */
export interface Document {
  readonly text: string;
  readonly module: Module;
  readonly node: Span;
}

/** What the `gql` tag makes of a template. */
export const documentValue = (document: Document): Value => api('graphql-document', { data: document });

/** All texts of type definitions: tagged templates, strings, lists and functions that give them. */
export function documentsOf(call: Pick<NativeCall, 'machine' | 'node' | 'module'>, value: Value | undefined, depth = 4): Document[] {
  if (!value || depth === 0) return [];
  const { machine, node, module } = call;
  return flatten(value).flatMap((item) =>
    alternativesOf(item).flatMap(({ value: one }): Document[] => {
      if (one.api?.kind === 'graphql-document') return [one.api.data as Document];
      if (one.items) return documentsOf(call, one, depth - 1);
      if (one.closure) return documentsOf(call, machine.call(one, [], unknown, node, module), depth - 1);
      const text = typeof one.literal?.is === 'string' ? one.literal.is : one.parts && textOf(one);
      return text === undefined ? [] : [{ text, module, node }];
    }),
  );
}

/** A template's text, with the documents that stand in it. */
export const textOf = (value: Value): string =>
  (value.parts ?? [])
    .map((part) =>
      typeof part === 'string' ? part : part.api?.kind === 'graphql-document' ? (part.api.data as Document).text : (textOf(part) ?? ''),
    )
    .join('');

const types = ['Query', 'Mutation', 'Subscription'] as const;

/** The root fields of type definitions and maps of resolvers: what either of them names. */
export function fieldsOfMaps(
  call: Pick<NativeCall, 'machine' | 'node' | 'module'>,
  documents: readonly Document[],
  resolvers: Value,
): RootField[] {
  const { machine, node, module } = call;
  const fields = new Map<string, RootField>();
  for (const document of documents) {
    const line = document.module.placeOf(document.node).line ?? 1;
    for (const { type, name, directives, line: below } of rootFields(document.text)) {
      const place = { ...document.module.placeOf(document.node), line: line + below };
      fields.set(`${type}.${name}`, { type, name, place, directives, module: document.module, resolve: unknown });
    }
  }
  for (const map of flatten(resolvers).flatMap((item) => alternativesOf(item).map(({ value }) => value))) {
    for (const type of types) {
      const root = machine.member(map, type, true, node, module);
      const names = new Set([
        ...(root.props?.keys() ?? []),
        ...(root.props && !root.open ? [] : [...fields.values()].filter((field) => field.type === type).map(({ name }) => name)),
      ]);
      for (const name of names) {
        const resolve = resolverOf(machine.member(root, name, true, node, module));
        if (!resolve) continue;
        const known = fields.get(`${type}.${name}`);
        const at = resolve.closure;
        const place = at ? at.module.placeOf(at.node) : (known?.place ?? module.placeOf(node));
        fields.set(`${type}.${name}`, {
          type,
          name,
          place,
          directives: known?.directives ?? [],
          module: at?.module ?? known?.module ?? module,
          resolve,
        });
      }
    }
  }
  return [...fields.values()];
}

/** Resolvers that maps hold for fields of types other than the root ones. */
export const innerFields = (resolvers: Value): InnerField[] =>
  flatten(resolvers)
    .flatMap((item) => alternativesOf(item).flatMap(({ value }) => [...(value.props ?? [])]))
    .filter(([type]) => !types.some((root) => root === type))
    .flatMap(([type, map]) =>
      [...(map.props ?? [])].flatMap(([name, value]): InnerField[] => {
        const resolve = resolverOf(value);
        const at = resolve?.closure;
        return resolve && at && !name.startsWith('__')
          ? [{ type, name, place: at.module.placeOf(at.node), module: at.module, resolve }]
          : [];
      }),
    );

// `{ resolve }` and, for subscriptions, `{ subscribe }` are resolvers in a longer form.
function resolverOf(value: Value): Value | undefined {
  const long = value.props?.get('subscribe') ?? value.props?.get('resolve');
  const one = long ?? value;
  return one.closure || one.native || one.alternatives || one.wraps || one.api || one.from ? one : undefined;
}

/** The same schema with every field changed: what middleware and directives do. */
export const mapped = (
  schema: GraphSchema,
  call: Pick<NativeCall, 'machine' | 'node' | 'module'>,
  change: (field: RootField) => RootField,
): Value => {
  let fields: readonly RootField[] | undefined;
  return schemaValue(call, () => (fields ??= schema.fields().map(change)), schema.gaps, schema.inner);
};
