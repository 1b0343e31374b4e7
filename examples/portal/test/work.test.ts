import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from './browser.ts';
import { idOf, sendPayment, startWorld } from './world.ts';
import type { Running, World } from './world.ts';

let world: World;
let portal: Running;
let nora: Browser;
let clara: Browser;
let henrik: Browser;
let priya: Browser;

beforeAll(async () => {
  world = await startWorld();
  portal = await world.start();
  [nora, clara, henrik, priya] = (await Promise.all(
    ['nora@northwind.example', 'clara@duarte-cafe.example', 'henrik@voss-dental.example', 'priya@harbourlegal.example'].map((email) =>
      portal.browser().signIn(email),
    ),
  )) as [Browser, Browser, Browser, Browser];
});

afterAll(async () => {
  await portal?.stop();
  await world?.stop();
});

describe('invoices', () => {
  it('are drafted, changed, sent and voided by staff, in that order only', async () => {
    const client_id = await idOf(portal, 'users', 'clara@duarte-cafe.example');
    const draft = { client_id, number: 'NW-1', title: 'Chairs', amount_cents: 12_345, currency: 'EUR', due_on: '2026-12-31' };
    const made = await nora.json('POST', '/api/invoices', draft);
    expect(made).toMatchObject({ status: 201, data: { ...draft, status: 'draft' } });
    const path = `/api/invoices/${made.data.id}`;
    expect(made.headers.get('location')).toBe(path);
    expect((await nora.json('POST', '/api/invoices', draft)).status).toBe(409);
    expect((await clara.json('GET', path)).status).toBe(404);
    expect((await nora.json('PATCH', path, { ...draft, title: 'Twelve chairs' })).data.title).toBe('Twelve chairs');
    expect((await clara.json('PATCH', path, draft)).status).toBe(403);
    expect((await nora.json('POST', `${path}/send`)).data.status).toBe('sent');
    expect((await portal.linkFor('clara@duarte-cafe.example')).path).toBe(`/invoices/${made.data.id}`);
    expect((await clara.open(`/invoices/${made.data.id}`)).text).toContain('Twelve chairs');
    expect((await nora.json('PATCH', path, draft)).status).toBe(409);
    expect((await nora.json('DELETE', path)).status).toBe(409);
    expect((await nora.submit(`/invoices/${made.data.id}/void`)).text).toContain('badge-void');
    const other = await nora.json('POST', '/api/invoices', { ...draft, number: 'NW-2' });
    expect((await nora.json('DELETE', `/api/invoices/${other.data.id}`)).status).toBe(204);
    expect((await nora.json('GET', `/api/invoices/${other.data.id}`)).status).toBe(404);
  });

  it('can be made in the pages too, and only for clients of one’s own', async () => {
    const fields = { number: 'NW-3', title: '<b>Tables</b>', amount: '99.90', currency: 'GBP', due_on: '2026-11-30' };
    await nora.open('/invoices/new');
    const page = await nora.submit('/invoices', { ...fields, client_id: await idOf(portal, 'users', 'clara@duarte-cafe.example') });
    expect(page.text).toContain('&lt;b&gt;Tables&lt;/b&gt;');
    expect(page.text).toContain('£99.90');
    const stranger = await idOf(portal, 'users', 'ada@mbeki-logistics.example');
    expect((await nora.post('/invoices', { ...fields, number: 'NW-4', client_id: stranger })).status).toBe(422);
    expect((await nora.post('/invoices', { ...fields, number: 'NW-4', client_id: stranger, amount: '-1' })).status).toBe(422);
  });

  it('export: the organisation’s own, for owners, with formulas defused', async () => {
    await portal.db.query(`update invoices set title = '=1+1' where number = 'NW-2026-031'`);
    const { data } = await nora.json('GET', '/api/export/invoices.csv');
    expect(data).toContain(`"NW-2026-031","'=1+1"`);
    expect(data).not.toContain('HL-1180');
    expect((await clara.json('GET', '/api/export/invoices.csv')).status).toBe(403);
    expect((await portal.browser().json('GET', '/api/export/invoices.csv')).status).toBe(401);
  });
});

