import { describe, expect, it } from 'vitest';
import type { Table } from '../../../../evidence/database.ts';
import type { Relation } from '../../live/catalog.ts';
import { sampleCatalog, sampleRoutine, sampleTable, sampleWorlds } from '../../world/fixture.ts';
import type { Scene } from './attack.ts';
import { powerIn, prizes, topWords } from './prizes.ts';

const organizations = sampleTable('organizations', { id: 'uuid' });
const members = sampleTable(
  'members',
  {
    user_id: 'uuid',
    organization_id: 'uuid',
    role: { base: 'enum', labels: ['member', 'super_admin', 'manager'] },
    is_admin: 'bool',
    user_type: 'text',
    permissions: 'array',
    credits: 'int4',
    plan: { base: 'enum', labels: ['free', 'pro'] },
    tier: 'text',
    nickname: 'text',
  },
  { key: ['user_id'], refers: { user_id: 'auth.users', organization_id: 'public.organizations' } },
);
const invoices = sampleTable(
  'invoices',
  { id: 'uuid', organization_id: 'uuid', role: 'text', total: 'int4' },
  { refers: { organization_id: 'public.organizations' } },
);

function sceneOf(hints: Readonly<Record<string, Table>> = {}): Scene {
  const asks = sampleRoutine('can', {
    source: `SELECT role = 'root' OR role = 'moderator' OR role = 'admin' OR role = 'client' OR role = 'owner' OR role = 'editor'`,
  });
  const catalog = sampleCatalog([organizations, members, invoices], [asks]);
  const known = new Map(Object.entries(hints));
  const worlds = sampleWorlds(catalog, known);
  return { db: [], catalog, worlds, hints: known, tried: [] };
}
const scene = sceneOf();
const columnIn = (relation: Relation, name: string) => relation.columns.find((one) => one.name === name)!;

describe('power', () => {
  const power = (relation: Relation, name: string, at = scene) => powerIn(at, relation, columnIn(relation, name));

  it('is in columns of tables about people, by what they are called', () => {
    expect(Object.fromEntries(members.columns.map(({ name }) => [name, power(members, name)]))).toEqual({
      user_id: undefined,
      organization_id: 'tenant',
      role: 'role',
      is_admin: 'role',
      user_type: 'role',
      permissions: 'role',
      credits: 'billing',
      plan: 'billing',
      tier: 'billing',
      nickname: undefined,
    });
    expect(invoices.columns.map(({ name }) => power(invoices, name))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is where the source says it is, whatever the table is about', () => {
    const hint = { columns: [{ name: 'total', power: { kind: 'billing', why: '' } }], decides: [] } as unknown as Table;
    expect(power(invoices, 'total', sceneOf({ 'public.invoices': hint }))).toBe('billing');
  });
});

describe('worth having', () => {
  const worth = (name: string, kind: 'role' | 'tenant' | 'billing') => prizes(scene, members, columnIn(members, name), kind);

  it('is the highest role there is, true, or the most powerful words that the code asks for', () => {
    expect(worth('role', 'role')).toEqual(['super_admin']);
    expect(worth('is_admin', 'role')).toEqual(['true']);
    expect(worth('user_type', 'role')).toEqual(['root', 'admin', 'owner']);
    expect(worth('credits', 'role')).toEqual([]);
    expect(prizes(scene, members, { ...columnIn(members, 'role'), labels: ['client', 'member'] }, 'role')).toEqual([]);
  });

  it("is the owner's organisation, much money, and the last plan", () => {
    expect(worth('organization_id', 'tenant')).toEqual([scene.worlds.row(organizations, 'owner')!.key.id]);
    expect(worth('credits', 'billing')).toEqual(['999999']);
    expect(worth('plan', 'billing')).toEqual(['pro']);
    expect(worth('tier', 'billing')).toEqual([]);
  });

  it('are words with power, the most powerful first', () => {
    expect(topWords(scene.catalog)).toEqual(['root', 'admin', 'owner', 'moderator', 'editor']);
  });
});
