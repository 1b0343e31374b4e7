import { describe, expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; import { Hono } from 'hono'; import { zValidator } from '@hono/zod-validator'; import { validator } from 'hono/validator';
import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi'; import { createInsertSchema } from 'drizzle-zod'; import { users } from './schema';
const prisma = new PrismaClient(); const schema = z.object({ name: z.string(), bio: z.string() });
const save = async (c) => { await prisma.user.update({ where: { id: c.req.param('id') }, data: c.req.valid('json') }); return c.json({}); };`;
const wholeInput = async (body: string): Promise<string | undefined> => {
  const found = await routesOf({
    'package.json': '{"name":"api","dependencies":{"hono":"4.6.0"}}',
    'app.ts': `${head}\n${body}\nexport default app;`,
  });
  const [route] = Object.values(found);
  expect(route?.data).toHaveLength(1);
  return route?.data[0]?.wholeInput;
};
const put = (...before: string[]): string => `const app = new Hono(); app.put('/users/:id', ${[...before, 'save'].join(', ')});`;
const described = (body: string): string =>
  `const app = new OpenAPIHono(); app.openapi(createRoute({ method: 'put', path: '/users/{id}', request: ${body}, responses: {} }), save);`;
const json = (schema: string): string => `{ body: { content: { 'application/json': { schema: ${schema} } } } }`;

describe('what c.req.valid() gives', () => {
  it.each([
    ['of a schema', put(`zValidator('json', schema)`)],
    ['of a part of it', put(`zValidator('json', schema.partial().omit({ bio: true }))`)],
    [
      'of the app’s own check',
      put(
        `validator('json', (value, c) => { const parsed = schema.safeParse(value); if (!parsed.success) return c.text('no', 400); return parsed.data; })`,
      ),
    ],
    ['of a described route', described(json('schema'))],
    [
      'of a table without some columns',
      described(json(`createInsertSchema(users).required({ name: true }).omit({ role: true }).partial()`)),
    ],
  ])('has the listed fields only: %s', async (_, body) => {
    expect(await wholeInput(body)).toBeUndefined();
  });

  it.each([
    ['nobody validates', put()],
    ['something else is validated', put(`zValidator('query', schema)`)],
    ['the schema lets the rest pass', put(`zValidator('json', schema.passthrough())`)],
    [
      'the app’s own check hands all of it on',
      put(`validator('json', (value, c) => { if (!value.name) return c.text('no', 400); return value; })`),
    ],
    ['the schema has every column of the table', described(json('createInsertSchema(users)'))],
    ['the route describes only its path', described(`{ params: schema }`)],
  ])('is all that was sent where %s', async (_, body) => {
    expect(await wholeInput(body)).toBe('body');
  });
});
