import { describe, expect, it } from 'vitest';
import { operationsIn } from './openapi.ts';
import { schemaOf } from './schema.ts';

const origin = 'http://localhost:3000';

describe('an OpenAPI document', () => {
  it('gives operations with their parameters and bodies, references resolved', () => {
    const operations = operationsIn(
      {
        openapi: '3.1.0',
        servers: [{ url: 'http://localhost:3000/v1' }],
        paths: {
          '/notes/{id}': {
            parameters: [{ $ref: '#/components/parameters/Id' }],
            get: {},
            put: { requestBody: { content: { 'application/json; charset=utf-8': { schema: { $ref: '#/components/schemas/Note' } } } } },
          },
        },
        components: {
          parameters: { Id: { name: 'id', in: 'path', schema: { type: 'string', format: 'uuid' } } },
          schemas: { Note: { type: 'object', required: ['title'], properties: { title: { type: ['string', 'null'], maxLength: 9 } } } },
        },
      },
      origin,
    );
    expect(operations.map(({ id }) => id)).toEqual(['GET /v1/notes/{id}', 'PUT /v1/notes/{id}']);
    expect(operations[0]?.parameters).toEqual([{ name: 'id', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } }]);
    expect(operations[1]?.body).toEqual({
      type: 'json',
      schema: { type: 'object', required: ['title'], properties: { title: { type: 'string', maxLength: 9 } } },
    });
  });

  it.each(['http://localhost:3000/v1', 'localhost:3000/v1', '127.0.0.1:8055/v1', '/v1', 'v1'])('stands below its server %s', (url) => {
    expect(operationsIn({ openapi: '3.1.0', servers: [{ url }], paths: { '/notes': { get: {} } } }, origin)[0]?.path).toBe('/v1/notes');
  });

  it('of version 2 has its fields among the parameters', () => {
    const [one] = operationsIn(
      {
        swagger: '2.0',
        basePath: '/api/',
        paths: { '/token': { post: { parameters: [{ in: 'formData', name: 'username', type: 'string', required: true }] } } },
      },
      origin,
    );
    expect(one?.path).toBe('/api/token');
    expect(one?.body).toEqual({
      type: 'form',
      schema: { type: 'object', properties: { username: { type: 'string' } }, required: ['username'] },
    });
  });

  it('that is none, or points at itself, gives nothing and ends', () => {
    expect(operationsIn({ paths: { '/': { get: {} } } }, origin)).toEqual([]);
    expect(operationsIn('no', origin)).toEqual([]);
    const loop = { a: { $ref: '#/b' }, b: { $ref: '#/a' }, tree: { type: 'object', properties: { child: { $ref: '#/tree' } } } };
    expect(schemaOf({ $ref: '#/a' }, loop)).toEqual({});
    expect(schemaOf({ $ref: '#/tree' }, loop).type).toBe('object');
  });

  it('joins all parts of a schema and takes the first of several', () => {
    const schema = schemaOf(
      {
        allOf: [
          { properties: { a: { type: 'integer' } }, required: ['a'] },
          { oneOf: [{ properties: { b: {} } }, { properties: { c: {} } }] },
        ],
      },
      {},
    );
    expect(Object.keys(schema.properties ?? {})).toEqual(['a', 'b']);
    expect(schema.required).toEqual(['a']);
  });
});
