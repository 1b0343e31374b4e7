import { describe, expect, it } from 'vitest';
import { nextRoute } from '../routes/fixture.ts';

/** Whether the address that a handler with this body fetches was held against what may be fetched. */
const restricted = async (body: string) =>
  (
    await nextRoute(`
    import dns from 'node:dns/promises';
    async function assertSafeUrl(url) { const { address } = await dns.lookup(new URL(url).hostname); if (address.split('.')[0] === '10') throw new Error('private'); }
    async function isPrivateHost(url) { const { address } = await dns.lookup(new URL(url).hostname); return address.split('.').map(Number)[0] === 10; }
    function isAllowedUrl(url) { try { return ['a.example.com'].some((one) => new URL(url).hostname === one); } catch { return false; } }
    function assertSafeUrlText(url) { if (!url.startsWith('https:')) throw new Error('scheme'); }
    const bad = () => new Response('', { status: 400 });
    export async function POST(request) { const { url } = await request.json(); ${body} return Response.json({}); }`)
  ).effects.some((effect) => effect.restricted === true);

describe('an address that the caller names', () => {
  it.each([
    ['a check that throws', 'await assertSafeUrl(url); await fetch(url);'],
    ['a check before each redirect', 'for (let i = 0; i < 3; i++) { await assertSafeUrl(url); await fetch(url, { redirect: "manual" }); }'],
    ['a question for what is forbidden', 'if (await isPrivateHost(url)) return bad(); await fetch(url);'],
    ['a question for what is allowed', 'if (!isAllowedUrl(url)) return bad(); await fetch(url);'],
  ])('is a permitted one behind %s', async (_, body) => {
    expect(await restricted(body)).toBe(true);
  });

  it.each([
    ['it is fetched first', 'await fetch(url); await assertSafeUrl(url);'],
    ['the failure is ignored', 'try { await assertSafeUrl(url); } catch {} await fetch(url);'],
    ['the answer is not asked', 'await isPrivateHost(url); await fetch(url);'],
    ['the answer is taken the wrong way round', 'if (!(await isPrivateHost(url))) return bad(); await fetch(url);'],
    ['only its scheme is looked at', 'assertSafeUrlText(url); await fetch(url);'],
  ])('is any where %s', async (_, body) => {
    expect(await restricted(body)).toBe(false);
  });
});
