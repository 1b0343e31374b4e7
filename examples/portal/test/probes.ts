import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { madeUpLiveKey } from '../flaws/made-up.ts';
import type { Browser } from './browser.ts';
import { signInProbes } from './probes-sign-in.ts';
import { idOf, sendPayment } from './world.ts';
import type { Running } from './world.ts';

/** Tries to use a flaw over HTTP, and undoes what it changed. True when the hole is open. */
export type Probe = (portal: Running) => Promise<boolean>;

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

async function uploadedFile(nora: Browser, portal: Running): Promise<{ id: string; storage_key: string }> {
  await nora.upload(
    '/api/files',
    { name: 'plan.txt', content: 'the plan' },
    { case_id: await idOf(portal, 'cases', 'Café fit-out Rua Augusta') },
  );
  const [file] = await portal.db.query<{ id: string; storage_key: string }>(
    'select id, storage_key from files order by created_at desc limit 1',
  );
  return file!;
}

/** Sends a payment for an invoice that waits for it; tells whether it was marked as paid, and puts it back. */
async function paid(portal: Running, options: Parameters<typeof sendPayment>[2], id?: string): Promise<boolean> {
  const invoice_id = Number(await idOf(portal, 'invoices', 'HL-1180'));
  await sendPayment(portal, { invoice_id, amount_cents: 320_000, ...(id !== undefined && { id }) }, options);
  const changed = await portal.db.query(
    `update invoices set status = 'sent', paid_at = null where id = $1 and status = 'paid' returning id`,
    [invoice_id],
  );
  return changed.length > 0;
}

const tenantProbes: Record<string, Probe> = {
  async 'idor-invoices'(portal) {
    const id = await idOf(portal, 'invoices', 'NW-2026-038');
    return (await (await portal.as('priya@harbourlegal.example')).json('GET', `/api/invoices/${id}`)).data.number === 'NW-2026-038';
  },
  async 'idor-cases'(portal) {
    const id = await idOf(portal, 'cases', 'Café fit-out Rua Augusta');
    return (await (await portal.as('priya@harbourlegal.example')).open(`/cases/${id}`)).text.includes('Counter, seating');
  },
  async 'idor-files'(portal) {
    const { id } = await uploadedFile(await portal.as('nora@northwind.example'), portal);
    return (await (await portal.as('priya@harbourlegal.example')).open(`/api/files/${id}`)).text === 'the plan';
  },
  async 'list-leaks-all-tenants'(portal) {
    return (await (await portal.as('priya@harbourlegal.example')).open('/api/cases')).text.includes('Café');
  },
  async 'clients-see-each-other'(portal) {
    return (await (await portal.as('henrik@voss-dental.example')).open('/api/invoices')).text.includes('NW-2026-038');
  },
  async 'missing-auth-export'(portal) {
    const organisation = await idOf(portal, 'organisations', 'Northwind Interiors');
    return (await portal.browser().open(`/api/export/invoices.csv?organisation=${organisation}`)).text.includes('NW-2026-038');
  },
  async 'unauthenticated-write'(portal) {
    const [task] = await portal.db.query<{ id: string; title: string }>('select id, title from tasks limit 1');
    await portal.browser().json('PATCH', `/api/tasks/${task!.id}`, { title: 'Changed by a stranger' });
    return (
      (await portal.db.query('update tasks set title = $2 where id = $1 and title <> $2 returning id', [task!.id, task!.title])).length > 0
    );
  },
  async 'role-only-in-client'(portal) {
    const sam = await idOf(portal, 'users', 'sam@northwind.example');
    await (await portal.as('clara@duarte-cafe.example')).post(`/members/${sam}/role`, { role: 'owner' });
    return (
      (await portal.db.query(`update memberships set role = 'staff' where user_id = $1 and role = 'owner' returning role`, [sam])).length >
      0
    );
  },
  async 'admin-without-role'(portal) {
    return (await (await portal.as('clara@duarte-cafe.example')).open('/admin')).text.includes('Harbour Legal');
  },
  async 'mass-assignment-user-role'(portal) {
    await (await portal.as('ada@mbeki-logistics.example')).json('PATCH', '/api/me', { name: 'Ada Mbeki', is_platform_admin: true });
    const undo = `update users set is_platform_admin = false where email = 'ada@mbeki-logistics.example' and is_platform_admin returning id`;
    return (await portal.db.query(undo)).length > 0;
  },
  async 'jwt-not-verified'(portal) {
    const forged = `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url({ email: 'nora@northwind.example' })}.`;
    const { data } = await portal.browser().json('GET', '/api/me', undefined, { authorization: `Bearer ${forged}` });
    return data.email === 'nora@northwind.example';
  },
};

const webhookProbes: Record<string, Probe> = {
  'webhook-unsigned': (portal) => paid(portal, { secret: 'guess' }),
  // The others are told from an unsigned webhook by a wrong signature, which they refuse.
  'webhook-skip-if-header-missing': async (portal) => (await paid(portal, { header: null })) && !(await paid(portal, { secret: 'guess' })),
  'webhook-no-tolerance': async (portal) => (await paid(portal, { age: 86_400 })) && !(await paid(portal, { secret: 'guess' })),
  'webhook-replay': async (portal) => (await paid(portal, {}, 'evt_again')) && (await paid(portal, {}, 'evt_again')),
};

