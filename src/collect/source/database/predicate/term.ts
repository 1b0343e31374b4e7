import type { Constant } from '../sql/nodes.ts';

/** A table (or view, function result) named in a FROM, while its query is being read. */
export interface RelationRef {
  /** Unique within an analysis. */
  readonly id: number;
  /** `schema.table`. */
  readonly table: string;
}

/**
 * What a condition asks for. The first group is about the caller and the policy's own row; `link-caller`, `link-row`, `inner`,
 * `join` and `self` speak about relations of a sub-query and are folded away when the sub-query ends.
 * `solid`: the answer is yes or no; without it the comparison yields NULL where there is no caller or no row.
 */
export type Term =
  | { readonly is: 'true'; readonly note?: string }
  | { readonly is: 'false' }
  | { readonly is: 'signed-in'; readonly note?: string }
  | { readonly is: 'signed-out' }
  /** The database role (`auth.role()`, `current_user`) is one of these. */
  | { readonly is: 'db-role'; readonly roles: readonly string[] }
  /** Row columns equal to the caller's id or e-mail. */
  | { readonly is: 'own'; readonly columns: readonly string[]; readonly solid?: true }
  /** Row columns tied to something looked up for the caller. `roles`: constants demanded of the caller there. */
  | {
      readonly is: 'tenant';
      readonly columns: readonly string[];
      readonly via?: string;
      readonly roles: readonly string[];
      /** What the row belongs to names the caller itself (`stores.owner_id`): one account, not every member. */
      readonly held?: true;
      readonly solid?: true;
    }
  /** The caller has a property that does not depend on the row. */
  | { readonly is: 'role'; readonly via?: string; readonly roles: readonly string[]; readonly solid?: true }
  /** Something the caller can write himself (user_metadata). */
  | { readonly is: 'user-metadata' }
  /** Depends on the row alone. `flag`: a published/active mark. */
  | {
      readonly is: 'row';
      readonly columns: readonly string[];
      readonly equals?: readonly Constant[];
      readonly flag: boolean;
    }
  /** A related row of `table` exists; row-level security of that table decides whether the caller sees it. */
  | { readonly is: 'parent'; readonly table: string; readonly columns: readonly string[] }
  /** Depends on an argument; `columns` are compared with one. */
  | { readonly is: 'argument'; readonly columns: readonly string[] }
  | { readonly is: 'unknown'; readonly why: string }
  | {
      readonly is: 'link-caller';
      readonly relation: RelationRef;
      readonly column: string;
      readonly via?: string;
      readonly roles?: readonly string[];
    }
  | {
      readonly is: 'link-row';
      readonly relation: RelationRef;
      readonly column: string;
      readonly rowColumns: readonly string[];
      readonly by?: readonly string[];
    }
  | { readonly is: 'inner'; readonly relation: RelationRef; readonly column: string; readonly equals?: readonly Constant[] }
  | {
      readonly is: 'join';
      readonly left: RelationRef;
      readonly right: RelationRef;
      readonly leftColumn: string;
      readonly rightColumn: string;
    }
  | { readonly is: 'self'; readonly relation: RelationRef; readonly column: string }
  /** An atom that must not hold. */
  | { readonly is: 'not'; readonly of: Atom }
  | { readonly is: 'and' | 'or'; readonly of: readonly Term[] };

export type Atom = Exclude<Term, { readonly is: 'and' | 'or' }>;

export const yes: Term = { is: 'true' };
export const no: Term = { is: 'false' };
export const unknown = (why: string): Term => ({ is: 'unknown', why });

/** Conjunction, flattened and shortened. */
export function and(terms: readonly Term[]): Term {
  const flat = terms.flatMap((term) => (term.is === 'and' ? term.of : [term]));
  if (flat.some((term) => term.is === 'false')) return no;
  const kept = flat.filter((term) => term.is !== 'true');
  const [first] = kept;
  if (!first) return flat.find((term) => term.is === 'true' && term.note !== undefined) ?? yes;
  return kept.length === 1 ? first : { is: 'and', of: kept };
}

