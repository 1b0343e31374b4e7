import { describe, expect, it } from 'vitest';
import { judgeAttempt, leakOf, objectName, proofSubject } from './isolation-questions.ts';
import { leakyObject, sampleCell, sampleCells, sampleObject, soundReach } from './isolation-samples.ts';
import type { Cell, PersonaName, ProvedObject, Sharing } from './isolation.ts';

const cellOf = (object: ProvedObject, verb: Cell['verb'], who: PersonaName): Cell =>
  object.cells.find((cell) => cell.verb === verb && cell.who === who) ?? sampleCell({ verb, who });
const meaning = (object: ProvedObject, verb: Cell['verb'], who: PersonaName, shared?: Sharing): string =>
  leakOf(shared ? { ...object, shared } : object, cellOf(object, verb, who));

describe('what worked', () => {
  it('is a leak for everybody from outside, and not for those who belong there', () => {
    const object = leakyObject();
    for (const who of ['newcomer', 'stranger', 'foreign-admin'] as const) expect(meaning(object, 'select', who)).toBe('leak');
    for (const who of ['owner', 'tenant-admin', 'admin'] as const) expect(meaning(object, 'select', who)).toBe('allowed');
    expect(meaning(object, 'select', 'anon')).toBe('blocked');
  });

  it.each(['content', 'listing', 'reference'] as const)('is meant for reading %s, never for changing it', (nature) => {
    const object = sampleObject({ nature }, { select: ['anon', 'stranger', 'owner'], update: ['stranger', 'owner'] });
    expect(meaning(object, 'select', 'anon')).toBe('allowed');
    expect(meaning(object, 'update', 'stranger')).toBe('leak');
  });

  it('is meant for accounts where visitors are meant to get it too', () => {
    const got = (who: PersonaName, name: string): Cell =>
      sampleCell({ who, outcome: 'got', through: { kind: 'policy', policies: [{ name, sql: '' }] } });
    const read = (visitors: string): ProvedObject =>
      sampleObject({ holds: [], cells: [got('anon', visitors), got('stranger', 'Accounts read rules')] });
    expect(meaning(read('Anon read rules'), 'select', 'stranger')).toBe('allowed');
    expect(meaning(read('Readable by all'), 'select', 'stranger')).toBe('allowed');
    expect(meaning(read('Users can read rules'), 'select', 'stranger')).toBe('leak');
  });

  it('is meant for adding to a form, never for reading what others sent', () => {
    const { belongs: _, ...form } = sampleObject({ nature: 'intake' }, { insert: ['anon', 'owner'], select: ['anon', 'admin'] });
    expect(meaning(form, 'insert', 'anon')).toBe('allowed');
    expect(meaning(form, 'select', 'anon')).toBe('leak');
  });

  it("is a leak where a log's entry is written in somebody else's name", () => {
    const log = sampleObject({ nature: 'log' }, { insert: ['stranger', 'owner'] });
    expect(meaning(log, 'insert', 'stranger')).toBe('leak');
    const { belongs: _, ...anonymous } = log;
    expect(meaning(anonymous, 'insert', 'stranger')).toBe('allowed');
  });

  it('is nobody else’s business in a row of his own', () => {
    const own = sampleCell({ verb: 'insert', variant: 'own', outcome: 'got' });
    expect(leakOf(sampleObject(), own)).toBe('allowed');
    expect(leakOf(sampleObject(), { ...own, variant: 'as-victim' })).toBe('leak');
  });

  it('is a question where it takes a role that somebody gave him, unless it crosses tenants', () => {
    const cell = sampleCell({ outcome: 'got', dueTo: 'user_roles (role = operador)' });
    const { belongs: _, ...nobodys } = sampleObject();
    expect(leakOf(nobodys, cell)).toBe('question');
    expect(leakOf(sampleObject(), cell)).toBe('leak');
    // Every customer has this role.
    expect(leakOf(nobodys, { ...cell, dueTo: 'user_roles (role = client)' })).toBe('leak');
    expect(leakOf(nobodys, { ...cell, dueTo: 'memberships' })).toBe('leak');
  });

  it('is unknown where a failed statement could close it, and says which', () => {
    const cell = sampleCell({ outcome: 'got', grade: 'conditional', unless: [3] });
    expect(judgeAttempt(sampleObject(), cell)).toMatchObject({ is: 'unknown', unless: [3] });
  });

  it('proves nothing on a table made from types', () => {
    const object = leakyObject({ reconstructed: true });
    expect(meaning(object, 'select', 'stranger')).toBe('unknown');
    expect(meaning(object, 'select', 'anon')).toBe('unknown');
  });
});

