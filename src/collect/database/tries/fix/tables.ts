import type { PersonaName } from '../../../../evidence/isolation.ts';
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
  const candidate = ({ sql, helper }: Pick<Condition, 'sql' | 'helper'>): Candidate => ({
    statements: [...helper, ...start, ...wanted.map((command) => policy(relation, command, asked(sql), question))],
  });
  const conditions = conditionsFor(relation, ground).map((one) => ({ ...one, alone: candidate(one) }));
  const admins = staff.map((sql) => ({ sql, alone: candidate({ sql, helper: [] }) }));
  const both = conditions.flatMap(({ sql, helper, alone }) =>
    admins.map((admin) => ({ ...candidate({ helper, sql: `${sql} OR ${admin.sql}` }), either: [alone, admin.alone] })),
  );
  return [...each(closed), ...conditions.map(({ alone }) => alone), ...both, ...admins.map(({ alone }) => alone)];
}

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
