import type { Place } from '../../../../core/finding.ts';
import type { PersonaName } from '../../../../evidence/isolation.ts';
import type { AppUses } from '../../app-uses.ts';
import type { LivePolicy, Relation } from '../../live/catalog.ts';
import { escaped, fitting, identifier } from '../../world/literal.ts';
import { conditionsFor } from './conditions.ts';
import { type Condition, type Ground, me } from './ground.ts';
import { type Candidate, each, type Question } from './trial.ts';

type Command = 'select' | 'insert' | 'update' | 'delete';
const commands: readonly Command[] = ['select', 'insert', 'update', 'delete'];

/**
 * Corrections of a table, from what takes least to what takes most: dropping what let them through, then replacing it by whose rows they are.
 * `staff`: conditions that are true for whoever runs the app and for nobody else.
 */
export function tableFixes(relation: Relation, question: Question, ground: Ground, staff: readonly string[]): Candidate[] {
  const closed = closing(relation, question);
  const start = closed.at(-1) ?? [];
  const wanted = wantedOf(relation, question);
  const asked = (sql: string): string => (readsItself(relation) ? sql.replaceAll(me, 'auth.uid()') : sql);
  const candidate = ({ sql, helper, column }: Pick<Condition, 'sql' | 'helper' | 'column'>): Candidate => {
    const told = wanted.includes('insert') && column !== undefined ? unsentAt(relation, column, ground.uses) : [];
    const filled = told.length > 0 ? fallbackFor(relation, column) : [];
    return {
      statements: [...helper, ...start, ...filled, ...wanted.map((command) => policy(relation, command, asked(sql), question))],
      ...(told.length > 0 && filled.length === 0 && { unsent: { column: column ?? '', places: told } }),
    };
  };
  const conditions = conditionsFor(relation, ground).map((one) => ({ ...one, alone: candidate(one) }));
  const admins = staff.map((sql) => ({ sql, alone: candidate({ sql, helper: [] }) }));
  const both = conditions.flatMap(({ sql, helper, column, alone }) =>
    admins.map((admin) => ({
      ...candidate({ helper, sql: `${sql} OR ${admin.sql}`, ...(column !== undefined && { column }) }),
      either: [alone, admin.alone],
    })),
  );
  const all: Candidate[] = [...each(closed), ...conditions.map(({ alone }) => alone), ...both, ...admins.map(({ alone }) => alone)];
  // Where the code does not send what is asked, nobody could add a row any more.
  return [...all.filter(({ unsent }) => !unsent), ...all.filter(({ unsent }) => unsent)];
}

