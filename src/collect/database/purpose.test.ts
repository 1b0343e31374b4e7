import { describe, expect, it } from 'vitest';
import type { Table } from '../../evidence/database.ts';
import type { Cell } from '../../evidence/isolation.ts';
import { sampleCell } from '../../evidence/isolation-samples.ts';
import type { Queryable, Relation } from './live/catalog.ts';
import { type Purpose, purposeOf, readRows, type Rows, withMeant } from './purpose.ts';
import { sampleCatalog, sampleTable } from './world/fixture.ts';

const none: Rows = { filled: new Set(), aboutPeople: new Map(), lists: new Set() };
const told: Purpose = { nature: 'private', natureWhy: 'its name', holds: [] };
const rules = sampleTable('scoring_rules', { id: 'uuid', name: 'text' });
const filled: Rows = { ...none, filled: new Set(['public.scoring_rules', 'public.audit_log', 'public.mail_settings']) };
const nature = (relation: Relation, rows: Rows, change: Partial<Purpose> = {}, cells: readonly Cell[] = []): string =>
  purposeOf(relation, { ...told, ...change }, undefined, rows, cells).nature;

describe('a table that the repo fills itself', () => {
  it('is a list of the app, where its rows are nobody’s and no secret', () => {
    expect(nature(rules, filled)).toBe('reference');
    expect(nature(rules, filled, { holds: ['money'] })).toBe('reference');
    expect(nature(rules, none)).toBe('private');
    // An example invoice is an invoice.
    const invoices = sampleTable('invoices', { id: 'uuid' });
    expect(nature(invoices, { ...none, filled: new Set([invoices.id]) }, { holds: ['money'] })).toBe('private');
    expect(nature(rules, filled, { holds: ['contact'] })).toBe('private');
    expect(nature(sampleTable('mail_settings', { id: 'uuid' }), filled, { holds: ['contact'] })).toBe('reference');
    expect(nature(sampleTable('mail_settings', { id: 'uuid' }), filled, { holds: ['secret'] })).toBe('private');
  });

  it('is none where a row names its owner; who entered it is not the owner', () => {
    const of = (by: 'foreign-key' | 'author'): string =>
      purposeOf(rules, told, { to: 'user', path: ['created_by'], told: by }, filled, []).nature;
    expect(of('foreign-key')).toBe('private');
    expect(of('author')).toBe('reference');
  });

  it('is none where a program writes it down, or where visitors slip in by a policy that is not for them', () => {
    expect(nature(sampleTable('audit_log', { id: 'uuid' }), filled, { nature: 'log' })).toBe('log');
    const read = (name: string): Cell =>
      sampleCell({ who: 'anon', outcome: 'got', through: { kind: 'policy', policies: [{ name, sql: '' }] } });
    expect(nature(rules, filled, {}, [read('Users can view rules')])).toBe('private');
    expect(nature(rules, filled, {}, [read('Anyone can view rules')])).toBe('reference');
  });

  it('makes a list of what only refers to it', () => {
    const why = 'rule_id refers to public.scoring_rules';
    expect(nature(sampleTable('defaults', { id: 'uuid' }), { ...none, lists: new Set([rules.id]) }, { natureWhy: why })).toBe('reference');
    expect(nature(sampleTable('defaults', { id: 'uuid' }), none, { natureWhy: why })).toBe('private');
  });
});

it('notices that name nobody are for everybody, and what a policy opens to all in so many words is a list even where it is called a log', () => {
  const notices = sampleTable('notifications', { id: 'uuid', title: 'text' });
  expect(nature(notices, none, { nature: 'log', holds: ['message'] })).toBe('content');
  expect(nature(sampleTable('notifications', { id: 'uuid', user_id: 'uuid' }), none, { nature: 'log' })).toBe('log');
  const holidays = sampleTable('calendar_events', { id: 'uuid', name: 'text' });
  const rows: Rows = { ...none, filled: new Set([holidays.id]) };
  const read = (name: string): Cell =>
    sampleCell({ who: 'stranger', outcome: 'got', through: { kind: 'policy', policies: [{ name, sql: '' }] } });
  expect(nature(holidays, rows, { nature: 'log' }, [read('Anyone signed in can read events')])).toBe('reference');
  expect(nature(holidays, rows, { nature: 'log' }, [read('Accounts read events')])).toBe('log');
  expect(nature(holidays, rows, { nature: 'log' })).toBe('log');
});

