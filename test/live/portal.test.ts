import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accounts, demoPassword, type Portal, startPortal } from '../../examples/portal/start.ts';
import { checks } from '../../src/checks/index.ts';
import { collectors } from '../../src/collect/index.ts';
import { run } from '../../src/core/engine.ts';
import type { Evidence } from '../../src/core/evidence.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { LiveAccess } from '../../src/evidence/live-access.ts';

/** An owner and a client of each of two firms, and whoever runs the portal. */
const people = accounts
  .filter(({ email }) => /^(?:nora|clara|priya|ada|admin)@/.test(email))
  .map(({ email, who }) => {
    const [role, tenant] = who.split(' of ');
    const name = email.split('@', 1)[0]!;
    return tenant === undefined
      ? { name, email, password: demoPassword, administrator: true }
      : { name, email, password: demoPassword, tenant, role: role!, expendable: name === 'ada' };
  });

async function tried(portal: Portal, writes: boolean): Promise<{ readonly findings: readonly Finding[]; readonly live: LiveAccess }> {
  const url = new URL(portal.url);
  const result = await run({
    checks: checks.filter(({ needs }) =>
      Object.values<Evidence>(needs).some(({ id, absent }) => id === 'access.live' && absent === undefined),
    ),
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
};

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
});
