import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

const head = `import { PrismaClient } from '@prisma/client'; const prisma = new PrismaClient();
const deny = () => Response.json({}, { status: 403 });
const sent = (request) => request.headers.get('x-setup-secret') || new URL(request.url).searchParams.get('secret');
`;
const levelOf = async (body: string) =>
  (
    await nextRoute(
      `${head} export async function POST(request) { const secret = sent(request); ${body} await prisma.user.create({ data: { role: 'ADMIN' } }); return Response.json({}); }`,
    )
  ).data[0]?.auth;

describe('a setting that may be missing, compared with what the caller sent', () => {
  it.each([
    ['in one test', `if (!secret || secret !== (process.env.SETUP_SECRET || '')) return deny();`],
    [
      'in two tests',
      `if (!secret) return deny(); const expected = process.env.SETUP_SECRET ?? ''; if (expected !== secret) return deny();`,
    ],
    ['in a chain', `if (request.method !== 'POST' || !secret || secret !== (process.env.SETUP_SECRET || '')) return deny();`],
    ['the other way round', `if (!(secret && secret === (process.env.SETUP_SECRET || ''))) return deny();`],
  ])('is not empty where the caller sent something: %s', async (_, test) => {
    expect(await levelOf(test)).toBe('role');
  });

  it.each([
    ['may both be empty', `if (secret !== (process.env.SETUP_SECRET || '')) return deny();`],
    ['has a default that everybody knows', `if (!secret || secret !== (process.env.SETUP_SECRET || 'changeme')) return deny();`],
    [
      'is asked of something else',
      `const { name } = await request.json(); if (!name || secret !== (process.env.SETUP_SECRET || '')) return deny();`,
    ],
    ['is only asked for where it is sent', `if (secret && secret !== (process.env.SETUP_SECRET || '')) return deny();`],
    ['is there', `if (!secret) return deny();`],
  ])('proves nothing where it %s', async (_, test) => {
    expect(await levelOf(test)).toBe('none');
  });
});
