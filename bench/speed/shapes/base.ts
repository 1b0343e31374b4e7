import { entities, entity } from './names.ts';

/** The files that every such repo has once: settings, the database client, and the guard that all routes share. */
export function baseFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', JSON.stringify({ name: 'portal', private: true, dependencies: { next: '15.4.0', react: '19.1.0', 'next-auth': '4.24.11', '@prisma/client': '6.11.0', zod: '3.25.0' }, devDependencies: { typescript: '5.9.3', vitest: '3.2.0' } }, null, 2)], // prettier-ignore
    [
      'tsconfig.json',
      JSON.stringify({ compilerOptions: { strict: true, jsx: 'preserve', baseUrl: '.', paths: { '@/*': ['./*'] } } }, null, 2),
    ],
    ['.gitignore', 'node_modules\n.next\n.env\n'],
    ['.env.example', 'DATABASE_URL=\nNEXTAUTH_SECRET=\n'],
    ['next.config.mjs', 'export default { poweredByHeader: false };\n'],
    ['prisma/schema.prisma', prismaSchema()],
    ['supabase/migrations/20250101000000_base.sql', baseMigration],
    ['lib/prisma.ts', `import { PrismaClient } from '@prisma/client';\n\nconst kept = globalThis as unknown as { prisma?: PrismaClient };\nexport const prisma = kept.prisma ?? new PrismaClient();\nif (process.env.NODE_ENV !== 'production') kept.prisma = prisma;\n`], // prettier-ignore
    ['lib/audit.ts', audit],
    ['lib/api/errors.ts', errors],
    ['lib/api/body.ts', `import { ApiError } from './errors';\n\nexport async function readJson(req: Request): Promise<unknown> {\n  try {\n    return await req.json();\n  } catch {\n    throw new ApiError('bad_request', 'The body is no JSON.');\n  }\n}\n`], // prettier-ignore
    ['lib/auth/options.ts', options],
    ['lib/auth/session.ts', session],
    ['lib/auth/with-workspace.ts', guard],
    ['middleware.ts', middleware],
    ['app/api/auth/[...nextauth]/route.ts', `import NextAuth from 'next-auth';\nimport { authOptions } from '@/lib/auth/options';\n\nconst handler = NextAuth(authOptions);\nexport { handler as GET, handler as POST };\n`], // prettier-ignore
    ['app/layout.tsx', `import type { ReactNode } from 'react';\n\nexport default function Layout({ children }: { children: ReactNode }) {\n  return (\n    <html lang="en">\n      <body>{children}</body>\n    </html>\n  );\n}\n`], // prettier-ignore
  ]);
}

function prismaSchema(): string {
  const models = Array.from({ length: entities }, (_, nth) => {
    const { pascal } = entity(nth);
    return `model ${pascal} {\n  id             String       @id @default(cuid())\n  organizationId String\n  organization   Organization @relation(fields: [organizationId], references: [id])\n  title          String\n  status         String       @default("open")\n  amount         Int          @default(0)\n  createdBy      String\n  createdAt      DateTime     @default(now())\n}\n`;
  });
  const relations = Array.from({ length: entities }, (_, nth) => `  ${entity(nth).camel}s ${entity(nth).pascal}[]`);
  return `datasource db {\n  provider = "postgresql"\n  url      = env("DATABASE_URL")\n}\n\nmodel User {\n  id          String       @id @default(cuid())\n  email       String       @unique\n  memberships Membership[]\n}\n\nmodel Organization {\n  id          String       @id @default(cuid())\n  slug        String       @unique\n  memberships Membership[]\n${relations.join('\n')}\n}\n\nmodel Membership {\n  id             String       @id @default(cuid())\n  userId         String\n  user           User         @relation(fields: [userId], references: [id])\n  organizationId String\n  organization   Organization @relation(fields: [organizationId], references: [id])\n  role           String\n}\n\nmodel Activity {\n  id             String @id @default(cuid())\n  organizationId String\n  userId         String\n  kind           String\n  subject        String\n}\n\n${models.join('\n')}`;
}

const baseMigration = `create table public.organizations (id uuid primary key default gen_random_uuid(), slug text not null unique);
create table public.memberships (
  user_id uuid not null references auth.users (id),
  organization_id uuid not null references public.organizations (id),
  role text not null default 'member',
  primary key (user_id, organization_id)
);
alter table public.organizations enable row level security;
alter table public.memberships enable row level security;
create policy "own memberships" on public.memberships for select to authenticated using (user_id = auth.uid());
create policy "own organizations" on public.organizations for select to authenticated
  using (id in (select organization_id from public.memberships where user_id = auth.uid()));
`;

