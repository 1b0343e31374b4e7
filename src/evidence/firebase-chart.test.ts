import { describe, expect, it } from 'vitest';
import { allSources, chart } from './access-chart.ts';
import { noLock } from './access-lock.ts';
import { rulesCell, rulesObject, rulesProof } from './firebase-proof-samples.ts';
import type { RulesCell, RulesObject } from './firebase-proof.ts';

const rows = (cells: readonly RulesCell[], more: Partial<RulesObject> = {}) =>
  chart(allSources(undefined, rulesProof([rulesObject(cells, more)]), undefined), noLock);
const meaning = (cells: readonly RulesCell[], more: Partial<RulesObject> = {}, verb = 'read') =>
  rows(cells, more).find((row) => row.verb === verb)?.cells[cells[0]?.who ?? 'anon']?.judged;

describe('Firebase rules in the access matrix', () => {
  it('are rows by path and verb, with the request and the rule that let it through', () => {
    const [read] = rows([rulesCell('stranger', 'get', 'got')]);
    expect(read).toMatchObject({ source: 'firestore.rules', thing: 'collection /invoices/{invoiceId}', verb: 'read', isPrivate: true });
    expect(read?.cells.stranger).toMatchObject({ can: 'yes', judged: { is: 'leak' }, place: { line: 12 } });
    expect(read?.cells.stranger?.tried).toContain('get /invoices/');
    expect(read?.cells['foreign-admin']).toBeUndefined();
  });

  it('leak exactly where the checks say so', () => {
    const got = rulesCell('stranger', 'get', 'got');
    expect(meaning([got])?.is).toBe('leak');
    expect(meaning([got], { publishedBy: 'published == true' })?.is).toBe('allowed');
    expect(meaning([got], { tiedOnly: true, belongs: { to: 'tenant', path: ['orgId'], told: 'rules' } })?.is).toBe('allowed');
    expect(meaning([got], { nature: 'content', natureWhy: 'its name' })?.is).toBe('allowed');
    const counts = rulesCell('newcomer', 'update', 'got', { columns: ['likes'] });
    expect(meaning([counts], { nature: 'content', natureWhy: 'its name' }, 'change')?.is).toBe('allowed');
    expect(meaning([counts], {}, 'change')?.is).toBe('leak');
    expect(meaning([rulesCell('newcomer', 'create', 'got', { variant: 'own' })], {}, 'add-own')?.is).toBe('allowed');
    expect(meaning([rulesCell('newcomer', 'create', 'got', { variant: 'as-victim' })], {}, 'add')?.is).toBe('leak');
  });

  it('stay unknown where a rule could not be evaluated, with the reason', () => {
    expect(meaning([rulesCell('stranger', 'get', 'undecided', { because: 'the function now' })])).toMatchObject({
      is: 'unknown',
      why: 'the function now',
    });
  });

  it('ask about colleagues', () => {
    expect(meaning([rulesCell('peer', 'get', 'got')])).toMatchObject({ is: 'question' });
  });
});
