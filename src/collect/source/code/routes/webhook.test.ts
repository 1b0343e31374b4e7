import { describe, expect, it } from 'vitest';
import { nextRoute, routesOf } from './fixture.ts';

const head = `import { createClient } from '@supabase/supabase-js'; import Stripe from 'stripe'; import crypto from 'node:crypto'; import { Webhook } from 'svix';
const stripe = new Stripe(process.env.STRIPE_KEY); const admin = createClient(process.env.URL, process.env.SUPABASE_SERVICE_ROLE_KEY);
const write = (event) => admin.from('orders').update({ paid: true }).eq('id', event.id);
const ok = () => new Response('ok'); const bad = () => new Response('bad', { status: 400 });
`;
const routeOf = (body: string) => nextRoute(`${head} export async function POST(request) { const body = await request.text(); ${body} }`);
const webhookOf = async (body: string) => (await routeOf(body)).webhook;

const hmac = `const expected = crypto.createHmac('sha256', process.env.HOOK_SECRET).update(body).digest('hex'); const sent = request.headers.get('x-webhook-signature');`;
const macs = `const sent = request.headers.get('x-webhook-signature'); const keys = [process.env.HOOK_ONE, process.env.HOOK_TWO].filter(Boolean);
  const fits = (key) => crypto.createHmac('sha256', key).update(body).digest('hex') === sent;`;
const after = `await write(JSON.parse(body)); return ok();`;
const verified = `const event = stripe.webhooks.constructEvent(body, request.headers.get('stripe-signature'), process.env.STRIPE_WEBHOOK_SECRET);`;

describe('a webhook is verified when nothing is written before its signature is checked', () => {
  it.each([
    ['stripe', 'stripe', `${verified} await write(event); return ok();`],
    [
      'stripe in a try that answers 400',
      'stripe',
      `let event; try { event = stripe.webhooks.constructEvent(body, request.headers.get('stripe-signature'), process.env.S); } catch (e) { return bad(); } await write(event); return ok();`,
    ],
    [
      'svix',
      'svix',
      `const event = new Webhook(process.env.HOOK).verify(body, { 'svix-signature': request.headers.get('svix-signature') }); await write(event); return ok();`,
    ],
    ['own HMAC', 'generic', `${hmac} if (sent !== expected) return bad(); ${after}`],
    [
      'own HMAC, constant time',
      'generic',
      `${hmac} if (!sent || !crypto.timingSafeEqual(Buffer.from(sent), Buffer.from(expected))) return bad(); ${after}`,
    ],
    [
      'the HMAC of Web Crypto, put into letters byte by byte',
      'generic',
      `const signed = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(body)); const expected = btoa(String.fromCharCode(...new Uint8Array(signed)));
      if (request.headers.get('x-webhook-signature') !== expected) return bad(); ${after}`,
    ],
    [
      'own HMAC in a function',
      'generic',
      `const fits = (text, sent) => { const mac = crypto.createHmac('sha256', process.env.HOOK_SECRET).update(text).digest('hex'); return mac === sent; };
      if (!fits(body, request.headers.get('x-webhook-signature'))) return bad(); ${after}`,
    ],
    [
      'a header that may be empty',
      'generic',
      `${hmac.replace("get('x-webhook-signature')", "get('x-webhook-signature') || ''")} if (sent !== expected) return bad(); ${after}`,
    ],
    [
      'bytes compared',
      'generic',
      `${hmac} if (!sent) return bad(); const fits = crypto.timingSafeEqual(Uint8Array.from(Buffer.from(sent)), new TextEncoder().encode(expected)); if (!fits) throw new Error('no'); ${after}`,
    ],
    [
      'all but the developer’s machine',
      'generic',
      `${hmac} if (process.env.NODE_ENV !== 'development') { if (sent !== expected) return bad(); } ${after}`,
    ],
    [
      'the first of several secrets that fits',
      'generic',
      `${macs} let found = null; for (const key of keys) { if (fits(key)) { found = key; break; } } const known = found !== null; if (!known) return bad(); ${after}`,
    ],
    [
      'what came is written down first',
      'generic',
      `await admin.from('webhook_events').insert({ body }); ${hmac} if (sent !== expected) return bad(); ${after}`,
    ],
    [
      'a failure is written down',
      'generic',
      `try { const raw = JSON.parse(body); ${hmac} if (sent !== expected) return bad(); ${after} } catch (error) { await admin.rpc('log_webhook_error', { error }); return bad(); }`,
    ],
  ])('%s', async (_, provider, body) => {
    expect(await webhookOf(body)).toMatchObject({ provider, verification: 'verified' });
  });
});

