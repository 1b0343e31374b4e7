import type { GrantProfile, Rebuild } from '../../../evidence/isolation.ts';
import type { SqlFile } from '../../source/database/replay.ts';
import { loadParser } from '../../source/database/sql/parser.ts';
import type { Database } from '../connect.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { grantsSql, plainSql, supabaseSql } from '../supabase/base.ts';
import type { Described } from './reconstruct.ts';
import { type Counts, LostDatabase, Run, type RunOptions } from './run.ts';

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
  /** Takes the secrets out of what is kept of a statement, before it is cut: half a key would not be known again. */
  readonly scrub?: (text: string) => string;
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
  if (sandbox.templates) return supabase ? sandbox.templates.supabase : sandbox.templates.plain;
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
  const until = begun + (input.totalMs ?? 60_000);
  const name = input.name ?? `rebuilt_${++made}`;
  const template = await platformTemplate(sandbox, input.supabase);
  const parser = await loadParser();
  // A statement that runs ends with its database.
  const stop = (): void => void sandbox.drop(name).catch(() => {});
  input.signal?.throwIfAborted();
  input.signal?.addEventListener('abort', stop, { once: true });
  const killers: LostDatabase[] = [];
  try {
    for (;;) {
      try {
        const { db, failures, cutShort, ...counts } = await attempt(sandbox, input, { parser, name, template, until, killers });
        const ms = { start: sandbox.startMs, apply: performance.now() - begun };
        return { name, db, record: { files: input.files.length, ...counts, failures, ms }, ...(cutShort !== undefined && { cutShort }) };
      } catch (error) {
        input.signal?.throwIfAborted();
        await sandbox.drop(name);
        if (!(error instanceof LostDatabase)) throw error;
        killers.push(error);
      }
    }
  } finally {
    input.signal?.removeEventListener('abort', stop);
  }
}

type Attempt = Pick<RunOptions, 'parser' | 'name' | 'until' | 'killers'> & { readonly template: string };

async function attempt(sandbox: Sandbox, input: RebuildInput, { template, ...options }: Attempt): Promise<Counts & { db: Database }> {
  const superuser = await sandbox.create(options.name, template);
  try {
    if (input.supabase) await superuser.exec(grantsSql(input.grants));
    const [row] = await superuser.query<{ name: string }>('SELECT pg_catalog.current_database() AS name');
    const db = await sandbox.open(options.name);
    const run = new Run({ ...options, name: row?.name ?? options.name, db, superuser, input });
    const counts = await run.all();
    // Migrations may delete files' rows; whoever tries accesses here decides that anew.
    await db.exec('RESET storage.allow_delete_query');
    return { ...counts, db };
  } finally {
    await superuser.close();
  }
}
