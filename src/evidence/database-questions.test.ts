import { describe, expect, it } from 'vitest';
import {
  doubt,
  isGuess,
  isPrivileged,
  policiesOf,
  policyProof,
  reachesAll,
  stakeText,
  subjectOf,
  verbsText,
} from './database-questions.ts';
import { samplePolicy, sampleTable } from './database-samples.ts';

describe('questions about a database', () => {
  it('names things the same in every run', () => {
    expect(subjectOf('table', { database: 'supabase', schema: 'public', name: 'invoices' })).toBe('table supabase:invoices');
    expect(subjectOf('table', { database: 'apps/db', schema: 'billing', name: 'invoices' })).toBe('table apps/db:billing.invoices');
    expect(subjectOf('bucket', { database: 'supabase', name: 'docs' })).toBe('bucket supabase:docs');
  });

  it('puts verbs into words', () => {
    expect(verbsText(['select'])).toBe('read');
    expect(verbsText(['select', 'insert', 'update', 'delete'])).toBe('read, add, change and delete');
  });

  it.each(['admin', 'super_admin', 'OWNER', 'gestor', 'dueño', 'directeur', 'coordinador', 'office_manager'])('%s has power', (role) => {
    expect(isPrivileged(role)).toBe(true);
  });
  it.each(['client', 'user', 'member', 'viewer', 'freelancer', 'patient'])('%s has none', (role) => {
    expect(isPrivileged(role)).toBe(false);
  });

  it('finds the policies behind a reach, and shows four at most', () => {
    const policies = ['a', 'b', 'c', 'd', 'e'].map((name) => samplePolicy({ name }));
    const table = sampleTable({ policies });
    expect(policiesOf(table, [{ rows: 'all', policies: ['d', 'b'] }]).map(({ name }) => name)).toEqual(['b', 'd']);
    expect(policyProof(policies)).toHaveLength(4);
  });

  it('knows what reaches everything, what is a guess, and what is doubtful', () => {
    expect(['all', 'self-declared', 'flagged', 'own', 'none'].map((rows) => reachesAll(rows as 'all'))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(isGuess(sampleTable({ nature: { kind: 'private', why: 'its name' } }))).toBe(true);
    expect(isGuess(sampleTable())).toBe(false);
    expect(doubt(sampleTable(), [samplePolicy()])).toBeUndefined();
    expect(doubt(sampleTable(), [samplePolicy({ uncertain: 'x' })])).toBe('x');
    expect(doubt(sampleTable({ uncertain: 'y' }), [])).toBe('y');
  });

  it('says what is at stake', () => {
    expect(stakeText(sampleTable({ holds: ['contact', 'health'] }))).toBe(' It holds contact data and health data.');
    expect(stakeText(sampleTable({ holds: [] }))).toBe(
      ' It holds rows that belong to somebody (organization_id refers to public.organizations).',
    );
    const { tenancy: _tied, ...log } = sampleTable({ holds: [], nature: { kind: 'log', why: 'its name' } });
    expect(stakeText(log)).toBe(' It holds what was done and when (told by its name).');
    expect(stakeText(sampleTable({ nature: { kind: 'content', why: 'its name' } }))).toBe('');
    const { tenancy: _, ...untied } = sampleTable({ holds: [], nature: { kind: 'private', why: 'its name' } });
    expect(stakeText(untied)).toBe(' It holds rows that belong to somebody (told by its name).');
  });
});