/** Where the app's code adds rows without this column, which nothing else fills. */
function unsentAt({ name, columns }: Relation, column: string, uses: AppUses | undefined): Place[] {
  const fallback = columns.find((one) => one.name === column)?.fallback;
  // A new id is nobody's.
  const filled = fallback !== undefined && !/^(?:\w+\.)?(?:gen_random_uuid|uuid_generate_v\d)\(|^NULL/i.test(fallback);
  if (filled || !uses) return [];
  const without = uses.inserts(name).filter((one) => (one.columns ? !one.columns.has(column) : !uses.names(column)));
  return without.map(({ place }) => place).slice(0, mostPlaces);
}

const mostPlaces = 3;

/** Fills the column with who is signed in, where it says who made the row. */
function fallbackFor(relation: Relation, column: string | undefined): string[] {
  const found = relation.columns.find(({ name }) => name === column);
  if (!found || found.fallback !== undefined || !maker.test(found.name) || !/^(?:uuid|text|varchar)$/.test(found.base)) return [];
  return [
    `ALTER TABLE ${relation.sql} ALTER COLUMN ${identifier(found.name)} SET DEFAULT auth.uid()${found.base === 'uuid' ? '' : '::text'}`,
  ];
}

const maker =
  /^(?:(?:created|added|uploaded|submitted|posted|sent|registered|criado|creado|enviado|cadastrado|registrado)_(?:by|por)(?:_user)?|author|creator|uploader|user|owner|profile|member|usuario)(?:_?(?:id|uuid))?$/i;

/** A policy of it reads the table itself: PostgreSQL takes that for endless recursion once a policy for reading has a subselect of any kind. */
const readsItself = ({ name, policies }: Relation): boolean =>
  policies.some(({ using = '', check = '' }) => new RegExp(`\\bFROM ${escaped(name)}\\b`, 'i').test(`${using} ${check}`));

/**
 * Corrections of a table whose rows are nobody's: whoever was meant to read it still does, and only administrators do more; else it is theirs alone.
 */
export function referenceFixes(relation: Relation, question: Question, staff: readonly string[]): string[][] {
  const closed = closing(relation, question);
  const start = closed.at(-1) ?? [];
  const wanted = wantedOf(relation, question);
  const open = wanted.filter((command) => openTo(command, question).length > 0);
  return [
    ...closed,
    ...(open.length > 0 ? [[...start, ...open.map((command) => policy(relation, command, 'true', question))]] : []),
    ...staff.map((admin) => [...start, ...wanted.map((command) => policy(relation, command, admin, question))]),
  ];
}

/** Closes what let them through, and nothing else; where row-level security was off, then also without policies that let everybody in. */
export function closing(relation: Relation, { leaks, culprits }: Question): string[][] {
  const drop = ({ name }: LivePolicy): string => `DROP POLICY IF EXISTS ${identifier(name)} ON ${relation.sql}`;
  if (relation.rowSecurity) return [culprits.map(drop)];
  const enable = `ALTER TABLE ${relation.sql} ENABLE ROW LEVEL SECURITY`;
  const leaked = new Set(leaks.map(({ attempt }) => attempt.verb));
  const open = relation.policies.filter((one) => isForAll(one) && (one.command === 'all' ? leaked.size > 0 : leaked.has(one.command)));
  return [[enable], ...(open.length > 0 ? [[enable, ...open.map(drop)]] : [])];
}

/** Takes what leaked from the browser's roles altogether, whatever policies there are. */
export function withoutGrants(relation: Relation, { leaks }: Question): string[] {
  const leaked = new Set(leaks.map(({ attempt }) => attempt.verb));
  const verbs = commands.filter((command) => leaked.has(command)).map((command) => command.toUpperCase());
  return verbs.length === 0 ? [] : [`REVOKE ${verbs.join(', ')} ON ${relation.sql} FROM PUBLIC, anon, authenticated`];
}

const isForAll = ({ permissive, roles, using = 'true', check = 'true' }: LivePolicy): boolean =>
  permissive && using === 'true' && check === 'true' && roles.some((role) => /^(?:public|anon|authenticated)$/.test(role));

/** What has to be given back: what somebody is meant to do and the closing took away. */
export function wantedOf(relation: Relation, { leaks, kept, culprits }: Question): Command[] {
  const leaked = new Set(leaks.map(({ attempt }) => attempt.verb));
  const touched = commands.filter(
    (command) => leaked.has(command) || culprits.some((one) => one.command === command || one.command === 'all') || !relation.rowSecurity,
  );
  return touched.filter((command) => kept.some(({ attempt }) => attempt.verb === command));
}

/** Those from outside who are meant to do something with rows of others. */
const outside: readonly PersonaName[] = ['anon', 'newcomer', 'stranger', 'foreign-admin'];

/** Who of them is meant to do this, where it never leaked. */
function openTo(command: Command, { leaks, kept }: Question): PersonaName[] {
  if (leaks.some(({ attempt }) => attempt.verb === command)) return [];
  return kept.flatMap(({ attempt: { verb, who } }) => (verb === command && outside.includes(who) ? [who] : []));
}

/** Lets those in for whom the condition holds; everybody, in what was meant for everybody and never leaked. */
function policy(relation: Relation, command: Command, condition: string, question: Question): string {
  const open = openTo(command, question);
  const holds = open.length > 0 ? 'true' : condition;
  const roles = open.includes('anon') ? 'anon, authenticated' : 'authenticated';
  const using = command === 'insert' ? '' : ` USING (${holds})`;
  const check = command === 'insert' || command === 'update' ? ` WITH CHECK (${holds})` : '';
  const name = identifier(fitting(`${relation.name}_${open.length > 0 ? 'public' : 'own'}_${command}`));
  return `CREATE POLICY ${name} ON ${relation.sql} FOR ${command.toUpperCase()} TO ${roles}${using}${check}`;
}
