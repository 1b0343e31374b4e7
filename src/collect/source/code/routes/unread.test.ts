import { describe, expect, it } from 'vitest';
import { inventoryOf } from './fixture.ts';

const express = `import express from 'express'; const app = express(); app.get('/live', (req, res) => res.json({})); app.listen(3000);`;

describe('frameworks that are not read', () => {
  it.each<[string, string, string]>([
    [
      'AdonisJS',
      'start/routes.ts',
      `import router from '@adonisjs/core/services/router'; router.get('/orders', [OrdersController, 'index']);`,
    ],
    [
      'AdonisJS',
      'start/routes.ts',
      `import Route from '@ioc:Adonis/Core/Route'; Route.group(() => { Route.get('/orders', 'OrdersController.index'); });`,
    ],
    [
      'routing-controllers',
      'src/orders.ts',
      `import { Get, JsonController } from 'routing-controllers'; @JsonController('/orders') export class Orders { @Get('/') all() { return 1; } }`,
    ],
    [
      'tsoa',
      'src/orders.ts',
      `import { Controller, Get, Route } from 'tsoa'; @Route('orders') export class Orders extends Controller { @Get() public all() { return 1; } }`,
    ],
    [
      'inversify-express-utils',
      'src/orders.ts',
      `import { controller, httpGet } from 'inversify-express-utils'; @controller('/orders') class Orders { @httpGet('/') all() { return 1; } }`,
    ],
    ['Elysia', 'src/index.ts', `import { Elysia } from 'elysia'; new Elysia().get('/orders', () => 1).listen(3000);`],
    [
      'Astro',
      'src/pages/api/orders.ts',
      `import type { APIRoute } from 'astro'; export const GET: APIRoute = async () => new Response('x');`,
    ],
    [
      'Convex',
      'convex/orders.ts',
      `import { query } from './_generated/server'; export const all = query({ handler: (ctx) => ctx.db.query('orders').collect() });`,
    ],
  ])('%s is named, with where it stands', async (name, file, source) => {
    const { routes, unread, gaps } = await inventoryOf({ 'server.ts': express, [file]: source });
    expect(Object.keys(routes)).toHaveLength(1);
    expect(unread).toEqual([{ name, files: 1, place: { file } }]);
    expect(gaps).toMatchObject([{ what: `the routes of ${name}`, place: { file } }]);
  });

  it('are none where they are only mentioned, or called by a browser', async () => {
    const client = `import { api } from '../convex/_generated/api'; import { useQuery } from 'convex/react'; export const Orders = () => useQuery(api.orders.all);`;
    const note = `// import { Elysia } from 'elysia'
      export const other = 'new Elysia(';`;
    expect(
      (await inventoryOf({ 'server.ts': express, 'src/client.tsx': client, 'src/note.ts': note.replace('from', 'of') })).unread,
    ).toBeUndefined();
  });
});
