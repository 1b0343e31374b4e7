import type { Database } from '../connect.ts';

/** The state every file starts with: as a fresh connection of the Supabase command line has it. */
const fresh = `RESET ALL; RESET ROLE; SELECT set_config('search_path', '"$user", public, extensions', false), set_config('storage.allow_delete_query', 'true', false)`;

/**
 * A session of the owner that keeps track of what the statements before set for the rest of their file, so that a statement tried again later finds
 * the same search path.
 */
export class Session {
  private readonly db: Database;
  /** Settings that hold now, as statements. */
  private holds: readonly string[] = [];

  constructor(db: Database) {
    this.db = db;
  }

  /** What was set since the file began. */
  get settings(): readonly string[] {
    return this.holds;
  }

  /** Runs a statement that sets something for those after it. */
  async set(sql: string): Promise<void> {
    await this.db.exec(sql);
    this.holds = [...this.holds, sql];
  }

  run(sql: string): Promise<void> {
    return this.db.exec(sql);
  }

  /** Starts anew with these settings; without effect when they hold already and nothing broke. */
  async begin(settings: readonly string[], broken = false): Promise<void> {
    if (!broken && settings === this.holds && settings.length > 0) return;
    await this.db.exec('ROLLBACK').catch(() => {});
    await this.db.exec(fresh);
    for (const sql of settings) await this.db.exec(sql).catch(() => {});
    this.holds = settings;
  }
}