describe('tenants and clients', () => {
  it('do not see each other’s records, in the pages or the API', async () => {
    const invoice = await idOf(portal, 'invoices', 'NW-2026-038');
    const one = await idOf(portal, 'cases', 'Café fit-out Rua Augusta');
    const [task] = await portal.db.query<{ id: string }>('select id from tasks where case_id = $1 limit 1', [one]);
    const [approval] = await portal.db.query<{ id: string }>('select id from approvals where case_id = $1', [one]);
    const paths = [`/invoices/${invoice}`, `/cases/${one}`].flatMap((path) => [path, `/api${path}`]);
    paths.push(`/api/tasks/${task!.id}`, `/api/approvals/${approval!.id}`);
    for (const path of paths) {
      expect((await nora.open(path)).status, `${path} for the owner`).toBe(200);
      expect((await priya.open(path)).status, `${path} for another tenant`).toBe(404);
      expect((await henrik.open(path)).status, `${path} for another client`).toBe(path.includes('task') ? 403 : 404);
    }
    for (const path of [
      '/invoices',
      '/cases',
      '/approvals',
      '/api/invoices',
      '/api/cases',
      '/api/approvals',
      '/api/tasks',
      '/api/files',
      '/api/members',
      '/members',
    ]) {
      expect((await priya.open(path)).text, path).not.toMatch(/northwind|NW-2026|Café|Clara/i);
    }
    for (const path of ['/invoices', '/cases', '/approvals', '/api/invoices', '/api/cases', '/api/approvals', '/api/files']) {
      expect((await henrik.open(path)).text, path).not.toMatch(/Café|Clara/);
    }
  });

  it('do not change each other’s records', async () => {
    const one = await idOf(portal, 'cases', 'Café fit-out Rua Augusta');
    const clara_id = await idOf(portal, 'users', 'clara@duarte-cafe.example');
    const [task] = await portal.db.query<{ id: string }>('select id from tasks where case_id = $1 limit 1', [one]);
    const [approval] = await portal.db.query<{ id: string }>('select id from approvals where case_id = $1', [one]);
    const before = await snapshot();
    const statuses = [
      (await priya.json('PATCH', `/api/cases/${one}`, { status: 'closed' })).status,
      (await priya.json('PATCH', `/api/tasks/${task!.id}`, { title: 'x', done: true })).status,
      (await priya.json('DELETE', `/api/tasks/${task!.id}`)).status,
      (await priya.json('POST', '/api/tasks', { case_id: one, title: 'x' })).status,
      (await priya.json('POST', '/api/approvals', { case_id: one, title: 'x' })).status,
      (await priya.json('POST', '/api/cases', { client_id: clara_id, title: 'x' })).status,
      (await priya.json('PATCH', `/api/members/${clara_id}`, { role: 'staff' })).status,
      (await henrik.json('POST', `/api/approvals/${approval!.id}/decision`, { decision: 'approved' })).status,
      (await nora.json('POST', `/api/approvals/${approval!.id}/decision`, { decision: 'approved' })).status,
      (await clara.json('PATCH', `/api/members/${clara_id}`, { role: 'owner' })).status,
    ];
    expect(statuses).toEqual([404, 404, 404, 422, 422, 422, 404, 409, 403, 403]);
    expect(await snapshot()).toEqual(before);
  });

  async function snapshot(): Promise<unknown[]> {
    const tables = [];
    for (const table of ['cases', 'tasks', 'approvals', 'memberships'])
      tables.push(await portal.db.query(`select * from ${table} order by 1, 2`));
    return tables;
  }
});

