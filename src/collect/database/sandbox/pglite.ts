import { connectWith, type Database } from '../connect.ts';
import { plainSql, supabaseSql } from '../supabase/base.ts';
import { ownerSql, rolesSql } from '../supabase/roles.ts';
import { cachedTemplates } from './cluster-cache.ts';
import { cachedSnapshot } from './engine-cache.ts';
import { type Engine, engineVersion, startEngine } from './engine.ts';
import { LimitError } from './limit-error.ts';
import type { Limits, Sandbox } from './sandbox.ts';
import { EngineSocket } from './wire.ts';

const searchPath = `SET search_path = "$user", public, extensions`;
/** Session authorization of PGlite's only session. A stranger's event triggers must not run as superuser. */
const become = {
  superuser: 'SET SESSION AUTHORIZATION supabase_admin; SET event_triggers = off',
  owner: 'SET SESSION AUTHORIZATION supabase_admin; SET event_triggers = on; SET SESSION AUTHORIZATION postgres',
} as const;
type Who = keyof typeof become;

/** The role that PGlite starts with cannot be renamed by itself. */
const renameSql = `
CREATE ROLE renaming SUPERUSER LOGIN;
SET SESSION AUTHORIZATION renaming;
ALTER ROLE postgres RENAME TO supabase_admin;
SET SESSION AUTHORIZATION supabase_admin;
DROP ROLE renaming;
`;

/** One database: an engine, and who its session is at the moment. */
interface Held {
  readonly engine: Engine;
  who: Who | undefined;
  /** `undefined` once something was run that a kept snapshot does not have. */
  snapshot?: Uint8Array | undefined;
}

/** What is in a database before anything else is: by the name of the template, nothing but the roles for none. */
const bases: Readonly<Record<string, string>> = { '': '', [cachedTemplates.supabase]: supabaseSql, [cachedTemplates.plain]: plainSql };

/** PGlite as a sandbox: WebAssembly, no files and no network; each database is an engine of its own in a thread of its own. */
export async function openPgliteSandbox(limits: Limits): Promise<Sandbox> {
  const begun = performance.now();
  const databases = new Map<string, Held>();
  const kept = new Map<string, Uint8Array>();
  const version = engineVersion();
  const take = async (template = ''): Promise<Held> => {
    const sql = bases[template];
    if (sql !== undefined && !databases.has(template))
      kept.set(template, kept.get(template) ?? (await cachedSnapshot([version, renameSql, rolesSql, ownerSql, sql], () => fresh(sql))));
    const snapshot = kept.get(template);
    if (snapshot) return { engine: await startEngine(snapshot), who: undefined };
    const model = databases.get(template);
    if (!model) throw new Error(`there is no database ${template}`);
    model.snapshot ??= await model.engine.snapshot();
    return { engine: await startEngine(model.snapshot), who: undefined };
  };
  const drop = async (name: string): Promise<void> => {
    await databases.get(name)?.engine.end();
    databases.delete(name);
  };
  return {
    kind: 'pglite',
    templates: cachedTemplates,
    limits,
    startMs: performance.now() - begun,
    async create(name, template) {
      if (databases.has(name)) throw new Error(`the database ${name} is there already`);
      const held = await take(template);
      databases.set(name, held);
      return handle(held, 'superuser', limits);
    },
    async open(name) {
      const held = databases.get(name);
      if (!held) throw new Error(`there is no database ${name}`);
      return handle(held, 'owner', limits);
    },
    async checkpoint(name, as) {
      const held = databases.get(name);
      if (!held) throw new Error(`there is no database ${name}`);
      kept.set(as, (held.snapshot ??= await held.engine.snapshot()));
    },
    drop,
    async close() {
      kept.clear();
      for (const name of databases.keys()) await drop(name);
    },
  };
}

/** The data of an engine with the roles of the platform, and what `sql` makes. */
async function fresh(sql: string): Promise<Uint8Array> {
  const engine = await startEngine();
  try {
    const setUp = await connectWith({ stream: () => new EngineSocket(engine) as never });
    await setUp.exec(renameSql);
    await setUp.exec(`${rolesSql}${ownerSql}ALTER DATABASE postgres OWNER TO postgres;`);
    await setUp.exec(become.superuser);
    await setUp.exec(searchPath);
    if (sql !== '') await setUp.exec(sql);
    await setUp.close();
    return await engine.snapshot();
  } finally {
    await engine.end();
  }
}

const LOOK_MS = 100;

/** A view of the engine's session as one of its two users. */
async function handle(held: Held, who: Who, limits: Limits): Promise<Database> {
  const db = await connectWith({ stream: () => new EngineSocket(held.engine) as never });
  const run = async <T>(work: () => Promise<T>, limitMs = limits.statementMs): Promise<T> => {
    held.snapshot = undefined;
    if (held.who !== who) {
      await db.exec(become[who]);
      await db.exec(searchPath);
      held.who = who;
    }
    const { watched, end } = watch(who === 'owner' ? { ...limits, statementMs: Math.min(limitMs, limits.statementMs) } : undefined);
    try {
      return await Promise.race([work(), watched]);
    } catch (error) {
      if (!(error instanceof LimitError) && /^[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '')) throw error;
      // Over its limits, or broken by itself: its data go with it.
      await held.engine.end();
      if (error instanceof LimitError) throw error;
      throw new LimitError('XX000', `PGlite broke off: ${error instanceof Error ? error.message : String(error)}`, true);
    } finally {
      end();
    }
  };
  return {
    query: (sql, parameters, limitMs) => run(() => db.query(sql, parameters), limitMs),
    exec: (sql) => run(() => db.exec(sql)),
    async close() {
      if (!held.engine.dead) await db.close();
    },
  };
}

/** Rejects when a statement takes too long or too much memory. There is no way to stop only the statement: its engine has to be ended. */
function watch(limits: Limits | undefined): { watched: Promise<never>; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  if (!limits) return { watched: new Promise(() => {}), end: () => {} };
  const begun = performance.now();
  const before = process.memoryUsage.rss();
  const watched = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      const late = performance.now() - begun > limits.statementMs;
      if (!late && process.memoryUsage.rss() - before < limits.memoryBytes) return;
      const why = late
        ? new LimitError('57014', `ran longer than ${limits.statementMs / 1000} s and was ended`, true)
        : new LimitError('53200', `took more than ${Math.round(limits.memoryBytes / 2 ** 20)} MB of memory and was ended`, true);
      clearInterval(timer);
      reject(why);
    }, LOOK_MS);
  });
  watched.catch(() => {});
  return { watched, end: () => clearInterval(timer) };
}
