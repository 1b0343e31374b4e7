import {
  getNamedType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';
import type { RouteSource } from '../../../../evidence/live-access.ts';
import { keyName, singular } from '../../objects/seen.ts';
import { deedNamed, isNamedAfter } from '../names.ts';
import { operationId, type Operation } from '../operation.ts';
import type { Schema } from '../schema.ts';
import type { GraphqlWay, Slot } from '../way.ts';
import { idAmong, idOf, inputs, isMany } from './arguments.ts';
import { givenBy, pageArguments, type Reach, selectionOf } from './select.ts';

type Field = GraphQLField<unknown, unknown>;

/**
 * Links that documents follow. A thing is looked at before and after somebody else's try: what hangs on it and is others' must not be in it. `far`: whatever
 * can be reached from it, for that alone.
 */
const reaches = {
  thing: { depth: 1, to: 'one' },
  oneself: { depth: 2, to: 'all' },
  changed: { depth: 0, to: 'one' },
  far: { depth: 4, to: 'all' },
} as const satisfies Record<string, Reach>;

/** Where things of a type are listed and found: `/graphql/orders`. */
type Places = ReadonlyMap<string, string>;

/**
 * What a GraphQL schema offers, each operation at the address that it would have in a REST API: lists, things by their id, and what makes, changes and
 * removes them. What fits nowhere is listed and not tried. `at`: address of the endpoint.
 */
export function operationsOfSchema(schema: GraphQLSchema, at: string, source: RouteSource = 'schema'): Operation[] {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
  // One that takes many things at once is the second way to do it.
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {}).toSorted(
    (a, b) => Number(takesMany(a)) - Number(takesMany(b)),
  );
  const places = placesOf(queries, at);
  const taken = new Set<string>();
  return [
    ...queries.flatMap((field) => queryOf(field, at, places, schema)),
    ...mutations.map((field) => mutationOf(field, at, places, queries)),
  ].flatMap((operation) => {
    // The first of its kind keeps the address, the others get one of their own.
    const one = taken.has(operation.id) ? apart(operation, at) : operation;
    if (!one || taken.has(one.id)) return [];
    taken.add(one.id);
    return [{ ...one, sources: [source] }];
  });
}

const takesMany = ({ args }: Field): boolean =>
  args.some(({ name, type }) => /^(?:ids?|keys?|data|input|objects?)$/.test(name) && isMany(type));

/** A second way to change a thing is a deed on it (`/graphql/orders/{id}/closeOrder`); a second way to make one, or to look at it, has an address of its own. */
function apart({ way, path, ...operation }: Operation, at: string): Operation | undefined {
  if (!way) return undefined;
  const isChange = operation.method === 'PATCH' || operation.method === 'DELETE';
  const address = isChange ? `${path}/${way.name}` : `${at}/${way.name}${/\/\{[^}]+\}$/.exec(path)?.[0] ?? ''}`;
  const method = isChange ? 'POST' : operation.method;
  return { ...operation, way, method, path: address, id: operationId(method, address) };
}

/** What each thing and list of a schema leads to, followed as far as servers let anybody: what others are reached by. */
export function linksOfSchema(schema: GraphQLSchema, at: string): Operation[] {
  const queries = Object.values(schema.getQueryType()?.getFields() ?? {});
  const places = placesOf(queries, at);
  return queries.flatMap((field) =>
    queryOf(field, at, places, schema, reaches.far).flatMap(({ way, path }) =>
      way?.is === 'graphql' && !path.startsWith(`${at}/node/`) ? [read(`${path}/links`, way)] : [],
    ),
  );
}

function placesOf(queries: readonly Field[], at: string): Places {
  const places = new Map<string, string>();
  const rank = (name: string, type: string): number =>
    (singular(keyName(name)) === keyName(type) ? 0 : 100) + (/mine|^my|search|by/i.test(name) ? 50 : 0) + name.length;
  for (const wanted of ['list', 'item'] as const)
    for (const field of queries.toSorted((a, b) => rank(a.name, givenBy(a).of.name) - rank(b.name, givenBy(b).of.name))) {
      const { of, many } = givenBy(field);
      const fits = wanted === 'list' ? many && !field.args.some(isRequiredArgument) : !many && idOf(field.args, of) !== undefined;
      if (isObjectType(of) && fits && !places.has(of.name)) places.set(of.name, `${at}/${field.name}`);
    }
  return places;
}