describe('a webhook is skippable when its sender or a missing setting decides', () => {
  it.each([
    ['compared only when the header is there', `${hmac} if (sent && sent !== expected) return bad(); ${after}`],
    [
      'compared only when the secret is set',
      `const key = process.env.HOOK_SECRET; if (key) { const mac = crypto.createHmac('sha256', key).update(body).digest('hex'); if (mac !== request.headers.get('x-webhook-signature')) return bad(); } ${after}`,
    ],
    [
      'the failure is caught and ignored',
      `try { stripe.webhooks.constructEvent(body, request.headers.get('stripe-signature'), process.env.S); } catch (e) { console.error(e); } ${after}`,
    ],
    [
      'only when the secret is set, else parsed',
      `const secret = process.env.STRIPE_WEBHOOK_SECRET; const event = secret ? stripe.webhooks.constructEvent(body, request.headers.get('stripe-signature'), secret) : JSON.parse(body); await write(event); return ok();`,
    ],
  ])('%s', async (_, body) => {
    const webhook = await webhookOf(body);
    expect(webhook?.verification).toBe('skippable');
    expect(webhook?.place).toBeDefined();
  });
});

describe('a webhook is unverified when no check stands before the write', () => {
  it.each([
    ['no check', `request.headers.get('stripe-signature'); ${after}`],
    ['the check comes after the write', `await write(JSON.parse(body)); ${verified} return ok();`],
    ['the header is only looked for', `if (!request.headers.get('stripe-signature')) return bad(); ${after}`],
    ['compared and only logged', `${hmac} if (sent !== expected) console.warn('odd'); ${after}`],
    ['computed, never compared', `${hmac} console.log(expected.length); ${after}`],
    [
      'a secret that does not fit ends the search',
      `${macs} let found = null; for (const key of keys) { if (!fits(key)) { found = key; break; } } if (found === null) return bad(); ${after}`,
    ],
    [
      'whether one fitted is not asked',
      `${macs} let found = null; for (const key of keys) { if (fits(key)) { found = key; break; } } ${after}`,
    ],
    [
      'what came is only written down',
      `request.headers.get('x-webhook-signature'); await admin.from('webhook_events').insert({ body }); return ok();`,
    ],
    [
      'the developer’s machine alone',
      `${hmac} if (process.env.NODE_ENV === 'development') { if (sent !== expected) return bad(); } ${after}`,
    ],
    ['the comparison is upside down', `${hmac} if (sent === expected) return bad(); ${after}`],
  ])('%s', async (_, body) => {
    expect((await webhookOf(body))?.verification).toMatch(/missing|skippable/);
  });
});

describe('what is no webhook', () => {
  it('has neither the header nor the path of one', async () => {
    expect(await webhookOf(after)).toBeUndefined();
  });

  it('only answers GET', async () => {
    const route = await nextRoute(`${head} export async function GET(request) { request.headers.get('stripe-signature'); return ok(); }`);
    expect(route.webhook).toBeUndefined();
  });

  it('is a page on which the signed-in manage theirs', async () => {
    const subscribe = (guard: string): string => `${head} import { createServerClient } from '@supabase/ssr';
      export async function POST(request) {
        const { data: { session } } = await createServerClient(process.env.URL, process.env.ANON, { cookies: {} }).auth.getSession();
        ${guard} await admin.from('subscriptions').update({ on: true }).eq('id', 1); return ok(); }`;
    const at = async (guard: string) =>
      (await routesOf({ 'package.json': '{"dependencies":{"next":"15.1.0"}}', 'app/api/webhook/subscribe/route.ts': subscribe(guard) }))[
        'POST /api/webhook/subscribe'
      ]?.webhook;
    expect(await at('if (!session) return bad();')).toBeUndefined();
    expect(await at('')).toMatchObject({ verification: 'missing' });
  });
});