const audit = `import { prisma } from '@/lib/prisma';

export async function recordAudit(entry: { organizationId: string; userId: string; action: string; target: string }) {
  const { organizationId, userId, action, target } = entry;
  await prisma.activity.create({ data: { organizationId, userId, kind: action, subject: target } });
}
`;

const errors = `import { ZodError } from 'zod';

const statuses = { bad_request: 400, unauthorized: 401, forbidden: 403, not_found: 404, conflict: 409, exceeded_limit: 402, internal: 500 } as const;
export type ErrorCode = keyof typeof statuses;

export class ApiError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function answerError(error: unknown): Response {
  if (error instanceof ZodError) return Response.json({ error: { code: 'bad_request', issues: error.issues } }, { status: 400 });
  if (error instanceof ApiError) return Response.json({ error: { code: error.code, message: error.message } }, { status: statuses[error.code] });
  console.error(error);
  return Response.json({ error: { code: 'internal', message: 'Something went wrong.' } }, { status: 500 });
}
`;

const options = `import type { NextAuthOptions } from 'next-auth';
import GoogleProvider from 'next-auth/providers/google';

export const authOptions: NextAuthOptions = {
  providers: [GoogleProvider({ clientId: process.env.GOOGLE_ID ?? '', clientSecret: process.env.GOOGLE_SECRET ?? '' })],
  session: { strategy: 'jwt' },
  callbacks: {
    session: ({ session, token }) => ({ ...session, user: { ...session.user, id: token.sub } }),
  },
};
`;

const session = `import { getServerSession } from 'next-auth/next';
import { redirect } from 'next/navigation';
import { prisma } from '@/lib/prisma';
import { authOptions } from './options';

export async function getMember() {
  const session = await getServerSession(authOptions);
  if (!session?.user?.id) return null;
  const membership = await prisma.membership.findFirst({ where: { userId: session.user.id } });
  if (!membership) return null;
  return { userId: session.user.id as string, organizationId: membership.organizationId, role: membership.role };
}

export async function requireMember() {
  const member = await getMember();
  if (!member) redirect('/login');
  return member;
}
`;

const guard = `import { getServerSession } from 'next-auth/next';
import { answerError, ApiError } from '@/lib/api/errors';
import { prisma } from '@/lib/prisma';
import { authOptions } from './options';

interface Context {
  req: Request;
  params: Record<string, string | undefined>;
  searchParams: Record<string, string>;
  session: { user: { id: string } };
  workspace: { id: string; role: string };
}

const permissionsOf = (role: string): string[] => (role === 'owner' ? ['*'] : role === 'member' ? ['read', 'write'] : ['read']);

/** Runs a handler for members of the workspace only. */
export function withWorkspace(handler: (context: Context) => Promise<Response>, { requiredPermissions = [] }: { requiredPermissions?: string[] } = {}) {
  return async (req: Request, { params: given }: { params: Promise<Record<string, string>> }): Promise<Response> => {
    try {
      const params = (await given) ?? {};
      const searchParams = Object.fromEntries(new URL(req.url).searchParams);
      const session = await getServerSession(authOptions);
      if (!session?.user?.id) throw new ApiError('unauthorized', 'Please sign in.');
      const slug = searchParams.workspace ?? params.slug;
      const membership = await prisma.membership.findFirst({
        where: { userId: session.user.id, ...(slug && { organization: { slug } }) },
        include: { organization: true },
      });
      if (!membership) throw new ApiError('not_found', 'There is no such workspace.');
      const permissions = permissionsOf(membership.role);
      const missing = requiredPermissions.filter((wanted) => !permissions.includes('*') && !permissions.includes(wanted.split('.')[1] ?? ''));
      if (missing.length > 0) throw new ApiError('forbidden', \`You lack \${missing.join(', ')}.\`);
      return await handler({ req, params, searchParams, session, workspace: { id: membership.organizationId, role: membership.role } });
    } catch (error) {
      return answerError(error);
    }
  };
}
`;

const middleware = `import { getToken } from 'next-auth/jwt';
import { type NextRequest, NextResponse } from 'next/server';

const open = ['/login', '/signup', '/legal', '/api/auth'];

export async function middleware(req: NextRequest) {
  const { pathname, search } = req.nextUrl;
  if (open.some((prefix) => pathname.startsWith(prefix))) return NextResponse.next();
  const token = await getToken({ req, secret: process.env.NEXTAUTH_SECRET });
  if (!token) {
    if (pathname.startsWith('/api/')) return NextResponse.json({ error: { code: 'unauthorized' } }, { status: 401 });
    const login = new URL('/login', req.url);
    login.searchParams.set('next', pathname + search);
    return NextResponse.redirect(login);
  }
  return NextResponse.next();
}

export const config = { matcher: ['/((?!_next/|favicon.ico|robots.txt).*)'] };
`;
