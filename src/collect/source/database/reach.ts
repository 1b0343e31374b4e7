import type { Access, PredicateKind, Reach, Rows, Verb } from '../../../evidence/database.ts';
import { type PolicyState, type TableState, verbs } from './catalog/state.ts';
import type { Analysis, Scope } from './predicate/scope.ts';
import { and, type Atom, no, or, type Term, yes } from './predicate/term.ts';

export type Caller = 'anon' | 'authenticated';

/** Whether the caller may hold any role, or holds none: neither a role of the app nor one within his tenant. */
export type Holding = 'any role' | 'no role';

/** Conditions of a policy, read once. */
export interface PolicyTerms {
  readonly policy: PolicyState;
  readonly using: Term | undefined;
  readonly check: Term | undefined;
}

/** Works out who reaches what. */
export interface Reaches {
  terms(table: TableState): readonly PolicyTerms[];
  access(table: TableState, caller: Caller, holding?: Holding): Access;
  rows(term: Term, caller: Caller, holding?: Holding): Rows;
  /** The condition under which `caller` may do `verb`: all policies together. */
  effective(table: TableState, verb: Verb, caller: Caller, part: 'using' | 'check'): Term;
}

const order: readonly Rows[] = ['none', 'own', 'tenant', 'role', 'other', 'flagged', 'condition', 'self-declared', 'all', 'unknown'];
const widest = (rows: readonly Rows[]): Rows => rows.reduce((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 'none' as Rows);
const narrowest = (rows: readonly Rows[]): Rows => rows.reduce((a, b) => (order.indexOf(b) < order.indexOf(a) ? b : a), 'all' as Rows);

/** Reaches of the tables of one catalog. */
export function createReaches(analysis: Analysis): Reaches {
  const { catalog } = analysis;
  const known = new Map<TableState, readonly PolicyTerms[]>();
  const visiting = new Set<string>();

  const terms = (table: TableState): readonly PolicyTerms[] => {
    const cached = known.get(table);
    if (cached) return cached;
    const read = [...table.policies.values()].map((policy) => {
      const scope: Scope = { row: table, frames: [], variables: new Map(), definer: false, calls: [] };
      analysis.reading = `policy "${policy.name}"`;
      const condition = (node: PolicyState['using']): Term | undefined => (node ? analysis.condition(node, scope) : undefined);
      return { policy, using: condition(policy.using), check: condition(policy.check) };
    });
    known.set(table, read);
    return read;
  };

  const rows = (term: Term, caller: Caller, holding: Holding = 'any role'): Rows => {
    const signedIn = caller === 'authenticated';
    switch (term.is) {
      case 'and':
        return narrowest(term.of.map((part) => rows(part, caller, holding)));
      case 'or':
        return widest(term.of.map((part) => rows(part, caller, holding)));
      case 'true':
        return 'all';
      case 'false':
        return 'none';
      case 'signed-in':
        return signedIn ? 'all' : 'none';
      case 'signed-out':
        return signedIn ? 'none' : 'all';
      case 'db-role':
        return term.roles.includes(caller) ? 'all' : 'none';
      case 'own':
        return signedIn ? 'own' : 'none';
      case 'tenant':
        // Whoever holds the thing a row belongs to has it for his own, as far as roles go.
        if (holding === 'no role') return !signedIn || term.roles.length > 0 ? 'none' : term.held ? 'own' : 'tenant';
        return signedIn ? 'tenant' : 'none';
      case 'role':
        return signedIn && holding === 'any role' ? 'role' : 'none';
      case 'user-metadata':
        return signedIn ? 'self-declared' : 'none';
      case 'row':
        return term.flag ? 'flagged' : 'condition';
      case 'argument':
        return 'condition';
      case 'not':
        return opposite(term.of, caller);
      case 'parent':
        return ofParent(term.table, caller, holding);
      default:
        return 'other';
    }
  };

  // "Not mine", "not of my tenant" are everybody else's rows: open to whoever is signed in.
  const opposite = (atom: Atom, caller: Caller): Rows => {
    if (atom.is === 'own' || atom.is === 'tenant' || atom.is === 'role' || atom.is === 'user-metadata')
      return caller === 'authenticated' ? 'all' : 'none';
    return atom.is === 'row' || atom.is === 'parent' || atom.is === 'argument' ? 'condition' : 'other';
  };

  // The related row must be visible to the caller, so its own policies decide.
  const ofParent = (id: string, caller: Caller, holding: Holding): Rows => {
    const table = catalog.tables.get(id);
    const mark = `${id} ${caller} ${holding}`;
    if (!table || visiting.has(mark)) return 'other';
    visiting.add(mark);
    const seen = reachOf(table, 'select', caller, holding).rows;
    visiting.delete(mark);
    return seen === 'all' ? 'condition' : seen;
  };

  const effective = (table: TableState, verb: Verb, caller: Caller, part: 'using' | 'check'): Term => {
    const applying = terms(table).filter(({ policy }) => applies(policy, verb, caller));
    const of = (item: PolicyTerms): Term => (part === 'using' ? (item.using ?? yes) : (item.check ?? item.using ?? yes));
    const permissive = or(applying.filter(({ policy }) => policy.permissive).map(of));
    return and([permissive, ...applying.filter(({ policy }) => !policy.permissive).map(of)]);
  };

  const reachOf = (table: TableState, verb: Verb, caller: Caller, holding: Holding): Reach => {
    if (!granted(table, verb, caller)) return { rows: 'none', policies: [] };
    if (table.rls === 'off') return { rows: 'all', policies: [] };
    const part = verb === 'insert' ? 'check' : 'using';
    const restrictive = terms(table).filter(({ policy }) => !policy.permissive && applies(policy, verb, caller));
    const limit = and(restrictive.map((item) => (part === 'using' ? (item.using ?? yes) : (item.check ?? item.using ?? yes))));
    const let_ = terms(table)
      .filter(({ policy }) => policy.permissive && applies(policy, verb, caller))
      .map((item) => {
        const own = part === 'using' ? (item.using ?? (item.check ? no : yes)) : (item.check ?? item.using ?? yes);
        return { name: item.policy.name, rows: rows(and([own, limit]), caller, holding) };
      });
    const reached = widest(let_.map((item) => item.rows));
    const total: Rows = table.rls === 'unknown' && reached !== 'all' ? 'unknown' : reached;
    return { rows: total, policies: let_.filter((item) => item.rows === reached && reached !== 'none').map((item) => item.name) };
  };

  const access = (table: TableState, caller: Caller, holding: Holding = 'any role'): Access => {
    const reach = Object.fromEntries(verbs.map((verb) => [verb, reachOf(table, verb, caller, holding)])) as Record<Verb, Reach>;
    // Rows must be read to be found: UPDATE and DELETE through the API reach no more than SELECT shows.
    const seen = reach.select.rows;
    for (const verb of ['update', 'delete'] as const)
      if (order.indexOf(reach[verb].rows) > order.indexOf(seen)) reach[verb] = { ...reach[verb], rows: seen };
    return reach;
  };

  return { terms, access, rows, effective };
}

/** Whether the role holds the verb, itself or through PUBLIC; a verb on single columns counts. */
export function granted(table: Pick<TableState, 'grants'>, verb: Verb, caller: Caller): boolean {
  return [table.grants[caller], table.grants.public].some((grants) => grants.verbs.has(verb) || (grants.columns.get(verb)?.size ?? 0) > 0);
}

/** Columns a role may write with `verb`; `undefined` when the whole row. */
export function grantedColumns(table: TableState, verb: Verb, caller: Caller): ReadonlySet<string> | undefined {
  const held = [table.grants[caller], table.grants.public];
  if (held.some((grants) => grants.verbs.has(verb))) return undefined;
  return new Set(held.flatMap((grants) => [...(grants.columns.get(verb) ?? [])]));
}

const applies = (policy: PolicyState, verb: Verb, caller: Caller): boolean =>
  (policy.command === 'all' || policy.command === verb) && policy.roles.some((role) => role === 'public' || role === caller);

/** One word for a condition, for display. */
export function kindOf(term: Term, reaches: Pick<Reaches, 'rows'>): PredicateKind {
  if (
    term.is === 'db-role' &&
    term.roles.length > 0 &&
    term.roles.every((role) => role === 'service_role' || role === 'postgres' || role === 'supabase_admin')
  )
    return 'service-role';
  if (reaches.rows(term, 'anon') === 'all') return 'always';
  const kinds: Readonly<Record<Rows, PredicateKind>> = {
    none: 'never',
    own: 'own-row',
    tenant: 'tenant',
    role: 'role',
    other: 'other',
    flagged: 'public-flag',
    condition: 'row-condition',
    'self-declared': 'user-metadata',
    all: 'authenticated',
    unknown: 'other',
  };
  return kinds[reaches.rows(term, 'authenticated')];
}