/** Disjunction, flattened and shortened. */
export function or(terms: readonly Term[]): Term {
  const flat = terms.flatMap((term) => (term.is === 'or' ? term.of : [term]));
  const always = flat.find((term) => term.is === 'true');
  if (always) return always;
  const kept = flat.filter((term) => term.is !== 'false');
  const [first] = kept;
  if (!first) return no;
  return kept.length === 1 ? first : { is: 'or', of: kept };
}

/** Negation; taking it twice gives the term back. */
export function not(term: Term): Term {
  switch (term.is) {
    case 'true':
      return no;
    case 'false':
      return yes;
    case 'signed-in':
      return { is: 'signed-out' };
    case 'signed-out':
      return { is: 'signed-in' };
    case 'and':
      return or(term.of.map(not));
    case 'or':
      return and(term.of.map(not));
    case 'not':
      return term.of;
    case 'db-role':
      return { is: 'db-role', roles: ['anon', 'authenticated', 'service_role'].filter((role) => !term.roles.includes(role)) };
    default:
      return { is: 'not', of: term };
  }
}

/** Marks whether the comparisons in a term can yield NULL. */
export function solidity(term: Term, solid: boolean): Term {
  if (term.is === 'and' || term.is === 'or') return { is: term.is, of: term.of.map((part) => solidity(part, solid)) };
  if (term.is === 'not') return { is: 'not', of: solidity(term.of, solid) as Atom };
  if (term.is !== 'own' && term.is !== 'tenant' && term.is !== 'role') return term;
  const { solid: _, ...rest } = term;
  return solid ? { ...rest, solid: true } : rest;
}

type Truth = 'yes' | 'no' | 'null' | 'open';

/** What the condition yields for a caller without an account, by SQL's three-valued logic. */
export function withoutAccount(term: Term): Truth {
  switch (term.is) {
    case 'true':
    case 'signed-out':
      return 'yes';
    case 'false':
    case 'signed-in':
      return 'no';
    case 'db-role':
      return term.roles.includes('anon') ? 'yes' : 'no';
    case 'own':
    case 'tenant':
    case 'role':
      return term.solid ? 'no' : 'null';
    case 'user-metadata':
      return 'null';
    case 'not': {
      const inner = withoutAccount(term.of);
      return inner === 'yes' ? 'no' : inner === 'no' ? 'yes' : inner;
    }
    case 'and':
    case 'or': {
      const decisive = term.is === 'and' ? 'no' : 'yes';
      const parts = term.of.map(withoutAccount);
      return (
        parts.find((part) => part === decisive) ??
        parts.find((part) => part === 'open') ??
        parts.find((part) => part === 'null') ??
        (decisive === 'no' ? 'yes' : 'no')
      );
    }
    default:
      return 'open';
  }
}

const mostBranches = 128;

/** Disjunctive normal form: alternatives of atoms that must all hold; `undefined` when there are too many. */
export function alternatives(term: Term): readonly (readonly Atom[])[] | undefined {
  if (term.is === 'false') return [];
  if (term.is === 'true') return [[term]];
  if (term.is === 'or') {
    const all: (readonly Atom[])[] = [];
    for (const part of term.of) {
      const branches = alternatives(part);
      if (!branches || all.length + branches.length > mostBranches) return undefined;
      all.push(...branches);
    }
    return all;
  }
  if (term.is !== 'and') return [[term as Atom]];
  let product: readonly (readonly Atom[])[] = [[]];
  for (const part of term.of) {
    const branches = alternatives(part);
    if (!branches || product.length * branches.length > mostBranches) return undefined;
    product = product.flatMap((left) => branches.map((right) => [...left, ...right]));
  }
  return product;
}

/** Names of the row's columns a term speaks about. */
export function columnsOf(term: Term): string[] {
  if (term.is === 'not') return term.of.is === 'row' ? columnsOf(term.of) : [];
  if (term.is === 'and' || term.is === 'or') return [...new Set(term.of.flatMap(columnsOf))];
  if (term.is === 'own' || term.is === 'tenant' || term.is === 'row' || term.is === 'parent') return [...term.columns];
  return term.is === 'link-row' ? [...term.rowColumns] : [];
}

/** The first remark found in a term. */
export function noteOf(term: Term): string | undefined {
  if (term.is === 'and' || term.is === 'or') return term.of.map(noteOf).find((note) => note !== undefined);
  return term.is === 'true' || term.is === 'signed-in' ? term.note : undefined;
}