function queryOf(field: Field, at: string, places: Places, schema: GraphQLSchema, reach?: Reach): Operation[] {
  const { of, many } = givenBy(field);
  const needed = field.args.filter(isRequiredArgument);
  const id = idOf(field.args, of);
  if (field.name === 'node' && id && isInterfaceType(of))
    return [...places.keys()].flatMap((name): Operation[] => {
      const type = schema.getType(name);
      if (!isObjectType(type) || !type.getInterfaces().includes(of)) return [];
      const selection = `{ ... on ${name} ${selectionOf(type, reaches.thing)} }`;
      const way = wayOf('query', field, at, [[id.argument, id.slot]], selection);
      return [read(`${at}/node/${name}/{id}`, { ...way, name: `node(${name})` })];
    });
  const selection = selectionOf(getNamedType(field.type), reach ?? (id || many ? reaches.thing : reaches.oneself));
  if (needed.length === 0 && (many || !id)) return [read(`${at}/${field.name}`, wayOf('query', field, at, [], selection))];
  if (!id) return [];
  const own = !many && places.get(of.name);
  const way = wayOf('query', field, at, [[id.argument, id.slot]], selection);
  return [read(own ? `${own}/{${id.name}}` : `${at}/${field.name}/{${id.name}}`, way)];
}

const read = (path: string, way: GraphqlWay): Operation => operationOf('GET', path, way);

const operationOf = (method: string, path: string, way: GraphqlWay, schema?: Schema): Operation => ({
  id: operationId(method, path),
  method,
  path,
  parameters: [],
  ...(schema && { body: { type: 'json', schema } }),
  sources: [],
  way,
});

function wayOf(
  kind: 'query' | 'mutation',
  field: Field,
  at: string,
  args: readonly (readonly [GraphQLArgument, Slot])[],
  selection: string,
  keys: readonly string[] = [],
): GraphqlWay {
  const declared = args.map(([{ name, type }]) => `$${name}: ${String(type)}`).join(', ');
  const passed = args.map(([{ name }]) => `${name}: $${name}`).join(', ');
  return {
    is: 'graphql',
    at,
    kind,
    name: field.name,
    document: `${kind}${declared ? `(${declared})` : ''} { ${field.name}${passed ? `(${passed})` : pageArguments(field)} ${selection} }`,
    variables: Object.fromEntries(args.map(([{ name }, slot]) => [name, slot])),
    keys: [field.name, ...keys],
  };
}

const itself = /^(?:me|my_?self|self|profile|viewer|current_?user|account|user)$/;

function mutationOf(field: Field, at: string, places: Places, queries: readonly Field[]): Operation {
  const { deed = 'update', noun } = deedNamed(field.name);
  const result = resultOf(field, places, noun);
  const namesIt = (thing: string): boolean => isNamedAfter(noun, singular(keyName(thing)));
  const list = result.place ?? [...places].find(([type, path]) => namesIt(type) || namesIt(path.slice(at.length + 1)))?.[1];
  const of = getNamedType(field.type);
  const about = [...places].find(([, path]) => path === list)?.[0] ?? noun;
  const id = deed === 'create' ? undefined : idAmong(field.args, about);
  const { args, schema } = inputs(field.args, id);
  const selection = result.place === undefined ? selectionOf(of, reaches.changed) : result.selection;
  const way = wayOf('mutation', field, at, args, selection, result.keys);
  if (list !== undefined && deed === 'create') return operationOf('POST', list, way, schema);
  if (list !== undefined && id) return operationOf(deed === 'delete' ? 'DELETE' : 'PATCH', `${list}/{${id.name}}`, way, schema);
  const self = queries.find(
    ({ name, args: given }) => /^(?:me|viewer|currentUser|profile|whoami|myProfile)$/.test(name) && !given.some(isRequiredArgument),
  );
  if (self && deed === 'update' && (itself.test(noun) || getNamedType(self.type) === of))
    return operationOf('PATCH', `${at}/me`, way, schema);
  return operationOf('POST', `${at}/${field.name}`, way, schema);
}

/** The thing in what a mutation answers, itself or within a payload. */
function resultOf(
  field: Field,
  places: Places,
  noun: string,
): { readonly place?: string; readonly keys: string[]; readonly selection: string } {
  const of = getNamedType(field.type);
  const own = places.get(of.name);
  if (own !== undefined) return { place: own, keys: [], selection: selectionOf(of, reaches.changed) };
  if (isObjectType(of)) {
    const inner = Object.values(of.getFields())
      .map((one) => ({ name: one.name, type: getNamedType(one.type) }))
      .filter(({ type }) => places.has(type.name))
      .toSorted((a, b) => Number(keyName(b.name) === noun) - Number(keyName(a.name) === noun))[0];
    if (inner)
      return {
        place: places.get(inner.type.name)!,
        keys: [inner.name],
        selection: `{ ${selectionOf(of, reaches.changed).replace(/^\{ | \}$/g, '')} ${inner.name} ${selectionOf(inner.type, reaches.changed)} ${complaintsIn(of)} }`,
      };
  }
  return { keys: [], selection: '' };
}

/** `userErrors { message field }`: payloads that say what was wrong without an error of GraphQL. */
const complaintsIn = (of: GraphQLNamedType): string =>
  isObjectType(of)
    ? Object.values(of.getFields())
        .filter(({ name, type }) => /errors$/i.test(name) && !isLeafType(getNamedType(type)))
        .map(({ name, type }) => `${name} ${selectionOf(getNamedType(type), reaches.changed)}`)
        .join(' ')
    : '';
