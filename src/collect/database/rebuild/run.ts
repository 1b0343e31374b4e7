import type { Failure, Rebuild } from '../../../evidence/isolation.ts';
import type { SqlParser } from '../../source/database/sql/parser.ts';
import type { Database } from '../connect.ts';
import { directionOf } from './direction.ts';
import { type Keys, keysOf, settles } from './keys.ts';
import { mayRunLate } from './late.ts';
import type { RebuildInput } from './rebuild.ts';
import { mentionsOf } from './mentions.ts';
import { endless, takeBackEndless } from './recursion.ts';
import { Session } from './session.ts';
import { stampingFunctions } from './stamping.ts';
import { StandIns } from './stand-ins.ts';
import { keptOfStatement, type Statement, statementsTwice } from './statements.ts';
import { Taken } from './taken.ts';
import { treat } from './treatment.ts';

export interface RunOptions {
  readonly parser: SqlParser;
  readonly db: Database;
  readonly superuser: Database;
  readonly name: string;
  readonly input: RebuildInput;
  /** When all must be done, as `performance.now()` counts. */
  readonly until: number;
  /** Statements with which the database was lost in earlier runs: they are not run again. */
  readonly killers: readonly LostDatabase[];
}

/** A statement that failed, with what is needed to try it again. */
interface Failed {
  readonly statement: Statement;
  readonly at: number;
  readonly sql: string;
  readonly settings: readonly string[];
  late: boolean;
  readonly keys: Keys;
  code: string;
  reason: string;
}

/** The database went with a statement that had to be ended. */
export class LostDatabase extends Error {
  /** Number of the statement. */
  readonly at: number;
  readonly code: string;

  constructor(at: number, code: string, reason: string) {
    super(reason);
    this.at = at;
    this.code = code;
  }
}

export type Counts = Omit<Rebuild, 'files' | 'ms'> & { readonly cutShort?: string };

const mostFailures = 5000;
/** How often the whole is done again because a statement took the database with it. */
const mostKillers = 4;

/** One pass over the files of a repo, and the tries after it. */
export class Run {
  private readonly session: Session;
  private readonly superuser: Session;
  private readonly options: RunOptions;
  private failed: Failed[] = [];
  /** Keys of what was applied, by number of the statement. */
  private readonly applied: { readonly at: number; readonly keys: Keys; readonly text: string }[] = [];
  private readonly standIns: StandIns;
  private taken: Taken | undefined;
  private statements = 0;
  private done = 0;
  private cutShort: string | undefined;

  constructor(options: RunOptions) {
    this.options = options;
    this.session = new Session(options.db);
    this.superuser = new Session(options.superuser);
    this.standIns = new StandIns(options.input.files);
  }

  async all(): Promise<Counts> {
    const { input, parser } = this.options;
    const mentions = mentionsOf(input.files);
    this.taken = new Taken(input.described ?? { tables: [] }, mentions, this.session);
    await this.session.begin([]);
    await this.taken.make();
    let done = 0;
    for (const file of input.files) {
      input.progress?.(`applying ${file.path}`, done++, input.files.length);
      await this.session.begin([]);
      for (const statement of statementsTwice(parser, file)) {
        if (this.stopped(this.statements)) break;
        await this.step(statement);
      }
      if (this.cutShort !== undefined) break;
    }
    const { retried, superseded } = await this.again();
    await this.session.begin([]);
    const stamping = this.failed.some(makesTrigger) ? await stampingFunctions(this.options.superuser) : new Set<string>();
    return {
      statements: this.statements,
      applied: this.done,
      retried,
      superseded,
      failures: this.failed.map((one) => asFailure(one, stamping, this.options.input.scrub)),
      reconstructed: this.taken?.made ?? [],
      stubs: this.standIns.names,
      ...(this.cutShort !== undefined && { cutShort: this.cutShort }),
    };
  }

  /** Throws when the work was called off; true when time or patience ran out. */
  private stopped(at?: number): boolean {
    this.options.input.signal?.throwIfAborted();
    if (performance.now() > this.options.until) this.cutShort ??= 'the SQL of the repo took too long; the rest of it was not run';
    else if (at !== undefined && this.options.killers.length >= mostKillers && at > (this.options.killers.at(-1)?.at ?? 0))
      this.cutShort ??= `${mostKillers} statements had to be ended with their database; the rest was not run`;
    else if (this.failed.length >= mostFailures) this.cutShort ??= `more than ${mostFailures} statements failed; the rest was not run`;
    return this.cutShort !== undefined;
  }

