import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { flaws as switches } from '../../examples/portal/flaws.ts';
import { accounts, demoPassword, type Portal, startPortal } from '../../examples/portal/start.ts';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { LiveAccess } from '../../src/evidence/live-access.ts';

/** An owner and a client of each of two firms, another client of the second, and whoever runs the portal. */
const people = accounts
  .filter(({ email }) => /^(?:nora|clara|priya|ada|luis|admin)@/.test(email))
  .map(({ email, who }) => {
    const [role, tenant] = who.split(' of ');
    const name = email.split('@', 1)[0]!;
    return tenant === undefined
      ? { name, email, password: demoPassword, administrator: true }
      : { name, email, password: demoPassword, tenant, role: role!, expendable: name === 'ada' };
  });

const ofAccess = checks.filter(({ needs }) =>
  Object.values<Evidence>(needs).some(({ id, absent }) => id === 'access.live' && absent === undefined),
);

async function tried(
  portal: Portal,
  writes: boolean,
  judged = ofAccess,
): Promise<{ readonly findings: readonly Finding[]; readonly live: LiveAccess }> {
  const url = new URL(portal.url);
  const result = await run({
    checks: judged,
    collectors,
    target: { url, people, writes, scope: { hosts: [url.host], requests: 6_000, history: false } },
    targetArguments: portal.url,
    version: 'test',
  });
  return { findings: result.run.findings, live: result.evidence['access.live'] as LiveAccess };
}

/** The route for a finding about one, else the check. */
const failed = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ place, check }) => place?.name ?? check)
    .toSorted();

/** Flaws of the portal, and the only route or check by which each shows. */
const flaws = {
  'idor-invoices': 'GET /api/invoices/{id}',
  'idor-cases': 'GET /cases/{id}',
  'idor-files': 'GET /api/files/{id}',
  'list-leaks-all-tenants': 'GET /api/cases',
  'unauthenticated-write': 'PATCH /api/tasks/{id}',
  'no-csrf': 'access/cross-site-write',
  'session-survives-logout': 'access/session-after-logout',
  'session-no-expiry': 'access/session-without-end',
  'session-fixation': 'access/session-fixation',
  'cookie-not-httponly': 'access/session-cookie-readable',
  'user-enumeration': 'access/account-enumeration',
  'jwt-not-verified': 'access/token-forged',
  'admin-without-role': 'GET /admin',
  'mass-assignment-user-role': 'PATCH /api/me',
  'missing-auth-export': 'GET /api/export/invoices.csv',
  'role-only-in-client': 'POST /members/{id}/role',
  'upload-public': 'GET /uploads/{id}/{id2}',
};

/** The other switches, and what sees them or why nothing that runs does. */
const elsewhere: Readonly<Record<string, string>> = {
  'clients-see-each-other': 'below: no finding but a question, for only the firm knows what its clients may see of each other',
  ...Object.fromEntries(
    [
      'session-survives-password-change',
      'session-survives-removal',
      'login-by-email-alone',
      'no-login-rate-limit',
      'reset-link-reusable',
      'reset-link-host-header',
      'no-reset-rate-limit',
      'password-set-without-proof',
      'invite-link-reusable',
      'magic-link-reusable',
      'magic-link-no-expiry',
      'reset-token-guessable',
      'reset-page-leaks-token',
    ].map((id) => [id, 'mail.test.ts']),
  ),
  ...Object.fromEntries(
    ['webhook-unsigned', 'webhook-skip-if-header-missing', 'webhook-skip-if-secret-unset', 'webhook-no-tolerance', 'webhook-replay'].map(
      (id) => [id, 'webhooks.test.ts'],
    ),
  ),
  'oidc-no-state': 'single-sign-on.test.ts',
  'debug-endpoint': 'below: by audit/debug-endpoint-live, which opens the address; no check that signs people in is about it',
  'cookie-for-every-visitor': 'audit/insecure-session-cookie sees it by the address, without anybody’s account',
  'ssrf-import-from-url': 'what a server fetches is seen only by whoever is fetched from; the audit of the code finds it',
  'assistant-for-everybody': 'trying it would spend the founder’s money; the audit of the code finds it',
  'open-mail-relay': 'trying it would send mails to others in the founder’s name; the audit of the code finds it',
  ...Object.fromEntries(
    [
      'no-security-headers',
      'project-folder-served',
      'backups-listed',
      'older-release-runs',
      'secret-in-script',
      'source-map-published',
      'dev-server-public',
    ].map((id) => [id, 'the audit of a running app sees it by the address: bench/twins/live']),
  ),
  ...Object.fromEntries(
    ['open-redirect', 'stack-traces', 'cors-any-origin-credentials', 'private-pages-cached', 'readyz-always-ok'].map((id) => [
      id,
      'gives nobody what is another’s by itself: a matter of the stages edge and deploy',
    ]),
  ),
  ...Object.fromEntries(
    ['secret-in-source', 'secret-in-env-committed', 'secret-in-log', 'secret-in-history', 'env-not-documented'].map((id) => [
      id,
      'a flaw of the repository: the app that runs does not show it',
    ]),
  ),
  ...Object.fromEntries(
    ['missing-env-not-validated', 'staging-url-fallback', 'passwords-in-logs', 'auth-failures-not-logged'].map((id) => [
      id,
      'shows where the app is started or logs, and in no answer',
    ]),
  ),
};

