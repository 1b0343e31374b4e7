import { posix } from 'node:path';
import { isTestPath } from '../codebase.ts';
import { alternativesOf, api, native, type NativeCall, object, stringOf, unknown, type Value } from '../interpret/value.ts';
import {
  type Document,
  documentsOf,
  documentValue,
  fieldsOfMaps,
  innerFields,
  type GraphSchema,
  type RootField,
  schemaOf,
  schemaValue,
  textOf,
} from './graphql-schema.ts';
import { visited } from './graphql-directives.ts';
import { flatten } from './registration.ts';

/** The schema that a server's options name: given whole, or as type definitions and resolvers, alone or in modules. */
export function schemaOfOptions(call: NativeCall, options: Value): GraphSchema | undefined {
  const given = options.props?.get('schema');
  if (given) {
    const settled = call.machine.settle(given.closure ? call.machine.call(given, [], unknown, call.node, call.module) : given);
    const found = alternativesOf(settled)
      .map(({ value }) => schemaOf(value))
      .find((schema) => schema !== undefined);
    if (found) return found;
    // Mercurius takes the text itself.
    if (!options.props?.has('resolvers') && !options.props?.has('rootValue')) return undefined;
    return schemaOf(make(call, given, options.props.get('resolvers') ?? rootValue(options.props.get('rootValue'))));
  }
  const modules = flatten(options.props?.get('modules'));
  const field = (name: string): Value => ({ items: [options, ...modules].flatMap((item) => item.props?.get(name) ?? []) });
  return options.props?.has('typeDefs') || options.props?.has('resolvers') || modules.length > 0
    ? schemaOf(make(call, field('typeDefs'), field('resolvers'), options))
    : undefined;
}

// `rootValue` of graphql-js: fields are functions of the arguments and the context.
const rootValue = (value: Value | undefined): Value => {
  const fields = new Map(
    [...(value?.props ?? [])].map(([name, item]): [string, Value] => [
      name,
      native(({ machine, args: [, args = unknown, context = unknown, info = unknown], node, module }) =>
        machine.call(item, [args, context, info], value ?? unknown, node, module),
      ),
    ]),
  );
  return object({ Query: { props: fields }, Mutation: { props: fields } });
};

/** `makeExecutableSchema({ typeDefs, resolvers })` and its like. */
const makeSchema: Value = native((call) => {
  const [first = unknown, ...rest] = call.args;
  const parts = first.items ?? [first, ...rest];
  const field = (name: string): Value => ({ items: parts.flatMap((part) => part.props?.get(name) ?? []) });
  return make(call, field('typeDefs'), field('resolvers'), parts[0]);
});

function make(call: NativeCall, typeDefs: Value, resolvers: Value, options?: Value): Value {
  const documents = [...documentsOf(call, typeDefs), ...filesOf(call, typeDefs)];
  const maps = flatten(resolvers).flatMap((item) =>
    alternativesOf(item).flatMap(({ value }) => (value.api?.kind === 'graphql-files' ? resolverFiles(call, value) : [value])),
  );
  const place = call.module.placeOf(call.node);
  const fields = fieldsOfMaps(call, documents, { items: maps });
  const given = (name: string): Value | undefined => options?.props?.get(name);
  let done: readonly RootField[] | undefined;
  return schemaValue(
    call,
    () => (done ??= fields.map((field) => visited(call, field, given('schemaDirectives'), given('directiveResolvers')))),
    fields.length === 0 ? [{ what: 'the GraphQL schema', why: 'its type definitions and resolvers could not be read', place }] : [],
    innerFields({ items: maps }),
  );
}

/** `gql` and `graphql` tags. */
const tag: Value = native(({ args: [template = unknown], node, module }) => {
  const text = stringOf(template) ?? textOf(template);
  return documentValue({ text, module, node });
});

// `loadFilesSync('./**/*.graphql')`: the pattern decides by the ends of file names.
const files: Value = native(({ args: [pattern = unknown] }) => api('graphql-files', { data: pattern }));

const endOf = (pattern: Value): string =>
  flatten(pattern)
    .map((item) => stringOf(item) ?? item.parts?.map((part) => (typeof part === 'string' ? part : '')).join('') ?? '')
    .join(',')
    .split('/')
    .at(-1) ?? '';

const isSchemaFile = (path: string): boolean =>
  /\.(?:graphqls?|gql|sdl)$/.test(path) && !isTestPath(path) && !/(?:^|\/)(?:generated|__generated__)\//.test(path);

