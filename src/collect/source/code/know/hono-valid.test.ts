import { describe, expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const db = `import { drizzle } from 'drizzle-orm/node-postgres'; import { pgTable, text } from 'drizzle-orm/pg-core';
  export const cards = pgTable('cards', { id: text('id'), name: text('name'), owner: text('owner') }); export const db = drizzle(process.env.URL);`;
const storedOf = async (route: string) =>
  (
    await routesOf({
      'db.ts': db,
      'app.ts': `import { Hono } from 'hono'; import { validator } from 'hono/validator'; import { zValidator } from '@hono/zod-validator'; import { vValidator } from '@hono/valibot-validator';
        import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi'; import { createInsertSchema } from 'drizzle-zod'; import * as v from 'valibot'; import { cards, db } from './db';
        ${route} export default app;`,
    })
  )['POST /cards']?.data.at(-1)?.wholeInput;
const store = `async (c) => { await db.insert(cards).values(c.req.valid('json')); return c.json({}); }`;
const plain = (middleware: string) => `const app = new Hono(); app.post('/cards', ${middleware}, ${store});`;
const described = (schema: string) => `const app = new OpenAPIHono();
  const route = createRoute({ method: 'post', path: '/cards', request: { body: { content: { 'application/json': { schema: ${schema} } } } }, responses: {} });
  app.openapi(route, ${store});`;

describe('c.req.valid()', () => {
  it.each([
    ['zod', plain(`zValidator('json', z.object({ name: z.string() }))`)],
    ['valibot', plain(`vValidator('json', v.object({ name: v.string() }))`)],
    [
      "the app's own validator",
      plain(`validator('json', (value, c) => { if (!value.name) return c.text('no', 400); return { name: value.name }; })`),
    ],
    ['a described route', described(`createInsertSchema(cards).pick({ name: true }).openapi('Card')`)],
    ['a described route with a schema made elsewhere', described(`new Schemas('Card').make()`)],
  ])('holds the fields of the schema only: %s', async (_name, route) => {
    expect(await storedOf(route)).toBeUndefined();
  });

  it.each([
    ['zod lets others through', plain(`zValidator('json', z.object({ name: z.string() }).passthrough())`)],
    ['zod takes any key', plain(`zValidator('json', z.record(z.string(), z.any()))`)],
    ["the app's own validator hands on what came", plain(`validator('json', (value) => value)`)],
    ['the part that was checked is another', plain(`zValidator('query', z.object({ page: z.string() }))`)],
    ['a described route takes anything', described(`z.any()`)],
  ])('holds whatever is sent where %s', async (_name, route) => {
    expect(await storedOf(route)).toBe('body');
  });
});
