import {
  getNamedType,
  type GraphQLField,
  type GraphQLNamedType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
} from 'graphql';

/** Fields of a document, at most: servers refuse what costs too much. */
const most = 250;

/** What says how a list is paged, not what is in it. */
const paging = /^(?:edges|nodes|node)$/;

/** Which links a document follows. `one`: to one thing only, and not to lists. */
export interface Reach {
  readonly depth: number;
  readonly to: 'one' | 'all';
}

/** All that can be asked of a type: its plain fields, and those of what it leads to, as far as one document may go. Empty where it has none. */
export function selectionOf(type: GraphQLNamedType, { depth, to }: Reach): string {
  const { text, fields } = selected(type, { depth, to }, []);
  return fields > most && depth > 0 ? selectionOf(type, { depth: depth - 1, to }) : text;
}

interface Selected {
  readonly text: string;
  /** How many. */
  readonly fields: number;
}

const nothing: Selected = { text: '', fields: 0 };

function selected(type: GraphQLNamedType, reach: Reach, above: readonly GraphQLNamedType[]): Selected {
  if (isUnionType(type)) {
    const all = type.getTypes().flatMap((one) => {
      const { text, fields } = selected(one, { ...reach, depth: 0 }, above);
      return text === '' ? [] : [{ text: `... on ${one.name} ${text}`, fields }];
    });
    return together(all.slice(0, 1));
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return nothing;
  // From a customer by way of his firm to its customers; not round and round.
  if (above.filter((one) => one === type).length > 1) return nothing;
  const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
  const hasNodes = fields.some(({ name }) => name === 'nodes');
  return together(
    fields.flatMap((field): Selected[] => {
      const named = getNamedType(field.type);
      if (isLeafType(named)) return [{ text: field.name, fields: 1 }];
      const isPaging = paging.test(field.name);
      if (named.name === 'PageInfo' || (field.name === 'edges' && hasNodes)) return [];
      if (!isPaging && (reach.depth <= 0 || (reach.to === 'one' && givenBy(field).many))) return [];
      const within = isPaging || isConnection(named) ? reach : { ...reach, depth: reach.depth - 1 };
      const below = selected(named, within, [...above, type]);
      return below.fields === 0 ? [] : [{ ...below, text: `${field.name}${pageArguments(field)} ${below.text}` }];
    }),
  );
}

const together = (parts: readonly Selected[]): Selected =>
  parts.length === 0
    ? nothing
    : { text: `{ ${parts.map(({ text }) => text).join(' ')} }`, fields: parts.reduce((sum, { fields }) => sum + fields, 0) };

/** Some servers list nothing unless they are told how much. */
export const pageArguments = ({ args, type }: GraphQLField<unknown, unknown>): string =>
  isConnection(getNamedType(type)) && args.some(({ name }) => name === 'first') ? '(first: 50)' : '';

/** Lists wrapped as `{ edges: [{ node }] }` or `{ nodes: [...] }` (GraphQL Cursor Connections). */
export const isConnection = (type: GraphQLNamedType): boolean =>
  isObjectType(type) && ('edges' in type.getFields() || 'nodes' in type.getFields());

const rows = /^(?:edges|nodes|items|data|results|rows|records|content|list|returning|objects)$/;

/** What a field gives: of which type, whether many of them, and the keys that lead to them. */
export interface Given {
  readonly of: GraphQLNamedType;
  readonly many: boolean;
}

/** Looks through what lists are wrapped in. */
export function givenBy({ type }: Pick<GraphQLField<unknown, unknown>, 'type'>): Given {
  const of = getNamedType(type);
  if (isList(type)) return { of, many: true };
  if (isObjectType(of))
    for (const [name, field] of Object.entries(of.getFields())) {
      const inner = getNamedType(field.type);
      if (!rows.test(name) || !isList(field.type) || !isObjectType(inner)) continue;
      const node = inner.getFields()['node'];
      return { of: node ? getNamedType(node.type) : inner, many: true };
    }
  return { of, many: false };
}

const isList = (type: unknown): boolean => isListType(type) || (isNonNullType(type) && isListType(type.ofType));
