import type { CellVerb, ProvedObject } from '../../../evidence/isolation.ts';
import type { BrowserRole, LiveCatalog, LivePolicy, Relation, Routine } from '../live/catalog.ts';
import { escaped, quote, wordIn } from '../world/literal.ts';
import type { Worlds } from '../world/world.ts';
import { isWorthCalling } from './functions.ts';
import type { LiveBucket } from './storage.ts';

/** What is said of an object by its grants and policies alone. */
export type Opened = Required<Pick<ProvedObject, 'opens' | 'withheld'>>;

const browser = ['anon', 'authenticated'] as const;
const verbs = ['select', 'insert', 'update', 'delete'] as const;
const fileVerbs = { select: 'download', insert: 'upload', update: 'update', delete: 'delete' } as const;
/** Conditions that hold for the service role alone, or for nobody. */
const forService = /^(?!.*\bor\b).*service_role|^\(*false\)*$/is;

/** By id: what each object opens to somebody in the browser, and what it withholds from a role whatever its policies say. */
export function openedIn(
  { relations, routines }: LiveCatalog,
  worlds: Pick<Worlds, 'row' | 'ownership'>,
  buckets: readonly LiveBucket[],
): Map<string, Opened> {
  // A view may show any of them. What is changed of nobody's is no loss of the owner.
  const shown = relations.filter((relation) => relation.kind !== 'table' || worlds.row(relation, 'owner') !== undefined);
  const owned = relations.filter((relation) => relation.kind === 'table' && worlds.ownership.belonging(relation));
  const files = relations.find(({ id }) => id === 'storage.objects');
  return new Map<string, Opened>([
    ...relations.map((relation) => [relation.id, ofRelation(relation)] as const),
    ...routines.filter(isWorthCalling).map((routine) => [routine.id, ofRoutine(routine, shown, owned)] as const),
    ...buckets.map((bucket) => [`storage.${bucket.id}`, { opens: ofBucket(bucket, files), withheld: {} }] as const),
  ]);
}

const privilege = (verb: (typeof verbs)[number]) => verb.toUpperCase() as 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

function ofRelation({ kind, rowSecurity, policies, grants }: Relation): Opened {
  const all = kind === 'table' ? verbs : (['select'] as const);
  const lacks = (role: BrowserRole) => all.filter((verb) => grants[role][privilege(verb)].length === 0);
  const withheld = { anon: lacks('anon'), authenticated: lacks('authenticated') };
  const granted = all.filter((verb) => !withheld.anon.includes(verb) || !withheld.authenticated.includes(verb));
  const opens = kind !== 'table' || !rowSecurity ? granted : granted.filter((verb) => policies.some((policy) => permits(policy, verb)));
  return { opens, withheld };
}

const permits = ({ permissive, command, roles, using, check }: LivePolicy, verb: (typeof verbs)[number]): boolean =>
  permissive &&
  roles.some((role) => role === 'public' || browser.some((one) => one === role)) &&
  (command === 'all' || command === verb) &&
  !forService.test((verb === 'insert' ? (check ?? using) : using) ?? '');

/** Types with room for nothing that anybody wrote. */
const bare =
  /^(?:void|boolean|smallint|integer|bigint|numeric|real|double precision|uuid|date|time(?:stamp)?\b.*|interval)(?:\(.*\))?(?:\[\])*$/;

/** `integer`, `SETOF uuid`, `TABLE(id uuid, total numeric)`. */
const showsNothing = (returns: string): boolean => {
  const columns = /^TABLE\((.*)\)$/s.exec(returns)?.[1]?.split(', ');
  return columns
    ? columns.every((column) => bare.test(column.replace(/^(?:"[^"]*"|\S+) /, '')))
    : bare.test(returns.replace(/^SETOF /, ''));
};

/** A function opens what it may touch: rows of customers, or whatever a statement names that it puts together when it runs. */
function ofRoutine({ reaches, callers, returns, volatile }: Routine, shown: readonly Relation[], owned: readonly Relation[]): Opened {
  const own: CellVerb[] = [...(returns === 'void' ? [] : (['select'] as const)), ...(volatile ? (['update'] as const) : [])];
  const dynamic = /\b(?:execute|call)\b/i.test(reaches);
  const named = ({ name }: Relation): boolean => wordIn(name).test(reaches);
  const shows = (dynamic || shown.some(named)) && !showsNothing(returns);
  const changes = dynamic || owned.some((relation) => named(relation) && changesTable(relation.name).test(reaches));
  const lacks = (role: BrowserRole): CellVerb[] => (callers.includes(role) ? [] : own);
  return {
    opens: own.filter((verb) => (verb === 'select' ? shows : changes)),
    withheld: { anon: lacks('anon'), authenticated: lacks('authenticated') },
  };
}

const changesTable = (name: string): RegExp =>
  new RegExp(
    String.raw`\b(?:insert\s+into|update|delete\s+from|merge\s+into|truncate)\s+(?:table\s+)?(?:only\s+)?(?:"?\w+"?\s*\.\s*)?"?${escaped(name)}(?![\w$])`,
    'i',
  );

/** A policy that names other buckets only says nothing of this one. */
export function speaksOf({ using = '', check = '' }: Pick<LivePolicy, 'using' | 'check'>, bucket: string): boolean {
  const text = `${using} ${check}`;
  return !/bucket_id = '/.test(text) || text.includes(quote(bucket));
}

function ofBucket(bucket: LiveBucket, files: Relation | undefined): CellVerb[] {
  const policies = (files?.policies ?? []).filter((policy) => speaksOf(policy, bucket.id));
  const opened = verbs.filter((verb) => policies.some((policy) => permits(policy, verb))).map((verb) => fileVerbs[verb]);
  return bucket.public && !opened.includes('download') ? ['download', ...opened] : opened;
}