it('a table that leads to people is about them, whatever it is called', () => {
  const about: Rows = { ...filled, aboutPeople: new Map([[rules.id, 'contact_id refers to contacts, which holds contact data']]) };
  expect(purposeOf(rules, { ...told, nature: 'reference' }, undefined, about, [])).toMatchObject({
    nature: 'private',
    natureWhy: 'contact_id refers to contacts, which holds contact data',
  });
  expect(nature(rules, about)).toBe('private');
  expect(nature(rules, about, { nature: 'content' })).toBe('content');
});

it('a view that is called public is there to be shown, unless it shows people', () => {
  const view = sampleTable('public_store', { id: 'uuid' }, { kind: 'view' });
  expect(nature(view, none)).toBe('content');
  expect(nature(view, none, { holds: ['contact'] })).toBe('private');
  expect(nature(sampleTable('store', { id: 'uuid' }, { kind: 'view' }), none)).toBe('private');
});

it('is read of the keys, however long the way, and of what stands in the tables', async () => {
  const contacts = sampleTable('contacts', { id: 'uuid' });
  const calls = sampleTable('calls', { id: 'uuid', contact_id: 'uuid' }, { refers: { contact_id: contacts.id } });
  const notes = sampleTable('notes', { id: 'uuid', call_id: 'uuid' }, { refers: { call_id: calls.id } });
  const entered = sampleTable('colours', { id: 'uuid', created_by: 'uuid' }, { refers: { created_by: contacts.id } });
  const hint = { nature: { kind: 'private', why: '' }, holds: ['contact', 'money'] } as unknown as Table;
  const asked: string[] = [];
  const db = { query: async (sql: string) => (asked.push(sql), [{ id: entered.id }]) } as unknown as Queryable;
  const rows = await readRows(db, sampleCatalog([contacts, calls, notes, entered]), new Map([[contacts.id, hint]]));
  expect([...rows.aboutPeople]).toEqual([
    [calls.id, 'contact_id refers to contacts, which holds contact data'],
    [notes.id, 'call_id refers to calls, which is about people'],
  ]);
  expect(rows.filled).toEqual(new Set([entered.id]));
  expect(rows.lists).toEqual(new Set([entered.id]));
  expect(asked.join()).toContain(`SELECT 'public.calls' AS id WHERE EXISTS (SELECT 1 FROM public.calls) UNION ALL`);
});

it('adding to a form that names nobody is meant where the policy says that everybody may', () => {
  const add = (name: string): Cell =>
    sampleCell({ verb: 'insert', who: 'anon', outcome: 'got', through: { kind: 'policy', policies: [{ name, sql: '' }] } });
  const meant = (cell: Cell, kind: Purpose['nature'], names = false) => withMeant([cell], { ...told, nature: kind }, names)[0]?.meant;
  expect(meant(add('Anyone can submit feedback'), 'intake')).toBe('its policy says that everybody adds to it');
  expect(meant(add('Anyone can submit feedback'), 'log')).toBeDefined();
  expect(meant(add('Anyone can submit feedback'), 'private')).toBeUndefined();
  expect(meant(add('Anyone can submit feedback'), 'intake', true)).toBeUndefined();
  expect(meant(add('System can insert'), 'intake')).toBeUndefined();
  expect(meant({ ...add('Anyone can read'), verb: 'select' }, 'intake')).toBeUndefined();
});
