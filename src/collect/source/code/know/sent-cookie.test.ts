import { describe, expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const shown = async (body: string): Promise<readonly string[] | undefined> => {
  const found = await routesOf({
    'package.json': '{"dependencies":{"next":"15.1.0"}}',
    'app/page.tsx': `import { open } from './action'; export default function Page() { return <form action={open} />; }`,
    'app/action.ts': `'use server'; import { PrismaClient } from '@prisma/client'; import { cookies } from 'next/headers'; const prisma = new PrismaClient();
export async function open(previous, form) { const password = form.get('password'); const row = await prisma.page.findUnique({ where: { id: form.get('id') } });
  if (!row) return { error: 'No such page' }; if (row.password !== password) return { error: 'Wrong password' }; ${body} return true; }`,
  });
  return Object.values(found).find(({ kind }) => kind === 'server-action')?.data[0]?.shows;
};

describe('a cookie that an action sets', () => {
  it('tells nothing of the row whose name and path alone it bears', async () => {
    expect(await shown('(await cookies()).set(`open_${row.id}`, password, { path: `/${row.key}` });')).toEqual([]);
  });
  it('tells what of the row is its value', async () => {
    expect(await shown(`(await cookies()).set('owner', row.owner);`)).toEqual(['owner']);
    expect(await shown(`(await cookies()).set({ name: 'owner', value: row.owner });`)).toEqual(['owner']);
  });
});
