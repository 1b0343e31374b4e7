import { describe, expect, it } from 'vitest';
import { rootFields } from './graphql-sdl.ts';

describe('root fields of a GraphQL schema', () => {
  it('finds the fields of root types and their extensions, with lines, past arguments, comments and descriptions', () => {
    const sdl = `
      """ type Query { fake: Int } """
      type Query {
        # note: this
        me: User
        "an order: by id" order(id: ID!, filter: [Filter!] = [{ a: 1 }]): Order!
        orders(
          first: Int
          after: String
        ): [Order!]!
      }
      type Order { id: ID! total: Float }
      extend type Mutation { signUp(input: SignUp!): User login(mail: String!): Token }
      type Subscription { ticked: Int }`;
    expect(rootFields(sdl).map(({ type, name, line }) => `${type}.${name} ${line}`)).toEqual([
      'Query.me 4',
      'Query.order 5',
      'Query.orders 6',
      'Mutation.signUp 12',
      'Mutation.login 12',
      'Subscription.ticked 13',
    ]);
  });

  it('keeps directives of fields and of their type', () => {
    const fields = rootFields(
      `type Query @key(fields: "id") @auth { a: Int @hasRole(role: ADMIN, any: [STAFF, "x"]) @deprecated(reason: "b: no") b: [Int!]! @limit(max: 3, hard: true) c: Int }`,
    );
    expect(fields.map(({ name, directives }) => [name, directives.map((one) => one.name)])).toEqual([
      ['a', ['key', 'auth', 'hasRole', 'deprecated']],
      ['b', ['key', 'auth', 'limit']],
      ['c', ['key', 'auth']],
    ]);
    expect(fields[0]?.directives[2]?.args).toEqual({ role: 'ADMIN', any: ['STAFF', 'x'] });
    expect(fields[1]?.directives[2]?.args).toEqual({ max: 3, hard: true });
  });

  it('follows renamed root types, and survives broken text', () => {
    expect(
      rootFields('schema { query: Root mutation: Changes } type Root { a: Int } type Query { no: Int } type Changes { b: Int }').map(
        ({ type, name }) => `${type}.${name}`,
      ),
    ).toEqual(['Query.a', 'Mutation.b']);
    for (const broken of [
      'type Query {',
      'type Query { a',
      'type Query { a(',
      'type Query { a(b: ',
      '@',
      '}{',
      'type Query { a: Int @x( }',
    ])
      expect(() => rootFields(broken)).not.toThrow();
  });
});