it('every switch of the portal is tried where it runs, or it is said why not', () => {
  expect(Object.keys({ ...flaws, ...elsewhere }).toSorted()).toEqual(switches.map(({ id }) => id).toSorted());
});

/** What one client got of another client of the same firm. */
const ofColleague = ({ cells }: LiveAccess): string[] => [
  ...new Set(cells.flatMap(({ who, whose, outcome, route }) => (who === 'luis' && whose === 'ada' && outcome === 'got' ? [route] : []))),
];

describe('the running portal, as five of its people', () => {
  describe('clean', () => {
    let portal: Portal;
    beforeAll(async () => {
      portal = await startPortal();
    }, 60_000);
    afterAll(() => portal.stop());

    it('gives nobody what is not his, and every verdict rests on an owner who could', async () => {
      const { findings, live } = await tried(portal, true);
      expect(failed(findings)).toEqual([]);
      expect(ofColleague(live)).toEqual([]);
      expect(live.sessions.map(({ outcome, question }) => `${question} ${outcome}`).filter((line) => !line.endsWith(' holds'))).toEqual([
        // The portal has no second factor and no refresh tokens.
        'second-step none',
        'code-twice none',
        'refresh none',
      ]);
      expect(live.people.map(({ name }) => name)).toEqual(people.map(({ name }) => name));
      const strangers = live.cells.filter(({ relation, verb }) => relation === 'stranger' && verb === 'read');
      expect(strangers.length).toBeGreaterThan(50);
      expect(strangers.every(({ outcome }) => outcome === 'refused')).toBe(true);
      const written = live.cells.filter(({ verb }) => verb === 'delete' || verb === 'update');
      expect(new Set(written.filter(({ outcome }) => outcome === 'refused').map(({ route }) => route))).toContain(
        'DELETE /api/invoices/{id}',
      );
    }, 120_000);

    it('makes and changes nothing where that was not allowed', async () => {
      const before = portal.logs().length;
      const { live } = await tried(portal, false);
      expect(live.made).toBe(0);
      expect(live.leftovers).toEqual([]);
      const sent = portal
        .logs()
        .slice(before)
        // SEARCH is a safe method as GET is (RFC 5323).
        .filter(({ event, method }) => event === 'request' && method !== 'GET' && method !== 'SEARCH');
      expect(sent.length).toBeGreaterThanOrEqual(people.length);
      expect(
        sent.map(({ method, path }) => `${String(method)} ${String(path)}`).filter((line) => !/^POST \/log(?:in|out)$/.test(line)),
      ).toEqual([]);
    }, 120_000);
  });

  describe('with flaws', () => {
    let portal: Portal;
    beforeAll(async () => {
      portal = await startPortal({ flaws: Object.keys(flaws) });
    }, 60_000);
    afterAll(() => portal.stop());

    it('shows each by its route or its check, and nothing else', async () => {
      const { findings } = await tried(portal, true);
      expect(failed(findings)).toEqual(Object.values(flaws).toSorted());
    }, 120_000);
  });

  it('shows a debug address once: the audit opens it, and nothing in it is said to be another’s', async () => {
    const judged = checks.filter(({ id }) => /^(?:audit|access)\//.test(id));
    const outcomes = async (flaws: readonly string[]): Promise<string[]> => {
      const portal = await startPortal({ flaws });
      try {
        return failed((await tried(portal, true, judged)).findings);
      } finally {
        await portal.stop();
      }
    };
    expect(await outcomes([])).toEqual([]);
    expect(await outcomes(['debug-endpoint'])).toEqual(['/debug']);
  }, 240_000);

  it('is asked whether clients may see what is each other’s, where they do', async () => {
    const portal = await startPortal({ flaws: ['clients-see-each-other'] });
    onTestFinished(() => portal.stop());
    const { findings, live } = await tried(portal, true);
    expect(failed(findings)).toEqual([]);
    expect(ofColleague(live).toSorted()).toEqual([
      'GET /api/cases',
      'GET /api/cases/{id}',
      'GET /api/files',
      'GET /api/files/{id}',
      'GET /cases',
      'GET /cases/{id}',
    ]);
  }, 120_000);
});
