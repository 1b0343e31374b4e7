import { evidence } from '../core/evidence.ts';
import type { Place } from '../core/finding.ts';
import type { Verb } from './database.ts';

/** What came of rebuilding the repo's databases and trying every access in them. */
export interface IsolationProof {
  readonly databases: readonly ProvedDatabase[];
}

/** One database of the repo, rebuilt in a sandbox of ours. */
export interface ProvedDatabase {
  /** As in `DatabaseSource.folder`. */
  readonly folder: string;
  readonly engine: 'postgresql' | 'pglite';
  readonly exposure: 'supabase' | 'private';
  /** As in `DatabaseSource.signUp`. */
  readonly signUp: 'open' | 'closed' | 'unknown';
  readonly rebuild: Rebuild;
  /** Who was made to try, and what each of them was given. */
  readonly people: readonly Person[];
  readonly objects: readonly ProvedObject[];
  /** Ways by which an ordinary account gained power, followed to what it unlocks. */
  readonly escalations: readonly Escalation[];
  /** Access that is broken for everybody: policies that recurse or name what is not there, sign-up triggers that fail. */
  readonly broken: readonly Broken[];
  /** Set when the work was cut short (time, memory): what was left undone, in words. */
  readonly cutShort?: string;
}

/** What became of the SQL of the repo. */
export interface Rebuild {
  readonly files: number;
  readonly statements: number;
  /** Applied at once, or on a later try. */
  readonly applied: number;
  /** Of `applied`: those that worked only after others had been applied. */
  readonly retried: number;
  /** Failed, but a later statement made the same thing anew or dropped it: they change nothing. */
  readonly superseded: number;
  readonly failures: readonly Failure[];
  /**
   * Made from generated types, Prisma or Drizzle because no migration makes them: tables (`schema.name`), whose row-level security is not known, and
   * single columns of tables that the repo makes (`schema.name.column`).
   */
  readonly reconstructed: readonly string[];
  /** Extensions and functions that stand-ins were made for. */
  readonly stubs: readonly string[];
  /** Milliseconds: starting the engine, and applying the SQL. */
  readonly ms: { readonly start: number; readonly apply: number };
}

/** A statement of the repo that could not be applied. */
export interface Failure {
  readonly place: Place;
  /** At most 200 characters, on one line. */
  readonly sql: string;
  /** PostgreSQL's message, or why we refused to run it. */
  readonly reason: string;
  /** SQLSTATE, also for what we ended from outside (57014 took too long, 53100 too large, 53200 too much memory); `refused` when we did not run it, `syntax` when it is no SQL. */
  readonly code: string;
  /** `schema.name` of tables and functions it is about; `*` when it may be about anything. */
  readonly touches: readonly string[];
  /** What it would have done to who reaches them: `closes` and `opens` are both set when that cannot be told, none when it changes nothing about that. */
  readonly closes: boolean;
  readonly opens: boolean;
}

/**
 * Who tries. All attack the rows of the owner. `anon`: a visitor without an account. `newcomer`: signed up, has no rows. `stranger`: an
 * ordinary user of another tenant, with rows. `foreign-admin`: the same with the highest role his tenant can give. `peer`: an ordinary user
 * of the owner's tenant. `owner`: whose rows they are. `tenant-admin`: holds the highest role the owner's tenant can give. `admin`: holds the app's privileged roles.
 */
export const personaNames = ['anon', 'newcomer', 'stranger', 'foreign-admin', 'peer', 'owner', 'tenant-admin', 'admin'] as const;
export type PersonaName = (typeof personaNames)[number];

export interface Person {
  readonly name: PersonaName;
  /** The role values and memberships he was given, in words, e.g. `memberships.role = client`. */
  readonly holds: readonly string[];
}

/** `channel`: private channels of Supabase Realtime, as the policies on realtime.messages let people listen and send. */
export type ObjectKind = 'table' | 'view' | 'function' | 'bucket' | 'channel';

