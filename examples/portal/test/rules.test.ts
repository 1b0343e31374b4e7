import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from './browser.ts';
import { idOf, sendPayment, startWorld } from './world.ts';
import type { Running, World } from './world.ts';

let world: World;
let portal: Running;
let nora: Browser;
let priya: Browser;

beforeAll(async () => {
  world = await startWorld();
  portal = await world.start();
  nora = await portal.as('nora@northwind.example');
  priya = await portal.as('priya@harbourlegal.example');
});

afterAll(async () => {
  await portal?.stop();
  await world?.stop();
});

describe('writes with a session', () => {
  it('need the CSRF token, everywhere', async () => {
    const forger = portal.browser();
    for (const [name, value] of nora.cookies) forger.cookies.set(name, value);
    for (const path of [
      '/settings/profile',
      '/invoices',
      '/cases',
      '/approvals',
      '/invites',
      '/members/x/role',
      '/logout',
      '/organisation/logo/import',
    ]) {
      expect((await forger.post(path, { name: 'Forged', title: 'Forged' })).status, path).toBe(403);
      expect((await forger.post(path, { _csrf: 'guess' })).status, path).toBe(403);
    }
    for (const path of ['/api/invoices', '/api/cases', '/api/tasks', '/api/approvals'])
      expect((await forger.json('POST', path, {})).status, path).toBe(403);
    expect((await forger.json('PATCH', '/api/me', { name: 'Forged' })).status).toBe(403);
    expect((await nora.json('GET', '/api/me')).data.name).toBe('Nora Lindqvist');
  });
});

