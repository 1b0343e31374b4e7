import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from './browser.ts';
import { idOf, startWorld } from './world.ts';
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
  nora = await portal.as('nora@northwind.example');
  clara = await portal.as('clara@duarte-cafe.example');
  henrik = await portal.as('henrik@voss-dental.example');
  priya = await portal.as('priya@harbourlegal.example');
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
