import type { CellVerb, ProvedObject } from '../../../evidence/isolation.ts';
import type { BrowserRole, LiveCatalog, LivePolicy, Relation, Routine } from '../live/catalog.ts';
import { quote, wordIn } from '../world/literal.ts';
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
  { ownership }: Pick<Worlds, 'ownership'>,
  buckets: readonly LiveBucket[],
): Map<string, Opened> {
  const owned = relations.filter((relation) => relation.kind === 'table' && ownership.belonging(relation));
  const files = relations.find(({ id }) => id === 'storage.objects');
  return new Map<string, Opened>([
    ...relations.map((relation) => [relation.id, ofRelation(relation)] as const),
    ...routines.filter(isWorthCalling).map((routine) => [routine.id, ofRoutine(routine, owned)] as const),
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

/** Results with room for no row of anybody's. */
const bare = /^(?:void|boolean|smallint|integer|bigint|numeric|real|double precision|uuid|date|timestamp.*|interval)$/;
const changes = /\b(?:insert|update|delete|merge|truncate|execute|call)\b/i;

/** A function opens what it may touch: rows of customers, or whatever a statement names that it puts together when it runs. */
function ofRoutine({ reaches, callers, returns, volatile }: Routine, owned: readonly Relation[]): Opened {
  const own: CellVerb[] = [...(returns === 'void' ? [] : (['select'] as const)), ...(volatile ? (['update'] as const) : [])];
  const touches = /\bexecute\b/i.test(reaches) || owned.some(({ name }) => wordIn(name).test(reaches));
  const able = own.filter((verb) => touches && (verb === 'select' ? !bare.test(returns) : changes.test(reaches)));
  const lacks = (role: BrowserRole): CellVerb[] => (callers.includes(role) ? [] : own);
  return { opens: able, withheld: { anon: lacks('anon'), authenticated: lacks('authenticated') } };
}

/** A policy that names other buckets only says nothing of this one. */
function ofBucket(bucket: LiveBucket, files: Relation | undefined): CellVerb[] {
  const speaks = ({ using = '', check = '' }: LivePolicy): boolean => {
    const text = `${using} ${check}`;
    return !/bucket_id = '/.test(text) || text.includes(quote(bucket.id));
  };
  const policies = (files?.policies ?? []).filter(speaks);
  const opened = verbs.filter((verb) => policies.some((policy) => permits(policy, verb))).map((verb) => fileVerbs[verb]);
  return bucket.public && !opened.includes('download') ? ['download', ...opened] : opened;
}