/** A table, view, function or bucket that the browser can address, and what came of trying it. */
export interface ProvedObject {
  readonly kind: ObjectKind;
  readonly schema: string;
  readonly name: string;
  /** Where it is made, when the repo says. */
  readonly place?: Place;
  /** Whose its rows are, with what told: created by, a path of foreign keys, or a column's name. Absent: nobody's. */
  readonly belongs?: Belonging;
  /** As in `Table.nature` and `Table.holds`. */
  readonly nature: 'private' | 'log' | 'intake' | 'listing' | 'content' | 'reference';
  readonly natureWhy: string;
  readonly holds: readonly string[];
  /** Published for Supabase Realtime: whoever may read a row is sent its changes. */
  readonly realtime?: true;
  /** Absent: every person has a row. */
  readonly unseeded?: string;
  /** Verbs that grants and a policy (not one for the service role alone), missing row-level security or a function's body open to somebody. Absent: not known. */
  readonly opens?: readonly CellVerb[];
  /** Verbs for which a role of the browser has no privilege at all, whatever policies say. Absent: not known. */
  readonly withheld?: Readonly<Partial<Record<'anon' | 'authenticated', readonly CellVerb[]>>>;
  /** What nobody could as he is, but somebody legitimate could in another way, with a role of the app, where `gatekeeper` lets him, or with policies `aside` that all ask who is calling: the others' attempts were fair. */
  readonly controls?: readonly { readonly verb: CellVerb; readonly role?: string; readonly gatekeeper?: string; readonly aside?: true }[];
  /** Absent: judged on the real thing. Set when the object was reconstructed, so that nothing can be claimed about it. */
  readonly reconstructed?: true;
  readonly cells: readonly Cell[];
  /** Corrected SQL that was tried: the leak is gone, and everybody who should still can. */
  readonly fix?: TriedFix;
  /** What somebody answered in the lock file; put in by `withAnswers`, never by a collector. */
  readonly shared?: Sharing;
}

/**
 * With whom rows are shared on purpose, as a person answered. `nobody`: with the owner and administrators only. `members`: with everybody in
 * the owner's organisation, whatever they can do. `accounts`, `everyone`: may be read by those; never changed.
 */
export const sharings = ['nobody', 'members', 'accounts', 'everyone'] as const;
export type Sharing = (typeof sharings)[number];

export interface Belonging {
  readonly to: 'user' | 'tenant';
  /** Columns that lead there, e.g. `["organization_id"]`, or a path `["case_id", "cases.organization_id"]`. */
  readonly path: readonly string[];
  /** `itself`: the row is the tenant. `author`: only a column that says who did something leads to somebody. */
  readonly told: 'itself' | 'created-by' | 'foreign-key' | 'column-name' | 'author';
}

export type CellVerb = Verb | 'execute' | 'download' | 'upload';

/**
 * One thing one person tried on rows of the owner.
 * `got`: it worked, seen in the owner's mark that came back or in the row as it stood afterwards. `refused`: PostgreSQL said no.
 * `nothing`: no error, and nothing came or changed. `broken`: an error that is the app's own fault. `undecided`: neither could be told.
 */
