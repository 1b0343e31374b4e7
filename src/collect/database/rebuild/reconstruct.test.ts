import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDrizzle } from '../../source/database/schema/drizzle.ts';
import { readPrisma } from '../../source/database/schema/prisma.ts';
import { readGeneratedTypes } from '../../source/database/schema/types.ts';
import { openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import { rebuilt } from './fixture.ts';

const types = readGeneratedTypes(
  'types.ts',
  `export type Database = { public: {
  Tables: {
    clients: {
      Row: { id: string; name: string; owner: string; plan: Database["public"]["Enums"]["plan"]; tags: string[]; born_date: string | null;
        created_at: string; settings: Json; amount: number; active: boolean; stripe_customer_id: string | null; late: string | null }
      Insert: { id?: string; name: string; owner: string; plan?: Database["public"]["Enums"]["plan"]; tags?: string[]; born_date?: string | null;
        created_at?: string; settings?: Json; amount?: number; active?: boolean; stripe_customer_id?: string | null; late?: string | null }
      Update: {}
      Relationships: []
    }
    notes: {
      Row: { id: number; client_id: string; parent_id: number | null; text: string | null; kind: Database["public"]["Enums"]["kind"] | null }
      Insert: { id?: number; client_id: string; parent_id?: number | null; text?: string | null; kind?: Database["public"]["Enums"]["kind"] | null }
      Update: {}
      Relationships: [
        { foreignKeyName: "a"; columns: ["client_id"]; isOneToOne: false; referencedRelation: "clients"; referencedColumns: ["id"] },
        { foreignKeyName: "b"; columns: ["parent_id"]; isOneToOne: false; referencedRelation: "notes"; referencedColumns: ["id"] },
      ]
    }
    made: { Row: { id: string; by_hand: number | null }; Insert: {}; Update: {}; Relationships: [] }
  }
  Views: {}
  Functions: {}
  Enums: { plan: "free" | "it's paid"; kind: "a" | "b" }
} }`,
);

const columns = `SELECT column_name AS name, data_type AS type, is_nullable = 'YES' AS nullable, column_default IS NOT NULL AS filled
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`;

describe('tables that only a description knows', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await openSandbox({ kind: 'postgresql' });
  });
  afterAll(() => sandbox.close());

  it('are made from generated types: types, enumerations, null or not, defaults, foreign keys', async () => {
    expect(types).toBeDefined();
    const { db, record } = await rebuilt(
      sandbox,
      [
        `CREATE TYPE plan AS ENUM ('free'); ALTER TYPE plan ADD VALUE 'it''s paid';
         CREATE POLICY own ON clients USING (owner = auth.uid());
         ALTER TABLE clients ADD COLUMN late text DEFAULT 'x';
         CREATE TABLE made (id uuid); UPDATE made SET by_hand = 1; SELECT missing FROM made;`,
      ],
      { described: types! },
    );
    expect(record.failures.map(({ code, sql }) => [code, sql])).toEqual([['42703', 'SELECT missing FROM made']]);
    expect(record.reconstructed).toEqual(['public.clients', 'public.notes', 'public.made.by_hand']);
    expect(await db.query(columns, ['clients'])).toEqual([
      { name: 'id', type: 'uuid', nullable: false, filled: true },
      { name: 'name', type: 'text', nullable: false, filled: false },
      { name: 'owner', type: 'uuid', nullable: false, filled: false },
      { name: 'plan', type: 'USER-DEFINED', nullable: false, filled: true },
      { name: 'tags', type: 'ARRAY', nullable: false, filled: true },
      { name: 'born_date', type: 'date', nullable: true, filled: false },
      { name: 'created_at', type: 'timestamp with time zone', nullable: false, filled: true },
      { name: 'settings', type: 'jsonb', nullable: false, filled: true },
      { name: 'amount', type: 'numeric', nullable: false, filled: true },
      { name: 'active', type: 'boolean', nullable: false, filled: true },
      { name: 'stripe_customer_id', type: 'text', nullable: true, filled: false },
      { name: 'late', type: 'text', nullable: true, filled: true },
    ]);
    expect((await db.query(columns, ['notes'])).map((row) => (row as { type: string }).type)).toEqual([
      'bigint',
      'uuid',
      'bigint',
      'text',
      'USER-DEFINED',
    ]);
    await db.exec(`INSERT INTO clients (id, name, owner) VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'a', gen_random_uuid());
      INSERT INTO notes (client_id) VALUES ('aaaaaaaa-0000-4000-8000-000000000001')`);
    await expect(db.exec('INSERT INTO notes (client_id) VALUES (gen_random_uuid())')).rejects.toMatchObject({ code: '23503' });
    await db.close();
  });

  it('are made from Prisma and Drizzle, with the types of the keys they refer to', async () => {
    const tables = [
      ...readPrisma(
        'schema.prisma',
        `model User {\n  id String @id\n  orders Order[]\n}\nmodel Order {\n  id Int @id\n  total Decimal\n  at DateTime\n  userId String\n  user User @relation(fields: [userId], references: [id])\n}\n`,
      ),
      ...readDrizzle(
        'schema.ts',
        `export const teams = pgTable('teams', { id: serial('id'), at: timestamp('at') });
         export const seats = pgTable('seats', { team: integer('team_id').references(() => teams.id), key: uuid('key') });`,
      ),
    ];
    const { db, record } = await rebuilt(sandbox, [], { described: { tables }, supabase: false });
    expect(record.reconstructed.toSorted()).toEqual(['public.Order', 'public.User', 'public.seats', 'public.teams']);
    const typesOf = async (name: string) => (await db.query<{ type: string }>(columns, [name])).map(({ type }) => type);
    expect(await typesOf('Order')).toEqual(['integer', 'numeric', 'timestamp with time zone', 'text']);
    expect(await typesOf('seats')).toEqual(['integer', 'uuid']);
    expect(
      await db.query(`SELECT count(*)::int AS n FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`),
    ).toEqual([{ n: 2 }]);
    await db.close();
  });
});
