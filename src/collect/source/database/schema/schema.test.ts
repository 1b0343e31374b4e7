import { describe, expect, it } from 'vitest';
import { readDrizzle } from './drizzle.ts';
import { readPrisma } from './prisma.ts';
import { readGeneratedTypes } from './types.ts';

describe('generated Supabase types', () => {
  it('give tables, columns and references', () => {
    const schema = readGeneratedTypes(
      'src/types.ts',
      `export type Json = string
export type Database = {
  public: {
    Tables: {
      orders: {
        Row: { id: string; user_id: string | null }
        Insert: { id?: string }
        Relationships: [{ foreignKeyName: "x"; columns: ["user_id"]; isOneToOne: false; referencedRelation: "profiles"; referencedColumns: ["id"] }]
      }
      profiles: { Row: { id: string }, Relationships: [] }
    }
    Views: { totals: { Row: { sum: number } } }
    Functions: { [_ in never]: never }
  }
}
export type Tables<Name extends keyof (Database["public"]["Tables"] & Database["public"]["Views"])> = Name;`,
    );
    expect([...(schema?.views ?? []), schema?.functions?.size, schema?.generated]).toEqual(['totals', 0, true]);
    expect(schema?.tables).toMatchObject([
      {
        name: 'orders',
        place: { file: 'src/types.ts', line: 5 },
        columns: [
          { name: 'id', type: 'string' },
          { name: 'user_id', type: 'string | null', references: 'public.profiles' },
        ],
      },
      { name: 'profiles', place: { file: 'src/types.ts', line: 10 }, columns: [{ name: 'id', type: 'string' }] },
    ]);
  });
  it('are told from other files', () => {
    expect(readGeneratedTypes('a.ts', 'export type Database = { public: { Tables: { [key: string]: any } } }')).toBeUndefined();
    expect(readGeneratedTypes('a.ts', 'const Tables: { } = {}; type Row: { }')).toBeUndefined();
  });
  it('that list no functions say nothing of them', () => {
    const schema = readGeneratedTypes('a.ts', 'export type Database = { public: { Tables: { notes: { Row: { id: string } } } } }');
    expect(schema).toMatchObject({ generated: false });
    expect(schema?.functions).toBeUndefined();
  });
});

describe('schema.prisma', () => {
  it('gives models by their mapped names with their relations', () => {
    expect(
      readPrisma(
        'prisma/schema.prisma',
        `enum Role { USER ADMIN }

model User {
  id    String @id
  email String @unique // login
  posts Post[]
  @@map("users")
}
model Post {
  id       String  @id
  authorId String  @map("author_id")
  author   User    @relation(fields: [authorId], references: [id])
}`,
      ),
    ).toEqual([
      {
        name: 'users',
        place: { file: 'prisma/schema.prisma', line: 3 },
        columns: [
          { name: 'id', type: 'String' },
          { name: 'email', type: 'String' },
        ],
      },
      {
        name: 'Post',
        place: { file: 'prisma/schema.prisma', line: 9 },
        columns: [
          { name: 'id', type: 'String' },
          { name: 'author_id', type: 'String', references: 'public.users' },
        ],
      },
    ]);
  });
});

describe('Drizzle sources', () => {
  it('give tables however they are written', () => {
    const tables = readDrizzle(
      'db/schema.ts',
      `import { pgTable, uuid, text } from 'drizzle-orm/pg-core';
export const users = pgTable('users', { id: uuid('id').primaryKey(), name: text() });
const items = pgTable("items", (t) => ({ owner: t.uuid('owner_id').references(() => users.id, { onDelete: 'cascade' }) })).enableRLS();
export const odd = mySchema.table('odd', { id: uuid() });
export const notATable = other('x', {});`,
    );
    expect(tables.map(({ name, place, columns }) => [name, place.line, columns])).toEqual([
      [
        'users',
        2,
        [
          { name: 'id', type: 'uuid' },
          { name: 'name', type: 'text' },
        ],
      ],
      ['items', 3, [{ name: 'owner_id', type: 'uuid', references: 'public.users' }]],
      ['odd', 4, [{ name: 'id', type: 'uuid' }]],
    ]);
  });
  it('survive what is no schema', () => {
    expect(readDrizzle('a.ts', 'export const x = 1')).toEqual([]);
    expect(readDrizzle('a.ts', 'import { pgTable } from "x"; export const t = pgTable(name, columns); syntax error (')).toEqual([]);
  });
});