// Type definitions in files of their own: those of the repo that hold root types.
function filesOf(call: NativeCall, typeDefs: Value): Document[] {
  const loaded = flatten(typeDefs).some((item) =>
    alternativesOf(item).some(
      ({ value }) =>
        value.api?.kind === 'graphql-files' ||
        value === unknown ||
        value.from !== undefined ||
        /\.(?:graphqls?|gql)$/.test(stringOf(value) ?? ''),
    ),
  );
  if (!loaded) return [];
  const { tree } = call.machine.code;
  return tree.files.flatMap(({ path, built, ignored }) => {
    const text = isSchemaFile(path) && !built && !ignored ? tree.text(path, 2 ** 20) : undefined;
    if (text === undefined || !/\b(?:type|extend\s+type)\s+(?:Query|Mutation|Subscription)\b|\bschema\s*\{/.test(text)) return [];
    return [{ text, module: fileModule(call, path, text), node: { start: 0, end: 0 } }];
  });
}

// A place in a file that is no module: lines are counted in its text.
const fileModule = (call: NativeCall, path: string, text: string): Document['module'] => ({
  ...call.module,
  path,
  text,
  placeOf: () => ({ file: path, line: 1 }),
});

function resolverFiles(call: NativeCall, { api: held }: Value): Value[] {
  const end = endOf((held?.data ?? unknown) as Value);
  const { code } = call.machine;
  const pattern = end
    .replace(/\{([^}]*)\}/g, (_, list: string) => `(?:${list.split(',').join('|')})`)
    .replace(/[.]/g, String.raw`\.`)
    .replace(/\*+/g, '[^/]*');
  return code.product.flatMap((path) => {
    if (end === '' || !new RegExp(`^${pattern}$`).test(posix.basename(path))) return [];
    const module = code.module(path);
    if (!module) return [];
    const whole = call.machine.exported(module, 'default');
    const named = ['resolvers', ...module.exports.keys()].map((name) => call.machine.exported(module, name));
    return [whole, ...named].filter(
      (value) => value.props?.has('Query') || value.props?.has('Mutation') || value.props?.has('Subscription'),
    );
  });
}

/** Resolver maps put together: later ones add to earlier ones. */
const mergeResolvers: Value = native(({ args: [list = unknown] }) => list);

const module_: Value = native(({ args: [options = unknown] }) => options);
const application: Value = native((call) => {
  const modules = call.args[0]?.props?.get('modules');
  const field = (name: string): Value => ({ items: flatten(modules).flatMap((item) => item.props?.get(name) ?? []) });
  const schema = make(call, field('typeDefs'), field('resolvers'));
  return object({ schema, createSchemaForApollo: native(() => schema), createExecution: native(() => unknown) }, true);
});

const tags = new Set([
  'graphql-tag',
  'apollo-server',
  'apollo-server-core',
  'apollo-server-express',
  'apollo-server-micro',
  'apollo-server-lambda',
  'apollo-server-fastify',
  'apollo-server-koa',
  'apollo-server-cloud-functions',
  '@apollo/client',
  'graphql-modules',
  'graphql-request',
  'mercurius-codegen',
  'apollo-server-micro',
]);
const loaders = new Set([
  '@graphql-tools/load-files',
  '@graphql-tools/load',
  '@graphql-tools/graphql-file-loader',
  'merge-graphql-schemas',
  'graphql-import',
  'graphql-import-files',
]);

/** What makes schemas out of text and maps of resolvers. */
export function graphqlMakers(packageName: string, name: string): Value | undefined {
  if ((name === 'gql' || (name === 'default' && packageName === 'graphql-tag')) && tags.has(packageName)) return tag;
  if (name === 'makeExecutableSchema' || name === 'buildSubgraphSchema' || name === 'buildFederatedSchema') return makeSchema;
  if (name === 'createSchema' && packageName === 'graphql-yoga') return makeSchema;
  if (name === 'mergeResolvers' || name === 'mergeTypeDefs' || name === 'mergeTypes') return mergeResolvers;
  if (loaders.has(packageName) && /^(?:load|import|fileLoader)/.test(name)) return files;
  if (packageName === 'graphql-modules') return name === 'createModule' ? module_ : name === 'createApplication' ? application : undefined;
  if (packageName === 'graphql' && name === 'buildSchema') return native(({ args: [text = unknown] }) => text);
  return undefined;
}
