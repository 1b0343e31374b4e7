import { expect, it } from 'vitest';
import { routesOf } from '../routes/fixture.ts';

const login = (body: string, above = ''): Record<string, string> => ({
  'package.json': '{"dependencies":{"next":"15.5.0"}}',
  'app/api/login/route.ts': `${above}
import { createClient } from '@/lib/supabase';
export async function POST(request: Request) {
  const { email, password } = await request.json();
  ${body}
  const { error } = await (await createClient()).auth.signInWithPassword({ email, password });
  return Response.json({ signedIn: !error });
}`,
  'lib/supabase.ts': `import { createServerClient } from '@supabase/ssr';
export const createClient = async () => createServerClient(process.env.URL!, process.env.KEY!, {});`,
});

it.each([
  [
    '@upstash/ratelimit',
    `const { success } = await tries.limit(email); if (!success) return Response.json({}, { status: 429 });`,
    `import { Ratelimit } from '@upstash/ratelimit'; import { Redis } from '@upstash/redis';
const tries = new Ratelimit({ redis: Redis.fromEnv(), limiter: Ratelimit.slidingWindow(5, '10 m') });`,
  ],
  [
    'rate-limiter-flexible',
    `try { await tries.consume(email); } catch { return Response.json({}, { status: 429 }); }`,
    `import { RateLimiterMemory } from 'rate-limiter-flexible'; const tries = new RateLimiterMemory({ points: 5, duration: 600 });`,
  ],
])('takes a login that asks %s for limited', async (name, body, above) => {
  expect((await routesOf(login(body, above)))['POST /api/login']?.rateLimit?.what).toBe(name);
});

it('does not take one for limited that only makes a limiter', async () => {
  const above = `import { Ratelimit } from '@upstash/ratelimit'; const tries = new Ratelimit({ limiter: Ratelimit.slidingWindow(5, '10 m') });`;
  const routes = await routesOf(login('void tries;', above));
  expect(routes['POST /api/login']).toBeDefined();
  expect(routes['POST /api/login']?.rateLimit).toBeUndefined();
});