describe('cases, tasks, approvals', () => {
  it('a client opens a case, staff work on it, the client approves once', async () => {
    await clara.open('/cases');
    const opened = await clara.submit('/cases', { title: 'New awning', description: 'Striped', client_id: 'ignored' });
    expect(opened.text).toContain('New awning');
    const id = await idOf(portal, 'cases', 'New awning');
    await nora.submit(`/cases/${id}/tasks`, { title: 'Call the supplier', due_on: '2026-12-01' });
    const [task] = await portal.db.query<{ id: string }>('select id from tasks where case_id = $1', [id]);
    expect((await nora.submit(`/cases/${id}/tasks/${task!.id}/done`)).text).toContain('class="done"');
    expect((await clara.open(`/cases/${id}`)).text).not.toContain('Call the supplier');
    expect((await nora.submit(`/cases/${id}/status`, { status: 'waiting' })).text).toContain('badge-waiting');
    await nora.submit('/approvals', { case_id: id, title: 'Green stripes' });
    expect((await portal.linkFor('clara@duarte-cafe.example')).path).toBe('/approvals');
    const [approval] = await portal.db.query<{ id: string }>('select id from approvals where case_id = $1', [id]);
    expect((await clara.submit(`/approvals/${approval!.id}/decision`, { decision: 'approved' })).text).toContain('badge-approved');
    expect((await clara.post(`/approvals/${approval!.id}/decision`, { decision: 'rejected' })).status).toBe(409);
    expect((await nora.post(`/approvals/${approval!.id}/withdraw`)).status).toBe(409);
  });
});

describe('files', () => {
  it('are stored for those who may see the case, and served as downloads', async () => {
    const id = await idOf(portal, 'cases', 'Café fit-out Rua Augusta');
    await clara.open(`/cases/${id}`);
    expect((await clara.upload(`/cases/${id}/files`, { name: '../../plan<x>.txt', content: 'the plan' })).status).toBe(303);
    const [file] = await portal.db.query<{ id: string; name: string }>('select id, name from files where case_id = $1', [id]);
    expect(file!.name).toBe('plan_x_.txt');
    const path = `/files/${file!.id}`;
    const own = await clara.open(path);
    expect(own.text).toBe('the plan');
    expect(own.headers.get('content-disposition')).toMatch(/^attachment/);
    expect(own.headers.get('cache-control')).toBe('no-store');
    expect((await nora.open(`/api${path}`)).text).toBe('the plan');
    for (const stranger of [henrik, priya]) {
      expect((await stranger.open(path)).status).toBe(404);
      expect((await stranger.open(`/api${path}`)).status).toBe(404);
      expect((await stranger.upload(`/cases/${id}/files`, { name: 'a.txt', content: 'a' })).status).toBe(404);
      expect((await stranger.upload('/api/files', { name: 'a.txt', content: 'a' }, { case_id: id })).status).toBe(404);
    }
    expect((await portal.browser().open(path)).path).toBe('/login');
    expect((await nora.json('DELETE', `/api${path}`)).status).toBe(204);
    expect((await nora.open(path)).status).toBe(404);
  });

  it('are refused when too large, of another type, empty, or without the CSRF token', async () => {
    const id = await idOf(portal, 'cases', 'Café fit-out Rua Augusta');
    const api = (content: string | Uint8Array<ArrayBuffer>) => nora.upload('/api/files', { name: 'f.pdf', content }, { case_id: id });
    expect((await api(new Uint8Array(5 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await api(new Uint8Array([0x4d, 0x5a, 0x90, 0x00]))).status).toBe(422);
    expect((await api('')).status).toBe(422);
    expect((await api('%PDF-1.7')).status).toBe(201);
    expect((await nora.upload('/api/files', { name: 'f.pdf', content: '%PDF-' }, { case_id: id, _csrf: 'wrong' })).status).toBe(403);
    expect((await nora.json('POST', '/api/files', {})).status).toBe(415);
  });
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
