import { describe, expect, it } from 'vitest';
import { sampleCatalog, samplePolicy, sampleRoutine, sampleTable } from './fixture.ts';
import { allowedBy, labelsOf, literalOf, literalsIn, powerOf, roleAt, roleWords } from './labels.ts';

describe('the power of a role', () => {
  it.each([
    ['super_admin', 5],
    ['system', 5],
    ['admin', 4],
    ['Owner', 4],
    ['gestor', 4],
    // A supervisor is no superuser, and what was superseded has no power.
    ['supervisor', 3],
    ['superseded', 0],
    ['manager', 3],
    ['moderator', 2],
    ['pending', 0],
    ['customer', -1],
    ['cliente', -1],
  ])('of %s is %i', (label, power) => {
    expect(powerOf(label)).toBe(power);
  });
});

describe('the role of somebody', () => {
  const labels = ['guest', 'admin', 'member', 'super_admin', 'manager'];

  it('who runs the app is the highest there is', () => {
    expect(roleAt(labels, 'platform', 'member')).toBe('super_admin');
  });

  it('who runs a tenant is the highest within it, and the highest at all where there is no other', () => {
    expect(roleAt(labels, 'tenant-top', 'member')).toBe('admin');
    expect(roleAt(['superuser', 'root'], 'tenant-top', undefined)).toBe('root');
  });

  it('ordinary is what the column gives by itself, unless that has power', () => {
    expect(roleAt([...labels, 'pending'], 'ordinary', 'pending')).toBe('pending');
    expect(roleAt(labels, 'ordinary', 'admin')).toBe('member');
  });

  it('ordinary is not the least there is: a guest may not even see what is his own', () => {
    expect(roleAt(labels, 'ordinary', undefined)).toBe('member');
    expect(roleAt(['manager', 'viewer'], 'ordinary', undefined)).toBe('viewer');
    expect(roleAt([], 'ordinary', undefined)).toBeUndefined();
  });
});

describe('literals', () => {
  it('of defaults are told from expressions', () => {
    expect(literalOf(`'member'::text`)).toBe('member');
    expect(literalOf(`'it''s'::character varying(20)`)).toBe(`it's`);
    expect(literalOf(`'user'::public.app_role`)).toBe('user');
    expect(literalOf(`'user'::public."App Role"`)).toBe('user');
    expect(literalOf('now()')).toBeUndefined();
    expect(literalOf(`'a'::text || 'b'::text`)).toBeUndefined();
    expect(literalOf(undefined)).toBeUndefined();
  });

  it('are found in a text, quotes undone', () => {
    expect(literalsIn(`a = 'x' OR b = 'it''s' OR c = ''`)).toEqual(['x', `it's`, '']);
  });
});

describe('what a CHECK allows', () => {
  const table = sampleTable(
    'tickets',
    { status: 'text', old_status: 'text', kind: 'varchar', 'a "b"': 'text', free: 'text' },
    {
      checks: [
        { name: 'a', expression: `(old_status = ANY (ARRAY['gone'::text, 'lost'::text]))` },
        { name: 'b', expression: `(status = ANY (ARRAY['open'::text, 'it''s done'::text]))` },
        { name: 'c', expression: `((kind)::text = ANY ((ARRAY['bug'::character varying, 'wish'::character varying])::text[]))` },
        { name: 'd', expression: `("a ""b""" = 'one'::text)` },
      ],
    },
  );

  it('is told apart by column, also where one name ends like another', () => {
    expect(allowedBy(table, 'status')).toEqual(['open', `it's done`]);
    expect(allowedBy(table, 'old_status')).toEqual(['gone', 'lost']);
    expect(allowedBy(table, 'kind')).toEqual(['bug', 'wish']);
    expect(allowedBy(table, 'a "b"')).toEqual(['one']);
    expect(allowedBy(table, 'free')).toEqual([]);
  });

  it('gives way to the labels of an enum', () => {
    const [status] = table.columns;
    expect(labelsOf(table, { ...status!, labels: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(labelsOf(table, status!)).toEqual(['open', `it's done`]);
  });
});

it('words for roles are what policies and functions that are about roles compare with', () => {
  const catalog = sampleCatalog(
    [
      sampleTable(
        'notes',
        { id: 'uuid' },
        {
          policies: [
            samplePolicy({ using: `(get_role() = 'admin'::text)`, check: `(role = 'service_role'::text)` }),
            // Says nothing of roles.
            samplePolicy({ using: `(status = 'owner approved'::text)` }),
          ],
        },
      ),
    ],
    [sampleRoutine('is_manager', { source: `SELECT role IN ('manager', 'member', 'admin', 'x', 'pending') FROM profiles` })],
  );
  expect(roleWords(catalog)).toEqual(['admin', 'manager', 'member']);
});
