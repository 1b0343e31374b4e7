import type { Failure, GrantProfile, Rebuild } from '../../../evidence/isolation.ts';
import type { SqlFile } from '../../source/database/replay.ts';
import { loadParser } from '../../source/database/sql/parser.ts';
import type { Database } from '../connect.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { grantsSql, plainSql, supabaseSql } from '../supabase/base.ts';
import type { Described } from './reconstruct.ts';
import { Run } from './run.ts';

export interface RebuildInput {
  /** SQL files in the order in which they are applied. */
  readonly files: readonly SqlFile[];
  /** What other sources describe (generated types, Prisma, Drizzle); tables that no file makes are made from it. */
  readonly described?: Described;
  readonly supabase: boolean;
  readonly grants: GrantProfile;
  /** Name of the database; default: the next free one. */
  readonly name?: string;
  /** Milliseconds for all the files; default 60 s. */
  readonly totalMs?: number;
  readonly signal?: AbortSignal;
  progress?(message: string, done: number, total: number): void;
}

export interface Rebuilt {
  /** Name of the database in the sandbox, to make copies of once `db` is closed. */
  readonly name: string;
  /** Connected as `postgres`, the owner of what the repo made, which is no superuser. */
  readonly db: Database;
  readonly record: Rebuild;
  /** Set when time or space ran out: what was left undone. */
  readonly cutShort?: string;
}

let made = 0;
const bases = new WeakMap<Sandbox, Map<boolean, Promise<string>>>();

/** A database of the sandbox with the platform in it and nobody connected, to be copied. Made on first demand. */
export function platformTemplate(sandbox: Sandbox, supabase: boolean): Promise<string> {
  const known = bases.get(sandbox) ?? new Map<boolean, Promise<string>>();
  bases.set(sandbox, known);
  const ready = known.get(supabase) ?? prepare(sandbox, supabase);
  known.set(supabase, ready);
  return ready;
}

async function prepare(sandbox: Sandbox, supabase: boolean): Promise<string> {
  const name = supabase ? 'platform_supabase' : 'platform_plain';
  const db = await sandbox.create(name);
  try {
    await db.exec(supabase ? supabaseSql : plainSql);
  } finally {
    await db.close();
  }
  return name;
}

/**
 * Rebuilds a repo's database in the sandbox: its SQL, statement by statement, as an owner who is no superuser. What fails is tried again until nothing
 * changes, and recorded.
 * Rejects when the sandbox fails, or with the reason of `signal`.
 */
export async function rebuild(sandbox: Sandbox, input: RebuildInput): Promise<Rebuilt> {
  const begun = performance.now();
  const name = input.name ?? `rebuilt_${++made}`;
  const parser = await loadParser();
  const superuser = await sandbox.create(name, await platformTemplate(sandbox, input.supabase));
  try {
    if (input.supabase) await superuser.exec(grantsSql(input.grants));
    const db = await sandbox.open(name);
    const run = new Run({ parser, db, superuser, name, input });
    const { failures, cutShort, ...counts } = await run.all();
    const record: Rebuild = {
      files: input.files.length,
      ...counts,
      failures: failures satisfies readonly Failure[],
      ms: { start: sandbox.startMs, apply: performance.now() - begun },
    };
    return { name, db, record, ...(cutShort !== undefined && { cutShort }) };
  } finally {
    await superuser.close();
  }
}
