import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finding, someFindings } from '../../test/contracts/findings.ts';
import { groupFindings, shapeOf } from './group.ts';

const print = (digit: string): string => digit.repeat(16);
const sizes = (...findings: ReturnType<typeof finding>[]): number[] => groupFindings(findings).map(({ also }) => also.length + 1);

describe('groupFindings', () => {
  it('joins what one advice mends: tables of one policy, routes without one guard, whatever each says and wherever it stands', () => {
    expect(
      sizes(
        finding({
          fingerprint: print('1'),
          message: 'Anyone reads `invoices`.',
          place: { file: 'a.sql', name: 'invoices' },
          fix: 'alter table public.invoices enable row level security',
        }),
        finding({
          fingerprint: print('2'),
          message: 'Strangers write `clients`.',
          place: { file: 'b.sql', name: 'clients' },
          fix: 'alter table public.clients enable row level security',
        }),
      ),
    ).toEqual([2]);
  });

  it('keeps apart what needs another fix or belongs to another check', () => {
    const one = finding({ fingerprint: print('1'), fix: 'Replace the key at Stripe.', place: { file: '.env' } });
    expect(sizes(one, finding({ fingerprint: print('2'), fix: 'Replace the key at Supabase.', place: { file: '.env' } }))).toEqual([1, 1]);
    expect(
      sizes(one, finding({ fingerprint: print('2'), check: 'audit/other', fix: 'Replace the key at Stripe.', place: { file: '.env' } })),
    ).toEqual([1, 1]);
  });

  it('follows the cause that a check names, and nothing else', () => {
    const groups = groupFindings([
      finding({ fingerprint: print('1'), cause: 'routes/a.ts router', message: 'Reads a.', place: { file: 'x.ts' } }),
      finding({ fingerprint: print('2'), cause: 'routes/a.ts router', message: 'Writes other things.', place: { file: 'y.ts' } }),
      finding({ fingerprint: print('3'), cause: 'routes/b.ts router', message: 'Reads a.', place: { file: 'x.ts' } }),
    ]);
    expect(groups.map(({ lead, also }) => [lead, ...also].map(({ cause }) => cause))).toEqual([
      ['routes/a.ts router', 'routes/a.ts router'],
      ['routes/b.ts router'],
    ]);
  });

  it('joins unknowns of one missing fact across checks', () => {
    const lost = { outcome: 'unknown', subject: 'evidence', message: 'Could not look: no dump.' } as const;
    expect(
      sizes(
        finding({ ...lost, check: 'audit/a' }),
        finding({ ...lost, check: 'audit/b' }),
        finding({ ...lost, check: 'audit/b', message: 'Could not look: timeout.' }),
      ).toSorted(),
    ).toEqual([1, 2]);
  });

  it('puts the worst first as lead', () => {
    const [group] = groupFindings([
      finding({ fingerprint: print('1'), severity: 'medium' }),
      finding({ fingerprint: print('2'), severity: 'high' }),
      finding({ fingerprint: print('3'), severity: 'medium', tripwire: true }),
    ]);
    expect(group?.lead.fingerprint).toBe(print('3'));
    expect(group?.also).toHaveLength(2);
  });

  it('loses nothing, repeats nothing, and does not depend on the order', () => {
    fc.assert(
      fc.property(someFindings, (findings) => {
        const groups = groupFindings(findings);
        const ids = groups.flatMap(({ lead, also }) => [lead.id, ...also.map(({ id }) => id)]);
        expect(ids.toSorted()).toEqual(findings.map(({ id }) => id).toSorted());
        expect(groupFindings(findings.toReversed())).toEqual(groups);
      }),
    );
  });
});

describe('shapeOf', () => {
  it('takes names, paths, methods and numbers out, and lists as one', () => {
    const shape = shapeOf('GET /api/orders/:id returns `orders`, `clients` and "notes" to 3 roles (src/a.ts).', {});
    expect(shape).toBe(shapeOf('POST /api/x returns `y` to 12 roles (lib/b.ts).', {}));
  });

  it('leaves apostrophes alone', () => {
    expect(shapeOf("A customer's data isn't safe", {})).toBe("A customer's data isn't safe");
  });
});
