import type { Random } from '../random.ts';
import { entity, field } from './names.ts';

/** lib/services/service-N.ts: the queries, each tied to the organisation. */
export function serviceFile(nth: number, random: Random): string {
  const { camel, pascal } = entity(nth);
  const util = random.below(Math.max(1, nth));
  return `import { prisma } from '@/lib/prisma';
import { ApiError } from '@/lib/api/errors';
import { recordAudit } from '@/lib/audit';
import { limit${util} } from '@/lib/format/util-${util}';
import type { ${pascal}Input${nth}, ${pascal}Query${nth} } from '@/lib/schemas/schema-${nth}';

interface Owner {
  organizationId: string;
}

export async function list${pascal}s${nth}({ organizationId, q, page, sort }: Owner & ${pascal}Query${nth}) {
  const rows = await prisma.${camel}.findMany({
    where: { organizationId, ...(q && { title: { contains: q, mode: 'insensitive' } }) },
    orderBy: { [sort]: 'desc' },
    skip: page * 50,
    take: limit${util}(50),
    select: { id: true, title: true, ${field(random)}: true, createdAt: true },
  });
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

export async function get${pascal}OrThrow${nth}({ organizationId, id }: Owner & { id: string }) {
  const ${camel} = await prisma.${camel}.findFirst({ where: { id, organizationId } });
  if (!${camel}) throw new ApiError('not_found', 'There is no such ${camel}.');
  return ${camel};
}

export async function create${pascal}${nth}({ organizationId, userId, input }: Owner & { userId: string; input: ${pascal}Input${nth} }) {
  const count = await prisma.${camel}.count({ where: { organizationId } });
  if (count >= ${100 + random.below(900)}) throw new ApiError('exceeded_limit', 'Your plan has no room for another ${camel}.');
  const created = await prisma.$transaction(async (tx) => {
    const row = await tx.${camel}.create({ data: { ...input, organizationId, createdBy: userId } });
    await tx.activity.create({ data: { organizationId, userId, kind: '${camel}.created', subject: row.id } });
    return row;
  });
  await recordAudit({ organizationId, userId, action: '${camel}.create', target: created.id });
  return created;
}

export async function update${pascal}${nth}({ organizationId, id, input }: Owner & { id: string; input: Partial<${pascal}Input${nth}> }) {
  await get${pascal}OrThrow${nth}({ organizationId, id });
  const updated = await prisma.${camel}.updateMany({ where: { id, organizationId }, data: input });
  if (updated.count === 0) throw new ApiError('conflict', 'Somebody else changed this ${camel}.');
  return get${pascal}OrThrow${nth}({ organizationId, id });
}

export async function delete${pascal}${nth}({ organizationId, id, userId }: Owner & { id: string; userId: string }) {
  const { count } = await prisma.${camel}.deleteMany({ where: { id, organizationId } });
  if (count === 0) throw new ApiError('not_found', 'There is no such ${camel}.');
  await recordAudit({ organizationId, userId, action: '${camel}.delete', target: id });
}
`;
}

