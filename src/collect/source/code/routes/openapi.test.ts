import { describe, expect, it } from 'vitest';
import { inventoryOf, memoryTree } from './fixture.ts';
import { openCodebase } from '../codebase.ts';
import { descriptions } from './openapi.ts';
import { readDocuments } from './openapi-documents.ts';

const document = (paths: object, rest: object = {}): string =>
  JSON.stringify({ openapi: '3.1.0', info: { title: 'Orders' }, paths, ...rest });
const express = `
  import express from 'express';
  const app = express();
  app.get('/api/orders/:id', (req, res) => res.json({}));
  app.all('/api/auth/*', (req, res) => res.json({}));
  app.listen(3000);`;

describe('OpenAPI documents', () => {
  it('joins them with the code: the code wins, what only they know is listed', async () => {
    const { routes, gaps } = await inventoryOf({
      'server.js': express,
      'openapi.json': document(
        {
          '/orders/{orderId}': { get: {} },
          '/auth/login': { post: {} },
          '/orders': { post: { security: [{ bearer: [] }] }, get: { security: [] } },
        },
        { servers: [{ url: 'https://acme.example/api' }], security: [{ key: [] }] },
      ),
    });
    expect(routes.map(({ id }) => id)).toEqual(['GET /api/orders/:id', 'ALL /api/auth/*', 'GET /api/orders', 'POST /api/orders']);
    const post = routes.find(({ id }) => id === 'POST /api/orders');
    expect(post).toMatchObject({ kind: 'openapi', auth: 'none', place: { file: 'openapi.json' } });
    expect(post?.unresolved).toMatchObject([{ why: 'documented, not found in code' }]);
    expect(post?.guards).toMatchObject([{ level: 'presence', what: 'the document asks for bearer' }]);
    expect(routes.find(({ id }) => id === 'GET /api/orders')?.guards).toEqual([]);
    expect(gaps.map(({ what }) => what)).toContain('POST /api/orders');
  });

  it('takes a document of which nothing is in the code for that of another service', async () => {
    const { routes, gaps } = await inventoryOf({
      'server.js': express,
      'docs/vendor-openapi.yaml': `openapi: 3.0.0\ninfo: { title: Vendor }\nservers: [{ url: https://api.vendor.example }]\npaths:\n  /messages:\n    post: {}\n`,
    });
    expect(routes.some(({ kind }) => kind === 'openapi')).toBe(false);
    expect(gaps).toContainEqual(
      expect.objectContaining({ what: 'docs/vendor-openapi.yaml', why: expect.stringContaining('another service') }),
    );
  });

  it('lists all of it where the code of the server is not to be read, Swagger too', async () => {
    const swagger = `swagger: "2.0"\ninfo: { title: Shop }\nhost: shop.example\nbasePath: /v1\npaths:\n  /items/{item-id}:\n    parameters: []\n    get: {}\n    delete: { security: [{}, { token: [] }] }\n`;
    const { routes } = await inventoryOf({ 'docs/swagger.yml': swagger, 'docs/swagger.json': document({ '/v1/items/{id}': { get: {} } }) });
    expect(routes.map(({ id }) => id).toSorted()).toEqual(['DELETE /v1/items/:item_id', 'GET /v1/items/:item_id']);
    expect(routes.find(({ method }) => method === 'DELETE')?.guards).toEqual([]);
  });

  it('survives what is broken and ignores what is something else', async () => {
    const tree = memoryTree({
      'openapi.json': '{"openapi":"3.0.0","paths":',
      'swagger.yaml': 'swagger: "2.0"\npaths: [1, 2]\n',
      'api-spec.json': document({ x: { get: {} }, '/ok': { get: 'text', trace: {} }, '/no': null }),
      'schema.json': '{"type":"object"}',
    });
    const documents = await readDocuments(
      openCodebase(tree, () => {
        throw new Error('nothing to parse');
      }),
    );
    expect([...documents.keys()].toSorted()).toEqual(['api-spec.json', 'swagger.yaml']);
    expect(descriptions(documents).flatMap(({ operations }) => operations.map(({ path }) => path))).toEqual(['/ok']);
    expect(tree.gaps).toMatchObject([{ what: 'openapi.json', why: 'cannot be parsed' }]);
  });
});
