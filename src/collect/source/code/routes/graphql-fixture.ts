import type { AnyCheck } from '../../../../core/check.ts';
import { sampleDatabase, sampleTable } from '../../../../evidence/database-samples.ts';
import type { Route } from '../../../../evidence/routes.ts';
import { withSubjects } from '../content.ts';
import { type Files, inventoryOf } from './fixture.ts';

/** Prisma and a context that attaches whoever the token names, or nobody. */
export const base: Files = {
  'db.ts': `import { PrismaClient } from '@prisma/client'; export const prisma = new PrismaClient();`,
  'context.ts': `import jwt from 'jsonwebtoken'; import { prisma } from './db';
    export function userOf(header) {
      try { return jwt.verify((header ?? '').replace('Bearer ', ''), process.env.JWT_SECRET); } catch { return null; }
    }
    export const context = async ({ req }) => ({ user: userOf(req.headers.authorization), prisma });`,
};

const model = sampleDatabase({ tables: [sampleTable({ name: 'invoice' })] });

/** The routes of a repo with what their tables are about, by id. */
export async function judged(
  files: Files,
  checks: readonly AnyCheck[],
): Promise<{ routes: Record<string, Route>; found: readonly string[] }> {
  const inventory = withSubjects(await inventoryOf({ ...base, ...files }), model);
  const found = checks.flatMap((check) =>
    [...check.evaluate({ inventory })].flatMap(({ outcome, subject }) =>
      outcome === 'pass' ? [] : [`${outcome === 'fail' ? '' : 'unknown '}${check.id.replace('audit/', '')}: ${subject}`],
    ),
  );
  return { routes: Object.fromEntries(inventory.routes.map((route) => [route.id, route])), found };
}

/** What is asked of the caller and to whom the rows are tied, by operation. */
export const told = (routes: Record<string, Route>): Record<string, string> =>
  Object.fromEntries(
    Object.values(routes).map(({ id, auth, data, unresolved }) => [
      id.replace('graphql ', ''),
      [
        auth,
        ...data.map(({ operation, name, scope }) => `${operation} ${name} ${scope}`),
        ...unresolved.map(({ what }) => `? ${what}`),
      ].join(', '),
    ]),
  );
