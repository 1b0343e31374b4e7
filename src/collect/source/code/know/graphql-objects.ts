import { api, type NativeCall, unknown, type Value } from '../interpret/value.ts';
import { type RootField, schemaValue } from './graphql-schema.ts';

/** `new GraphQLObjectType({ name, fields })` of graphql-js. */
const objectType: Value = api('library-class', {
  call: (call) => api('graphql-object', { data: { options: call.args[0] ?? unknown, call } }),
});

/** `new GraphQLSchema({ query, mutation })`. */
const schemaClass: Value = api('library-class', {
  call: (call) => {
    const [options] = call.args;
    let fields: RootField[] | undefined;
    return schemaValue(
      call,
      () =>
        (fields ??= (['Query', 'Mutation', 'Subscription'] as const).flatMap((type) =>
          fieldsOf(type, options?.props?.get(type.toLowerCase())),
        )),
    );
  },
});

function fieldsOf(type: RootField['type'], value: Value | undefined): RootField[] {
  if (value?.api?.kind !== 'graphql-object') return [];
  const { options, call } = value.api.data as { options: Value; call: NativeCall };
  const given = options.props?.get('fields') ?? unknown;
  const listed = given.closure ? call.machine.aside(() => call.machine.call(given, [], unknown, call.node, call.module)) : given;
  return [...(listed.props ?? [])].map(([name, field]): RootField => {
    const resolve = field.props?.get('subscribe') ?? field.props?.get('resolve') ?? unknown;
    const at = resolve.closure;
    return {
      type,
      name,
      place: at ? at.module.placeOf(at.node) : call.module.placeOf(call.node),
      module: at?.module ?? call.module,
      directives: [],
      resolve,
    };
  });
}

/** What graphql-js exports for schemas made of objects. */
export const graphqlObjects = (packageName: string, name: string): Value | undefined =>
  packageName === 'graphql' ? (name === 'GraphQLObjectType' ? objectType : name === 'GraphQLSchema' ? schemaClass : undefined) : undefined;
