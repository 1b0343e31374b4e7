import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

/** Names of the tables of which a handler with this body shows rows. */
const readBy = async (body: string) =>
  (
    await nextRoute(`
    import { count, eq, sql } from 'drizzle-orm'; import { drizzle } from 'drizzle-orm/node-postgres'; import { pgTable } from 'drizzle-orm/pg-core';
    const users = pgTable('users', {}); const db = drizzle(process.env.DATABASE_URL);
    export async function GET() { ${body} }`)
  ).data.flatMap(({ name, shows }) => (shows?.length === 0 ? [] : [name]));

describe('a Drizzle query', () => {
  it.each([
    'const [{ total }] = await db.select({ total: count() }).from(users); return Response.json({ total });',
    'const row = await db.select({ n: count(users.id) }).from(users).where(eq(users.state, "new")).get(); return Response.json(row);',
    'const [row] = await db.select({ n: sql`count(*)::int` }).from(users); return Response.json(row);',
    'return Response.json(await db.$count(users));',
  ])('for how many there are shows no rows: %s', async (body) => {
    expect(await readBy(body)).toEqual([]);
  });

  it.each([
    'return Response.json(await db.select({ name: users.name, n: count() }).from(users).groupBy(users.name));',
    'return Response.json(await db.select().from(users));',
    'return Response.json(await db.select({ name: users.name }).from(users));',
  ])('for more than that does: %s', async (body) => {
    expect(await readBy(body)).toEqual(['users']);
  });
});
