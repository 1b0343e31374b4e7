import { describe, expect, it } from 'vitest';
import type { Severity } from '../../core/stage.ts';
import { noLock } from '../../evidence/access-lock.ts';
import type { Cell, ProvedObject } from '../../evidence/isolation.ts';
import { sampleCell, sampleObject, sampleProof } from '../../evidence/isolation-samples.ts';
import { strangerReads } from './stranger-reads.ts';
import { strangerWrites } from './stranger-writes.ts';

const policy = (name: string): Pick<Cell, 'through'> => ({
  through: { kind: 'policy', policies: [{ name, sql: `create policy "${name}"` }] },
});
const got = (change: Partial<Cell>): Cell => sampleCell({ who: 'newcomer', outcome: 'got', ...change });

function severity(check: typeof strangerReads | typeof strangerWrites, ...objects: readonly ProvedObject[]): Severity | undefined {
  const [first] = [...check.evaluate({ proof: sampleProof({ objects }), lock: noLock })].filter(({ outcome }) => outcome === 'fail');
  return first?.severity;
}

const nobodys = (change: Partial<ProvedObject>): ProvedObject => {
  const { belongs: _, ...object } = sampleObject(change);
  return object;
};

describe('how bad reading is', () => {
  it('weighs less where the policy says that everybody with an account may', () => {
    const read = (name: string): ProvedObject => sampleObject({ name: 'auctions', cells: [got(policy(name))] });
    expect(severity(strangerReads, read('auctions_read'))).toBe('blocker');
    expect(severity(strangerReads, read('Anyone authenticated can read auctions'))).toBe('medium');
    expect(severity(strangerReads, read('auctions_select_all'))).toBe('medium');
    const people = sampleObject({ holds: ['contact'], cells: [got(policy('Anyone authenticated can read people'))] });
    expect(severity(strangerReads, people)).toBe('blocker');
  });

  it('weighs less in a bucket that is meant for all', () => {
    const files = (name: string): ProvedObject =>
      nobodys({
        kind: 'bucket',
        schema: 'storage',
        name: 'login-pictures',
        holds: [],
        cells: [got({ verb: 'download', ...policy(name) })],
      });
    expect(severity(strangerReads, files('read files'))).toBe('high');
    expect(severity(strangerReads, files('Todos los autenticados pueden leer'))).toBe('medium');
  });

  it('weighs less in settings of the firm that hold no secret', () => {
    const settings = (holds: readonly string[]): ProvedObject => nobodys({ name: 'payment_config', holds, cells: [got(policy('read'))] });
    expect(severity(strangerReads, settings(['money']))).toBe('medium');
    expect(severity(strangerReads, settings(['money', 'secret']))).toBe('high');
  });
});

describe('how bad a call that changes rows is', () => {
  const call = (...columns: readonly string[]): ProvedObject =>
    nobodys({ kind: 'function', name: 'note_login', cells: [got({ who: 'anon', verb: 'update', columns })] });
  const log = sampleObject({ name: 'login_attempts', nature: 'log', cells: [] });

  it('weighs less where it only leaves traces', () => {
    expect(severity(strangerWrites, call('public.profiles.role'), log)).toBe('blocker');
    expect(severity(strangerWrites, call('public.login_attempts.'), log)).toBe('medium');
    expect(severity(strangerWrites, call('public.profiles.password_changed_at'), log)).toBe('medium');
    expect(severity(strangerWrites, call('public.login_attempts.', 'public.profiles.role'), log)).toBe('blocker');
  });
});

it('a row that is added is told by whose it would be', () => {
  const told = (change: Partial<ProvedObject>): string | undefined => {
    const cell = got({ verb: 'insert', variant: 'as-victim', who: 'stranger' });
    return [...strangerWrites.evaluate({ proof: sampleProof({ objects: [sampleObject({ cells: [cell], ...change })] }), lock: noLock })][0]
      ?.message;
  };
  expect(told({})).toContain('can add rows to invoices in the name of others.');
  expect(told({ belongs: { to: 'tenant', path: ['case_id', 'cases.organization_id'], told: 'foreign-key' } })).toContain(
    'can add rows to invoices under what belongs to others.',
  );
  expect(told({ name: 'notifications' })).toContain('can add rows to notifications for others.');
});
