import type { SqlFile } from '../../source/database/replay.ts';
import { moveSql } from '../supabase/types.ts';
import type { Session } from './session.ts';
import type { Statement } from './statements.ts';

/** Calls that stand-ins answer, by the name they are listed under. */
const uses: Readonly<Record<string, RegExp>> = {
  cron: /\bcron\s*\.\s*"?(?:schedule|unschedule|alter_job|job)\b/i,
  net: /\bnet\s*\.\s*"?http_/i,
  vault: /\bvault\s*\.\s*"?(?:create_secret|update_secret|decrypted_secrets|secrets)\b/i,
  pgmq: /\bpgmq\s*\.\s*"?\w+"?\s*\(/i,
  http: /\bextensions\s*\.\s*http(?:_\w+)?\s*\(/i,
};

/** The stand-ins a repo's SQL was given in place of extensions that are not built here. */
export class StandIns {
  private readonly found = new Set<string>();
  private readonly files: readonly SqlFile[];

  constructor(files: readonly SqlFile[]) {
    this.files = files;
    for (const [name, pattern] of Object.entries(uses)) if (files.some(({ text }) => pattern.test(text))) this.found.add(name);
  }

  get names(): string[] {
    return [...this.found].toSorted();
  }

  /** CREATE EXTENSION of something that is not built: its types go where it would have put them. */
  async make(name: string, schema: string | undefined, superuser: Session): Promise<void> {
    this.found.add(name);
    // Without a schema it goes to `public`, unless it was there already: the dashboard puts it into `extensions`.
    const meant =
      schema ??
      (this.files.some(({ text }) => /"?\bextensions"?\s*\.\s*"?(?:vector|geometry|geography)\b/i.test(text)) ? 'extensions' : 'public');
    const sql = moveSql(name, meant);
    if (sql !== undefined) await superuser.run(sql).catch(() => {});
  }

  /** An index over a stand-in's type, which no operator class was made for: an index tells nothing about who reaches what. */
  explains({ node }: Statement, { code, reason }: { code: string; reason: string }): boolean {
    return node !== undefined && 'IndexStmt' in node && code === '42704' && /vector|geometry|geography/.test(reason);
  }
}