describe('the API', () => {
  it('takes bearer tokens, stores them hashed, and forgets revoked, expired and deactivated ones', async () => {
    await priya.open('/settings');
    const page = await priya.submit('/settings/api-tokens', { name: 'accounting' });
    const token = /fwp_[\w-]{43}/.exec(page.text)![0];
    expect(await portal.db.query('select 1 from api_tokens where token_hash = $1', [token])).toEqual([]);
    const get = (bearer: string, path = '/api/invoices') =>
      portal.browser().json('GET', path, undefined, { authorization: `Bearer ${bearer}` });
    expect((await get(token)).data.data.map((row: { number: string }) => row.number)).toEqual(['HL-1180', 'HL-1181']);
    const update = await portal
      .browser()
      .json('PATCH', '/api/me', { name: 'Priya R.', is_platform_admin: true, role: 'client' }, { authorization: `Bearer ${token}` });
    expect(update.data.name).toBe('Priya R.');
    expect((await get(token, '/api/me')).data.role).toBe('owner');
    expect((await get(token, '/api/admin/organisations')).status).toBe(403);
    expect((await get('fwp_wrong')).status).toBe(401);
    for (const [spoil, mend] of [
      [`update api_tokens set expires_at = now()`, `update api_tokens set expires_at = now() + interval '1 day'`],
      [`update api_tokens set revoked_at = now()`, `update api_tokens set revoked_at = null`],
      [`update memberships set deactivated_at = now()`, `update memberships set deactivated_at = null`],
    ]) {
      await portal.db.exec(spoil!);
      expect((await get(token)).status, spoil).toBe(401);
      await portal.db.exec(mend!);
      expect((await get(token)).status).toBe(200);
    }
  });

  it('lets only listed origins call it from a browser', async () => {
    const answer = await nora.json('GET', '/api/me', undefined, { origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is described completely by openapi.json', async () => {
    const { data } = await portal.browser().json('GET', '/openapi.json');
    const documented = Object.entries<Record<string, unknown>>(data.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => method !== 'parameters')
        .map((method) => `${method} ${path}`),
    );
    expect(documented.sort()).toEqual(await apiRoutes());
    for (const route of documented) {
      const [method, path] = route.split(' ') as [string, string];
      const answer = await portal.browser().json(method.toUpperCase(), path.replace(/\{\w+\}/g, '1'));
      expect(answer.status, route).toBe(401);
    }
  });

  /** The routes as the source mounts and declares them. */
  async function apiRoutes(): Promise<string[]> {
    const source = join(import.meta.dirname, '..', 'src');
    const app = await readFile(join(source, 'app.ts'), 'utf8');
    const routes: string[] = [];
    for (const file of await readdir(join(source, 'routes', 'api'))) {
      const text = await readFile(join(source, 'routes', 'api', file), 'utf8');
      const router = /export const (\w+) = Router/.exec(text)![1];
      const mount = new RegExp(`app\\.use\\('([^']+)', ${router}\\)`).exec(app)![1]!;
      for (const [, method, path] of text.matchAll(/^\w+\.(get|post|patch|put|delete)\('([^']+)'/gm)) {
        routes.push(`${method} ${(mount + path!).replace(/\/$/, '').replace(/:(\w+)/g, '{$1}')}`);
      }
    }
    return routes.sort();
  }
});

describe('the payment webhook', () => {
  const status = async (id: number): Promise<unknown> =>
    (await portal.db.query('select status from invoices where id = $1', [id]))[0]?.['status'];

  it('marks a sent invoice paid, once, and mails the receipt', async () => {
    const invoice_id = Number(await idOf(portal, 'invoices', 'HL-1180'));
    const event = { invoice_id, amount_cents: 320_000, id: 'evt_1' };
    for (const [wrong, options] of [
      [event, { header: null }],
      [event, { header: '' }],
      [event, { header: 't=,v1=' }],
      [event, { secret: 'guess' }],
      [event, { age: 301 }],
      [event, { age: -301 }],
    ] as const) {
      expect(await sendPayment(portal, wrong, options)).toBe(400);
    }
    expect(await status(invoice_id)).toBe('sent');
    expect(await sendPayment(portal, { ...event, id: 'evt_0', amount_cents: 1 })).toBe(200);
    expect(await status(invoice_id)).toBe('sent');
    expect(await sendPayment(portal, event)).toBe(200);
    expect(await status(invoice_id)).toBe('paid');
    expect((await portal.linkFor('ada@mbeki-logistics.example')).text).toContain('€3,200.00');
    await portal.db.query(`update invoices set status = 'sent' where id = $1`, [invoice_id]);
    expect(await sendPayment(portal, event)).toBe(200);
    expect(await status(invoice_id)).toBe('sent');
  });
});

describe('settings and members', () => {
  it('changing the password needs the current one and signs out the other sessions', async () => {
    const tomas = await portal.browser().signIn('tomas@harbourlegal.example');
    const elsewhere = await portal.browser().signIn('tomas@harbourlegal.example');
    await tomas.open('/settings');
    expect((await tomas.post('/settings/password', { current_password: 'guess', password: 'another long one' })).status).toBe(403);
    expect(
      (await tomas.submit('/settings/password', { current_password: 'walk-the-portal', password: 'another long one' })).text,
    ).toContain('Saved.');
    expect((await elsewhere.open('/settings')).path).toBe('/login');
    await portal.browser().signIn('tomas@harbourlegal.example', 'another long one');
  });

  it('owners change roles and deactivate members, but not themselves; it takes effect at once', async () => {
    const sam = await portal.browser().signIn('sam@northwind.example');
    const samId = await idOf(portal, 'users', 'sam@northwind.example');
    expect((await sam.post(`/members/${samId}/role`, { role: 'owner' })).status).toBe(403);
    expect((await nora.post(`/members/${await idOf(portal, 'users', 'nora@northwind.example')}/deactivate`)).status).toBe(409);
    await nora.submit(`/members/${samId}/role`, { role: 'client' });
    expect((await sam.open('/members')).status).toBe(403);
    await nora.submit(`/members/${samId}/deactivate`);
    expect((await sam.open('/invoices')).path).toBe('/login');
  });

  it('imports a logo from listed hosts over HTTPS only', async () => {
    for (const url of ['http://127.0.0.1:1/', 'https://evil.example/logo.png', 'file:///etc/passwd', 'no url']) {
      expect((await nora.post('/organisation/logo/import', { url })).status, url).toBe(422);
    }
  });
});
