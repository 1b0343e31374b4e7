import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding, someFindings } from '../../test/contracts/findings.ts';
import type { Finding } from './finding.ts';
import { rank } from './rank.ts';

let serial = 0;
/** A finding of its own cause. */
const one = (name: string, over: Partial<Finding> = {}): Finding => {
  serial += 1;
  return finding({ check: `audit/${name}`, message: `${name} is wrong.`, fingerprint: String(serial).padStart(8, '0').repeat(2), ...over });
};
const order = (...findings: Finding[]): string[] => rank(findings).map(({ lead }) => lead.check.slice('audit/'.length));

describe('rank', () => {
  it('puts what hurts customers first', () => {
    expect(
      order(
        one('login-rate-limit'),
        one('webhook-unverified'),
        one('signup-role'),
        one('rls-always-true'),
        one('tenant-idor', { tripwire: true }),
        one('tenant-view', { severity: 'high' }),
      ),
    ).toEqual(['tenant-idor', 'rls-always-true', 'signup-role', 'webhook-unverified', 'login-rate-limit', 'tenant-view']);
  });

  it('replaces a leaked key before anything it opens is locked, tripwires included', () => {
    const ranked = rank([one('rls-off', { tripwire: true }), one('secret-in-client'), one('rls-always-true')]);
    expect(ranked.map(({ lead }) => lead.check)).toEqual(['audit/secret-in-client', 'audit/rls-off', 'audit/rls-always-true']);
    expect(ranked[0]?.reason).toContain('until the key is replaced');
  });

  it('does not pull a mild secret up', () => {
    expect(order(one('rls-off'), one('secret-in-tests', { severity: 'low' }))).toEqual(['rls-off', 'secret-in-tests']);
  });

  it('switches row security on before tightening a policy of the same table', () => {
    const place = { name: 'invoices', file: 'a.sql' };
    expect(order(one('rls-always-true', { place }), one('rls-off', { place, severity: 'high' }))).toEqual(['rls-off', 'rls-always-true']);
    expect(order(one('rls-always-true', { place }), one('rls-off', { place: { name: 'other' }, severity: 'high' }))).toEqual([
      'rls-always-true',
      'rls-off',
    ]);
  });

  it('asks who is calling before asking for the role, on the same route', () => {
    const place = { name: 'GET /admin/users', file: 'a.ts' };
    expect(order(one('admin-role-only', { place, covers: ['S1-F'] }), one('route-without-auth', { place, covers: ['S1-F'] }))).toEqual([
      'route-without-auth',
      'admin-role-only',
    ]);
  });

  it('takes the smaller job first among equals', () => {
    expect(order(one('idor-a', { effort: 'days' }), one('idor-b', { effort: 'minutes' }), one('idor-c', { effort: 'hours' }))).toEqual([
      'idor-b',
      'idor-c',
      'idor-a',
    ]);
  });

  it('makes five things of many places', () => {
    const routes = Array.from({ length: 14 }, (_, index) =>
      one('route-without-auth', { message: `GET /api/r${index} is open.`, place: { file: 'router.ts', line: index + 1 } }),
    );
    const ranked = rank([...routes, one('signup-role'), one('webhook-unverified')]);
    expect(ranked).toHaveLength(3);
    expect(ranked[0]?.also).toHaveLength(13);
  });

  it('is the same for the same findings in any order, and ranks each once', () => {
    fc.assert(
      fc.property(someFindings, fc.infiniteStream(fc.nat()), (findings, numbers) => {
        const ranked = rank(findings);
        const keys = new Map(findings.map((item) => [item, numbers.next().value as number]));
        expect(rank(findings.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0)))).toEqual(ranked);
        expect(ranked.flatMap(({ lead, also }) => [lead, ...also])).toHaveLength(findings.length);
      }),
    );
  });
});