export interface Cell {
  readonly verb: CellVerb;
  /**
   * For writes, what was special about the row. `own`: a row of his own. `as-victim`: a new row in the owner's name. `into`: a new row in his own
   * name in the owner's tenant. `move`: a row of his own handed to the owner. `take`: the owner's row made his own. Absent: the owner's row as it is.
   */
  readonly variant?: 'own' | 'as-victim' | 'into' | 'move' | 'take';
  readonly who: PersonaName;
  readonly outcome: 'got' | 'refused' | 'nothing' | 'broken' | 'undecided';
  /** `proved`: no statement that failed could change it. `conditional`: those in `unless` (indexes into `Rebuild.failures`) could. */
  readonly grade: 'proved' | 'conditional';
  readonly unless?: readonly number[];
  /** What was run, as it can be pasted into a SQL editor. */
  readonly sql: string;
  /** What came back: the error with its SQLSTATE, or the row (marks of ours only). */
  readonly answer: string;
  /** For `got`: what let him through. */
  readonly through?: Through;
  /** For `got` by someone with rows: the row of his without which it would not have worked, as `table (column = value)`. */
  readonly dueTo?: string;
  /** Grant profiles it holds in. `default`: tables are exposed by default (projects until 2026). `explicit`: only what the repo grants. */
  readonly profiles: readonly GrantProfile[];
  /** Columns that were changed; of functions with their tables, as `schema.table.column`. */
  readonly columns?: readonly string[];
  /** Why whoever gets it is meant to, where the thing itself tells. */
  readonly meant?: string;
}

export type GrantProfile = 'default' | 'explicit';

/** What let an attempt through. */
export interface Through {
  readonly kind: 'no-row-security' | 'policy' | 'definer' | 'public-bucket' | 'owner-rights';
  /** Policies, each with its place in the repo when known. */
  readonly policies: readonly { readonly name: string; readonly sql: string; readonly place?: Place }[];
}

/** A way to more power that an ordinary account was shown to have. */
export interface Escalation {
  readonly kind: 'sign-up-metadata' | 'own-column' | 'self-insert' | 'function' | 'first-user';
  /** Who did it: `newcomer` where an account is all it takes. */
  readonly who: PersonaName;
  /** In words, e.g. "sets profiles.role of his own row to admin". */
  readonly what: string;
  /** `schema.name` of the table or function. */
  readonly object: string;
  readonly column?: string;
  readonly value?: string;
  readonly sql: string;
  readonly place?: Place;
  /** Cells that worked afterwards and did not before: `schema.table` with verbs. Empty: nothing more was reached. */
  readonly unlocks: readonly { readonly object: string; readonly verbs: readonly CellVerb[] }[];
  /** A correction that was applied in the sandbox: the way is closed, and what must work still works. */
  readonly fix?: TriedFix;
  readonly grade: 'proved' | 'conditional';
  readonly unless?: readonly number[];
  readonly profiles: readonly GrantProfile[];
}

/** Access that fails for those who should have it. */
export interface Broken {
  readonly kind: 'recursion' | 'missing-in-policy' | 'sign-up' | 'owner-denied';
  /** `schema.name`. */
  readonly object: string;
  readonly message: string;
  readonly code: string;
  readonly place?: Place;
  readonly sql: string;
  readonly grade: 'proved' | 'conditional';
  readonly unless?: readonly number[];
}

/** A correction that was run in the sandbox. */
export interface TriedFix {
  /** In the order in which they were run, without semicolons. */
  readonly statements: readonly string[];
  /** Cells that leaked and no longer do. */
  readonly closes: number;
  /** Cells that worked, are meant to, and still do. */
  readonly keeps: number;
  /** Cells of others that worked by the same hole and do not any more. */
  readonly ends?: number;
  /** Whose those are. */
  readonly endsFor?: readonly PersonaName[];
  /** Set when it leaves only the server in, with the service key. */
  readonly server?: true;
  /** Set when it only holds together with the corrections of the tables. */
  readonly alongside?: true;
  /** First places in the app's own code that do what it ends. */
  readonly usedAt?: readonly Place[];
  /** What an account says of itself when it is made and that counts no more, and where the app's code sets it. */
  readonly invites?: { readonly keys: readonly string[]; readonly places: readonly Place[] };
  /** A column it asks of new rows that the app's own code does not send, and where. */
  readonly unsent?: { readonly column: string; readonly places: readonly Place[] };
}

/** No database was rebuilt. */
export const noProof: IsolationProof = { databases: [] };

export const isolationProof = evidence<IsolationProof>()(
  'database.isolation',
  'what other customers reach in the database, rebuilt from the repo and tried',
);