describe('a colleague', () => {
  const personal = sampleObject({ belongs: { to: 'user', path: ['user_id'], told: 'foreign-key' } });

  it('is a question until somebody answers it', () => {
    expect(judgeAttempt(personal, cellOf(personal, 'select', 'peer'))).toEqual({ is: 'question', why: 'it belongs to one person' });
    expect(meaning(sampleObject(), 'select', 'peer')).toBe('question');
    expect(meaning(personal, 'select', 'peer', 'members')).toBe('allowed');
    expect(meaning(personal, 'select', 'peer', 'everyone')).toBe('allowed');
    expect(meaning(personal, 'select', 'peer', 'nobody')).toBe('leak');
  });

  it('may see what is there to be shown', () => {
    expect(meaning(sampleObject({ nature: 'reference' }), 'select', 'peer')).toBe('allowed');
  });
});

describe('an answer', () => {
  it('opens reading to those it names, and writing to nobody', () => {
    const object = sampleObject({}, { select: ['anon', 'stranger', 'owner'], update: ['anon', 'stranger', 'owner'] });
    expect(meaning(object, 'select', 'anon', 'accounts')).toBe('leak');
    expect(meaning(object, 'select', 'stranger', 'accounts')).toBe('allowed');
    expect(meaning(object, 'select', 'anon', 'everyone')).toBe('allowed');
    expect(meaning(object, 'update', 'stranger', 'everyone')).toBe('leak');
    expect(meaning(object, 'select', 'stranger', 'members')).toBe('leak');
  });
});

describe('what was refused', () => {
  it('is blocked where somebody with good reasons can', () => {
    expect(meaning(sampleObject(), 'delete', 'owner')).toBe('blocked');
    expect(meaning(sampleObject(), 'select', 'stranger')).toBe('blocked');
  });

  it('is blocked where nothing opens it for anybody', () => {
    expect(meaning(sampleObject({}, { delete: [] }), 'delete', 'stranger')).toBe('blocked');
  });

  it('is unknown where nobody could because something is broken or undecided', () => {
    for (const outcome of ['broken', 'undecided'] as const) {
      const cells = sampleCells({ select: [] }).map((cell) => (cell.who === 'owner' ? { ...cell, outcome } : cell));
      const object = sampleObject({ cells });
      expect(judgeAttempt(object, cellOf(object, 'select', 'stranger'))).toMatchObject({ is: 'unknown', toKnow: expect.any(String) });
      expect(meaning(object, 'select', 'owner')).toBe(outcome === 'broken' ? 'broken' : 'unknown');
    }
  });

  it('is unknown where a failed statement could open it', () => {
    const object = sampleObject({ cells: sampleCells(soundReach, 'invoices', { grade: 'conditional', unless: [0] }) });
    expect(judgeAttempt(object, cellOf(object, 'select', 'stranger'))).toMatchObject({ is: 'unknown', unless: [0] });
    expect(meaning(object, 'select', 'owner')).toBe('allowed');
  });
});

describe('names', () => {
  it('are stable, and short where they can be', () => {
    expect(proofSubject('supabase', sampleObject(), 'select')).toBe('table supabase:invoices select');
    expect(proofSubject('supabase', sampleObject({ schema: 'billing' }))).toBe('table supabase:billing.invoices');
    expect(objectName({ kind: 'bucket', schema: 'storage', name: 'files' })).toBe('files');
  });
});
