import fc from 'fast-check';
import type { Finding } from '../../src/core/finding.ts';
import { severities } from '../../src/core/stage.ts';

/** A finding with everything filled in; override what the test is about. */
export function finding(over: Partial<Finding> = {}): Finding {
  const check = over.check ?? 'audit/rls-off';
  const fingerprint = over.fingerprint ?? '0123456789abcdef';
  return {
    id: `${check}#${fingerprint.slice(0, 8)}`,
    check,
    stage: 'audit',
    title: 'A table is open',
    severity: 'blocker',
    outcome: 'fail',
    message: 'Anyone reads `invoices`.',
    effort: 'hours',
    why: 'Customers see each other.',
    fix: 'Switch row level security on.',
    replay: `launch-ready replay '${check}#${fingerprint.slice(0, 8)}' .`,
    fingerprint,
    covers: [],
    tripwire: false,
    mendedIn: 'code',
    ...over,
  };
}

const names = [
  'audit/rls-off',
  'audit/secret-in-client',
  'audit/function-without-auth',
  'audit/client-role-only',
  'audit/login-rate-limit',
  'audit/x',
];

/** Findings as runs have them: few checks, shared files and names, all severities, unique fingerprints. */
export const someFindings: fc.Arbitrary<Finding[]> = fc
  .uniqueArray(
    fc.record({
      check: fc.constantFrom(...names),
      outcome: fc.constantFrom('fail', 'fail', 'fail', 'pass', 'unknown', 'not-applicable'),
      severity: fc.constantFrom(...severities),
      effort: fc.constantFrom('minutes', 'hours', 'days'),
      tripwire: fc.boolean(),
      file: fc.constantFrom('a.ts', 'b.ts', 'c.sql'),
      name: fc.constantFrom('invoices', 'clients', 'GET /api/x'),
      fingerprint: fc.stringMatching(/^[0-9a-f]{16}$/),
      words: fc.constantFrom('is open', 'is read by all', 'has no limit'),
    }),
    { selector: ({ check, fingerprint }) => `${check}${fingerprint.slice(0, 8)}`, maxLength: 25 },
  )
  .map((items) =>
    items.map(({ file, name, words, outcome, ...rest }) =>
      finding({ ...rest, outcome: outcome as Finding['outcome'], place: { file, name, line: 3 }, message: `${name} ${words}.` }),
    ),
  );
