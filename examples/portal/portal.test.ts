import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postAsHost } from './test/browser.ts';
import { startOidcProvider } from './test/oidc-provider.ts';
import type { OidcProvider } from './test/oidc-provider.ts';
import { idOf, sendPayment, startWorld } from './test/world.ts';
import type { Running, World } from './test/world.ts';

let world: World;
let provider: OidcProvider;
let portal: Running;

beforeAll(async () => {
  world = await startWorld();
  provider = await startOidcProvider({ sub: 'clara-1', email: 'clara@duarte-cafe.example', email_verified: true });
  portal = await world.start({
    env: { OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: provider.clientId, OIDC_CLIENT_SECRET: provider.clientSecret },
  });
});

afterAll(async () => {
  await portal?.stop();
  await provider?.stop();
  await world?.stop();
});

const strong = 'correct horse battery';

describe('signing in', () => {
  it('takes the password, keeps a session in a cookie scripts cannot read, and ends it on the server', async () => {
    const browser = portal.browser();
    const answer = await browser.post('/login', { email: 'NORA@northwind.example', password: 'walk-the-portal', next: '/invoices' });
    expect(answer.headers.get('location')).toBe('/invoices');
    expect(answer.headers.get('set-cookie')).toMatch(/portal_session=[\w-]{43}; Max-Age=43200; Path=\/; .*HttpOnly; SameSite=Lax/);
    expect((await browser.open('/')).text).toContain('Northwind Interiors');
    const stolen = new Map(browser.cookies);
    expect((await browser.submit('/logout')).path).toBe('/login');
    const thief = portal.browser();
    for (const [name, value] of stolen) thief.cookies.set(name, value);
    expect((await thief.open('/invoices')).path).toBe('/login');
  });

  it('says the same about a wrong password and an unknown address, and goes nowhere else afterwards', async () => {
    const wrong = await portal.browser().post('/login', { email: 'nora@northwind.example', password: 'wrong' });
    const unknown = await portal.browser().post('/login', { email: 'nobody@northwind.example', password: 'wrong' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(unknown.text).toBe(wrong.text);
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example']) {
      const answer = await portal.browser().post('/login', { email: 'nora@northwind.example', password: 'walk-the-portal', next });
      expect(answer.headers.get('location')).toBe('/');
    }
  });

  it('starts a new session at sign-in, whatever cookie the browser brought', async () => {
    const browser = portal.browser();
    browser.cookies.set('portal_session', 'planted');
    await browser.signIn('sam@northwind.example');
    expect(browser.cookies.get('portal_session')).not.toBe('planted');
  });

  it('ends sessions that are idle or old', async () => {
    for (const column of ['last_seen_at', 'created_at']) {
      const browser = await portal.browser().signIn('sam@northwind.example');
      await portal.db.query(`update sessions set ${column} = now() - interval '13 hours' where user_id = $1`, [
        await idOf(portal, 'users', 'sam@northwind.example'),
      ]);
      expect((await browser.open('/invoices')).path).toBe('/login');
    }
  });

  it('refuses after ten attempts on one account, and logs every refusal as an event of its own', async () => {
    const browser = portal.browser();
    const statuses = [];
    for (let attempt = 0; attempt < 11; attempt++)
      statuses.push((await browser.post('/login', { email: 'luis@ortega-foods.example', password: 'x' })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    const failures = (await portal.settledLogs()).filter((line) => line.event === 'auth_failure');
    expect(failures.map((line) => line['reason'])).toEqual(expect.arrayContaining(['bad_credentials', 'rate_limited', 'no_session']));
    expect(JSON.stringify(failures)).not.toContain('ortega-foods');
  });

  it('refuses a sign-in form that another site has sent', async () => {
    const fields = { email: 'nora@northwind.example', password: 'walk-the-portal' };
    expect((await portal.browser().post('/login', fields, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await portal.browser().post('/login', fields, { origin: portal.url })).status).toBe(303);
  });
});

describe('mailed links', () => {
  it('magic link: signs in once, whoever looks at the link first, and expires', async () => {
    const browser = portal.browser();
    const asked = await browser.submit('/login/magic-link', { email: 'ada@mbeki-logistics.example' });
    const { path } = await portal.linkFor('ada@mbeki-logistics.example');
    const unknown = await portal.browser().submit('/login/magic-link', { email: 'nobody@mbeki-logistics.example' });
    expect(unknown.text).toBe(asked.text);
    expect((await portal.browser().open(path)).text).toContain('Sign in now');
    expect((await browser.submit(path)).text).toContain('Harbour Legal');
    expect((await portal.browser().submit(path)).status).toBe(400);

    await browser.submit('/login/magic-link', { email: 'ada@mbeki-logistics.example' });
    const late = await portal.linkFor('ada@mbeki-logistics.example');
    await portal.db.query(`update magic_links set expires_at = now() - interval '1 second'`);
    expect((await portal.browser().submit(late.path)).status).toBe(400);
  });

  it('password reset: works once, signs out everywhere, and does not trust the Host header', async () => {
    const signedIn = await portal.browser().signIn('henrik@voss-dental.example');
    const browser = portal.browser();
    await postAsHost(portal.url, 'evil.example', '/forgot-password', { email: 'henrik@voss-dental.example' });
    const { path, text } = await portal.linkFor('henrik@voss-dental.example');
    expect(text).toContain(`${portal.url}/reset-password/`);
    expect(text).not.toContain('evil.example');
    expect((await browser.post(path, { password: 'short' })).status).toBe(422);
    expect((await browser.submit(path, { password: strong })).text).toContain('Your new password is saved');
    expect((await browser.post(path, { password: `${strong}!` })).status).toBe(400);
    expect((await signedIn.open('/invoices')).path).toBe('/login');
    await portal.browser().signIn('henrik@voss-dental.example', strong);
    expect((await portal.linkFor('henrik@voss-dental.example')).text).toContain('Your password was changed');
  });

  it('invite: creates the account with the role that was offered, once; staff can invite clients only', async () => {
    const sam = await portal.browser().signIn('sam@northwind.example');
    expect((await sam.post('/invites', { email: 'mole@northwind.example', role: 'owner' })).status).toBe(422);
    const nora = await portal.browser().signIn('nora@northwind.example');
    expect((await nora.submit('/invites', { email: 'Ines@northwind.example', role: 'staff' })).text).toContain('on its way');
    const { path } = await portal.linkFor('ines@northwind.example');
    const ines = portal.browser();
    expect((await ines.open(path)).text).toContain('Join Northwind Interiors');
    expect((await ines.submit(path, { name: 'Inês Prata', password: strong, role: 'owner' })).text).toContain('Hello, Inês');
    expect((await ines.json('GET', '/api/me')).data.role).toBe('staff');
    expect((await portal.browser().post(path, { name: 'Again', password: strong })).status).toBe(400);
  });

  it('invite of somebody who has an account: adds the organisation, leaves the password alone, and one can switch', async () => {
    const priya = await portal.browser().signIn('priya@harbourlegal.example');
    await priya.submit('/invites', { email: 'sam@northwind.example', role: 'client' });
    const { path } = await portal.linkFor('sam@northwind.example');
    const sam = portal.browser();
    expect((await sam.open(path)).text).not.toContain('type="password"');
    expect((await sam.submit(path, { password: 'hijacked-password' })).text).toContain('Harbour Legal');
    await portal.browser().signIn('sam@northwind.example');
    await sam.open('/settings');
    const northwind = await idOf(portal, 'organisations', 'Northwind Interiors');
    expect((await sam.submit('/settings/organisation/switch', { organisation_id: northwind })).text).toContain('Northwind Interiors');
    const nora = await portal.browser().signIn('nora@northwind.example');
    const harbour = await idOf(portal, 'organisations', 'Harbour Legal');
    expect((await nora.post('/settings/organisation/switch', { organisation_id: harbour })).status).toBe(404);
  });
});

describe('company sign-in', () => {
  it('finds people by a verified address, then by the provider’s id', async () => {
    expect((await portal.browser().open('/login/oidc')).text).toContain('Hello, Clara');
    provider.person = { sub: 'clara-1', email: 'other@duarte-cafe.example', email_verified: false };
    expect((await portal.browser().open('/login/oidc')).text).toContain('Hello, Clara');
  });

  it('lets nobody in by an address the provider has not verified, nor without an account', async () => {
    provider.person = { sub: 'mallory', email: 'nora@northwind.example', email_verified: false };
    expect((await portal.browser().open('/login/oidc')).status).toBe(403);
    provider.person = { sub: 'stranger', email: 'stranger@elsewhere.example', email_verified: true };
    expect((await portal.browser().open('/login/oidc')).status).toBe(403);
  });

  it('accepts an answer only in the browser that asked, only with its state, only once', async () => {
    provider.person = { sub: 'clara-1', email: 'clara@duarte-cafe.example', email_verified: true };
    const mallory = portal.browser();
    const authorize = (await mallory.send('/login/oidc')).headers.get('location')!;
    const callback = (await mallory.send(authorize)).headers.get('location')!;
    expect((await portal.browser().send(callback)).status).toBe(400);
    const victim = portal.browser();
    await victim.send('/login/oidc');
    expect((await victim.send(callback)).status).toBe(400);
    expect((await mallory.send(callback)).status).toBe(303);
    expect((await mallory.send(callback)).status).toBe(400);
  });
});

describe('the platform', () => {
  it('validates its configuration at boot and names what is missing', async () => {
    const start = world.start({ env: { APP_URL: undefined, PAYMENTS_WEBHOOK_SECRET: '', SESSION_MAX_HOURS: 'x' } });
    await expect(start).rejects.toThrow(/APP_URL is not set, PAYMENTS_WEBHOOK_SECRET is not set, SESSION_MAX_HOURS must be a whole number/);
  });

  it('reports health, readiness and version, and sends security headers', async () => {
    const visitor = portal.browser();
    expect((await visitor.json('GET', '/healthz')).data).toEqual({ status: 'ok' });
    expect((await visitor.json('GET', '/readyz')).data).toEqual({ status: 'ready' });
    expect((await visitor.json('GET', '/version')).data).toEqual({ version: '1.4.0', release: 'development' });
    const { headers } = await visitor.open('/login');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    // With 'no-referrer' a browser would send "Origin: null" with our own sign-in form, which is refused as foreign.
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect((await visitor.post('/login', { email: 'x@y.example', password: 'x' }, { origin: 'null' })).status).toBe(403);
  });

  it('admin: lists organisations and suspends them at once, for platform administrators only', async () => {
    const tomas = await portal.browser().signIn('tomas@harbourlegal.example');
    expect((await tomas.open('/admin')).status).toBe(403);
    expect((await tomas.json('GET', '/api/admin/organisations')).status).toBe(403);
    const admin = await portal.browser().signIn('admin@fieldwork.example');
    expect((await admin.open('/')).text).toContain('Harbour Legal');
    const harbour = await idOf(portal, 'organisations', 'Harbour Legal');
    await admin.submit(`/admin/organisations/${harbour}/suspend`);
    expect((await tomas.open('/invoices')).path).toBe('/login');
    expect((await portal.browser().post('/login', { email: 'tomas@harbourlegal.example', password: 'walk-the-portal' })).status).toBe(403);
    expect((await admin.json('PATCH', `/api/admin/organisations/${harbour}`, { suspended: false })).data.suspended_at).toBeNull();
    await portal.browser().signIn('tomas@harbourlegal.example');
    await admin.submit('/admin/organisations', { name: 'Third Tenant', owner_email: 'olga@third.example' });
    expect((await portal.linkFor('olga@third.example')).text).toContain('client portal of Third Tenant');
  });

  it('shows no details of an error of its own', async () => {
    await portal.db.exec('alter table webhook_events rename to gone');
    expect(await sendPayment(portal, { invoice_id: 1, amount_cents: 1 })).toBe(500);
    await portal.db.exec('alter table gone rename to webhook_events');
    const answer = await portal.browser().json('POST', '/api/me', '{', { 'content-type': 'application/json' });
    expect(JSON.stringify(answer.data)).not.toMatch(/node_modules|at .*\.ts/);
    const logged = (await portal.settledLogs()).find((line) => line.event === 'request_failed');
    expect(logged).toMatchObject({ level: 'error', message: expect.stringContaining('webhook_events') });
  });
});