const exposureProbes: Record<string, Probe> = {
  async 'ssrf-import-from-url'(portal) {
    let called = false;
    const internal = createServer((_req, res) => {
      called = true;
      res.writeHead(200, { 'content-type': 'text/plain' }).end('internal');
    });
    await new Promise<void>((resolve) => internal.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(internal.address() as AddressInfo).port}/metadata`;
    await (await portal.as('nora@northwind.example')).post('/organisation/logo/import', { url });
    internal.closeAllConnections();
    internal.close();
    return called;
  },
  async 'upload-public'(portal) {
    const { storage_key } = await uploadedFile(await portal.as('nora@northwind.example'), portal);
    return (await portal.browser().send(`/uploads/${storage_key}`)).text === 'the plan';
  },
  async 'debug-endpoint'(portal) {
    return (await portal.browser().send('/debug')).text.includes(portal.webhookSecret);
  },
  async 'stack-traces'(portal) {
    const init = { method: 'PATCH', body: '{', headers: { 'content-type': 'application/json' } };
    return /\\n +at /.test((await portal.browser().send('/api/me', init)).text);
  },
  async 'cors-any-origin-credentials'(portal) {
    const { headers } = await (
      await portal.as('nora@northwind.example')
    ).json('GET', '/api/me', undefined, { origin: 'https://evil.example' });
    return (
      headers.get('access-control-allow-origin') === 'https://evil.example' && headers.get('access-control-allow-credentials') === 'true'
    );
  },
  // Without a key nothing is sent to the service; that nobody asked the stranger who they are shows all the same.
  async 'assistant-for-everybody'(portal) {
    const { data } = await portal.browser().json('POST', '/api/assistant', { question: 'Write me a novel' });
    return data.error?.message === 'The assistant is not set up yet';
  },
  async 'open-mail-relay'(portal) {
    await portal.browser().json('POST', '/api/send-email', { to: 'victim@elsewhere.example', subject: 'Pay here', html: '<p>now</p>' });
    return portal.mails().some((mail) => mail.to.includes('victim@elsewhere.example'));
  },
};

/** What a visitor without an account is handed. */
const publishedProbes: Record<string, Probe> = {
  async 'project-folder-served'(portal) {
    const visitor = portal.browser();
    const answers = await Promise.all(['/.env', '/.git/HEAD', '/package.json'].map((path) => visitor.send(path)));
    return answers.every(({ status }) => status === 200) && answers[0]!.text.includes('DATABASE_URL=');
  },
  async 'backups-listed'(portal) {
    return (await portal.browser().send('/backup/')).text.includes('portal-2026-11-01.dump');
  },
  async 'source-map-published'(portal) {
    const browser = portal.browser();
    const loaded = (await browser.open('/login')).text.includes('/assets/portal.js');
    const { sourcesContent } = (await browser.json('GET', '/assets/portal.js.map')).data;
    return loaded && sourcesContent?.[0].includes('as agreed with the bookkeeper') === true;
  },
  async 'secret-in-script'(portal) {
    const browser = portal.browser();
    const loaded = (await browser.open('/login')).text.includes('/assets/pay.js');
    return loaded && (await browser.send('/assets/pay.js')).text.includes(madeUpLiveKey('script'));
  },
  async 'dev-server-public'(portal) {
    const browser = portal.browser();
    return (await browser.open('/login')).text.includes('/@vite/client') && (await browser.send('/@vite/client')).text.includes('vite');
  },
  async 'older-release-runs'(portal) {
    const browser = portal.browser();
    const offered = (await browser.open('/login')).text.includes('/login/text-message');
    return offered && (await browser.post('/login/text-message', { phone: '+351 900 000 000' })).status === 200;
  },
};

const operationProbes: Record<string, Probe> = {
  async 'passwords-in-logs'(portal) {
    await portal.browser().post('/login', { email: 'sam@northwind.example', password: 'a-typo-of-mine' });
    return JSON.stringify(await portal.settledLogs()).includes('a-typo-of-mine');
  },
  async 'no-security-headers'(portal) {
    return !(await portal.browser().open('/login')).headers.has('content-security-policy');
  },
  async 'private-pages-cached'(portal) {
    return !(await (await portal.as('nora@northwind.example')).open('/invoices')).headers.get('cache-control')!.includes('no-store');
  },
  async 'auth-failures-not-logged'(portal) {
    await portal.browser().open('/api/me');
    return !(await portal.settledLogs()).some((line) => line.event === 'auth_failure');
  },
  async 'readyz-always-ok'(portal) {
    await portal.cutDatabase();
    return (await portal.browser().open('/readyz')).status === 200;
  },
};

/** One probe a flaw, in an order in which none disturbs the next: the last one cuts off the database. */
export const probes: Record<string, Probe> = {
  ...tenantProbes,
  ...signInProbes,
  ...webhookProbes,
  ...exposureProbes,
  ...publishedProbes,
  ...operationProbes,
};
