import type { Proof } from '../core/finding.ts';
import { andList } from '../core/wording.ts';
import type { DatabaseModel, Policy, Reach, Rows, Table, Verb } from './database.ts';

/** Questions that several checks ask of a database, answered in one place so that no two checks differ. */

/** Stable name of a thing of a database: free of line numbers, unique where a repo holds several databases. */
export const subjectOf = (kind: string, thing: { readonly database: string; readonly schema?: string; readonly name: string }): string =>
  `${kind} ${thing.database}:${thing.schema === undefined || thing.schema === 'public' ? '' : `${thing.schema}.`}${thing.name}`;

const words: Readonly<Record<Verb, string>> = { select: 'read', insert: 'add', update: 'change', delete: 'delete' };

/** `read, change and delete`. */
export const verbsText = (verbs: readonly Verb[]): string => andList(verbs.map((verb) => words[verb]));

/** Policies whose statement shows why; at most four. */
export const policyProof = (policies: readonly Policy[]): Proof[] =>
  policies.slice(0, 4).map((policy) => ({ kind: 'code', place: policy.place, text: policy.sql }));

/** Policies of a table that let a reach through, in the order of the table. */
export const policiesOf = (table: Pick<Table, 'policies'>, reaches: readonly Reach[]): Policy[] =>
  table.policies.filter((policy) => reaches.some((reach) => reach.policies.includes(policy.name)));

/** True for the name of a role with power over others, in the languages seen in real repos. */
export const isPrivileged = (role: string): boolean =>
  /admin|owner|super|root|master|manager|staff|moderator|gestor|dono|propriet|due[nñ]o|gerente|direct(?:or|eur|ur)|coordinad|coordenad|supervis/i.test(
    role,
  );

/** True when every row, or as good as every row, is reached. */
export const reachesAll = (rows: Rows): boolean => rows === 'all' || rows === 'self-declared';

/** Why a verdict about the table would not be certain; `undefined` when it would. */
export const doubt = (table: Table, policies: readonly Policy[]): string | undefined =>
  table.uncertain ?? policies.map((policy) => policy.uncertain).find((why) => why !== undefined);

/** The words of a doubt whether something is still in the running database. */
export const maybeGone = (name: string, why: string): { message: string; toKnow: string } => ({
  message: `Could not tell whether ${name} is there to be reached: ${why}.`,
  toKnow: askDump,
});

/** What would settle a doubt about a database. */
export const askDump =
  'Run `supabase db dump --schema public -f schema.sql` (it reads only), put the file beside the migrations, and run this again.';

/** True when only the name says that the rows belong to somebody. */
export const isGuess = (table: Table): boolean => table.nature.kind === 'private' && table.nature.why === 'its name';

/** A sentence on what is at stake; empty for tables that belong to nobody. */
export const stakeText = (table: Table): string =>
  table.nature.kind === 'reference' || table.nature.kind === 'content' ? '' : ` It holds ${contentText(table)}.`;

/** Whose rows they are, as the end of "It holds ...". */
function contentText(table: Table): string {
  const kinds: Readonly<Record<string, string>> = {
    contact: 'contact data',
    identity: 'identity data',
    money: 'amounts of money',
    secret: 'secrets',
    health: 'health data',
    message: 'messages',
    location: 'locations',
  };
  const held = table.holds.flatMap((kind) => kinds[kind] ?? []);
  if (held.length > 0) return andList(held);
  if (table.nature.kind === 'log' && !table.tenancy) return `what was done and when (told by ${table.nature.why})`;
  return table.tenancy
    ? `rows that belong to somebody (${table.tenancy.why})`
    : `rows that belong to somebody (told by ${table.nature.why})`;
}

/** True when strangers cannot open an account, as far as the repo tells. */
export const isSignUpClosed = ({ databases }: Pick<DatabaseModel, 'databases'>, folder: string): boolean =>
  databases.some((one) => one.folder === folder && one.signUp === 'closed');

/** When it is no fault that everybody with an account reaches something. */
export const fineForStaff = ' This is fine only if the app serves a single company and nobody can sign up by himself.';

const cosmetic =
  /^(?:position|sort_?order|order_?index|display_order|rank|views?|clicks?|updated_at|is_read|read_at|.*_?counts?|.*_counter|total_.*|.*_number|(?:last|ultim[oa])_.*)$/i;

/** True for columns that say how things are shown or counted, not what they are. */
export const isCosmetic = (column: string): boolean => cosmetic.test(column);