/** app/api/NAME-N/route.ts or app/api/NAME-N/[id]/route.ts, behind the guard that all of them share. */
export function routeFile(nth: number, one: boolean): string {
  const { camel, pascal } = entity(nth);
  const names = one
    ? `get${pascal}OrThrow${nth}, update${pascal}${nth}, delete${pascal}${nth}`
    : `list${pascal}s${nth}, create${pascal}${nth}`;
  const head = `import { NextResponse } from 'next/server';
import { withWorkspace } from '@/lib/auth/with-workspace';
import { readJson } from '@/lib/api/body';
import { ${camel}Schema${nth}${one ? '' : `, ${camel}Query${nth}`} } from '@/lib/schemas/schema-${nth}';
import { ${names} } from '@/lib/services/service-${nth}';
`;
  if (!one) {
    return `${head}
// GET /api/${entity(nth).path}-${nth}
export const GET = withWorkspace(async ({ workspace, searchParams }) => {
  const query = ${camel}Query${nth}.parse(searchParams);
  const data = await list${pascal}s${nth}({ organizationId: workspace.id, ...query });
  return NextResponse.json({ data, page: query.page });
});

// POST /api/${entity(nth).path}-${nth}
export const POST = withWorkspace(
  async ({ req, workspace, session }) => {
    const input = ${camel}Schema${nth}.parse(await readJson(req));
    const data = await create${pascal}${nth}({ organizationId: workspace.id, userId: session.user.id, input });
    return NextResponse.json({ data }, { status: 201 });
  },
  { requiredPermissions: ['${camel}.write'] },
);
`;
  }
  return `${head}
// GET /api/${entity(nth).path}-${nth}/:id
export const GET = withWorkspace(async ({ workspace, params }) => {
  return NextResponse.json({ data: await get${pascal}OrThrow${nth}({ organizationId: workspace.id, id: params.id ?? '' }) });
});

// PATCH /api/${entity(nth).path}-${nth}/:id
export const PATCH = withWorkspace(
  async ({ req, workspace, params }) => {
    const input = ${camel}Schema${nth}.partial().parse(await readJson(req));
    const data = await update${pascal}${nth}({ organizationId: workspace.id, id: params.id ?? '', input });
    return NextResponse.json({ data });
  },
  { requiredPermissions: ['${camel}.write'] },
);

// DELETE /api/${entity(nth).path}-${nth}/:id
export const DELETE = withWorkspace(
  async ({ workspace, session, params }) => {
    await delete${pascal}${nth}({ organizationId: workspace.id, id: params.id ?? '', userId: session.user.id });
    return new NextResponse(null, { status: 204 });
  },
  { requiredPermissions: ['${camel}.write'] },
);
`;
}

/** app/actions/action-N.ts */
export function actionFile(nth: number): string {
  const { camel, pascal } = entity(nth);
  return `'use server';
import { revalidatePath } from 'next/cache';
import { requireMember } from '@/lib/auth/session';
import { ${camel}Schema${nth} } from '@/lib/schemas/schema-${nth}';
import { create${pascal}${nth}, delete${pascal}${nth} } from '@/lib/services/service-${nth}';

export async function save${pascal}${nth}(_previous: unknown, form: FormData) {
  const member = await requireMember();
  const parsed = ${camel}Schema${nth}.safeParse(Object.fromEntries(form));
  if (!parsed.success) return { ok: false, errors: parsed.error.flatten().fieldErrors };
  await create${pascal}${nth}({ organizationId: member.organizationId, userId: member.userId, input: parsed.data });
  revalidatePath('/${entity(nth).path}');
  return { ok: true };
}

export async function remove${pascal}${nth}(id: string) {
  const member = await requireMember();
  if (member.role !== 'owner') throw new Error('Only owners may do this.');
  await delete${pascal}${nth}({ organizationId: member.organizationId, id, userId: member.userId });
  revalidatePath('/${entity(nth).path}');
}
`;
}

/** supabase/migrations/…: a table with its policies, as Supabase apps have them. */
export function migrationFile(nth: number): string {
  const { table } = entity(nth);
  const name = nth < 120 ? table : `${table}_${nth}`;
  return `create table public.${name} (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  title text not null,
  status text not null default 'open' check (status in ('open', 'closed', 'paused')),
  amount integer not null default 0,
  created_by uuid not null references auth.users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index ${name}_by_organization on public.${name} (organization_id, created_at desc);
alter table public.${name} enable row level security;
create policy "members read" on public.${name} for select to authenticated
  using (organization_id in (select organization_id from public.memberships where user_id = auth.uid()));
create policy "owners write" on public.${name} for all to authenticated
  using (organization_id in (select organization_id from public.memberships where user_id = auth.uid() and role = 'owner'))
  with check (organization_id in (select organization_id from public.memberships where user_id = auth.uid() and role = 'owner'));
`;
}
