import { describe, expect, it } from 'vitest';
import type { GraphqlWay } from '../surface/way.ts';
import { saysNothing } from './content.ts';
import { answerOfGraphql } from './graphql.ts';

const way: GraphqlWay = {
  is: 'graphql',
  at: '/graphql',
  kind: 'query',
  name: 'order',
  document: 'query($id: ID!) { order(id: $id) { id } }',
  keys: ['order'],
  variables: {},
};
const statusOf = (error: object, status = 200): number =>
  answerOfGraphql(way, {
    status,
    headers: {},
    setCookies: [],
    text: JSON.stringify({ data: { order: null }, errors: [error] }),
  }).status;

describe('an error of GraphQL', () => {
  it.each<[object, number]>([
    [{ message: 'x', extensions: { code: 'FORBIDDEN' } }, 403],
    [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }, 401],
    [{ message: 'x', extensions: { http: { status: 403 } } }, 403],
    [{ message: 'You are not authorized to see this order' }, 403],
    [{ message: 'Authentication required' }, 401],
    // Apollo has this code for whatever is thrown.
    [{ message: 'You have no permission', extensions: { code: 'INTERNAL_SERVER_ERROR' } }, 403],
    [{ message: 'Order not found', extensions: { code: 'INTERNAL_SERVER_ERROR' } }, 404],
    [{ message: 'No order with this id' }, 404],
    [{ message: 'x', extensions: { code: 'BAD_USER_INPUT' } }, 400],
    [{ message: 'Variable "$id" got invalid value "x"' }, 400],
    [{ message: 'Too many requests' }, 429],
  ])('means what it says: %j', (error, status) => expect(statusOf(error)).toBe(status));

  it.each<[object, number?]>([
    [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', http: { status: 500 } } }, 500],
    [{ message: "Cannot read properties of undefined (reading 'total')" }],
    [{ message: 'connect ECONNREFUSED 127.0.0.1:5432' }],
    [{}],
  ])('says nothing of who asked where it names no reason: %j', (error, status) => expect(saysNothing(statusOf(error, status))).toBe(true));
});
