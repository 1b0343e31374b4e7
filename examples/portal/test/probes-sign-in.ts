import { postAsHost } from './browser.ts';
import type { Browser } from './browser.ts';
import type { Probe } from './probes.ts';
import type { Running } from './world.ts';

const SESSION = 'portal_session';
const password = 'a long new password';

function withCookie(portal: Running, value: string): Browser {
  const browser = portal.browser();
  browser.cookies.set(SESSION, value);
  return browser;
}

/** Signed in: the settings are shown instead of the sign-in page. */
async function isIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/settings')).path === '/settings';
}

/** Makes it look as if the limits reached so far were reached, and tells whether one more request is refused. */
async function refusedAtLimit(portal: Running, request: () => Promise<{ status: number }>): Promise<boolean> {
  await request();
  await portal.db.exec('update rate_limits set hits = 1000');
  const { status } = await request();
  await portal.db.exec('delete from rate_limits');
  return status === 429;
}

async function mailedLink(
  portal: Running,
  path: string,
  email: string,
  headers: Record<string, string> = {},
): Promise<{ path: string; text: string }> {
  await portal.browser().post(path, { email }, headers);
  return portal.linkFor(email);
}

/** Probes for signing in, sessions and mailed links. */
export const signInProbes: Record<string, Probe> = {
  async 'no-csrf'(portal) {
    const forger = withCookie(portal, (await portal.as('sam@northwind.example')).cookies.get(SESSION)!);
    await forger.post('/settings/profile', { name: 'Forged' });
    return (await portal.db.query(`update users set name = 'Sam Okafor' where name = 'Forged' returning id`)).length > 0;
  },
  async 'session-survives-logout'(portal) {
    const browser = await portal.browser().signIn('tomas@harbourlegal.example');
    const copy = browser.cookies.get(SESSION)!;
    await browser.post('/logout');
    return isIn(withCookie(portal, copy));
  },
  async 'session-no-expiry'(portal) {
    const browser = await portal.browser().signIn('tomas@harbourlegal.example');
    await portal.db.exec(
      `update sessions set created_at = now() - interval '90 days', last_seen_at = now() - interval '90 days'
       where user_id = (select id from users where email = 'tomas@harbourlegal.example')`,
    );
    return isIn(browser);
  },
  async 'session-fixation'(portal) {
    await withCookie(portal, 'planted-by-somebody-else').signIn('tomas@harbourlegal.example');
    return isIn(withCookie(portal, 'planted-by-somebody-else'));
  },
  async 'cookie-not-httponly'(portal) {
    const answer = await portal.browser().post('/login', { email: 'tomas@harbourlegal.example', password: 'walk-the-portal' });
    return !/httponly/i.test(answer.headers.get('set-cookie')!);
  },
  async 'cookie-for-every-visitor'(portal) {
    return (await portal.browser().send('/login')).headers.getSetCookie().some((cookie) => cookie.startsWith(SESSION));
  },
  async 'login-by-email-alone'(portal) {
    const stranger = portal.browser();
    await stranger.post('/login/mobile', { email: 'priya@harbourlegal.example' });
    return isIn(stranger);
  },
  async 'no-login-rate-limit'(portal) {
    return !(await refusedAtLimit(portal, () => portal.browser().post('/login', { email: 'luis@ortega-foods.example', password: 'x' })));
  },
  async 'no-reset-rate-limit'(portal) {
    return !(await refusedAtLimit(portal, () => portal.browser().post('/forgot-password', { email: 'luis@ortega-foods.example' })));
  },
  async 'user-enumeration'(portal) {
    const known = await portal.browser().post('/login', { email: 'luis@ortega-foods.example', password: 'x' });
    const unknown = await portal.browser().post('/login', { email: 'luis@nowhere.example', password: 'x' });
    return known.text !== unknown.text;
  },
  async 'open-redirect'(portal) {
    const fields = { email: 'tomas@harbourlegal.example', password: 'walk-the-portal', next: 'https://evil.example/' };
    return (await portal.browser().post('/login', fields)).headers.get('location') === 'https://evil.example/';
  },
  async 'oidc-no-state'(portal) {
    const attacker = portal.browser();
    const authorize = (await attacker.send('/login/oidc')).headers.get('location')!;
    const callback = (await attacker.send(authorize)).headers.get('location')!;
    const victim = portal.browser();
    await victim.open(callback);
    return isIn(victim);
  },
  async 'reset-link-reusable'(portal) {
    const { path } = await mailedLink(portal, '/forgot-password', 'luis@ortega-foods.example');
    await portal.browser().post(path, { password });
    return (await portal.browser().post(path, { password: `${password}!` })).status === 303;
  },
  async 'reset-link-host-header'(portal) {
    await postAsHost(portal.url, 'evil.example', '/forgot-password', { email: 'henrik@voss-dental.example' });
    const { text } = await portal.linkFor('henrik@voss-dental.example');
    return text.includes('//evil.example/reset-password/');
  },
  async 'password-set-without-proof'(portal) {
    const email = 'luis@ortega-foods.example';
    await portal.browser().post('/setup-password', { email, password: 'chosen by a stranger' });
    return (await portal.browser().post('/login', { email, password: 'chosen by a stranger' })).status === 303;
  },
  async 'invite-link-reusable'(portal) {
    await (await portal.as('nora@northwind.example')).post('/invites', { email: 'ines@northwind.example', role: 'staff' });
    const { path } = await portal.linkFor('ines@northwind.example');
    await portal.browser().post(path, { name: 'Inês', password });
    return (await portal.browser().post(path, { name: 'Somebody', password })).status === 303;
  },
  async 'magic-link-no-expiry'(portal) {
    const { path } = await mailedLink(portal, '/login/magic-link', 'clara@duarte-cafe.example');
    await portal.db.exec(`update magic_links set expires_at = now() - interval '90 days'`);
    return (await portal.browser().post(path)).status === 303;
  },
  async 'magic-link-reusable'(portal) {
    const { path } = await mailedLink(portal, '/login/magic-link', 'henrik@voss-dental.example');
    await portal.browser().post(path);
    return (await portal.browser().post(path)).status === 303;
  },
  async 'reset-token-guessable'(portal) {
    const { path } = await mailedLink(portal, '/forgot-password', 'ada@mbeki-logistics.example');
    return /\/\d+$/.test(path);
  },
  async 'reset-page-leaks-token'(portal) {
    const { headers, text } = await portal.browser().send('/reset-password/any');
    return text.includes('https://stats.example.com/') && !headers.has('referrer-policy');
  },
  async 'session-survives-password-change'(portal) {
    const thief = await portal.browser().signIn('ada@mbeki-logistics.example');
    const owner = await portal.browser().signIn('ada@mbeki-logistics.example');
    await owner.post('/settings/password', { current_password: 'walk-the-portal', password: 'walk-the-portal' });
    return isIn(thief);
  },
  async 'session-survives-removal'(portal) {
    const sam = await portal.browser().signIn('sam@northwind.example');
    const rows = await portal.db.query<{ id: string }>(`select id from users where email = 'sam@northwind.example'`);
    await (await portal.as('nora@northwind.example')).submit(`/members/${rows[0]?.id}/deactivate`);
    return isIn(sam);
  },
};