  private async step(statement: Statement): Promise<void> {
    const treatment = treat(statement, this.options.name);
    if (treatment.way === 'skip') return;
    const at = this.statements++;
    const keys = statement.node ? keysOf(statement.node) : { makes: [], grants: [], revokes: [], drops: [] };
    const fail = (code: string, reason: string, sql = '', late = false): void => {
      this.failed.push({ statement, at, sql, settings: this.session.settings, late, keys, code, reason });
    };
    if (treatment.way === 'refuse') return fail('refused', treatment.why);
    const killer = this.options.killers.find((one) => one.at === at);
    if (killer) return fail(killer.code, killer.message);
    if (treatment.way === 'done') {
      if (treatment.stub !== undefined) await this.standIns.make(treatment.stub, treatment.schema, this.superuser);
      this.done += 1;
      return;
    }
    for (const stub of treatment.way === 'run' ? (treatment.stubs ?? []) : []) await this.standIns.make(stub, undefined, this.superuser);
    const run = (): Promise<void> =>
      treatment.way === 'superuser'
        ? this.superuser.run(treatment.sql)
        : treatment.setting
          ? this.session.set(treatment.sql)
          : this.session.run(treatment.sql);
    try {
      await run().catch(async (error: unknown) => {
        if ((error as { lost?: boolean }).lost === true) throw new LostDatabase(at, this.read(error).code, this.read(error).reason);
        if (!(await this.taken?.provide(statement, this.read(error)))) throw error;
        await run();
      });
      this.done += 1;
      this.applied.push({ at, keys, text: statement.text });
    } catch (error) {
      if (error instanceof LostDatabase) throw error;
      const { code, reason } = this.read(error);
      if (this.taken?.has(statement, code) || this.standIns.explains(statement, { code, reason })) return void (this.done += 1);
      fail(statement.syntax === undefined ? code : 'syntax', reason, treatment.sql, treatment.way === 'run' && mayRunLate(statement));
      if (code === '57P01') await this.session.begin(this.session.settings, true);
    }
  }

  private read(error: unknown): { code: string; reason: string } {
    const { code, message } = error as { code?: string; message?: string };
    return { code: code ?? 'XX000', reason: message ?? String(error) };
  }

  /** Tries what failed again, in its order, until a round changes nothing. */
  private async again(): Promise<{ retried: number; superseded: number }> {
    let superseded = 0;
    let retried = 0;
    for (let changed = true; changed && !this.stopped();) {
      const left: Failed[] = [];
      for (const one of this.failed) {
        if (this.stopped()) left.push(one);
        else if (this.isSettled(one) || this.isThere(one)) superseded += 1;
        else if (one.late && !this.isContradicted(one) && (await this.tryAgain(one))) retried += 1;
        else left.push(one);
      }
      changed = left.length < this.failed.length;
      this.failed = left;
    }
    this.done += retried;
    return { retried, superseded };
  }

  private async tryAgain(one: Failed): Promise<boolean> {
    try {
      await this.session.begin(one.settings);
      await this.session.run(one.sql);
      if (await takeBackEndless(this.session, one.statement.node, one.sql)) {
        Object.assign(one, { code: endless, reason: 'added out of its order, its table asks itself without end', late: false });
        return false;
      }
      this.applied.push({ at: one.at, keys: one.keys, text: one.statement.text });
      return true;
    } catch (error) {
      if ((error as { lost?: boolean }).lost === true) throw new LostDatabase(one.at, this.read(error).code, this.read(error).reason);
      Object.assign(one, this.read(error));
      return false;
    }
  }

  /** Everything it would have made was made anew or dropped by a later statement. */
  private isSettled({ at, keys, code }: Failed): boolean {
    // What could not be dropped because it is in use, and was made anew: it stands as it was made last.
    if (code === '2BP01' && keys.drops.length > 0)
      return keys.drops.every((key) => this.applied.some((later) => later.at > at && later.keys.makes.includes(key)));
    return keys.makes.length > 0 && keys.makes.every((key) => this.applied.some((later) => later.at > at && settles(later.keys, key)));
  }

  /** The very same statement made what stands there under this name. */
  private isThere({ statement, code, keys }: Failed): boolean {
    if (code !== '42710' || keys.makes.length === 0) return false;
    const made = this.applied.findLast((one) => keys.makes.every((key) => one.keys.makes.includes(key)));
    return made !== undefined && plain(made.text) === plain(statement.text);
  }

  /** A later statement said the opposite about a part of it. */
  private isContradicted({ at, keys }: Failed): boolean {
    return this.applied.some(
      (later) =>
        later.at > at &&
        (keys.makes.some((key) => settles(later.keys, key)) ||
          keys.grants.some((key) => later.keys.revokes.includes(key)) ||
          keys.revokes.some((key) => later.keys.grants.includes(key))),
    );
  }
}

/** A statement without its comments and layout. */
const plain = (text: string): string =>
  text
    .replaceAll(/--[^\n]*/g, ' ')
    .replaceAll(/[\s"]+/g, ' ')
    .replaceAll(/ ?([(),;]) ?/g, '$1')
    .replaceAll('public.', '')
    .trim();

const makesTrigger = ({ statement: { node } }: Failed): boolean => node !== undefined && 'CreateTrigStmt' in node;

function asFailure(
  { statement, code, reason }: Failed,
  stamping: ReadonlySet<string>,
  scrub: (text: string) => string = (text) => text,
): Failure {
  const sql = scrub(statement.text).slice(0, 1000).replaceAll(/\s+/g, ' ').slice(0, keptOfStatement);
  return {
    place: { file: statement.file, line: statement.line },
    sql,
    reason: scrub(reason),
    code,
    ...directionOf(statement, code, stamping),
  };
}
