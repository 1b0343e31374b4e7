import { nameOf } from '../../source/database/sql/nodes.ts';
import { quoted } from '../sandbox/quoted.ts';
import { directionOf } from './direction.ts';
import type { Mentions } from './mentions.ts';
import { type Described, reconstruct, sqlType } from './reconstruct.ts';
import type { Session } from './session.ts';
import type { Statement } from './statements.ts';

const missingColumn = /^column (?:"([^"]+)"|(?:\w+\.)?(\w+))(?: of relation "[^"]+")? does not exist/;

/** What the files take for granted, made from descriptions of the running database. */
export class Taken {
  /** `schema.table`, and `schema.table.column` where only a column was missing. */
  readonly made: string[] = [];
  private readonly described: Described;
  private readonly mentions: Mentions;
  private readonly session: Session;
  private readonly enums = new Set<string>();

  constructor(described: Described, mentions: Mentions, session: Session) {
    this.described = described;
    this.mentions = mentions;
    this.session = session;
  }

  /** Makes the tables that no file makes. */
  async make(): Promise<void> {
    const { enums, tables, foreignKeys } = reconstruct(this.described, this.mentions);
    for (const { name, sql } of enums) if (await this.try(sql)) this.enums.add(name);
    for (const { name, sql } of tables) if (await this.try(sql)) this.made.push(`public.${name}`);
    for (const sql of foreignKeys) await this.try(sql);
  }

  /** A column that a statement misses on a table of the repo and that the description knows: somebody added it by hand. True when it was made. */
  async provide(statement: Statement, { code, reason }: { code: string; reason: string }): Promise<boolean> {
    if (code !== '42703') return false;
    const [, marked, plain] = missingColumn.exec(reason) ?? [];
    const name = marked ?? plain;
    if (name === undefined) return false;
    const { touches } = directionOf(statement, code);
    let provided = false;
    for (const table of this.described.tables) {
      const column = table.columns.find((one) => one.name === name);
      if (!column || !touches.includes(`public.${table.name}`) || this.mentions.added.has(`${table.name}.${name}`)) continue;
      const type = sqlType(column, this.mentions, this.described.enums ?? new Map(), new Set());
      if (!(await this.try(`ALTER TABLE public.${quoted(table.name)} ADD COLUMN ${quoted(name)} ${type}`))) continue;
      this.made.push(`public.${table.name}.${name}`);
      provided = true;
    }
    return provided;
  }

  /** Whether a statement failed only because what it makes was taken for granted by us. */
  has({ node }: Statement, code: string): boolean {
    if (code !== '42710' || !node) return false;
    if ('CreateEnumStmt' in node) return this.enums.has(nameOf(node.CreateEnumStmt.typeName).name);
    return 'AlterEnumStmt' in node && this.enums.has(nameOf(node.AlterEnumStmt.typeName).name);
  }

  private async try(sql: string): Promise<boolean> {
    try {
      await this.session.run(sql);
      return true;
    } catch {
      return false;
    }
  }
}
